"""The child that opens PDFs; forked by `fork_server`."""

from __future__ import annotations

import encodings.utf_16_le
from collections.abc import Mapping
from functools import cache
from typing import Any

import pypdfium2

from extraction.engine.read.fonts import FontPaths
from extraction.engine.read.pdf import read_page
from extraction.engine.read.render import PdfFile
from extraction.engine.read.stand_in import StandIns
from extraction.engine.sandbox.child import Operation
from extraction.engine.sandbox.frames import Frame
from extraction.engine.sandbox.lock import Lock
from extraction.engine.sandbox.pages import page_operations

# pypdfium2 decodes with it: looked up by name, it would be imported after the lock
CODECS = (encodings.utf_16_le,)

TINY_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 40 40]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 33>>stream\nBT /F 12 Tf 2 2 Td (warm) Tj ET  \nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


LOCK = Lock()


def prepare() -> None:
    """Have pdfium work once, so that nothing is imported or looked up later; it must not look for fonts itself."""
    _no_fonts()
    pdf = pypdfium2.PdfDocument(TINY_PDF)
    read_page(pdf, 1)
    page = pdf[0]
    page.render(scale=1).close()
    page.close()
    pdf.close()


@cache
def _no_fonts() -> StandIns:
    """Kept for good, since pdfium keeps pointing at them."""
    return StandIns(FontPaths())


def warm(settings: Mapping[str, Any]) -> Mapping[str, Operation]:
    file = PdfFile(settings["file"], StandIns(FontPaths(**settings["fonts"])))
    operations = page_operations(file, lambda frame: file.open(frame.head.get("password")))
    return {
        **operations,
        "copy": lambda frame: Frame({}, file.decrypted()),
        "subset": lambda frame: Frame({}, file.subset(frame.head["first"], frame.head["last"])),
    }
