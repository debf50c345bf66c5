"""Of the places of a table's cells, those where the cells of their row stand together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from extraction.engine.fields.comparing import letters_of
from extraction.engine.fields.place_index import Place

_NEAR = {0: 1.0, 1: 0.6, 2: 0.3}  # by rows between: cells of several lines stand a little higher or lower
_LONG = 12  # letters
_TELLING = 4
_LINES = 4  # heights

type Line = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CellPlaces:
    """A cell's column, its text and all places where that stands."""

    column: str
    text: str
    places: tuple[Place, ...]

    @property
    def weight(self) -> float:
        return 1 + min(len(letters_of(self.text)), _LONG) / _LONG


def choose_rows(rows: Sequence[Sequence[CellPlaces]]) -> list[dict[str, Place]]:
    """For every row its cells' places by column; a cell that stands nowhere near its row has none."""
    lines = _lines_of(rows)
    taken = set(lines) - {None}
    near = [_near_cells(row, line, taken - {line}) for row, line in zip(rows, lines, strict=True)]
    middles = _middles(near)
    return [_distinct(row, found, middles) for row, found in zip(rows, near, strict=True)]


def _lines_of(rows: Sequence[Sequence[CellPlaces]]) -> list[Line | None]:
    """The line of each row: where most of it stands; equal ones are taken one after the other."""
    lines: list[Line | None] = []
    used: set[Line] = set()
    last: Line = (0, 0)
    for row in rows:
        votes = _votes(row)
        line = min(votes, key=lambda line: (-round(votes[line], 3), line in used, line < last, line), default=None)
        lines.append(line)
        if line is not None:
            used.add(line)
            last = line
    return lines


def _votes(row: Sequence[CellPlaces]) -> Mapping[Line, float]:
    """How much of the row stands on each line or close to it, for the lines that hold something of it."""
    votes: dict[Line, float] = defaultdict(float)
    direct: set[Line] = set()
    for cell in row:
        own: dict[Line, float] = defaultdict(float)
        for line in {place.line for place in cell.places}:
            direct.add(line)
            for distance, share in _NEAR.items():
                for other in {(line[0], line[1] + distance), (line[0], line[1] - distance)}:
                    own[other] = max(own[other], share * cell.weight)
        for line, share in own.items():
            votes[line] += share
    return {line: votes[line] for line in direct}


def _near_cells(row: Sequence[CellPlaces], line: Line | None, others: set[Line | None]) -> dict[str, list[Place]]:
    home = next((place for cell in row for place in cell.places if place.line == line), None)
    return {cell.column: _near(cell, home, others) if home else [] for cell in row}


def _near(cell: CellPlaces, home: Place, others: set[Line | None]) -> list[Place]:
    """The cell's places on its row's line; else close to it and on no other row's; else anywhere if the text tells."""
    close = [place for place in cell.places if place.line not in others and _is_close(place, home)]
    nearest = min((abs(place.line[1] - home.line[1]) for place in close), default=None)
    if nearest is not None:
        return [place for place in close if abs(place.line[1] - home.line[1]) == nearest]
    return list(cell.places[:1]) if len(letters_of(cell.text)) >= _TELLING else []


def _is_close(place: Place, home: Place) -> bool:
    """Within the lines that a row's cells may have."""
    box, other = place.parts[0][0].bbox, home.parts[0][0].bbox
    drop = abs(box.centre[1] - other.centre[1])
    return place.line[0] == home.line[0] and (place.line == home.line or drop <= _LINES * max(box.height, other.height))


def _middles(rows: Sequence[Mapping[str, Sequence[Place]]]) -> dict[str, tuple[float, float]]:
    """Left and right edge of each column, by the cells that can stand at one place only."""
    sure: dict[str, list[Place]] = defaultdict(list)
    for row in rows:
        for column, places in row.items():
            if len(places) == 1:
                sure[column].append(places[0])
    return {
        column: (median(_edges(place)[0] for place in places), median(_edges(place)[1] for place in places))
        for column, places in sure.items()
    }


def _edges(place: Place) -> tuple[float, float]:
    box = place.spans[0].bbox
    return box.x0, box.x1


def _distinct(
    row: Sequence[CellPlaces], found: Mapping[str, Sequence[Place]], middles: Mapping[str, tuple[float, float]]
) -> dict[str, Place]:
    """Equal values of a row each at a place of their own, by their columns, else from the left."""
    chosen: dict[str, Place] = {}
    for cell in sorted(row, key=lambda cell: len(found[cell.column])):
        free = [place for place in found[cell.column] if place not in chosen.values()] or list(found[cell.column])
        if free:
            edges = middles.get(cell.column)
            chosen[cell.column] = min(free, key=lambda place: _distance(place, edges))
    return chosen


def _distance(place: Place, edges: tuple[float, float] | None) -> float:
    left, right = _edges(place)
    return left if edges is None else min(abs(left - edges[0]), abs(right - edges[1]))
