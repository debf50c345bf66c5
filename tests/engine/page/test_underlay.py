from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from extraction.engine.page.ocr import OcrChild
from extraction.engine.page.turning import turned_box
from extraction.engine.page.underlay import lay_under
from extraction.engine.reading import read_document
from extraction.types import BBox, Block, FileKind, PageReading, ParseRequest, TableCell, Word
from tests.engine.pictures import encoded, receipt

SCALE = 2.0
SAMPLES = Path(__file__).parents[3] / "extraction" / "samples"


def printed(text: str, *, x: float, y: float) -> list[Word]:
    """Words of a line, 5 units a sign and 10 high."""
    words = []
    for part in text.split():
        words.append(Word(part, BBox(x, y, x + 5 * len(part), y + 10)))
        x += 5 * len(part) + 5
    return words


def ours(*lines: list[Word], width: float = 400, height: float = 600, rotation: int = 0) -> PageReading:
    numbered = [replace(word, line=number, block=number) for number, line in enumerate(lines) for word in line]
    return PageReading(1, width, height, words=tuple(numbered), rotation=rotation)


def theirs(*blocks: Block, width: float = 400 * SCALE, height: float = 600 * SCALE) -> PageReading:
    return PageReading(1, width, height, blocks=blocks)


def around(*words: Word) -> BBox:
    return BBox(*(SCALE * edge for edge in BBox.around(*(word.bbox for word in words))))


def blocks_of(page: PageReading) -> list[tuple[str, int | None]]:
    return [(word.text, word.block) for word in page.words]


HEAD = printed("Lease of land", x=40, y=40)
BODY = printed("The tenant pays", x=40, y=100)
MORE = printed("every month in advance", x=40, y=112)


def test_words_come_in_the_providers_units_under_its_blocks() -> None:
    page = theirs(
        Block(7, "text", around(*BODY, *MORE), "The tenant **pays** every month in advance", "markdown"),
        Block(3, "title", around(*HEAD), "# Lease of land", title_level=1),
    )

    laid = lay_under(page, ours(HEAD, BODY, MORE))

    assert (laid.width, laid.height, laid.rotation) == (800, 1200, 0)
    assert laid.blocks == page.blocks
    assert blocks_of(laid) == [(word.text, 3) for word in HEAD] + [(word.text, 7) for word in (*BODY, *MORE)]
    assert laid.words[0] == Word("Lease", BBox(80, 80, 130, 100), line=0, block=3)


def test_overlapping_blocks_share_their_words_by_what_they_say() -> None:
    page = theirs(
        Block(0, "figure", BBox(0, 0, 800, 1200), "A drawing of the land"),
        Block(1, "text", around(*BODY, *MORE), "every month in advance"),
        Block(2, "text", around(*BODY, *MORE), "The tenant pays"),
    )

    laid = lay_under(page, ours(HEAD, BODY, MORE))

    assert blocks_of(laid) == [
        *((word.text, 0) for word in HEAD),
        *((word.text, 2) for word in BODY),
        *((word.text, 1) for word in MORE),
    ]


def test_words_under_no_block_stay_words() -> None:
    laid = lay_under(theirs(Block(0, "title", around(*HEAD), "Lease of land")), ours(HEAD, BODY))

    assert blocks_of(laid)[3:] == [("The", None), ("tenant", None), ("pays", None)]


@pytest.mark.parametrize(
    "content",
    [
        "The tenant pays every month in advance",
        "<p>The tenant pays</p> every month &nbsp;in advance",
        "The tenant pays every m0nth in advance",
    ],
)
def test_block_without_a_box_gets_that_of_the_words_that_spell_it(content: str) -> None:
    page = theirs(
        Block(0, "title", None, "Lease of land"),
        Block(1, "text", None, content),
        Block(2, "text", None, "Nowhere said"),
    )

    laid = lay_under(page, ours(HEAD, BODY, MORE))

    assert [block.bbox for block in laid.blocks] == [around(*HEAD), around(*BODY, *MORE), None]
    assert [block for _, block in blocks_of(laid)] == [0] * 3 + [1] * 7


def test_signs_belong_to_the_run_they_stand_in() -> None:
    line = printed("Rent - monthly - in advance", x=40, y=40)

    laid = lay_under(theirs(Block(0, "text", None, "Rent: monthly, in advance")), ours(line))

    assert [block for _, block in blocks_of(laid)] == [0] * 6


