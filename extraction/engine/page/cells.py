"""A table's cells: from grid to HTML and to the cells a block keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from extraction.engine.page.drafts import Draft
from extraction.engine.page.lines import Line, Token, join_lines, lines_of, segments_of
from extraction.types import BBox, BlockType, TableCell


@dataclass(slots=True)
class Cell:
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    tokens: list[Token] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        return lines_of(segments_of(self.tokens))

    @property
    def is_numeric(self) -> bool:
        letters = "".join(token.text for token in self.tokens)
        return bool(letters) and sum(sign.isdigit() for sign in letters) * 2 >= len(letters)


@dataclass(slots=True)
class Grid:
    rows: int
    columns: int
    cells: list[Cell]

    @property
    def filled(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.tokens]


def compact(grid: Grid) -> Grid:
    """Drop rows and columns in which nothing is printed."""
    rows = sorted({cell.row for cell in grid.filled})
    columns = sorted({cell.column for cell in grid.filled})
    row_of = {row: number for number, row in enumerate(rows)}
    column_of = {column: number for number, column in enumerate(columns)}
    cells = [
        Cell(
            row_of[cell.row],
            column_of[cell.column],
            sum(1 for row in rows if cell.row <= row < cell.row + cell.rows),
            sum(1 for column in columns if cell.column <= column < cell.column + cell.columns),
            cell.tokens,
        )
        for cell in grid.cells
        if cell.row in row_of and cell.column in column_of
    ]
    return Grid(len(rows), len(columns), cells)


def _holes(grid: Grid) -> list[Cell]:
    """Empty cells where the grid has none, so that every row counts its columns alike."""
    covered = {
        (row, column)
        for cell in grid.cells
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    }
    whole = [(row, column) for row in range(grid.rows) for column in range(grid.columns)]
    return [Cell(row, column) for row, column in whole if (row, column) not in covered]


def table_draft(grid: Grid) -> Draft:
    """A table block; the words' lines run cell by cell."""
    lines: list[Line] = []
    cells: list[TableCell] = []
    head = _header_rows(grid)
    for cell in sorted([*grid.cells, *_holes(grid)], key=lambda cell: (cell.row, cell.column)):
        printed = cell.lines
        lines.extend(printed)
        cells.append(
            TableCell(
                row=cell.row,
                column=cell.column,
                text=join_lines(printed),
                bbox=BBox.around(*(line.bbox for line in printed)) if printed else None,
                row_span=cell.rows,
                column_span=cell.columns,
                is_header=cell.row < head,
            )
        )
    around = BBox.around(*(line.bbox for line in lines))
    return Draft(BlockType.TABLE, around, lines, text=to_html(cells), format="html", cells=tuple(cells))


def _header_rows(grid: Grid) -> int:
    """Rows on top without figures, when rows with figures follow; at least as many as the first row's cells reach."""
    numeric = {cell.row for cell in grid.filled if cell.is_numeric and cell.column > 0}
    first = min(numeric, default=0)
    if 0 < first <= 4:
        return first
    return min(_reach_of_top(grid), grid.rows - 1)


def _reach_of_top(grid: Grid) -> int:
    """Rows under a first row of which some cells stand over several columns, and others beside several rows."""
    top = [cell for cell in grid.filled if cell.row == 0]
    if not any(cell.columns > 1 for cell in top):
        return 1
    reach = max(cell.rows for cell in top)
    return reach if reach <= 3 else 1


def to_html(cells: Sequence[TableCell]) -> str:
    rows: dict[int, str] = defaultdict(str)
    for cell in cells:
        rows[cell.row] += _cell_html(cell)
    inside = "".join(f"<tr>{rows[row]}</tr>" for row in range(max(rows, default=-1) + 1))
    return f"<table>{inside}</table>"


def _cell_html(cell: TableCell) -> str:
    tag = "th" if cell.is_header else "td"
    spans = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    spans += f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    return f"<{tag}{spans}>{escape(cell.text, quote=False)}</{tag}>"
