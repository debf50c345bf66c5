"""Items of a table whose cells the reading already knows: its header, the fields' columns, and which rows are items."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extraction.engine.fields.assigning import Columns, assign, labels_of
from extraction.engine.fields.contents import NUMERIC, number_of
from extraction.engine.fields.gridded import Grid, GridRow, Place, joined
from extraction.engine.fields.items import Item, is_carried, sums_row
from extraction.engine.fields.learn_rows import PLAIN_ROWS, RowHabits
from extraction.engine.fields.matching import PhraseBook
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.splitting import mended_grids
from extraction.types import BBox, DocumentReading, Precision, Span

_HEADER_ROWS = 4
_LEAST_HEADER = 1.2
_NEAR = 0.7


@dataclass(frozen=True, slots=True)
class CellTable:
    """A grid read as the table: its header's place, the fields' columns and the items by field.

    `strange` counts the grid's columns that are no field's.
    """

    columns: Columns
    strange: int
    label: Span
    items: tuple[Item, ...]
    score: float


@dataclass(frozen=True, slots=True)
class _Head:
    """The header's rows as first and behind the last, its texts by column, and the labels' score."""

    first: int
    end: int
    texts: dict[int, str]
    score: float


@dataclass(frozen=True, slots=True)
class _Table:
    """Which column holds which field, and what is known of the rows."""

    chosen: Columns
    columns: tuple[Profile, ...]
    habits: RowHabits

    def is_typed(self, column: int) -> bool:
        """Whether its field is a number or a date."""
        return self.columns[self.chosen.fields[column]].kind in (*NUMERIC, "date")


def find_cell_table(
    reading: DocumentReading, columns: tuple[Profile, ...], book: PhraseBook, habits: RowHabits = PLAIN_ROWS
) -> CellTable | None:
    """The grid whose columns suit the fields best."""
    found = [table for grid in mended_grids(reading) if (table := _read(grid, columns, book, habits))]
    return max(found, key=lambda table: table.score, default=None)


def _read(grid: Grid, columns: tuple[Profile, ...], book: PhraseBook, habits: RowHabits) -> CellTable | None:
    head = _header(grid, columns, book)
    body = [row for row in _body(grid, head) if habits.is_item(_texts(row)) is not False]
    full = [row for row in body if len(row.cells) > len(grid.columns) / 2 and not _is_sum(row, habits)]
    chosen = assign(grid, full, head.texts if head else {}, columns, book)
    if not _is_enough(chosen, head, full, grid, columns):
        return None
    items = _items(body, _Table(chosen, columns, habits))
    if head is None and len(items) < 2:
        return None
    strange = len(grid.columns) - len(chosen.fields)
    return CellTable(chosen, strange, _label(grid, head, body), tuple(items), chosen.score + min(len(items), 50) / 100)


def _is_enough(
    chosen: Columns, head: _Head | None, rows: list[GridRow], grid: Grid, columns: tuple[Profile, ...]
) -> bool:
    """A header says two fields (or the only one); without one, rows of the right types fill nearly all columns."""
    if head:
        return len(chosen.labels) >= min(2, len(columns))
    numeric = sum(columns[index].kind in (*NUMERIC, "date") for index in chosen.fields.values())
    most = max(3, 0.75 * len(columns))
    return len(chosen.fields) >= most and numeric >= 2 and len(rows) >= 2 and len(grid.columns) <= len(columns) + 1


def _header(grid: Grid, columns: tuple[Profile, ...], book: PhraseBook) -> _Head | None:
    heads = [
        _Head(first, end, texts, _labels_score(texts, columns, book) - 0.05 * (end - first))
        for first in range(min(_HEADER_ROWS, len(grid.rows)))
        for end in range(first + 1, min(first + 3, len(grid.rows)) + 1)
        if not any(_has_numbers(row) for row in grid.rows[first:end])
        for texts in [head_texts(grid, grid.rows[first:end])]
    ]
    best = max(heads, key=lambda head: head.score, default=None)
    least = _LEAST_HEADER if len(columns) > 1 else 0.6
    return best if best and best.score >= least else None


def _has_numbers(row: GridRow) -> bool:
    return sum(number_of(row.text(column)) is not None for column in row.cells) > 0.3 * len(row.cells)


def _labels_score(texts: dict[int, str], columns: tuple[Profile, ...], book: PhraseBook) -> float:
    """The sum over the fields of the best label, each header counted once."""
    pairs = sorted(
        (
            (score, index, column)
            for column, text in texts.items()
            for index, score in labels_of(text, columns, book).items()
        ),
        reverse=True,
    )
    fields: set[int] = set()
    heads: set[int] = set()
    total = 0.0
    for score, index, column in pairs:
        if index not in fields and column not in heads:
            fields.add(index)
            heads.add(column)
            total += score
    return total


def head_texts(grid: Grid, rows: tuple[GridRow, ...]) -> dict[int, str]:
    """The header's words by column; those of a cell over several columns go to the nearest of them."""
    parts: dict[int, list[Place]] = {}
    for row in rows:
        for column, places in row.cells.items():
            if row.wide.get(column, 1) == 1:
                parts.setdefault(column, []).extend(places)
                continue
            under = [c for c in range(column, column + row.wide[column]) if c in grid.spans] or [column]
            for made, _, _ in places:
                for number, word in enumerate(made.words):
                    start = made.starts[number]
                    x = (word.bbox.x0, word.bbox.x1)
                    near = min(under, key=lambda c: _distance(x, grid.spans.get(c, x)))
                    parts.setdefault(near, []).append((made, start, start + len(made.origins[number])))
    return {column: joined(places) for column, places in parts.items()}


