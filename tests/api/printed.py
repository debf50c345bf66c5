"""A page with everything that an interface has to show of it: title, text, figure, caption, table and a page number."""

from __future__ import annotations

import io
from collections.abc import Sequence

from tests.engine.pictures import pdf, stream
from tests.engine.printed import document

RESOURCES = "/Resources << /Font << /F 3 0 R >> /XObject << /I 6 0 R >> >>"
# of the figure's picture
ACROSS, DOWN = 90, 60
TABLE = (("Month", "Rent", "Paid"), ("May", "1,240.00", "yes"), ("June", "1,260.00", "no"))


def lease() -> bytes:
    """A page of 595 x 842 points."""
    grey = bytes(2 * (place % ACROSS) for place in range(ACROSS * DOWN))
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {ACROSS} /Height {DOWN} /ColorSpace /DeviceGray /BitsPerComponent 8"
    )
    picture = f"{head} /Length {len(grey)} >>\nstream\n".encode() + grey + b"\nendstream"
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R {RESOURCES} >>".encode(),
            stream(_content().encode()),
            picture,
        ]
    )


def long_table() -> bytes:
    """Two pages of 300 x 400 points: a ruled table that goes on, its head printed again."""
    first = _grid((("Month", "Rent"), ("May", "1,240.00")), top=90)
    second = _grid((("Month", "Rent"), ("June", "1,260.00")), top=370)
    file = io.BytesIO()
    with document(first, second) as both:
        both.save(file)
    return file.getvalue()


def _grid(rows: Sequence[Sequence[str]], *, top: int) -> str:
    across = [f"60 {top - 20 * row} m 220 {top - 20 * row} l S" for row in range(len(rows) + 1)]
    down = [f"{60 + 80 * column} {top} m {60 + 80 * column} {top - 20 * len(rows)} l S" for column in range(3)]
    cells = [
        _text(text, 66 + 80 * column, top - 14 - 20 * row, 10)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    ]
    return "\n".join([*across, *down, *cells])


def _content() -> str:
    lines = [
        _text("Lease 2026-114", 60, 760, 20),
        _text("The tenant pays the rent of every month on its first day.", 60, 720, 11),
        "q 200 0 0 140 100 540 cm /I Do Q",
        _text("Figure 1: the yard in shades of grey", 100, 520, 9),
        *_table(),
    ]
    return "\n".join(lines)


def _text(text: str, x: float, y: float, size: float) -> str:
    return f"BT /F {size} Tf {x} {y} Td ({text}) Tj ET"


def _table() -> list[str]:
    """Three rows and columns with all their rules, from 60 to 420 and from 400 to 460."""
    across = [f"60 {400 + 20 * row} m 420 {400 + 20 * row} l S" for row in range(4)]
    down = [f"{60 + 120 * column} 400 m {60 + 120 * column} 460 l S" for column in range(4)]
    cells = [
        _text(text, 66 + 120 * column, 446 - 20 * row, 10)
        for row, texts in enumerate(TABLE)
        for column, text in enumerate(texts)
    ]
    return [*across, *down, *cells]
