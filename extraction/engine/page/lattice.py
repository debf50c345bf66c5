"""Tables whose rules draw the cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extraction.engine.page.aligned import Row, part_line, place_row
from extraction.engine.page.cells import Cell, Grid
from extraction.engine.page.lines import Line, Token, lines_of, segments_of
from extraction.engine.page.rules import CLOSE, Frame, Rule, places

COVERED = 0.6  # of a cell's side: a rule that long parts it from its neighbour


@dataclass(slots=True)
class _Lattice:
    xs: list[float]
    ys: list[float]
    across: Sequence[Rule]
    down: Sequence[Rule]


def lattice_grid(frame: Frame, tokens: Sequence[Token]) -> Grid | None:
    """Cells of a ruled frame, None when its rules part nothing."""
    box = frame.bbox
    xs = places([rule.at for rule in frame.down] + [box.x0, box.x1])
    ys = places([rule.at for rule in frame.across] + [box.y0, box.y1])
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > 20_000:
        return None
    lattice = _Lattice(xs, ys, frame.across, frame.down)
    inside = [token for token in tokens if _holds(lattice, token)]
    _part_rows(lattice, inside)
    cells = _cells(lattice, _groups(lattice), inside)
    parted = [part for cell in cells for part in _part_cell(lattice, cell)]
    return Grid(len(lattice.ys) - 1, len(lattice.xs) - 1, parted)


def _holds(lattice: _Lattice, token: Token) -> bool:
    x, y = (token.x0 + token.x1) / 2, (token.y0 + token.y1) / 2
    return lattice.xs[0] <= x <= lattice.xs[-1] and lattice.ys[0] <= y <= lattice.ys[-1]


def _part_cell(lattice: _Lattice, cell: Cell) -> list[Cell]:
    """Part a cell over several columns whose one line shows a text in each, as rows without inner rules do."""
    if cell.columns < 2 or cell.rows > 1 or not cell.tokens:
        return [cell]
    lines = cell.lines
    parts = part_line(lines[0])
    if len(lines) > 1 or len(parts) < 2:
        return [cell]
    posts = [(x - 0.5, x + 0.5) for x in lattice.xs[cell.column + 1 : cell.column + cell.columns]]
    pieces = place_row(Row(lines[0], parts), posts)
    if len(pieces) < 2:
        return [cell]
    return [
        Cell(cell.row, cell.column + piece.first, 1, piece.last - piece.first + 1, piece.tokens) for piece in pieces
    ]


def _place(edges: Sequence[float], value: float) -> int:
    """Number of the interval that holds the value."""
    for number, edge in enumerate(edges[1:]):
        if value <= edge:
            return number
    return len(edges) - 2


def _part_rows(lattice: _Lattice, tokens: Sequence[Token]) -> None:
    """Add rules between printed lines where one ruled row holds several rows of text."""
    by_row: dict[int, list[Token]] = defaultdict(list)
    for token in tokens:
        by_row[_place(lattice.ys, (token.y0 + token.y1) / 2)].append(token)
    extra: list[Rule] = []
    for members in by_row.values():
        lines = lines_of(segments_of(members))
        if len(lines) >= 2 and _are_rows(lattice, lines):
            for above, below in pairwise(lines):
                extra.append(Rule((above.y1 + below.y0) / 2, lattice.xs[0], lattice.xs[-1]))
    if extra:
        lattice.across = [*lattice.across, *extra]
        lattice.ys = places([*lattice.ys, *(rule.at for rule in extra)], 1.0)


def _are_rows(lattice: _Lattice, lines: Sequence[Line]) -> bool:
    """Tell rows of a table from the wrapped lines of one row.

    Most lines fill most columns, and a column of figures, or of capitals in front, says that each is a row.
    """
    texts = [_by_column(lattice, line) for line in lines]
    used = set().union(*texts)
    full = sum(1 for columns in texts if len(columns) >= max(2, 0.7 * len(used)))
    if len(used) < 2 or full < 0.7 * len(lines):
        return False
    needed = len(lines) if len(lines) == 2 else 0.7 * len(lines)
    first = min(used)
    if any(sum(_figures(texts, column)) >= needed for column in used - {first}):
        return len(lines) > 2 or (first == 0 and texts[0].keys() == texts[1].keys())
    starts = [columns.get(0, "") for columns in texts]
    return len(lines) > 3 and sum(1 for text in starts if text[:1].isupper() or text[:1].isdigit()) >= 0.9 * len(lines)


def _by_column(lattice: _Lattice, line: Line) -> dict[int, str]:
    result: dict[int, str] = defaultdict(str)
    for token in line.tokens:
        result[_place(lattice.xs, (token.x0 + token.x1) / 2)] += token.text
    return result


def _figures(texts: Sequence[dict[int, str]], column: int) -> Iterator[bool]:
    """Tell of each line whether a figure stands in the column."""
    for columns in texts:
        text = columns.get(column, "")
        yield bool(text) and 2 * sum(sign.isdigit() for sign in text) >= len(text)


def _groups(lattice: _Lattice) -> list[list[tuple[int, int]]]:
    """Sets of elementary cells with no rule between them."""
    rows, columns = len(lattice.ys) - 1, len(lattice.xs) - 1
    parent = list(range(rows * columns))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    walls = _walls(lattice.down, lattice.xs, lattice.ys)
    floors = _walls(lattice.across, lattice.ys, lattice.xs)
    for row in range(rows):
        for column in range(columns):
            if column + 1 < columns and (column + 1, row) not in walls:
                parent[root(row * columns + column)] = root(row * columns + column + 1)
            if row + 1 < rows and (row + 1, column) not in floors:
                parent[root(row * columns + column)] = root((row + 1) * columns + column)
    groups: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for item in range(rows * columns):
        groups[root(item)].append(divmod(item, columns))
    return list(groups.values())


def _walls(rules: Sequence[Rule], lines: Sequence[float], steps: Sequence[float]) -> set[tuple[int, int]]:
    """(line, step) pairs where a rule on that line runs along most of that step."""
    result: set[tuple[int, int]] = set()
    for rule in rules:
        line = min(range(len(lines)), key=lambda place: abs(lines[place] - rule.at))
        if abs(lines[line] - rule.at) > 2 * CLOSE:
            continue
        for step in range(len(steps) - 1):
            shared = min(rule.high, steps[step + 1]) - max(rule.low, steps[step])
            if shared >= COVERED * (steps[step + 1] - steps[step]):
                result.add((line, step))
    return result


def _cells(lattice: _Lattice, groups: Sequence[list[tuple[int, int]]], tokens: Sequence[Token]) -> list[Cell]:
    cells: list[Cell] = []
    home: dict[tuple[int, int], Cell] = {}
    for group in groups:
        top, left = min(row for row, _ in group), min(column for _, column in group)
        bottom, right = max(row for row, _ in group), max(column for _, column in group)
        cell = Cell(top, left, bottom - top + 1, right - left + 1)
        cells.append(cell)
        home.update(dict.fromkeys(group, cell))
    for token in tokens:
        row = _place(lattice.ys, (token.y0 + token.y1) / 2)
        column = _place(lattice.xs, (token.x0 + token.x1) / 2)
        home[row, column].tokens.append(token)
    return sorted(cells, key=lambda cell: (cell.row, cell.column))
