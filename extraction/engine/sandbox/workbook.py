"""An XLSX before it is printed: sheets wider than a page are fitted to its width, unless they say themselves how."""

from __future__ import annotations

import contextlib
import encodings.cp437
import re
import zipfile
import zlib
from pathlib import Path

# names in a zip are decoded with it: looked up by name, it would be imported after the lock
CODECS = (encodings.cp437,)
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
START = re.compile(rb"<worksheet\b[^>]*>")
OWN_FIT = re.compile(rb"<pageSetUpPr\b[^>]*\bfitToPage=\"(1|true)\"")
FIT_MARK = re.compile(rb"<pageSetUpPr\b[^>]*/>")
PROPERTIES = re.compile(rb"<sheetPr\b[^>]*?(/>|>)")
SETUP = re.compile(rb"<pageSetup\b([^>]*?)/>")
SCALES = re.compile(rb"\s(?:scale|fitToWidth|fitToHeight)=\"[^\"]*\"")
FIT = b'<pageSetUpPr fitToPage="1"/>'
ONE_WIDE = b' fitToWidth="1" fitToHeight="0"'


def fit_to_width(path: Path) -> None:
    """Rewrite the file; one that cannot be rewritten stays as it is, for LibreOffice to judge."""
    with contextlib.suppress(zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, RuntimeError):
        fitted = path.with_suffix(".fitted")
        with zipfile.ZipFile(path) as book, zipfile.ZipFile(fitted, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
            for entry in book.infolist():
                data = book.read(entry)
                out.writestr(entry.filename, fitted_sheet(data) if SHEET.fullmatch(entry.filename) else data)
        fitted.replace(path)


def fitted_sheet(xml: bytes) -> bytes:
    """The sheet's XML, to be printed one page wide and as many long as it takes."""
    start = START.search(xml)
    if start is None or OWN_FIT.search(xml):
        return xml
    xml = FIT_MARK.sub(b"", xml, count=1)
    properties = PROPERTIES.search(xml)
    if properties is None:
        xml = xml[: start.end()] + b"<sheetPr>" + FIT + b"</sheetPr>" + xml[start.end() :]
    elif properties[1] == b"/>":
        xml = xml[: properties.end() - 2] + b">" + FIT + b"</sheetPr>" + xml[properties.end() :]
    else:
        xml = xml.replace(b"</sheetPr>", FIT + b"</sheetPr>", 1)
    return _set_up(xml)


def _set_up(xml: bytes) -> bytes:
    setup = SETUP.search(xml)
    if setup is not None:
        kept = SCALES.sub(b"", setup[1])
        return xml[: setup.start()] + b"<pageSetup" + kept + ONE_WIDE + b"/>" + xml[setup.end() :]
    made = b"<pageSetup" + ONE_WIDE + b"/>"
    margins = re.search(rb"<pageMargins\b[^>]*/>", xml)
    if margins is not None:
        return xml[: margins.end()] + made + xml[margins.end() :]
    return xml.replace(b"</sheetData>", b"</sheetData>" + made, 1).replace(b"<sheetData/>", b"<sheetData/>" + made, 1)
