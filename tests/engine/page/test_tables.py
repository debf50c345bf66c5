from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.page.layout import build_page
from extraction.engine.page.lines import lines_of, segments_of, tokens_of
from extraction.engine.page.tables import with_neighbours
from extraction.engine.raw import RawPage, RawRule
from extraction.types import BBox, Block, TableCell
from tests.engine.printed import page, words

XS, YS = (50.0, 150.0, 250.0, 350.0), (100.0, 120.0, 140.0, 160.0)


def across(y: float, x0: float = 50, x1: float = 350) -> RawRule:
    return RawRule(x0, y, x1, y, 0.5)


def down(x: float, y0: float = 100, y1: float = 160) -> RawRule:
    return RawRule(x, y0, x, y1, 0.5)


def grid_page(rows: Sequence[Sequence[str]], rules: Sequence[RawRule] = ()) -> RawPage:
    """Texts 5 points inside cells of 100 x 20."""
    lines = [
        words(text, x=55 + 100 * column, y=105 + 20 * row)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
        if text
    ]
    return page(*lines, rules=tuple(rules))


def table(raw: RawPage) -> Block:
    blocks = [block for block in build_page(raw).blocks if block.type == "table"]
    assert len(blocks) == 1
    return blocks[0]


def texts(block: Block) -> list[tuple[int, int, str]]:
    return [(cell.row, cell.column, cell.text) for cell in block.cells if cell.text]


def test_a_ruled_grid_is_a_table() -> None:
    rules = [*(across(y) for y in YS), *(down(x) for x in XS)]
    raw = grid_page([["Item", "Qty", "Sum"], ["Bolt", "3", "4.50"], ["Nut", "", "1.00"]], rules)

    block = table(raw)

    assert block.format == "html"
    assert block.content == (
        "<table><tr><th>Item</th><th>Qty</th><th>Sum</th></tr>"
        "<tr><td>Bolt</td><td>3</td><td>4.50</td></tr><tr><td>Nut</td><td></td><td>1.00</td></tr></table>"
    )
    assert block.cells[3] == TableCell(1, 0, "Bolt", BBox(55, 125, 75, 135))


def test_a_cell_without_a_rule_inside_spans() -> None:
    rules = [*(across(y) for y in YS), down(50), down(150), down(250, 120), down(350)]
    raw = grid_page([["Item", "Both", ""], ["Bolt", "3", "4.50"], ["Nut", "2", "1.00"]], rules)

    block = table(raw)

    assert block.content.startswith('<table><tr><th>Item</th><th colspan="2">Both</th></tr>')


def test_rules_above_and_below_make_a_table_of_aligned_rows() -> None:
    raw = grid_page(
        [["Item", "Qty", "Sum"], ["Bolt", "3", "4.50"], ["Nut", "2", "1.00"]], [across(100), across(120), across(160)]
    )

    assert texts(table(raw)) == [
        (0, 0, "Item"),
        (0, 1, "Qty"),
        (0, 2, "Sum"),
        (1, 0, "Bolt"),
        (1, 1, "3"),
        (1, 2, "4.50"),
        (2, 0, "Nut"),
        (2, 1, "2"),
        (2, 2, "1.00"),
    ]


def test_columns_of_figures_need_no_rules() -> None:
    raw = grid_page([["Item", "Qty", "Sum"], ["Bolt", "3", "4.50"], ["Nut", "2", "1.00"], ["Saw", "1", "9.00"]])

    assert len(texts(table(raw))) == 12


def test_a_wrapped_description_stays_in_its_row() -> None:
    rows = [["1", "Thermal sensor", "4.50"], ["", "", ""], ["2", "Cable", "1.00"], ["3", "Plug", "1.00"]]
    lines = [
        words(text, x=55 + 100 * column, y=105 + 30 * row)
        for row, columns in enumerate([rows[0], rows[2], rows[3]])
        for column, text in enumerate(columns)
    ]
    wrapped = words("with a cover", x=155, y=116)

    block = table(page(*lines, wrapped))

    assert (0, 1, "Thermal sensor with a cover") in texts(block)


def test_columns_of_words_alone_are_no_table() -> None:
    raw = grid_page(
        [["Yard Ltd", "Bay Inc", "Lane Co"], ["Galway", "Cork", "Sligo"], ["Ireland", "Ireland", "Ireland"]]
    )

    assert [str(block.type) for block in build_page(raw).blocks] == ["text"] * 9


def test_line_items_inside_a_form_are_a_table_of_their_own() -> None:
    rules = [across(100), across(120), across(220), across(240), down(50, 100, 240), down(350, 100, 240)]
    rules += [down(90, 100, 120), down(90, 220, 240)]
    lines = [words("Buyer", x=55, y=105), words("Bay Robotics", x=95, y=105)]
    for row in range(4):
        for column, text in enumerate([f"item{row}", "pcs", f"{row}", "1.00", f"{row}.00"]):
            lines.append(words(text, x=55 + 60 * column, y=125 + 22 * row))
    lines += [words("Total", x=55, y=225), words("6.00", x=95, y=225)]

    blocks = [block for block in build_page(page(*lines, rules=tuple(rules))).blocks if block.type == "table"]

    assert [max(cell.column for cell in block.cells) + 1 for block in blocks] == [2, 5, 2]


def test_rows_of_a_table_are_not_its_own_neighbours() -> None:
    raw = page(*(words(f"{x}", x=x, y=100, size=0.8) for x in (100, 140, 180)))
    row = lines_of(segments_of(tokens_of(raw)))

    rows = with_neighbours(row, row, [(110, 138), (150, 178)])

    assert rows == row
