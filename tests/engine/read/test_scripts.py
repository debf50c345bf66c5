"""Columns of Chinese and lines from the right, on PDFs whose signs are set one by one."""

from __future__ import annotations

import pypdfium2

from extraction.engine.page.layout import build_page
from extraction.engine.read.pdf import read_page
from extraction.types import PageReading
from tests.engine.pictures import pdf, stream


def read(*placed: tuple[str, float, float], size: int = 12) -> PageReading:
    """The page with each sign at its place, in the PDF's own axes, in the order given."""
    signs = sorted({sign for sign, _, _ in placed})
    codes = {sign: 0x21 + number for number, sign in enumerate(signs)}
    rows = "".join(f"<{code:02X}> <{ord(sign):04X}>\n" for sign, code in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <FF> endcodespacerange\n{len(codes)} beginbfchar\n{rows}endbfchar\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    shown = "".join(f"BT /F {size} Tf 1 0 0 1 {x} {y} Tm <{codes[sign]:02X}> Tj ET\n" for sign, x, y in placed)
    widths = " ".join(["1000"] * len(codes))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        f"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 33 /LastChar {32 + len(codes)} "
        f"/Widths [{widths}] /ToUnicode 6 0 R >>".encode(),
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 5 0 R"
            b" /Resources << /Font << /F 3 0 R >> >> >>"
        ),
        stream(shown.encode()),
        stream(cmap.encode()),
    ]
    document = pypdfium2.PdfDocument(pdf(objects))
    return build_page(read_page(document, 1))


def column(text: str, *, x: float, top: float = 350) -> list[tuple[str, float, float]]:
    return [(sign, x, top - 12 * place) for place, sign in enumerate(text)]


def from_right(text: str, *, right: float, y: float) -> list[tuple[str, float, float]]:
    return [(sign, right - 12 * place, y) for place, sign in enumerate(text) if sign != " "]


def test_columns_are_read_downwards_from_the_right() -> None:
    first, second = "晋太元中武陵人捕鱼为业", "缘溪行忘路之远近"

    reading = read(*column(first, x=220), *column(second, x=202))

    assert [(str(block.type), block.content) for block in reading.blocks] == [("text", first + second)]
    assert (reading.width, reading.height) == (300, 400)
    box = reading.blocks[0].bbox
    assert box is not None and box.x1 - box.x0 < 40 and box.y1 - box.y0 > 120


def test_hebrew_is_read_from_the_right() -> None:
    first, second = from_right("שלום עולם", right=250, y=300), from_right("טוב מאד", right=250, y=285)

    reading = read(*reversed(first), *reversed(second))

    assert [block.content for block in reading.blocks] == ["שלום עולם טוב מאד"]
    assert [word.text for word in reading.words] == ["שלום", "עולם", "טוב", "מאד"]


def test_a_number_among_hebrew_keeps_its_order() -> None:
    number = [(sign, 180 + 12 * place, 300) for place, sign in enumerate("4500")]

    reading = read(*from_right("בסך", right=264, y=300), *number, *from_right("שקל", right=156, y=300))

    assert [block.content for block in reading.blocks] == ["בסך 4500 שקל"]
