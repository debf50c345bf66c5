from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.engine.page.layout import build_page
from extraction.engine.page.scanned import with_even_sizes
from extraction.engine.raw import RawPage, RawRule, RawWord
from extraction.types import BBox
from tests.engine.printed import page, words

SENTENCE = "the quick brown fox jumps over one lazy dog"


def read(text: str, *, x: float, y: float, size: float = 10.0, bold: bool = False) -> list[RawWord]:
    """A line as OCR finds it: its words go on."""
    printed = words(text, x=x, y=y, size=size, bold=bold)
    return [replace(word, goes_on=place > 0) for place, word in enumerate(printed)]


def sizes(raw: RawPage) -> list[float]:
    return [word.size for word in raw.words if not word.goes_on]


def test_lines_of_almost_one_size_get_that_size() -> None:
    found = [9.8, 10.0, 10.3, 10.0, 8.0, 8.1, 8.0, 14.0]
    scan = page(*(read(SENTENCE, x=50, y=50 + 40 * row, size=size) for row, size in enumerate(found)), source="ocr")

    assert sizes(with_even_sizes(scan)) == pytest.approx([10.0, 10.0, 10.0, 10.0, 8.0, 8.0, 8.0, 14.0], rel=0.01)


def test_a_line_amid_running_text_is_set_like_its_neighbours() -> None:
    found = [10.0, 10.0, 12.5, 10.0, 10.0]
    lines = [read(SENTENCE, x=50, y=50 + 12 * row, size=size) for row, size in enumerate(found)]
    lines[2] = [replace(word, bold=True, bbox=BBox(*word.bbox)) for word in lines[2]]
    for row, line in enumerate(lines):
        lines[row] = [
            replace(word, bbox=BBox(50 + 25 * n, 50 + 12 * row, 70 + 25 * n, 60 + 12 * row))
            for n, word in enumerate(line)
        ]

    even = with_even_sizes(page(*lines, source="ocr"))

    assert sizes(even) == pytest.approx([10.0] * 5, rel=0.01)
    assert not any(word.bold for word in even.words)


def test_a_short_heading_over_running_text_stays_larger_and_bold() -> None:
    heading = read("Methods", x=50, y=38, size=12.0, bold=True)
    lines = [read(SENTENCE, x=50, y=52 + 12 * row) for row in range(4)]

    reading = build_page(page(heading, *lines, source="ocr"))

    assert [(str(block.type), block.content) for block in reading.blocks] == [
        ("title", "Methods"),
        ("text", " ".join([SENTENCE] * 4)),
    ]


@pytest.mark.parametrize("dpi", [72, 150, 300, 600])
def test_blocks_do_not_depend_on_the_resolution(dpi: int) -> None:
    scale = dpi / 72
    heading = read("Findings", x=50, y=40, size=14.0)
    body = [read(SENTENCE, x=50, y=80 + 12 * row) for row in range(5)]
    table = [
        read(text, x=50 + 110 * column, y=200 + 14 * row)
        for row in range(4)
        for column, text in enumerate(["Region", f"{row}1.5", f"{row}2.5", f"{row}3.5"])
    ]
    scan = _enlarged(page(heading, *body, *table, source="ocr"), scale)

    reading = build_page(scan)

    assert (reading.width, reading.height) == pytest.approx((600 * scale, 800 * scale))
    assert [str(block.type) for block in reading.blocks] == ["title", "text", "table"]
    boxes = [[side / scale for side in block.bbox] for block in reading.blocks if block.bbox]
    assert boxes[1] == pytest.approx([50, 80, 265, 138])
    assert boxes[2] == pytest.approx([50, 200, 400, 252])
    assert [cell.bbox.x0 / scale for cell in reading.blocks[2].cells[:4] if cell.bbox] == pytest.approx(
        [50, 160, 270, 380]
    )


def _enlarged(raw: RawPage, scale: float) -> RawPage:
    printed = tuple(
        replace(word, bbox=BBox(*(side * scale for side in word.bbox)), size=word.size * scale) for word in raw.words
    )
    return replace(raw, width=raw.width * scale, height=raw.height * scale, words=printed)


def test_widely_spaced_words_of_a_read_line_stay_together() -> None:
    """Justified print parts words by up to an em; side by side, two lines that far apart are columns."""
    line = [
        replace(word, bbox=BBox(50 + 34 * n, 100, 75 + 34 * n, 110), goes_on=n > 0)
        for n, word in enumerate(words("wide words in one line", x=50, y=100))
    ]

    reading = build_page(page(line, source="ocr"))

    assert [block.content for block in reading.blocks] == ["wide words in one line"]


