"""Mending grids of poor scans: two columns read as one, and one row read as two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from extraction.engine.dates import find_dates
from extraction.engine.fields.contents import is_code, number_of
from extraction.engine.fields.gridded import Grid, GridRow, Place, chained, grid_parts, joined, spans_of
from extraction.types import DocumentReading

_PARTS = 8
_SHARE = 0.6
_OVERLAP = 0.3
_LEAST_ROWS = 3
_SNAP = 3
_SLACK = 0.25
"""How far a cut may reach into the words beside it, in their heights: recognised words are not boxed to the pixel."""
_MEETING = re.compile(
    r"\d[.,]\d\d(?=\d)|[A-Za-z](?=[\d¥$€£])|[\d.](?=[A-Za-z¥$€£])|[!-~](?=[\u3400-\u9fff])|[\u3400-\u9fff](?=[!-~])"
)


def mended_grids(reading: DocumentReading) -> list[Grid]:
    """The tables that `find_grids` finds, mended: page by page, as columns met on one page only, then as a whole."""
    return [_mend(grid) for grid in chained([_mend(part) for part in grid_parts(reading)])]


def _mend(grid: Grid) -> Grid:
    """The grid with its columns cut where most rows have a gap between values of their own."""
    rows = list(_merged(grid.rows))
    cuts = {column: _cuts(rows, column) for column in grid.columns}
    if not any(cuts.values()):
        return Grid(tuple(rows), grid.spans, grid.width)
    made = tuple(_split_row(row, cuts) for row in rows)
    return Grid(made, spans_of(made), grid.width)


def _merged(rows: tuple[GridRow, ...]) -> Iterator[GridRow]:
    """A row whose cells stand level with the next one's, in columns that one leaves free, is the same row."""
    held: GridRow | None = None
    for row in rows:
        if held is None:
            held = row
        elif _is_same(held, row):
            held.cells.update(row.cells)
            held.top, held.bottom = min(held.top, row.top), max(held.bottom, row.bottom)
        else:
            yield held
            held = row
    if held:
        yield held


def _is_same(above: GridRow, below: GridRow) -> bool:
    if above.page != below.page or set(above.cells) & set(below.cells) or above.wide or below.wide:
        return False
    lowest = min(above.bottom - above.top, below.bottom - below.top)
    return above.bottom - below.top > _OVERLAP * lowest


def _cuts(rows: list[GridRow], column: int) -> list[float]:
    """Where the column is cut, from the left."""
    cells = [row.cells[column] for row in rows if column in row.cells and column not in row.wide]
    lines = [cell[0] for cell in cells if len(cell) == 1]
    return sorted(_cut_all(lines)) if len(lines) >= _LEAST_ROWS else []


def _cut_all(lines: list[Place], depth: int = 0) -> list[float]:
    if len(lines) < _LEAST_ROWS or depth > 2 or sum(_is_one(joined([line])) for line in lines) > 0.5 * len(lines):
        return []
    x = _best_gap(lines)
    if x is None:
        return []
    halves = [_halves(line, x) for line in lines]
    left = [half for half, _ in halves if half[1] < half[2]]
    right = [half for _, half in halves if half[1] < half[2]]
    if not (_is_typed(left) or _is_typed(right)):
        return []
    return [x, *_cut_all(left, depth + 1), *_cut_all(right, depth + 1)]


def _is_one(text: str) -> bool:
    """A date or a number with its unit, which has gaps of its own."""
    dates = find_dates(text)
    return number_of(text) is not None or bool(dates) and dates[0].end - dates[0].start >= len(text) - 1


def _is_typed(lines: list[Place]) -> bool:
    texts = [joined([line]) for line in lines]
    return sum(_is_one(text) or is_code(text) for text in texts) >= 0.8 * max(1, len(texts))


def _best_gap(lines: list[Place]) -> float | None:
    """The x that lies in a gap between words of most lines."""
    gaps = [_gaps(line) for line in lines]
    best, most = None, 0
    for x0, x1 in (gap for found in gaps for gap in found):
        x = (x0 + x1) / 2
        holding = sum(any(y0 <= x <= y1 for y0, y1 in found) for found in gaps)
        if holding > most:
            best, most = x, holding
    return best if most >= max(_LEAST_ROWS, _SHARE * len(lines)) else None


def _gaps(line: Place) -> list[tuple[float, float]]:
    made, start, end = line
    boxes = [
        word.bbox
        for word, offset, origin in zip(made.words, made.starts, made.origins, strict=True)
        if start <= offset and offset + len(origin) <= end
    ]
    found = []
    for left, right in pairwise(boxes):
        slack = _SLACK * min(left.height, right.height)
        if right.x0 > left.x1 - slack:
            found.append((min(left.x1, right.x0) - slack, max(left.x1, right.x0) + slack))
    return found


def _halves(line: Place, x: float) -> tuple[Place, Place]:
    """The line left and right of x; a word that stands on both sides is cut in proportion."""
    made, start, end = line
    position = end
    for word, offset, origin in zip(made.words, made.starts, made.origins, strict=True):
        if offset < start or offset >= end or word.bbox.x1 <= x:
            continue
        share = max(0.0, (x - word.bbox.x0) / word.bbox.width)
        inside = _boundary(made.text[offset : offset + len(origin)], share)
        position = offset + inside
        break
    return (made, start, max(start, position)), (made, max(start, position), end)


def _boundary(text: str, share: float) -> int:
    """At which character a word is cut: near the share, behind two decimals or where letters and digits meet."""
    near = round(share * len(text))
    if not 0.15 < share < 0.85:
        return len(text) * (share >= 0.5)
    likely = [match.end() for match in _MEETING.finditer(text) if abs(match.end() - near) <= _SNAP]
    return min(likely, key=lambda position: abs(position - near), default=near)


def _split_row(row: GridRow, cuts: dict[int, list[float]]) -> GridRow:
    cells: dict[int, list[Place]] = {}
    for column, places in row.cells.items():
        first = column * _PARTS
        if column in row.wide:
            cells[first] = places
            continue
        for line in places:
            rest = line
            for part, x in enumerate(cuts.get(column, [])[: _PARTS - 1]):
                left, rest = _halves(rest, x)
                _add(cells, first + part, left)
            _add(cells, first + len(cuts.get(column, [])[: _PARTS - 1]), rest)
    wide = {column * _PARTS: width * _PARTS for column, width in row.wide.items()}
    return GridRow(row.page, row.top, row.bottom, cells, wide)


def _add(cells: dict[int, list[Place]], column: int, place: Place) -> None:
    if place[0].text[place[1] : place[2]].strip():
        cells.setdefault(column, []).append(place)