def test_equal_blocks_without_boxes_take_their_places_in_order() -> None:
    lines = [printed("Signed by hand", x=40, y=y) for y in (40, 80, 120)]

    laid = lay_under(theirs(*(Block(n, "text", None, "Signed by hand") for n in range(3))), ours(*lines))

    assert [block.bbox for block in laid.blocks] == [around(*line) for line in lines]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_page_that_lies_otherwise_is_turned_over_ours(turn: int) -> None:
    upright = theirs(
        Block(0, "title", around(*HEAD), "Lease of land"),
        Block(1, "text", around(*BODY, *MORE), "The tenant pays every month in advance"),
    )
    back = (360 - turn) % 360
    lying = turned_by(upright, back) if turn else upright

    laid = lay_under(lying, ours(HEAD, BODY, MORE, rotation=turn))

    assert (laid.width, laid.height, laid.rotation) == (800, 1200, turn)
    assert [block.bbox for block in laid.blocks] == [block.bbox for block in upright.blocks]
    assert [block for _, block in blocks_of(laid)] == [0] * 3 + [1] * 7


def turned_by(page: PageReading, turn: int) -> PageReading:
    blocks = tuple(
        replace(block, bbox=block.bbox and turned_box(block.bbox, page.width, page.height, turn))
        for block in page.blocks
    )
    width, height = (page.height, page.width) if turn in (90, 270) else (page.width, page.height)
    return replace(page, width=width, height=height, blocks=blocks)


def test_boxes_that_only_fit_on_the_turned_page_tell_its_size() -> None:
    wide = printed("Far to the right", x=480, y=40)
    page = theirs(Block(0, "text", around(*wide), "Far to the right"), width=400 * SCALE, height=600 * SCALE)

    laid = lay_under(page, ours(wide, width=600, height=400))

    assert (laid.width, laid.height) == (1200, 800)
    assert [block for _, block in blocks_of(laid)] == [0] * 4


def test_page_without_words_of_ours_stays_as_it_is() -> None:
    page = theirs(
        Block(0, "text", None, "Lease of land"), Block(1, "table", None, "<table><tr><td>1</td></tr></table>", "html")
    )

    assert lay_under(page, ours()) == page


ROWS = (
    ("Article", "Description", "Quantity", "Price", "Amount"),
    ("L-100", "Desk lamp, brass with a shade", "1", "99.00", "99.00"),
    ("L-200", "Floor lamp", "2", "49.50", "99.00"),
    ("L-300", "Floor lamp", "1", "1.00", "1.00"),
)
LEFT = (20, 80, 200, 260, 330)


def table_words(slip: str = "", slipped: str = "") -> list[list[Word]]:
    """Printed lines, read line by line; the second row's description runs over two."""
    lines, y = [], 100.0
    for row in ROWS:
        first = [text if text != ROWS[1][1] else "Desk lamp, brass" for text in row]
        lines.append(
            [
                word
                for x, text in zip(LEFT, first, strict=True)
                for word in printed(text.replace(slip, slipped) if slip else text, x=x, y=y)
            ]
        )
        y += 12
        if row is ROWS[1]:
            lines.append(printed("with a shade", x=80, y=y))
            y += 12
    return lines


def table_html(rows: tuple[tuple[str, ...], ...] = ROWS) -> str:
    inside = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows)
    return f"<table>{inside}</table>"


def table_markdown() -> str:
    lines = [" | ".join(row) for row in ROWS]
    return "\n".join([lines[0], " | ".join("---" for _ in LEFT), *lines[1:]])


def tops(page: PageReading) -> list[list[tuple[float, float] | None]]:
    """Left and top edge of each cell in our units, row by row."""
    rows: list[list[tuple[float, float] | None]] = [[] for _ in ROWS]
    for cell in page.blocks[0].cells:
        rows[cell.row].append((cell.bbox.x0 / SCALE, cell.bbox.y0 / SCALE) if cell.bbox else None)
    return rows


EXPECTED = [[(x, y) for x in LEFT] for y in (100, 112, 136, 148)]


@pytest.mark.parametrize(
    ("content", "format"), [(table_html(), "html"), (table_markdown(), "markdown"), (table_html(), "unheard-of")]
)
@pytest.mark.parametrize("has_box", [True, False])
def test_cells_stand_where_their_words_do(content: str, format: str, has_box: bool) -> None:
    lines = table_words()
    box = around(*(word for line in lines for word in line)) if has_box else None

    laid = lay_under(theirs(Block(0, "table", box, content, format)), ours(*lines))

    assert tops(laid) == EXPECTED
    (wrapped,) = (cell for cell in laid.blocks[0].cells if cell.text == ROWS[1][1])
    assert wrapped.bbox == BBox(160, 224, 320, 268)
    assert {block for _, block in blocks_of(laid)} == {0}