def _distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    return min(abs(a[0] - b[0]), abs(a[1] - b[1]), abs(a[0] + a[1] - b[0] - b[1]) / 2)


def _body(grid: Grid, head: _Head | None) -> list[GridRow]:
    """The rows under the header, its repetitions left out."""
    if head is None:
        return list(grid.rows)
    said = [_folded(row) for row in grid.rows[head.first : head.end]]
    return [row for row in grid.rows[head.end :] if _folded(row) not in said]


def _folded(row: GridRow) -> str:
    return "".join("".join(row.text(column).split()).lower() for column in sorted(row.cells))


def _texts(row: GridRow) -> list[str]:
    return [row.text(column) for column in sorted(row.cells)]


def _is_sum(row: GridRow, habits: RowHabits) -> bool:
    texts = _texts(row)
    if habits.is_item(texts):
        return False
    return sums_row([text for text in texts if any(c.isalpha() for c in text)]) or is_carried(" ".join(texts))


def _items(body: list[GridRow], table: _Table) -> list[Item]:
    chosen = table.chosen
    own = [row for row in body if chosen.fields.keys() & row.cells.keys()]
    usual = _usual(own, chosen)
    flags = [_is_item(row, table, usual) for row in own]
    homes = _homes(own, flags, table)
    items = []
    for number, row in enumerate(own):
        if flags[number]:
            item = Item(page=row.page, bottom=row.bottom)
            for part, home in zip(own, homes, strict=True):
                if home == number:
                    for column, places in part.cells.items():
                        if column in chosen.fields:
                            item.places.setdefault(chosen.fields[column], []).extend(places)
            items.append(item)
    return items


def _usual(rows: list[GridRow], chosen: Columns) -> set[int]:
    """The columns that most full rows fill."""
    full = [row for row in rows if len(chosen.fields.keys() & row.cells.keys()) > len(chosen.fields) / 2]
    return {c for c in chosen.fields if sum(c in row.cells for row in full) >= 0.7 * len(full)} or set(chosen.fields)


def _is_item(row: GridRow, table: _Table, usual: set[int]) -> bool:
    """A row with most of what rows here have, a number or date among it, that names no sum."""
    mine = usual & row.cells.keys()
    least = len(usual) if row.wide else min(len(usual), max(2, 0.6 * len(usual)))
    if len(mine) < least or _is_sum(row, table.habits):
        return False
    typed = [column for column in table.chosen.fields if table.is_typed(column)]
    return not typed or any(column in row.cells and _has_digits(row.text(column)) for column in typed)


def _has_digits(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _homes(rows: list[GridRow], flags: list[bool], table: _Table) -> list[int | None]:
    """For every row the item it belongs to: itself, or the nearest one that its text goes on from or opens."""
    gaps = [_gap(above, below) for above, below in pairwise(rows)]
    apart = [gap for gap, a, b in zip(gaps, flags, flags[1:], strict=False) if a and b and gap is not None]
    height = median(row.bottom - row.top for row in rows) if rows else 0.0
    least = _NEAR * (median(apart) if len(apart) > 1 else 0.8 * height)
    homes: list[int | None] = [number if flag else None for number, flag in enumerate(flags)]
    for _ in range(4):
        for number, row in enumerate(rows):
            if homes[number] is None and _may_join(row, table):
                homes[number] = _nearest(number, rows, homes, gaps, least)
    return homes


def _gap(above: GridRow, below: GridRow) -> float | None:
    return below.top - above.bottom if above.page == below.page else None


def _may_join(row: GridRow, table: _Table) -> bool:
    """Text only, in columns of text, and no sum."""
    if _is_sum(row, table.habits) or row.wide or set(row.cells) - set(table.chosen.fields):
        return False
    return not any(map(table.is_typed, row.cells))


def _nearest(
    number: int, rows: list[GridRow], homes: list[int | None], gaps: list[float | None], least: float
) -> int | None:
    found = []
    for other, gap in ((number - 1, number - 1), (number + 1, number)):
        if 0 <= other < len(rows) and gaps[gap] is not None:
            found.append((gaps[gap] or 0.0, other))
    near = min(found, default=None)
    return homes[near[1]] if near and near[0] <= least else None


def _label(grid: Grid, head: _Head | None, body: list[GridRow]) -> Span:
    """Where the header stands; without one, the first row."""
    rows = grid.rows[head.first : head.end] if head else tuple(body[:1])
    spans = [made.span(start, end) for row in rows for places in row.cells.values() for made, start, end in places]
    text = " ".join(span.text for span in spans)
    return Span(rows[0].page, BBox.around(*(span.bbox for span in spans)), text, spans[0].block, Precision.LINE)
