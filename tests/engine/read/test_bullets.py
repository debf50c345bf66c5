from __future__ import annotations

import pypdfium2

from extraction.engine.page.layout import build_page
from extraction.engine.read.pdf import read_page
from tests.engine.printed import document, shown


def disc(x: float, y: float, *, side: float = 3, paint: str = "f") -> str:
    """A round shape of four curves, its middle at a point."""
    r, k = side / 2, 0.276 * side
    return (
        f"{x + r} {y} m {x + r} {y + k} {x + k} {y + r} {x} {y + r} c {x - k} {y + r} {x - r} {y + k} {x - r} {y} c "
        f"{x - r} {y - k} {x - k} {y - r} {x} {y - r} c {x + k} {y - r} {x + r} {y - k} {x + r} {y} c {paint}\n"
    )


def items(*lines: str) -> list[str]:
    pdf: pypdfium2.PdfDocument = document("".join(lines))
    return [block.content for block in build_page(read_page(pdf, 1)).blocks]


def test_drawn_bullets_begin_items() -> None:
    lines = [shown("more customers in the north", x=60, y=300), shown("lower rents in all shops", x=60, y=288)]

    assert items(*lines, disc(52, 303.5), disc(52, 291.5)) == [
        "• more customers in the north",
        "• lower rents in all shops",
    ]


def test_a_dot_between_words_or_far_away_is_no_bullet() -> None:
    line = shown("lower rents", x=60, y=300) + shown("in all shops", x=140, y=300)

    assert items(line, disc(128, 303.5), disc(20, 303.5), disc(54, 330)) == ["lower rents", "in all shops"]


def test_a_large_ring_is_no_bullet() -> None:
    ring = disc(52, 303.5, side=9, paint="S")

    assert not any("•" in content for content in items(shown("lower rents", x=60, y=300), ring))


def test_the_dots_of_a_code_are_no_bullets() -> None:
    code = "".join(f"{x} {y} 3 3 re f\n" for x in range(20, 50, 4) for y in range(284, 316, 4))

    assert not any("•" in content for content in items(code, shown("lower rents", x=60, y=300)))