def test_a_newspaper_is_read_column_by_column_under_its_headlines() -> None:
    masthead = read("THE HARBOUR GAZETTE", x=160, y=30, size=24)
    headline = read("Council widens the bridge", x=30, y=80, size=18)
    columns = [
        read(f"{name} noise on asked a road", x=30 + 138 * place, y=110 + 12 * row, size=9.4)
        for row in range(10)
        for place, name in enumerate(("one", "two", "three", "four"))
    ]

    reading = build_page(page(masthead, headline, *columns, source="ocr"))

    assert [(str(block.type), block.content.split()[0], len(block.content.split())) for block in reading.blocks] == [
        ("title", "THE", 3),
        ("title", "Council", 4),
        ("text", "one", 60),
        ("text", "two", 60),
        ("text", "three", 60),
        ("text", "four", 60),
    ]


def test_a_table_with_cells_of_several_lines_is_found_between_its_rules() -> None:
    names = ["Muscle", "Origin of it", "Insertion"]
    head = [read(name, x=50 + 170 * place, y=104) for place, name in enumerate(names)]
    rows = []
    for row in range(3):
        y = 125 + 70 * row
        rows += [read("Serratus", x=50, y=y + 12)]
        rows += [read(text, x=220, y=y + 6 + 12 * line) for line, text in enumerate(["fascia and spines", "of ribs"])]
        rows += [read(text, x=390, y=y + 12 * line) for line, text in enumerate(["crest of the", "upper part", "rib"])]
        rows += [read(text, x=50 + 170 * place, y=y + 45) for place, text in enumerate(["Teres", "scapula", "spine"])]
    rules = tuple(RawRule(45, y, 560, y, 1) for y in (100.0, 118.0, 340.0))

    reading = build_page(page(*head, *rows, source="ocr", rules=rules))

    assert [str(block.type) for block in reading.blocks] == ["table"]
    assert {cell.column for cell in reading.blocks[0].cells} == {0, 1, 2}


def test_figures_are_read_with_the_items_beside_them() -> None:
    items = [("Milo tin", "2 x 18.90", "37.80 SR"), ("Brown bread", "1 x 3.50", "3.50 SR")]
    lines = [read("Sunrise mini mart of the harbour", x=60, y=60)]
    for row, item in enumerate(items):
        lines += [read(text, x=60 + 180 * place, y=110 + 14 * row) for place, text in enumerate(item)]

    reading = build_page(page(*lines, source="ocr"))

    assert [block.content for block in reading.blocks] == [
        "Sunrise mini mart of the harbour",
        "Milo tin 2 x 18.90 37.80 SR\nBrown bread 1 x 3.50 3.50 SR",
    ]


def test_figures_between_the_lines_of_their_items_are_read_with_them() -> None:
    lines = [read("Sunrise mini mart of the harbour", x=60, y=60)]
    for row, (name, price) in enumerate([("Coffee", "2.20"), ("Iced tea", "2.40"), ("Rice", "4.10")]):
        lines += [read(name, x=60, y=110 + 24 * row), read(price, x=260, y=117 + 24 * row)]

    reading = build_page(page(*lines, source="ocr"))

    assert " ".join(block.content.replace("\n", " ") for block in reading.blocks[1:]).split() == (
        ["Coffee", "2.20", "Iced", "tea", "2.40", "Rice", "4.10"]
    )


def test_a_shade_that_cuts_lines_of_print_is_no_picture() -> None:
    lines = [read(SENTENCE, x=50, y=100 + 40 * row) for row in range(6)]

    reading = build_page(page(*lines, source="ocr", pictures=(BBox(0, 80, 150, 340),)))

    assert {str(block.type) for block in reading.blocks} == {"text"}


def test_a_heading_with_room_left_is_not_continued_by_the_next_one() -> None:
    upper = read("Methods", x=50, y=64, bold=True)
    lower = read("Aim one: looking at foxes that jump over dogs", x=50, y=76, bold=True)
    wrapped = read("before lunch", x=50, y=88, bold=True)
    lines = [read(f"{SENTENCE} twice a day", x=50, y=112 + 12 * row) for row in range(5)]

    reading = build_page(page(upper, lower, wrapped, *lines, source="ocr"))

    assert [(str(block.type), block.content) for block in reading.blocks][:2] == [
        ("title", "Methods"),
        ("title", "Aim one: looking at foxes that jump over dogs before lunch"),
    ]
