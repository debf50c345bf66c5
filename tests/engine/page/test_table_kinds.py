"""Kinds of tables as offices print them: statements, price lists, shaded rows, timetables."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from extraction.engine.page.layout import build_page
from extraction.engine.raw import RawPage, RawRule, RawWord
from extraction.types import BBox, Block
from tests.engine.printed import page, words

PROSE = "The figures of the group for the two years are given in thousands of euros."


def across(y: float, x0: float, x1: float) -> RawRule:
    return RawRule(x0, y, x1, y, 0.5)


def down(x: float, y0: float, y1: float) -> RawRule:
    return RawRule(x, y0, x, y1, 0.5)


def at(y: float, *texts: tuple[float, str]) -> list[RawWord]:
    return list(chain.from_iterable(words(text, x=x, y=y) for x, text in texts))


def right(y: float, *texts: tuple[float, str]) -> list[RawWord]:
    """Texts that end at a place."""
    return at(y, *((x - 5 * len(text), text) for x, text in texts))


def table(raw: RawPage) -> Block:
    blocks = [block for block in build_page(raw).blocks if block.type == "table"]
    assert len(blocks) == 1
    return blocks[0]


def html(head: Sequence[str], *rows: Sequence[str]) -> str:
    lines = [
        f"<tr><th>{'</th><th>'.join(head)}</th></tr>",
        *(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows),
    ]
    return f"<table>{''.join(lines)}</table>"


def test_statement_with_rules_under_its_figures_alone_keeps_the_names_of_its_rows() -> None:
    raw = page(
        words(PROSE, x=50, y=60),
        [*at(100, (300, "Note")), *right(100, (420, "2025"), (500, "2024"))],
        at(118, (50, "Revenue")),
        [*at(134, (65, "Sale of goods"), (310, "4")), *right(134, (420, "12,450"), (500, "11,980"))],
        [*at(150, (50, "Total")), *right(150, (420, "12,450"), (500, "11,980"))],
        [*at(166, (50, "Administration, with the")), *right(166, (420, "(988)"), (500, "(1,015)"))],
        at(178, (50, "costs of the office")),
        [*at(194, (50, "Other")), *right(194, (420, "–"), (500, "(12)"))],
        [*at(210, (50, "Profit")), *right(210, (420, "11,462"), (500, "10,953"))],
        words(PROSE, x=50, y=250),
        rules=tuple(across(y, 380, 505) for y in (114, 147, 207, 223)),
    )

    assert table(raw).content == html(
        ["", "Note", "2025", "2024"],
        ["Revenue", "", "", ""],
        ["Sale of goods", "4", "12,450", "11,980"],
        ["Total", "", "12,450", "11,980"],
        ["Administration, with the costs of the office", "", "(988)", "(1,015)"],
        ["Other", "", "–", "(12)"],
        ["Profit", "", "11,462", "10,953"],
    )


def test_column_of_running_text_beside_figures_is_no_part_of_the_table() -> None:
    prose = [
        words("The board has met six times in the year and has heard all", x=20, y=100 + 16 * row) for row in range(6)
    ]
    figures = [right(100 + 16 * row, (460, f"{row},450"), (560, f"{row},980")) for row in range(6)]
    raw = page(*prose, *figures, rules=(across(98, 400, 565), across(146, 400, 565), across(196, 400, 565)))

    assert table(raw).content == html(["0,450", "0,980"], *([f"{row},450", f"{row},980"] for row in range(1, 6)))


def test_price_list_joins_the_lines_of_a_description() -> None:
    raw = page(
        words(PROSE, x=50, y=60),
        [*at(100, (50, "Article"), (130, "Description"), (400, "Unit")), *right(100, (520, "Price"))],
        [
            *at(118, (50, "A-100"), (130, "Angle bracket of stainless steel, brushed,"), (400, "pc")),
            *right(118, (520, "12.40")),
        ],
        at(130, (130, "with four holes for screws of 5 mm and a")),
        at(142, (130, "cover that hides them")),
        [*at(160, (50, "A-120"), (130, "Angle bracket"), (400, "pc")), *right(160, (520, "4.10"))],
        [*at(178, (50, "B-200"), (130, "Shelf board of oak, oiled,"), (400, "pc")), *right(178, (520, "39.90"))],
        at(190, (130, "edges rounded")),
        words(PROSE, x=50, y=230),
    )

    assert table(raw).content == html(
        ["Article", "Description", "Unit", "Price"],
        [
            "A-100",
            "Angle bracket of stainless steel, brushed, with four holes for screws of 5 mm and a cover that hides them",
            "pc",
            "12.40",
        ],
        ["A-120", "Angle bracket", "pc", "4.10"],
        ["B-200", "Shelf board of oak, oiled, edges rounded", "pc", "39.90"],
    )


def test_shaded_rows_without_rules_are_one_table() -> None:
    rows = [
        ("Region", "Manager", "Staff"),
        ("North", "Anna Berg", "12"),
        ("South", "Bruno Conti", "9"),
        ("East", "Chen Li", "14"),
    ]
    printed = [
        [*at(104 + 20 * row, (60, name), (200, manager)), *right(104 + 20 * row, (440, staff))]
        for row, (name, manager, staff) in enumerate([*rows, ("West", "Dana Wolf", "7"), ("Centre", "Erik Holm", "5")])
    ]
    fills = tuple(BBox(50, y, 450, y + 20) for y in (100, 120, 160, 200))

    block = table(page(*printed, fills=fills))

    assert block.content == html(*rows, ("West", "Dana Wolf", "7"), ("Centre", "Erik Holm", "5"))


def test_boxes_of_text_under_one_another_are_no_table() -> None:
    texts = [words(PROSE, x=60, y=105 + 60 * row) for row in range(3)]
    fills = tuple(BBox(50, 100 + 60 * row, 550, 120 + 60 * row) for row in range(3))

    assert [block.type for block in build_page(page(*texts, fills=fills)).blocks if block.type == "table"] == []


def test_head_of_two_rows_is_a_head_without_any_figure() -> None:
    raw = page(
        at(115, (60, "Time")),
        at(105, (180, "First half")),
        at(125, (160, "Monday"), (260, "Tuesday")),
        at(145, (60, "Early"), (160, "Maths"), (260, "Art")),
        rules=(
            *(across(y, 50, 350) for y in (100, 140, 160)),
            across(120, 150, 350),
            *(down(x, 100, 160) for x in (50, 150, 350)),
            down(250, 120, 160),
        ),
    )

    assert table(raw).content == (
        '<table><tr><th rowspan="2">Time</th><th colspan="2">First half</th></tr>'
        "<tr><th>Monday</th><th>Tuesday</th></tr><tr><td>Early</td><td>Maths</td><td>Art</td></tr></table>"
    )


PAIRS = [
    ("Name", "Maria Fernandez"),
    ("Date of birth", "12 May 1987"),
    ("Street", "Hauptstrasse 12"),
    ("Town", "Munich"),
]


def test_labels_with_their_values_are_lines_and_no_table() -> None:
    raw = page(
        *(at(100 + 14 * row, (50 + 0.3 * (row % 2), label), (190, value)) for row, (label, value) in enumerate(PAIRS)),
        *(at(160 + 14 * row, (50, label), (190, value)) for row, (label, value) in enumerate(PAIRS)),
        words(PROSE, x=50, y=250),
    )

    blocks = build_page(raw).blocks

    told = "\n".join(f"{label} {value}" for label, value in PAIRS)
    assert [(block.type, block.content) for block in blocks] == [("text", f"{told}\n{told}"), ("text", PROSE)]


def test_rows_of_figures_between_other_lines_are_a_table() -> None:
    hours = [
        ("Monday", "8:00 – 12:00"),
        ("Tuesday", "8:00 – 16:00"),
        ("Wednesday", "closed"),
        ("Friday", "8:00 – 18:00"),
    ]
    raw = page(
        *(at(100 + 14 * row, (50, f"{label}:"), (220, value)) for row, (label, value) in enumerate(PAIRS)),
        words("Opening hours", x=50, y=162),
        *(at(180 + 14 * row, (50, day), (220, told)) for row, (day, told) in enumerate(hours)),
    )

    assert table(raw).content == html(*hours)
