from __future__ import annotations

from extraction.engine.page.layout import build_page
from extraction.engine.raw import RawRule, RawWord
from tests.engine.page.test_layout import kinds
from tests.engine.printed import page, words

STARTS = (30, 168, 306, 444)
WIDTH = 120.0
LINE = "keeps old crane that {} own"
TORN = "sinking by four"


def justified(text: str, *, x: float, y: float) -> list[RawWord]:
    """Words of one line, the blanks as wide as the column asks for."""
    printed = text.split()
    blank = (WIDTH - 5 * sum(map(len, printed))) / (len(printed) - 1)
    result: list[RawWord] = []
    for word in printed:
        result += words(word, x=x, y=y)
        x = result[-1].bbox.x1 + blank
    return result


def column(number: int, *, y: float, lines: int = 12) -> list[list[RawWord]]:
    """Lines from edge to edge; the fourth has few words, the last is short."""
    texts = [LINE.format("abcd"[number]) for _ in range(lines - 1)]
    texts[3] = TORN
    rows = [justified(text, x=STARTS[number], y=y + 12 * place) for place, text in enumerate(texts)]
    return [*rows, words("a year.", x=STARTS[number], y=y + 12 * (lines - 1))]


def columns(*, y: float) -> list[list[RawWord]]:
    """The four columns, row by row as a scan gives them."""
    return [row for rows in zip(*(column(number, y=y) for number in range(4)), strict=True) for row in rows]


def text_of(number: int) -> str:
    rows = [LINE.format("abcd"[number])] * 11
    rows[3] = TORN
    return " ".join([*rows, "a year."])


def test_narrow_columns_are_read_one_after_the_other() -> None:
    head = words("Council keeps the old crane after a long night", x=30, y=60, size=20, bold=True)

    reading = build_page(page(head, *columns(y=100)))

    assert kinds(reading) == [
        ("title", "Council keeps the old crane after a long night"),
        *(("text", text_of(number)) for number in range(4)),
    ]


def test_columns_of_text_between_rules_are_no_table() -> None:
    rules = tuple(RawRule(30, y, 564, y, 1) for y in (40, 56, 260))
    date = [*words("No. 21", x=30, y=43), *words("Price 2.50", x=514, y=43)]

    reading = build_page(page(date, *columns(y=80), rules=rules))

    stories = [(kind, content) for kind, content in kinds(reading) if len(content) > len("Price 2.50")]
    assert stories == [("text", text_of(number)) for number in range(4)]


def test_stories_side_by_side_keep_their_headlines() -> None:
    heads = [
        *words("Fares to rise by six per cent", x=30, y=80, size=15, bold=True),
        *words("Storm is over", x=306, y=80, size=15, bold=True),
        *words("In brief", x=444, y=80, size=15, bold=True),
    ]

    reading = build_page(page(heads, *columns(y=102)))

    assert kinds(reading) == [
        ("title", "Fares to rise by six per cent"),
        ("text", text_of(0)),
        ("text", text_of(1)),
        ("title", "Storm is over"),
        ("text", text_of(2)),
        ("title", "In brief"),
        ("text", text_of(3)),
    ]


def test_a_table_as_wide_as_the_text_keeps_its_rows() -> None:
    rows = [
        [*words(name, x=30, y=220 + 12 * place), *words(figure, x=150 - 5 * len(figure), y=220 + 12 * place)]
        for place, (name, figure) in enumerate([("Rope", "12"), ("Tar", "140"), ("Sails", "7"), ("Oars", "33")])
    ]

    reading = build_page(page(*column(0, y=60), *rows))

    assert [cell.text for block in reading.blocks for cell in block.cells] == [
        "Rope", "12", "Tar", "140", "Sails", "7", "Oars", "33",
    ]  # fmt: skip


def test_large_print_beside_columns_is_read() -> None:
    large = [words("Winter sale", x=330, y=100 + 40 * row, size=30) for row in range(6)]

    reading = build_page(page(*column(0, y=100, lines=20), *column(1, y=100, lines=20), *large))

    assert sum(len(content.split()) for _, content in kinds(reading)) == 12 + 2 * (18 * 6 + 3 + 2)
