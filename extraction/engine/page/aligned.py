"""Tables that only alignment shows: columns from the white between them, rows from the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from statistics import median

from extraction.engine.page.cells import Cell, Grid
from extraction.engine.page.lines import Line, Segment, Token, make_segment

CELL_GAP = 0.8  # of the size: a wider gap parts two cells of a row
MIN_GUTTER = 2.0


@dataclass(slots=True)
class Row:
    """A printed line of a table, parted at its wide gaps."""

    line: Line
    parts: list[Segment]


@dataclass(slots=True)
class Placed:
    """A piece of a row: its first and last column."""

    first: int
    last: int
    tokens: list[Token] = field(default_factory=list)


def part_line(line: Line, gap: float = CELL_GAP) -> list[Segment]:
    """Part a line where the gap is wider than so many ems."""
    if len(line.segments) == 1 and line.segments[0].is_whole:
        return [line]
    groups: list[list[Token]] = []
    reach = 0.0
    for token in line.tokens:
        if groups and token.x0 - reach <= gap * max(token.size, 4.0):
            groups[-1].append(token)
        else:
            groups.append([token])
        reach = max(reach, token.x1) if len(groups[-1]) > 1 else token.x1
    return [make_segment(group) for group in groups]


def gutters_of(rows: Sequence[Row], posts: Sequence[float] = ()) -> list[tuple[float, float]]:
    """White strips between the columns, from the rows with most parts; `posts` are printed vertical rules."""
    most = max((len(row.parts) for row in rows), default=0)
    cores = [row for row in rows if len(row.parts) >= max(2, 0.6 * most)]
    if not cores:
        return []
    left = min(part.x0 for row in cores for part in row.parts)
    right = max(part.x1 for row in cores for part in row.parts)
    allowed = 0 if len(cores) < 8 else int(0.06 * len(cores))
    events = sorted(
        [(part.x0, 1) for row in cores for part in row.parts] + [(part.x1, -1) for row in cores for part in row.parts]
    )
    result: list[tuple[float, float]] = []
    cover, start = 0, left
    for x, step in events:
        if cover <= allowed < cover + step:
            if x - start >= MIN_GUTTER and start > left:
                result.append((start, x))
        elif cover > allowed >= cover + step:
            start = x
        cover += step
    for post in posts:
        if left + 3 < post < right - 3 and not any(low - 2 <= post <= high + 2 for low, high in result):
            result.append((post - 0.5, post + 0.5))
    return sorted(result)


def place_row(row: Row, gutters: Sequence[tuple[float, float]]) -> list[Placed]:
    """Give each part of the row its columns; a part over a gutter is cut where its words leave a wide gap there."""
    result: list[Placed] = []
    for part in row.parts:
        for piece in _cut(part, gutters):
            first, last = (
                _column(piece[0].x0, gutters, start=True),
                _column(max(t.x1 for t in piece), gutters, start=False),
            )
            first, last = min(first, last), max(first, last)
            if result and result[-1].last >= first:
                result[-1].tokens.extend(piece)
                result[-1].last = max(result[-1].last, last)
            else:
                result.append(Placed(first, last, list(piece)))
    return result


def _column(x: float, gutters: Sequence[tuple[float, float]], *, start: bool) -> int:
    """Number of the column in which a part starts or ends; an edge that pokes a little into the next does not count."""
    slack = 2.0
    if start:
        return sum(1 for low, high in gutters if x >= (low + high) / 2 - slack or x >= low and x >= high - slack)
    return sum(1 for low, high in gutters if x > high + slack)


def _cut(part: Segment, gutters: Sequence[tuple[float, float]]) -> list[list[Token]]:
    gaps = [after.x0 - before.x1 for before, after in pairwise(part.tokens)]
    usual = median(gaps) if gaps else 0.0
    pieces: list[list[Token]] = [[part.tokens[0]]] if part.tokens else []
    for gap, token in zip(gaps, part.tokens[1:], strict=True):
        last = pieces[-1][-1]
        over = any(
            last.x1 <= high and token.x0 >= low and min(token.x0, high) - max(last.x1, low) > 0 for low, high in gutters
        )
        wide = gap > max(1.3 * usual, 0.33 * token.size) or len(part.tokens) == 2 and gap > 0.45 * token.size
        if over and wide:
            pieces.append([token])
        else:
            pieces[-1].append(token)
    return pieces


def aligned_grid(lines: Sequence[Line], *, posts: Sequence[float] = (), floors: Sequence[float] = ()) -> Grid | None:
    """Cells of lines that stand under one another; None without two columns. `floors` are rules between rows."""
    rows = [Row(line, part_line(line)) for line in lines]
    gutters = gutters_of(rows, posts)
    if not gutters:
        return None
    placed = [place_row(row, gutters) for row in rows]
    starts = _row_starts(rows, placed, floors)
    cells: list[Cell] = []
    number = -1
    for pieces, starts_row in zip(placed, starts, strict=True):
        number += starts_row
        _add_row(cells, pieces, number)
    return Grid(number + 1, len(gutters) + 1, cells)


def _add_row(cells: list[Cell], pieces: Sequence[Placed], row: int) -> None:
    begun = list(takewhile(lambda cell: cell.row == row, reversed(cells)))[::-1]
    for piece in pieces:
        home = next((cell for cell in begun if _meets(cell, piece)), None)
        if home is None:
            begun.append(Cell(row, piece.first, 1, piece.last - piece.first + 1, list(piece.tokens)))
            cells.append(begun[-1])
        else:
            home.tokens.extend(piece.tokens)


def _meets(cell: Cell, piece: Placed) -> bool:
    return cell.column <= piece.last and piece.first < cell.column + cell.columns


def _row_starts(rows: Sequence[Row], placed: Sequence[Sequence[Placed]], floors: Sequence[float]) -> list[bool]:
    """Tell which lines begin a row; the others go on with the row above."""
    gaps = [max(0.0, after.line.y0 - before.line.y1) for before, after in pairwise(rows)]
    ruled = [_has_floor(before.line, after.line, floors) for before, after in pairwise(rows)]
    by_rules = sum(ruled) >= 0.4 * len(ruled) and sum(ruled) >= 2
    result = [True]
    head = 0  # the line with which the last row began
    for position in range(1, len(rows)):
        if ruled[position - 1]:
            result.append(True)
        elif by_rules:
            result.append(_begins(placed[position]))
        else:
            gap = gaps[position - 1]
            goes_on = _goes_on(placed[head], placed[position], gap, gaps, rows[position])
            is_label = _label_goes_on(placed[position - 1], placed[position], gap, gaps, rows[position])
            result.append(not goes_on and not is_label)
        head = position if result[-1] else head
    return result


def _begins(pieces: Sequence[Placed]) -> bool:
    """Tell a row inside a ruled row: several texts from the first column on, or mostly figures."""
    if len(pieces) < 3:
        return False
    figures = sum(2 * sum(map(str.isdigit, text)) >= len(text) for text in map(_letters, pieces))
    return pieces[0].first == 0 or 2 * figures >= len(pieces)


def _letters(piece: Placed) -> str:
    return "".join(token.text for token in piece.tokens)


def _has_floor(above: Line, below: Line, floors: Sequence[float]) -> bool:
    return any(above.y0 + 0.6 * above.height <= floor <= below.y1 - 0.6 * below.height for floor in floors)


def _label_goes_on(
    above: Sequence[Placed], pieces: Sequence[Placed], gap: float, gaps: Sequence[float], row: Row
) -> bool:
    """Tell the second line of a row's name: in small letters, close, and one of the two lines has no more."""
    if not pieces or not above or min(len(pieces), len(above)) > 1 or gap > min(0.45 * row.line.size, median(gaps)):
        return False
    if pieces[0].last or above[0].last or pieces[0].first or above[0].first:
        return False
    return pieces[0].tokens[0].text[:1].islower()


def _goes_on(above: Sequence[Placed], pieces: Sequence[Placed], gap: float, gaps: Sequence[float], row: Row) -> bool:
    """Tell a wrapped line: few of its columns are filled, it has no first column, and it stands close."""
    if not pieces or not above:
        return False
    if pieces[0].first == 0 or len(pieces) >= len(above) or gap > 0.45 * row.line.size:
        return False
    covered = {column for piece in above for column in range(piece.first, piece.last + 1)}
    under = all(piece.first in covered for piece in pieces)
    letters = "".join(token.text for piece in pieces for token in piece.tokens)
    figures = sum(sign.isdigit() for sign in letters) > 0.5 * len(letters)
    return under and not figures and gap <= median(gaps) + 0.5
