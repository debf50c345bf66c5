from __future__ import annotations

import pytest

from extraction.engine.page.cells import to_html
from extraction.engine.page.markup_tables import MOST_COLUMNS, MOST_ROWS, html_cells, table_cells
from extraction.types import TableCell


def shape(content: str) -> list[tuple[int, int, str, int, int]]:
    return [(cell.row, cell.column, cell.text, cell.row_span, cell.column_span) for cell in table_cells(content)]


def test_spans_move_the_cells_behind_and_below_them() -> None:
    content = (
        "<table><tr><td rowspan='2'>A</td><td colspan=2>B</td><td>C</td></tr>"
        "<tr><td>b</td><td rowspan=2>c</td><td>d</td></tr><tr><td>e</td><td>f</td><td>g</td></tr></table>"
    )

    assert shape(content) == [
        (0, 0, "A", 2, 1),
        (0, 1, "B", 1, 2),
        (0, 3, "C", 1, 1),
        (1, 1, "b", 1, 1),
        (1, 2, "c", 2, 1),
        (1, 3, "d", 1, 1),
        (2, 0, "e", 1, 1),
        (2, 1, "f", 1, 1),
        (2, 3, "g", 1, 1),
    ]


def test_heads_are_header_cells_and_end_their_spans() -> None:
    content = (
        "<table><thead><tr><td rowspan=5>Item</td></tr></thead>"
        "<tbody><tr><th>1</th></tr><tr><td>2</td></tr></tbody></table>"
    )

    assert table_cells(content) == (
        TableCell(0, 0, "Item", is_header=True),
        TableCell(1, 0, "1", is_header=True),
        TableCell(2, 0, "2"),
    )


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Bolts &amp; nuts &lt;M8&gt; &euro;&nbsp;5 &#20013;", "Bolts & nuts <M8> € 5 中"),
        ("<p><b>Two</b> <i>words</i></p>\n and<br>more", "Two words and more"),
        ("a<script>var x = '</td>'</script>b<style>td {}</style>", "ab"),
        ("<table><tr><td>inner</td><td>table</td></tr></table> here", "inner table here"),
        ("1 < 2 & 3", "1 < 2 & 3"),
        ("", ""),
    ],
)
def test_cells_are_plain_text(markup: str, text: str) -> None:
    assert shape(f"<table><tr><td>{markup}</td><td>next</td></tr></table>") == [
        (0, 0, text, 1, 1),
        (0, 1, "next", 1, 1),
    ]


@pytest.mark.parametrize(
    "content",
    [
        "<table><tr><td>a<td>b<tr><td>c<td>d</table>",
        "<TABLE><TR><TD>a</TD><TD>b</TD></TR><TR><TD>c</TD><TD>d",
        "<tr><td>a</td><td>b</td></tr></table><tr><td>c</td></div><td>d</td></tr>",
        "<td>a</td><td>b</td></tr><tr></tr><tr><td rowspan=0>c</td><td colspan='x'>d</td></tr>",
        "text before <table><caption>said</caption><tr><td>a</td>stray<td>b</td></tr><tr><td>c</td><td>d</td></tr>",
    ],
)
def test_broken_html_gives_its_cells(content: str) -> None:
    assert [place[:3] for place in shape(content)] == [(0, 0, "a"), (0, 1, "b"), (1, 0, "c"), (1, 1, "d")]


def test_our_own_html_comes_back() -> None:
    cells = (
        TableCell(0, 0, "Item & more", row_span=2, is_header=True),
        TableCell(0, 1, "", column_span=2, is_header=True),
        TableCell(1, 1, "1 < 2"),
        TableCell(1, 2, "3"),
    )

    assert html_cells(to_html(cells)) == cells


def test_endless_spans_end() -> None:
    row = "<tr>" + "<td colspan=99999999999 rowspan=99999999999>x</td>" * 3 + "</tr>"

    cells = html_cells(f"<table>{row * 200}</table>")

    assert len(cells) == 600
    assert max(cell.column_span for cell in cells) == MOST_COLUMNS
    assert all(cell.row + cell.row_span <= 200 for cell in cells)


def test_a_table_has_so_many_rows_at_most() -> None:
    assert html_cells("<tr><td>1" * (MOST_ROWS + 10))[-1].row == MOST_ROWS - 1


def test_markdown_tables_have_a_head_above_their_dashes() -> None:
    content = "Table 1\n\n| Item | **Price** \\| net |\n|:---|---:|\n| Desk `lamp` | 1<br>2 |\n| | 3 &amp; 4 |\n"

    assert table_cells(content) == (
        TableCell(0, 0, "Item", is_header=True),
        TableCell(0, 1, "Price | net", is_header=True),
        TableCell(1, 0, "Desk lamp"),
        TableCell(1, 1, "1 2"),
        TableCell(2, 0, ""),
        TableCell(2, 1, "3 & 4"),
    )


@pytest.mark.parametrize("content", ["", "No table", "https://host/table.png", "a | b", "---"])
def test_other_text_has_no_cells(content: str) -> None:
    assert table_cells(content) == ()
