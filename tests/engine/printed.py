"""Pages printed by the tests: as PDF files, and as raw pages."""

from __future__ import annotations

from collections.abc import Iterable

import pypdfium2

from extraction.engine.raw import RawPage, RawWord
from extraction.types import BBox
from tests.engine.pictures import pdf, stream

EM = 0.5  # a sign's usual width


def document(*contents: str, rotate: int = 0, boxes: str = "/MediaBox [0 0 300 400]") -> pypdfium2.PdfDocument:
    """A PDF with a page of 300 x 400 for each content stream; /F is Helvetica, /B its bold."""
    first = 5
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for number, content in enumerate(contents):
        page = f"<< /Type /Page /Parent 2 0 R {boxes} /Rotate {rotate} /Contents {first + 2 * number + 1} 0 R"
        objects.append(f"{page} /Resources << /Font << /F 3 0 R /B 4 0 R >> >> >>".encode())
        objects.append(stream(content.encode("cp1252")))
    return pypdfium2.PdfDocument(pdf(objects))


def shown(text: str, *, x: float, y: float, size: float = 10, font: str = "F", turn: str = "1 0 0 1") -> str:
    """Operators that print a text at a point of the PDF's own axes."""
    return f"BT /{font} {size} Tf {turn} {x} {y} Tm ({text}) Tj ET\n"


def words(text: str, *, x: float, y: float, size: float = 10, bold: bool = False, font: str = "") -> list[RawWord]:
    """Words of one line from x on, its top at y, every sign half an em wide."""
    result = []
    for printed in text.split(" "):
        width = EM * size * len(printed)
        if printed:
            result.append(RawWord(printed, BBox(x, y, x + width, y + size), size, font, bold))
        x += width + EM * size
    return result


def page(*lines: Iterable[RawWord], **parts: object) -> RawPage:
    """A page of 600 x 800."""
    printed = tuple(word for line in lines for word in line)
    return RawPage(1, 600.0, 800.0, printed, **parts)  # type: ignore[arg-type]


def form_pdf(*, draws_fields: bool) -> bytes:
    """A filled-in form: a name, a ticked and an empty box, a note; fields may lack pictures of their own."""
    printed = "".join(
        shown(text, x=50, y=y) for text, y in (("Applicant name:", 300), ("Insured", 247), ("Retired", 197))
    )
    own = "/F 4 /AP << /N 10 0 R >>" if draws_fields else "/F 4"
    states = "/F 4 /AP << /N << /On 11 0 R /Off 12 0 R >> >>"
    style, fonts, notes = "/DA (/F 10 Tf 0 g)", "/Font << /F 5 0 R >>", "[6 0 R 7 0 R 8 0 R 9 0 R]"
    sheet = "/MediaBox [0 0 300 400]"
    square = "q 1 1 10 10 re S{} Q"
    boxes = [("ins", "On", 245), ("old", "Off", 195)]
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R 7 0 R 8 0 R] {style} /DR << {fonts} >> >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R {sheet} /Contents 4 0 R /Resources << {fonts} >> /Annots {notes} >>",
        _stream_text(printed),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Greta Lind) /Rect [150 296 290 312] {style} {own} >>",
        *(
            f"<< /Subtype /Widget /FT /Btn /T ({name}) /V /{state} /AS /{state} /Rect [30 {y} 42 {y + 12}] {states} >>"
            for name, state, y in boxes
        ),
        "<< /Subtype /FreeText /Contents (Paid in full) /Rect [50 100 200 120] /F 4 /AP << /N 13 0 R >> >>",
        _form_text("BT /F 10 Tf 2 4 Td (Greta Lind) Tj ET", 140, 16),
        _form_text(square.format(" 3 3 m 9 9 l 3 9 m 9 3 l S"), 12, 12),
        _form_text(square.format(""), 12, 12),
        _form_text("BT /F 10 Tf 2 4 Td (Paid in full) Tj ET", 150, 20),
    ]
    body = "".join(f"{number} 0 obj {text} endobj\n" for number, text in enumerate(objects, start=1))
    return f"%PDF-1.7\n{body}trailer << /Root 1 0 R >>\n%%EOF".encode("latin-1")


def _stream_text(content: str, entries: str = "") -> str:
    return f"<< {entries} /Length {len(content)} >> stream\n{content}\nendstream"


def _form_text(content: str, width: int, height: int) -> str:
    entries = f"/Type /XObject /Subtype /Form /BBox [0 0 {width} {height}] /Resources << /Font << /F 5 0 R >> >>"
    return _stream_text(content, entries)
