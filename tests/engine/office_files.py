"""Office documents that tests read, made when asked for."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

import openpyxl

from tests.engine.pictures import CONTENT_TYPES, RELATIONSHIPS, WORD

SECTOR = 512
NEXT_OF_DIRECTORY = SECTOR + 4  # where the allocation table of `ole` tells what follows the directory's first sector
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def xlsx(*sheets: Sequence[Sequence[object]]) -> bytes:
    """A workbook with those sheets of rows."""
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet(f"Sheet {number + 1}")
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pptx(*slides: str) -> bytes:
    """A presentation with one line of text on each slide."""
    numbers = range(1, len(slides) + 1)
    parts = {
        "[Content_Types].xml": _content_types(numbers),
        "_rels/.rels": _relations({"r1": ("officeDocument", "ppt/presentation.xml")}),
        "ppt/presentation.xml": _presentation(numbers),
        "ppt/_rels/presentation.xml.rels": _relations({f"r{n}": ("slide", f"slides/slide{n}.xml") for n in numbers}),
    }
    parts |= {f"ppt/slides/slide{n}.xml": _slide(text) for n, text in enumerate(slides, start=1)}
    return zipped(parts)


def styled_docx(*paragraphs: str) -> bytes:
    """A DOCX of paragraphs already made as XML (`styled`, `table`), with the styles heading 1 and 2, 标题 3 and Title.

    The style `mine` is based on heading 2.
    """
    body = "".join(paragraphs)
    return zipped(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": RELATIONSHIPS,
            "word/_rels/document.xml.rels": _relations({"r1": ("styles", "styles.xml")}),
            "word/styles.xml": STYLES,
            "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        }
    )


def styled(text: str, style: str = "plain", extra: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr>'
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def table(*rows: Sequence[str]) -> str:
    """A table without lines."""
    cells = ("".join(f"<w:tc><w:tcPr/>{styled(text)}</w:tc>" for text in row) for row in rows)
    grid = '<w:gridCol w:w="3000"/>' * len(rows[0])
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def _styles() -> str:
    named = {"a1": "heading 1", "a2": "heading 2", "a3": "标题 3", "a0": "Title", "plain": "Normal"}
    styles = [_style(key, f'<w:name w:val="{name}"/>') for key, name in named.items()]
    styles.append(_style("mine", '<w:name w:val="Clause"/><w:basedOn w:val="a2"/>'))
    return f'<w:styles xmlns:w="{WORD}">{"".join(styles)}</w:styles>'


def _style(key: str, inside: str) -> str:
    return f'<w:style w:type="paragraph" w:styleId="{key}">{inside}</w:style>'


def opendocument(kind: str, text: str) -> bytes:
    """An OpenDocument file of a paragraph, whatever its kind."""
    return _opendocument(kind, f"<text:p>{text}</text:p>")


def linked_text(text: str, file: str, picture: str) -> bytes:
    """A text with a section that is another file, and a picture that is elsewhere."""
    source = f'<text:section text:name="S"><text:section-source xlink:href="{file}"/><text:p/></text:section>'
    image = (
        '<text:p><draw:frame text:anchor-type="as-char" svg:width="2cm" svg:height="2cm">'
        f'<draw:image xlink:href="{picture}" xlink:type="simple" xlink:actuate="onLoad"/></draw:frame></text:p>'
    )
    return _opendocument("text", f"<text:p>{text}</text:p>{source}{image}")


def _opendocument(kind: str, body: str) -> bytes:
    mime = f"application/vnd.oasis.opendocument.{kind}"
    spaces = {name: f"{ODF}{name}:1.0" for name in ("office", "text", "table")}
    spaces |= {"draw": f"{ODF}drawing:1.0", "svg": f"{ODF}svg-compatible:1.0", "xlink": "http://www.w3.org/1999/xlink"}
    declared = " ".join(f'xmlns:{name}="{space}"' for name, space in spaces.items())
    content = (
        f'<office:document-content {declared} office:version="1.2">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    manifest = (
        f'<manifest:manifest xmlns:manifest="{ODF}manifest:1.0" manifest:version="1.2">'
        f"{entry.format('/', mime)}{entry.format('content.xml', 'text/xml')}</manifest:manifest>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", mime)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def ole(*streams: str) -> bytes:
    """A container whose directory names the streams: its allocation table, then the directory; no contents."""
    entries = b"".join(_entry(name) for name in ("Root Entry", *streams))
    sectors = -(-len(entries) // SECTOR)
    table = [*range(2, sectors + 1), END]
    header = bytearray(SECTOR)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHH", header, 24, 0x3E, 3, 0xFFFE, 9)
    struct.pack_into("<II", header, 44, 1, 1)
    struct.pack_into("<109I", header, 76, *[0, *[FREE] * 108])
    allocation = [TABLE, *table]
    allocation += [FREE] * (SECTOR // 4 - len(allocation))
    return bytes(header) + struct.pack("<128I", *allocation) + entries.ljust(sectors * SECTOR, b"\0")


def _entry(name: str) -> bytes:
    entry = bytearray(128)
    encoded = name.encode("utf-16-le") + b"\0\0"
    entry[: len(encoded)] = encoded
    struct.pack_into("<H", entry, 64, len(encoded))
    return bytes(entry)


def zipped(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def _content_types(numbers: range) -> str:
    start = "application/vnd.openxmlformats-officedocument.presentationml."
    override = '<Override PartName="/ppt/{}" ContentType="{}{}+xml"/>'
    slides = "".join(override.format(f"slides/slide{number}.xml", start, "slide") for number in numbers)
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{override.format('presentation.xml', start, 'presentation.main')}{slides}</Types>"
    )


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{key}" Type="{RELATION}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


def _presentation(numbers: range) -> str:
    slides = "".join(f'<p:sldId id="{255 + number}" r:id="r{number}"/>' for number in numbers)
    return (
        f'<p:presentation xmlns:p="{SLIDES}" xmlns:r="{RELATION}"><p:sldIdLst>{slides}</p:sldIdLst>'
        '<p:sldSz cx="9144000" cy="6858000"/></p:presentation>'
    )


def _slide(text: str) -> str:
    return (
        f'<p:sld xmlns:p="{SLIDES}" xmlns:a="{DRAWING}"><p:cSld><p:spTree>'
        '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="Text"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
        '<p:spPr><a:xfrm><a:off x="900000" y="900000"/><a:ext cx="6000000" cy="900000"/></a:xfrm>'
        '<a:prstGeom prst="rect"/></p:spPr>'
        f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
        "</p:spTree></p:cSld></p:sld>"
    )


ODF = "urn:oasis:names:tc:opendocument:xmlns:"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
STYLES = _styles()
