"""Which lines of a table are rows, told by their first words, and where its columns stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median

from extraction.engine.fields.grid import Header, HeaderCell
from extraction.engine.fields.learn_layouts import stem
from extraction.engine.fields.segments import Segment, Sheet
from extraction.types import FieldSpec, FieldType, LearnedTable

_LEAST_SHARED = 0.5
_PLACED = 0.7
"""The score of a column that only its place tells."""


def line_stem(texts: Iterable[str]) -> str:
    """The first words of a line."""
    return next((said for text in texts if len(said := stem(text)) > 1), "")


@dataclass(frozen=True, slots=True)
class RowHabits:
    """Lines that are rows though their words name a sum, and lines that are none."""

    items: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    def is_item(self, texts: Iterable[str]) -> bool | None:
        """None where nothing was learned of such a line."""
        if not self.items and not self.others:
            return None
        said = line_stem(texts)
        return True if said in self.items else False if said in self.others else None


PLAIN_ROWS = RowHabits()


def habits_of(table: LearnedTable | None) -> RowHabits:
    return RowHabits(frozenset(table.items), frozenset(table.others)) if table else PLAIN_ROWS


def with_labels(spec: FieldSpec, table: LearnedTable) -> FieldSpec:
    """The field with the learned words over its columns, each denied to the other columns; a list's own label."""
    said = {column.name: column.labels for column in table.columns}
    if spec.type is FieldType.LIST:
        return replace(spec, labels=(*said.get(spec.name, ()), *spec.labels))
    columns = tuple(
        replace(
            column,
            labels=(*said.get(column.name, ()), *column.labels),
            not_labels=(*column.not_labels, *_of_others(column.name, said)),
        )
        for column in spec.fields
    )
    return replace(spec, fields=columns)


def _of_others(name: str, said: dict[str, tuple[str, ...]]) -> list[str]:
    own = said.get(name, ())
    others = [label for other, labels in said.items() if other != name for label in labels]
    return [label for label in others if label not in own] if own else []


def with_places(
    headers: list[Header], sheets: tuple[Sheet, ...], table: LearnedTable | None, names: tuple[str, ...]
) -> list[Header]:
    """The headers with the columns that they do not name where these stood; made of places alone if there are none."""
    if table is None:
        return headers
    spans = {names.index(column.name): column for column in table.columns if column.name in names}
    ranges = {index: (column.left, column.right) for index, column in spans.items()}
    if headers:
        return [_completed(header, ranges) for header in headers]
    bare = {index: ranges[index] for index, column in spans.items() if not column.labels}
    return [header for sheet in sheets[:1] if len(bare) == len(ranges) > 1 for header in _made(sheet, bare)]


def _completed(header: Header, ranges: dict[int, tuple[float, float]]) -> Header:
    width = header.sheet.width
    moved = [
        (cell.x0 + cell.x1) / 2 - width * sum(ranges[cell.column]) / 2
        for cell in header.cells
        if cell.column is not None and cell.column in ranges
    ]
    by = median(moved) if moved else 0.0
    by = by if abs(by) > 0.05 * width else 0.0
    cells = list(header.cells)
    for index, (left, right) in ranges.items():
        if index not in header.columns:
            _place(cells, index, left * width + by, right * width + by)
    return replace(header, cells=tuple(sorted(cells, key=lambda cell: cell.x0)))


def _place(cells: list[HeaderCell], index: int, x0: float, x1: float) -> None:
    """In a cell of the header that names nothing, else beside the others; never over a named one."""
    over = [at for at, cell in enumerate(cells) if min(x1, cell.x1) - max(x0, cell.x0) > _LEAST_SHARED * (x1 - x0)]
    free = [at for at in over if cells[at].column is None]
    if free:
        cells[free[0]] = replace(cells[free[0]], column=index, score=_PLACED)
    elif not over and cells:
        near = min(cells, key=lambda cell: abs(cell.x0 - x0))
        cells.append(HeaderCell(near.segment, near.start, near.end, x0, x1, index, _PLACED))


def _made(sheet: Sheet, ranges: dict[int, tuple[float, float]]) -> Iterable[Header]:
    """Over the first line that fills all the places."""
    spans = {index: (left * sheet.width, right * sheet.width) for index, (left, right) in ranges.items()}
    lines: dict[int, list[Segment]] = {}
    for segment in sheet.segments:
        lines.setdefault(segment.row, []).append(segment)
    for number, line in lines.items():
        under = {index: _under(line, *span) for index, span in spans.items()}
        cells = [HeaderCell(s, 0, len(s.text), *spans[index], index, _PLACED) for index, s in under.items() if s]
        if len({id(cell.segment) for cell in cells}) == len(ranges):
            yield Header(sheet, number - 1, tuple(sorted(cells, key=lambda cell: cell.x0)))
            return


def _under(line: list[Segment], x0: float, x1: float) -> Segment | None:
    return next((s for s in line if min(x1, s.bbox.x1) - max(x0, s.bbox.x0) > 0), None)
