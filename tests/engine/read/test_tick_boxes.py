from __future__ import annotations

import pytest

from extraction.engine.read.pdf import read_page
from tests.engine.printed import document, shown

CROSS = "31 331 m 39 339 l S 31 339 m 39 331 l S\n"
TICK = "31 335 m 34 331 l 42 342 l S\n"
SPOT = "33 333 4 4 re f\n"


def square(x: float = 30, y: float = 330, side: float = 10, paint: str = "S") -> str:
    return f"{x} {y} {side} {side} re {paint}\n"


def states(content: str) -> list[str]:
    with document(shown("Ticked", x=50, y=331) + content) as pdf:
        return [mark.text for mark in read_page(pdf, 1).marks]


@pytest.mark.parametrize(
    ("inside", "state"), [("", "unchecked"), (CROSS, "checked"), (TICK, "checked"), (SPOT, "checked")]
)
def test_drawn_square_is_a_tick_box_with_its_state(inside: str, state: str) -> None:
    with document(shown("Ticked", x=50, y=331) + square() + inside) as pdf:
        (mark,) = read_page(pdf, 1).marks

    assert (mark.kind, mark.text) == ("box", state)
    assert [round(edge) for edge in mark.bbox] == pytest.approx([30, 60, 40, 70], abs=1)


@pytest.mark.parametrize(
    "drawn",
    [
        square(side=40),
        square(side=3),
        "30 330 20 8 re S\n",
        square(paint="f"),
        "".join(square(30 + 10 * place) for place in range(6)),
        "1 0 0 rg\n" + square(paint="B"),
    ],
    ids=["large", "tiny", "oblong", "filled", "a row for letters", "a legend"],
)
def test_other_squares_are_no_tick_boxes(drawn: str) -> None:
    assert states(drawn) == []


def test_square_drawn_twice_is_one_box() -> None:
    assert states(square() + square()) == ["unchecked"]
