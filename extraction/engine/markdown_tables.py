"""A table as a Markdown table: one line a row, so that merged cells are split and repeat what they hold."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.markdown_text import inline
from extraction.engine.page.markup_tables import table_cells
from extraction.types import Block, TableCell

# merged cells are repeated, so their number has to end somewhere
MOST_PLACES = 200_000


def pipe_table(block: Block) -> str | None:
    """None for what has no cells, or too many to be written out."""
    cells = block.cells or table_cells(block.content)
    rows = max((cell.row + cell.row_span for cell in cells), default=0)
    columns = max((cell.column + cell.column_span for cell in cells), default=0)
    if not cells or rows * columns > MOST_PLACES:
        return None
    lines = [f"| {' | '.join(row)} |" for row in _grid(cells, rows, columns)]
    return "\n".join([lines[0], "|" + " --- |" * columns, *lines[1:]])


def _grid(cells: Sequence[TableCell], rows: int, columns: int) -> list[list[str]]:
    grid = [[""] * columns for _ in range(rows)]
    for cell in cells:
        text = inline(cell.text)
        for row in grid[cell.row : cell.row + cell.row_span]:
            row[cell.column : cell.column + cell.column_span] = [text] * cell.column_span
    return grid
