"""The rows of a table under its header: items, their wrapped lines, and where the totals end them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.grid import Header, HeaderCell
from extraction.engine.fields.learn_rows import PLAIN_ROWS, RowHabits
from extraction.engine.fields.lexicon import carried_phrases, plain, tokens
from extraction.engine.fields.matching import concept_book
from extraction.engine.fields.segments import Segment, Sheet
from extraction.engine.numbers import parse_number

type Place = tuple[Segment, int, int]

_TOTALS = (
    "total",
    "subtotal",
    "tax_amount",
    "gross_total",
    "total_in_words",
    "discount",
    "shipping",
    "paid",
    "rounding",
)
_PART = re.compile(r"\S+")


@dataclass(slots=True)
class Item:
    """A row of the table: by column the places of its text."""

    places: dict[int, list[Place]] = field(default_factory=dict)
    bottom: float = 0.0
    page: int = 0

    def add(self, cells: dict[int, list[Place]], *, bottom: float, page: int) -> None:
        for column, places in cells.items():
            self.places.setdefault(column, []).extend(places)
        self.bottom, self.page = bottom, page


def find_items(
    headers: list[Header],
    sheets: tuple[Sheet, ...],
    numeric: frozenset[int],
    around: Surroundings,
    habits: RowHabits = PLAIN_ROWS,
) -> list[Item]:
    """All items under the header and its repetitions; a page without a header goes on with the columns before it."""
    items: list[Item] = []
    header, ended = headers[0], False
    for sheet in sheets:
        if sheet.number < headers[0].sheet.number:
            continue
        own = [h for h in headers if h.sheet.number == sheet.number]
        if ended and not own:
            break
        header = own[0] if own else header
        first_row = header.row + 1 if own else 0
        before = len(items)
        ended = _read_rows(items, header, sheet, first_row, numeric=numeric, around=around, habits=habits)
        if not own and len(items) == before:
            break
    return items


def _read_rows(
    items: list[Item],
    header: Header,
    sheet: Sheet,
    first_row: int,
    *,
    numeric: frozenset[int],
    around: Surroundings,
    habits: RowHabits,
) -> bool:
    """Append the page's items; True when a row of totals ended the table."""
    waiting: list[tuple[dict[int, list[Place]], list[Segment]]] = []
    started = len(items)
    for row in _rows(sheet, first_row):
        known = habits.is_item(segment.text for segment in row)
        if known is None and _is_totals(row, header, numeric, around):
            _attach(items, waiting, None, sheet, started)
            return True
        if known is False or is_carried(" ".join(segment.text for segment in row)):
            continue
        cells = _columns_of(row, header, numeric)
        if _is_item(cells, numeric):
            item = _attach(items, waiting, cells, sheet, started)
            item.add(cells, bottom=max(s.bbox.y1 for s in row), page=sheet.number)
            items.append(item)
            waiting = []
        elif cells:
            waiting.append((cells, row))
    _attach(items, waiting, None, sheet, started)
    return False


def _attach(
    items: list[Item],
    waiting: list[tuple[dict[int, list[Place]], list[Segment]]],
    following: dict[int, list[Place]] | None,
    sheet: Sheet,
    started: int,
) -> Item:
    """Give the text rows since the last item to it, or to the next one when that has no text of its own."""
    new = Item()
    texts = {column for cells, _ in waiting for column in cells}
    belongs_ahead = following is not None and not texts & set(following)
    for cells, row in waiting:
        top, bottom = min(s.bbox.y0 for s in row), max(s.bbox.y1 for s in row)
        previous = items[-1] if len(items) > started else None
        if belongs_ahead and (previous is None or not texts & set(previous.places) or following is None):
            new.add(cells, bottom=bottom, page=sheet.number)
        elif previous and top - previous.bottom < 1.1 * sheet.line_height and set(cells) <= set(previous.places):
            previous.add(cells, bottom=bottom, page=sheet.number)
        elif belongs_ahead:
            new.add(cells, bottom=bottom, page=sheet.number)
    return new


