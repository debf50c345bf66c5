from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extraction.engine.page.continued import repeated_rows
from extraction.engine.page.layout import build_page, finish_document
from extraction.engine.raw import RawPage, RawRule, RawWord
from extraction.types import BBox, Block, BlockType, PageReading, TableCell
from tests.engine.printed import page, words

HEAD = ("Month", "Rent", "Paid")


def ruled(rows: Sequence[Sequence[str]], *, y: float, x: float = 60, width: float = 120) -> list[list[RawWord]]:
    return [
        words(text, x=x + 5 + width * column, y=y + 5 + 20 * row)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    ]


def rules(rows: int, columns: int, *, y: float, x: float = 60, width: float = 120) -> tuple[RawRule, ...]:
    right, foot = x + width * columns, y + 20 * rows
    across = [RawRule(x, y + 20 * row, right, y + 20 * row, 0.5) for row in range(rows + 1)]
    down = [RawRule(x + width * column, y, x + width * column, foot, 0.5) for column in range(columns + 1)]
    return (*across, *down)


def with_table(
    number: int, rows: Sequence[Sequence[str]], *others: list[RawWord], y: float, x: float = 60, width: float = 120
) -> RawPage:
    printed = page(
        *others, *ruled(rows, y=y, x=x, width=width), rules=rules(len(rows), len(rows[0]), y=y, x=x, width=width)
    )
    return replace(printed, number=number)


def goes_on(*raws: RawPage) -> list[bool]:
    return [page.continues_previous for page in finish_document([build_page(raw) for raw in raws]).pages]


FIRST = [HEAD, ("May", "1,240.00", "yes"), ("June", "1,260.00", "no")]
REST = [("July", "1,250.00", "yes"), ("August", "1,250.00", "no")]
ABOVE = words("The tenant pays the rent of every month on its first day.", x=60, y=80)


@pytest.mark.parametrize("rest", [REST, [HEAD, *REST]])
def test_table_with_the_same_columns_on_the_next_page_goes_on(rest: list[tuple[str, ...]]) -> None:
    foot = words("1 of 2", x=280, y=780)

    assert goes_on(with_table(1, FIRST, ABOVE, foot, y=690), with_table(2, rest, y=60)) == [False, True]


def test_table_of_a_page_that_stands_to_the_side_goes_on() -> None:
    assert goes_on(with_table(1, FIRST, y=690), with_table(2, REST, y=60, x=90)) == [False, True]


@pytest.mark.parametrize(
    "second",
    [
        with_table(2, REST, ABOVE[:0], words("What follows is another matter.", x=60, y=40), y=60),
        with_table(2, REST, y=500),
        with_table(2, [row[:2] for row in REST], y=60),
        with_table(2, REST, y=60, width=150),
        with_table(3, REST, y=60),
        with_table(2, REST, words("Table 2: Costs", x=60, y=45), y=60),
    ],
    ids=["text first", "far below", "fewer columns", "other columns", "a page between", "a caption of its own"],
)
def test_other_tables_do_not_go_on(second: RawPage) -> None:
    assert goes_on(with_table(1, FIRST, y=690), second) == [False, False]


def test_table_that_ended_high_on_its_page_does_not_go_on() -> None:
    assert goes_on(with_table(1, FIRST, y=100), with_table(2, REST, y=60)) == [False, False]


def test_caption_that_says_so_goes_on() -> None:
    first = with_table(1, FIRST, words("Table 1: Rents", x=60, y=675), y=690)
    second = with_table(2, REST, words("Table 1 (continued)", x=60, y=45), y=60)

    assert goes_on(first, second) == [False, True]


def test_page_that_was_read_again_is_told_anew() -> None:
    alone = PageReading(1, 600, 800, ())
    rest = replace(build_page(with_table(2, REST, y=60)), continues_previous=True)

    assert [page.continues_previous for page in finish_document([alone, rest]).pages] == [False, False]


@pytest.mark.parametrize(
    ("above", "below", "rows"),
    [
        ([HEAD, REST[0]], [HEAD, REST[1]], 1),
        ([HEAD, HEAD, REST[0]], [HEAD, HEAD, REST[1]], 2),
        ([HEAD, REST[0]], [REST[1], REST[0]], 0),
        ([HEAD, REST[0]], [HEAD], 0),
        ([("1", "2", "3"), REST[0]], [("1", "2", "3"), REST[0]], 0),
        ([("", "Rent", ""), REST[0]], [("", "Rent", ""), REST[0]], 0),
    ],
)
def test_repeated_rows_are_heads_of_words(
    above: list[tuple[str, ...]], below: list[tuple[str, ...]], rows: int
) -> None:
    def block(texts: list[tuple[str, ...]]) -> Block:
        cells = [TableCell(row, column, text) for row, cell in enumerate(texts) for column, text in enumerate(cell)]
        return Block(0, BlockType.TABLE, BBox(0, 0, 1, 1), "", "html", cells=tuple(cells))

    assert repeated_rows(block(above), block(below)) == rows
