from __future__ import annotations

from extraction.engine.fields import number_lines
from extraction.types import BBox, Block, DocumentReading, LinePart, PageReading, Precision, TableCell, Word
from tests.engine.fields.readings import document, line, page


def word(x: float, y: float, text: str, block: int | None = None) -> Word:
    return Word(text, BBox(x, y, x + 5 * len(text), y + 10), block=block)


def test_lines_count_from_one_on_every_page_and_keep_texts_apart() -> None:
    reading = document(
        page(1, line(40, (40, "Total due"), (200, "18.40")), line(60, (40, "上海蓝海"))), page(2, line(40, (40, "End")))
    )

    lines = number_lines(reading)

    assert [(line.id, line.text) for line in lines] == [
        ("1:1", "Total due | 18.40"),
        ("1:2", "上海蓝海"),
        ("2:1", "End"),
    ]


def test_lines_follow_the_blocks_and_not_the_height_on_the_page() -> None:
    left = Block(0, "text", BBox(10, 10, 90, 60), "")
    right = Block(1, "text", BBox(100, 10, 190, 60), "")
    words = (
        word(10, 10, "left", 0),
        word(100, 12, "right", 1),
        word(10, 30, "below", 0),
        word(10, 0, "loose"),
        word(10, 80, "foot"),
    )
    reading = DocumentReading((PageReading(1, 200, 100, (left, right), words),))

    assert [line.text for line in number_lines(reading)] == ["loose", "left", "below", "right", "foot"]


def test_a_row_of_cells_is_one_line_however_many_lines_its_cells_have() -> None:
    cells = (
        TableCell(0, 0, "Lamp brass", BBox(0, 0, 50, 30)),
        TableCell(0, 1, "49.50", BBox(50, 0, 100, 30)),
        TableCell(1, 0, "Shade", None),
    )
    table = Block(4, "table", BBox(0, 0, 100, 60), "", cells=cells)
    words = (word(2, 2, "Lamp", 4), word(2, 16, "brass", 4), word(60, 8, "49.50", 4))
    reading = DocumentReading((PageReading(1, 200, 100, (table,), words),))

    lines = number_lines(reading)

    assert [line.text for line in lines] == ["Lamp brass | 49.50", "Shade"]
    assert lines[1].parts == (LinePart("Shade", (Word("Shade", table.bbox, block=4),), Precision.BLOCK),)


def test_a_word_goes_to_the_smallest_cell_that_holds_it() -> None:
    cells = (
        TableCell(0, 0, "Lamp 49.50", BBox(0, 0, 100, 30), column_span=2),
        TableCell(0, 1, "49.50", BBox(50, 0, 100, 30)),
        TableCell(1, 0, "49.50", BBox(55, 0, 100, 31)),
    )
    table = Block(4, "table", BBox(0, 0, 100, 60), "", cells=cells)
    words = (word(2, 2, "Lamp", 4), word(60, 2, "49.50", 4))
    reading = DocumentReading((PageReading(1, 200, 100, (table,), words),))

    assert [line.text for line in number_lines(reading)] == ["Lamp", "49.50"]


def test_a_block_without_words_gives_the_lines_of_its_content() -> None:
    blocks = (Block(0, "text", BBox(0, 0, 100, 60), "One\n\nTwo"), Block(1, "text", None, "Nowhere"))
    reading = DocumentReading((PageReading(1, 200, 100, blocks),))

    lines = number_lines(reading)

    assert [line.text for line in lines] == ["One", "Two", "Nowhere"]
    assert [part.words for line in lines for part in line.parts][2] == ()
