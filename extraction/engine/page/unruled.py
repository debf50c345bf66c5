"""Tables without rules: lines of one column whose texts stand under one another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from extraction.engine.page.aligned import Placed, Row, aligned_grid, gutters_of, part_line, place_row
from extraction.engine.page.cells import table_draft
from extraction.engine.page.drafts import Column, Draft
from extraction.engine.page.kinds import LIST_ITEM, TOC_ENTRY, caption_kind, has_equation_number, is_equation
from extraction.engine.page.lines import Line

ROW_GAP = 1.1  # of the size: gaps that wide in a line of a column hint at a table's row
MAX_BETWEEN = 2
WRAP_GAP = 0.5  # of the size: the lines of one cell stand closer


def aligned_tables(lines: Sequence[Line], column: Column) -> list[tuple[int, int, Draft]]:
    """Tables without rules in a column's lines: first line, the one after the last, and the draft."""
    result: list[tuple[int, int, Draft]] = []
    for first, end in _runs(lines, column):
        draft = _run_table(lines[first:end])
        if draft is not None:
            result.append((first, end, draft))
            continue
        for start, stop in _row_runs(lines, first, end):
            if (part := _run_table(lines[start:stop])) is not None:
                result.append((start, stop, part))
    return result


def _row_runs(lines: Sequence[Line], first: int, end: int) -> list[tuple[int, int]]:
    """Rows of a stretch that follow one another with nothing between."""
    result: list[tuple[int, int]] = []
    for position in range(first, end):
        if len(part_line(lines[position], ROW_GAP)) < 2:
            continue
        if result and result[-1][1] == position:
            result[-1] = (result[-1][0], position + 1)
        else:
            result.append((position, position + 1))
    return [(start, stop) for start, stop in result if stop - start >= 3 and (start, stop) != (first, end)]


def _runs(lines: Sequence[Line], column: Column) -> list[tuple[int, int]]:
    """Stretches of lines in which rows of several parts follow one another."""
    result: list[tuple[int, int]] = []
    first = last = -1
    for position, line in enumerate(lines):
        apart = first >= 0 and line.y0 - lines[position - 1].y1 > 2.5 * column.body
        if first >= 0 and (apart or position - last > MAX_BETWEEN or _ends_table(line)):
            result.append((first, last + 1))
            first = -1
        if _is_row(line, column) and not _ends_table(line):
            first, last = (position if first < 0 else first), position
        elif first >= 0 and last == position - 1 and is_wrapped(line, lines[first:position]):
            last = position
    if first >= 0:
        result.append((first, last + 1))
    return [(first, end) for first, end in result if end - first >= 3]


def is_wrapped(line: Line, above: Sequence[Line]) -> bool:
    """Tell a text that goes on with a cell of the last row: it stands close under it, and under no first cell."""
    if line.y0 - above[-1].y1 > WRAP_GAP * line.size or line.y0 < above[-1].y0 or len(part_line(line, ROW_GAP)) > 1:
        return False
    row = next((other for other in reversed(above) if len(part_line(other)) > 1), None)
    starts = [part.x0 for part in part_line(row)[1:]] if row else []
    return any(abs(line.x0 - start) < 0.3 * line.size for start in starts)


def _ends_table(line: Line) -> bool:
    return caption_kind(line.text) is not None and len(line.tokens) > 3


def _is_row(line: Line, column: Column) -> bool:
    if TOC_ENTRY.search(line.text) or has_equation_number(line) or is_equation(line, column):
        return False
    return len(part_line(line, ROW_GAP)) >= 2


def _run_table(lines: Sequence[Line]) -> Draft | None:
    rows = [Row(line, part_line(line)) for line in lines]
    gutters = gutters_of(rows)
    columns = len(gutters) + 1
    if columns < 2:
        return None
    placed = [place_row(row, gutters) for row in rows]
    full = [pieces for pieces in placed if len(pieces) >= 2]
    straight = sum(1 for pieces in full for piece in pieces if piece.first == piece.last)
    wrapped = sum(is_wrapped(line, lines[:place]) for place, line in enumerate(lines) if place)
    if len(full) < max(3, 0.5 * (len(rows) - wrapped)) or straight < 0.8 * sum(len(pieces) for pieces in full):
        return None
    if columns == 2 and not _is_pair_table(rows, full):
        return None
    if columns > 2 and not _has_figures(placed, columns):
        return None
    grid = aligned_grid(lines)
    return table_draft(grid) if grid and grid.rows >= 3 else None


def _has_figures(placed: Sequence[Sequence[Placed]], columns: int) -> bool:
    """Tell whether a column after the first holds mostly figures: without rules nothing else proves a table."""
    for column in range(1, columns):
        texts = [
            "".join(token.text for token in p.tokens) for row in placed for p in row if p.first == p.last == column
        ]
        if len(texts) >= 2 and sum(map(_is_figure, texts)) >= 0.5 * len(texts):
            return True
    return False


def _is_figure(text: str) -> bool:
    return 2 * sum(sign.isdigit() for sign in text) >= len(text) or text in ("-", "–", "—", "n/a")


def _is_pair_table(rows: Sequence[Row], full: Sequence[Sequence[object]]) -> bool:
    """Two columns make a table when the second holds figures, and the first no bullets or labels with a colon."""
    pairs = [row for row in rows if len(row.parts) == 2]
    if len(pairs) < 3 or len(full) < 0.7 * len(rows):
        return False
    marks = sum(1 for row in pairs if LIST_ITEM.match(row.parts[0].text + " x") and row.parts[0].letters <= 4)
    labels = sum(1 for row in pairs if re.search(r"[:：]$", row.parts[0].text))
    figures = sum(1 for row in pairs if sum(sign.isdigit() for sign in row.parts[1].text) * 2 >= row.parts[1].letters)
    width = median(row.parts[1].width for row in pairs)
    return marks + labels < 0.5 * len(pairs) and figures >= 0.6 * len(pairs) and width > 0