@pytest.mark.parametrize(
    ("slip", "slipped"), [("lamp", "1amp"), ("99.00", "99.OO"), ("Quantity", "Quantty"), ("L-", "I-")]
)
def test_cells_are_found_in_spite_of_slips(slip: str, slipped: str) -> None:
    lines = table_words(slip, slipped)
    box = around(*(word for line in lines for word in line))

    assert tops(lay_under(theirs(Block(0, "table", box, table_html(), "html")), ours(*lines))) == EXPECTED


def test_cells_that_are_not_printed_have_no_box() -> None:
    lines = table_words()
    rows = (*ROWS[:2], ("L-150", "Garden gnome", "8", "7.77", ""), *ROWS[2:])
    box = around(*(word for line in lines for word in line))

    laid = lay_under(theirs(Block(0, "table", box, table_html(rows), "html")), ours(*lines))

    assert [cell.bbox for cell in laid.blocks[0].cells if cell.row == 2] == [None] * 5
    assert [cell.bbox and cell.bbox.y0 / SCALE for cell in laid.blocks[0].cells if cell.row == 3] == [136] * 5


def test_words_that_every_cell_says_go_to_the_nearest() -> None:
    heads = [(120, "to air"), (200, "to water"), (280, "to land")]
    lines = [[word for x, text in heads for word in printed(text, x=x, y=40)]]
    lines += [[word for x, _ in heads for word in printed("kg / year", x=x, y=52)]]
    content = "<table><tr>" + "".join(f"<td>{text} kg / year</td>" for _, text in heads) + "</tr></table>"
    box = around(*(word for line in lines for word in line))

    laid = lay_under(theirs(Block(0, "table", box, content, "html")), ours(*lines))

    assert [cell.bbox and (cell.bbox.x0 / SCALE, cell.bbox.x1 / SCALE) for cell in laid.blocks[0].cells] == [
        (120, 165),
        (200, 245),
        (280, 325),
    ]


def test_spanning_cells_hold_the_words_of_all_their_rows() -> None:
    lines = [
        printed("North", x=20, y=106),
        printed("Leith 12", x=100, y=100),
        printed("Granton 34", x=100, y=112),
        printed("Both towns together", x=20, y=130),
    ]
    content = (
        "<table><tr><th rowspan=2>North</th><td>Leith</td><td>12</td></tr><tr><td>Granton</td><td>34</td></tr>"
        "<tr><td colspan=3>Both towns together</td></tr></table>"
    )
    box = around(*(word for line in lines for word in line))

    laid = lay_under(theirs(Block(0, "table", box, content, "html")), ours(*lines))

    assert laid.blocks[0].cells == (
        TableCell(0, 0, "North", around(lines[0][0]), 2, 1, is_header=True),
        TableCell(0, 1, "Leith", around(lines[1][0])),
        TableCell(0, 2, "12", around(lines[1][1])),
        TableCell(1, 1, "Granton", around(lines[2][0])),
        TableCell(1, 2, "34", around(lines[2][1])),
        TableCell(2, 0, "Both towns together", around(*lines[3]), 1, 3),
    )


def test_sample_comes_back_under_its_own_blocks() -> None:
    path = SAMPLES / "invoice-hy-2026-004817.pdf"
    reading = read_document(ParseRequest(path, FileKind.PDF, path.name), on_page=lambda page: None)

    for own in reading.pages:
        bare = tuple(replace(block, cells=()) for block in own.blocks)
        laid = lay_under(replace(own, blocks=bare, words=()), own)

        assert laid == own


def test_lying_photograph_is_read_under_boxes_of_its_file(ocr: OcrChild, tmp_path: Path) -> None:
    picture = receipt()
    path = tmp_path / "lying.png"
    path.write_bytes(encoded(picture.rotate(90, expand=True), "PNG"))
    (own,) = read_document(ParseRequest(path, FileKind.PNG, path.name), on_page=lambda page: None, ocr=ocr).pages
    upright = tuple(Block(block.idx, block.type, block.bbox, block.content) for block in own.blocks)
    page = turned_by(PageReading(1, own.width, own.height, upright), 360 - own.rotation)

    laid = lay_under(page, own)

    assert own.rotation == 90
    assert (laid.width, laid.height, laid.rotation) == (own.width, own.height, 90)
    assert [block.bbox for block in laid.blocks] == [block.bbox for block in own.blocks]
    assert [word.block for word in laid.words] == [word.block for word in own.words]