def _rows(sheet: Sheet, first: int) -> Iterator[list[Segment]]:
    rows: dict[int, list[Segment]] = {}
    for segment in sheet.segments:
        if segment.row >= first:
            rows.setdefault(segment.row, []).append(segment)
    for number in sorted(rows):
        yield rows[number]


def _is_totals(row: list[Segment], header: Header, numeric: frozenset[int], around: Surroundings) -> bool:
    """A row whose only words name a sum, with nothing in the columns left of it."""
    labels = [a for segment in row for a in around.labels(segment)]
    sums = [a for a in labels if any(a.says.get(key, 0.0) >= 0.8 for key in _TOTALS)]
    if not sums:
        return False
    words = [s for s in row if any(c.isalpha() for c in s.text)]
    return words[0] is sums[0].segment or len(words) == 1 and len(row) <= 3


def sums_row(texts: list[str]) -> bool:
    """Whether the first words of a row of cells name a sum."""
    said = concept_book().match(tokens(texts[0])) if texts else {}
    return any(said.get(key, 0.0) >= 0.8 for key in _TOTALS)


def is_carried(text: str) -> bool:
    """Whether a row carries a sum from page to page."""
    said = plain(text)
    return any(phrase in said for phrase in carried_phrases())


def _is_item(cells: dict[int, list[Place]], numeric: frozenset[int]) -> bool:
    return any(is_number(cells[column]) for column in numeric if column in cells)


def is_number(places: list[Place]) -> bool:
    segment, start, end = places[0]
    return parse_number(segment.text[start:end].strip(" *")) is not None


def _columns_of(row: list[Segment], header: Header, numeric: frozenset[int]) -> dict[int, list[Place]]:
    cells: dict[int, list[Place]] = {}
    for segment in row:
        for start, end in _cuts(segment, header):
            box = segment.span(start, end).bbox
            cell = _column_at(box.x0, box.x1, header, segment.text[start:end], numeric)
            if cell is not None and cell.column is not None:
                cells.setdefault(cell.column, []).append((segment, start, end))
    return {column: _merged(places) for column, places in cells.items()}


def _merged(places: list[Place]) -> list[Place]:
    merged = [places[0]]
    for segment, start, end in places[1:]:
        last, first, _ = merged[-1]
        if last is segment:
            merged[-1] = (segment, first, end)
        else:
            merged.append((segment, start, end))
    return merged


def _cuts(segment: Segment, header: Header) -> list[tuple[int, int]]:
    """A segment under one column is whole; under several it is cut at its spaces."""
    under = [cell for cell in header.cells if cell.x0 < segment.bbox.x1 and segment.bbox.x0 < cell.x1]
    if len(under) < 2:
        return [(0, len(segment.text))]
    parts = [match.span() for match in _PART.finditer(segment.text)]
    joined: list[tuple[int, int]] = []
    for start, end in parts:
        if joined and not (_numeric(segment.text[start:end]) or _numeric(segment.text[joined[-1][0] : joined[-1][1]])):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _numeric(text: str) -> bool:
    return parse_number(text) is not None


def _column_at(x0: float, x1: float, header: Header, text: str, numeric: frozenset[int]) -> HeaderCell | None:
    """The column a text stands in: the header it overlaps most, else the one whose edge or middle is nearest."""
    best, best_cost = None, float("inf")
    is_number = _numeric(text)
    for cell in header.cells:
        shared = max(0.0, min(x1, cell.x1) - max(x0, cell.x0)) / min(x1 - x0, cell.x1 - cell.x0)
        nearest = min(abs(x0 - cell.x0), abs(x1 - cell.x1), abs(x0 + x1 - cell.x0 - cell.x1) / 2)
        cost = nearest - 0.5 * shared * (cell.x1 - cell.x0)
        if not is_number and (cell.x0 > x0 + 0.5 * (x1 - x0)) and not shared:
            cost += header.sheet.width
        if not is_number and cell.column in numeric:
            cost += 0.15 * header.sheet.width
        if cost < best_cost:
            best, best_cost = cell, cost
    return best
