"""A table field's rows as ReadValues, every cell with its own place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from extraction.engine.dates import find_dates
from extraction.engine.fields.candidates import Habits, Typed
from extraction.engine.fields.cells import find_cell_table
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.grid import Header, find_headers
from extraction.engine.fields.gridded import joined
from extraction.engine.fields.items import Item, Place, find_items
from extraction.engine.fields.learn_rows import habits_of, with_places
from extraction.engine.fields.matching import PhraseBook
from extraction.engine.fields.profiles import Profile, compile_field, field_book
from extraction.engine.fields.row_signs import TableSigns, signs_of_no_rows
from extraction.engine.fields.segments import Sheet
from extraction.engine.fields.shapes import shaped
from extraction.engine.fields.signs import Readings
from extraction.engine.fields.values import match_option, read_boolean
from extraction.engine.numbers import find_numbers, parse_number
from extraction.types import (
    AbsentReason,
    BBox,
    DocumentReading,
    FieldSpec,
    FieldType,
    LearnedTable,
    Precision,
    ReadValue,
    Span,
    Value,
)

_NUMERIC = ("amount", "number")
_MOST_LOST = 0.75
_FACTORS = ("quantity", "unit_price", "amount")


def read_table(
    spec: FieldSpec,
    reading: DocumentReading,
    *,
    around: Surroundings,
    habits: Habits,
    typed: Typed,
    readings: Readings,
    learned: LearnedTable | None = None,
) -> ReadValue:
    """By the cells of a table block, unless the printed rows show more of the columns or of the items."""
    columns = tuple(compile_field(column, is_column=True) for column in spec.fields)
    book = field_book(columns)
    printed = _from_print(columns, book, tuple(around.sheets.values()), around, learned)
    celled = _from_cells(columns, book, reading, learned)
    numbers = frozenset(number.value for number in typed.numbers if isinstance(number.value, Decimal))
    found = celled if _is_fuller(celled, printed) else printed
    signs = TableSigns(found.items, found.labels, found.columns, found.strange, found is celled, readings)
    return _table(spec, columns, found, _Told(habits, numbers, signs))


@dataclass(frozen=True, slots=True)
class _Found:
    """A table's items, the columns it has, the scores of the headers that say so, and where the header stands.

    `strange` counts printed columns that are no field's.
    """

    items: tuple[Item, ...] = ()
    columns: frozenset[int] = frozenset()
    strange: int = 0
    labels: Mapping[int, float] = MappingProxyType({})
    label: Span | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """What the document tells of every cell: how it writes, the numbers printed in it, how sure the table is."""

    habits: Habits
    numbers: frozenset[Decimal]
    signs: TableSigns


def _from_print(
    columns: tuple[Profile, ...],
    book: PhraseBook,
    sheets: tuple[Sheet, ...],
    around: Surroundings,
    learned: LearnedTable | None,
) -> _Found:
    names = tuple(profile.name for profile in columns)
    headers = with_places(find_headers(sheets, columns, book), sheets, learned, names)
    if not headers:
        return _Found()
    own = headers[0].columns
    items = find_items(headers, sheets, _numeric(columns, own), around, habits_of(learned))
    labels = {cell.column: cell.score for cell in headers[0].cells if cell.column is not None}
    strange = sum(cell.column is None for cell in headers[0].cells)
    return _Found(tuple(items), own, strange, labels, _header_span(headers[0]))


def _from_cells(
    columns: tuple[Profile, ...], book: PhraseBook, reading: DocumentReading, learned: LearnedTable | None
) -> _Found:
    table = find_cell_table(reading, columns, book, habits_of(learned))
    if table is None:
        return _Found()
    own = frozenset(table.columns.fields.values())
    return _Found(table.items, own, table.strange, table.columns.labels, table.label)


def _numeric(columns: tuple[Profile, ...], own: frozenset[int]) -> frozenset[int]:
    return frozenset(index for index in own if columns[index].kind in _NUMERIC)


def _is_fuller(celled: _Found, printed: _Found) -> bool:
    """At least as many columns, and not far fewer cells: what is printed under a table may be taken for its rows."""
    if not celled.items or len(celled.columns) < len(printed.columns):
        return False
    return _cells(celled) >= _MOST_LOST * _cells(printed)


def _cells(found: _Found) -> int:
    return sum(len(item.places) for item in found.items)


def _table(spec: FieldSpec, columns: tuple[Profile, ...], found: _Found, told: _Told) -> ReadValue:
    if found.label is None:
        reason = AbsentReason.LABEL_NOT_FOUND
        return ReadValue(spec.name, reason=reason, signs=signs_of_no_rows(0.0, told.signs.readings))
    if not found.items:
        reason, label = AbsentReason.LABEL_WITHOUT_VALUE, max(found.labels.values(), default=0.0)
        signs = signs_of_no_rows(label, told.signs.readings)
        return ReadValue(spec.name, reason=reason, label=found.label, signs=signs)
    rows = [_row(item, columns, found, told.habits) for item in found.items]
    sums = _sums(rows, told.numbers)
    signed = tuple(_signed(row, item, columns, sums, told.signs) for row, item in zip(rows, found.items, strict=True))
    spans = spans_around(signed)
    text = " ".join(span.text for span in spans)
    return ReadValue(spec.name, text=text, spans=spans, label=found.label, method="table", rows=signed)


type Row = tuple[ReadValue, ...]


def _row(item: Item, columns: tuple[Profile, ...], found: _Found, habits: Habits) -> Row:
    return tuple(_cell(index, profile, item.places.get(index), found, habits) for index, profile in enumerate(columns))


def _cell(index: int, profile: Profile, places: list[Place] | None, found: _Found, habits: Habits) -> ReadValue:
    reason = AbsentReason.LABEL_WITHOUT_VALUE if index in found.columns else AbsentReason.LABEL_NOT_FOUND
    if not places:
        return ReadValue(profile.name, reason=reason)
    spans = tuple(segment.span(start, end) for segment, start, end in places)
    text = " ".join(span.text for span in spans)
    value = _value(profile, joined(places), habits)
    if value is None:
        return ReadValue(profile.name, text=text, spans=spans, reason=AbsentReason.NOT_READ)
    return ReadValue(profile.name, value=value, text=text, spans=spans, method="table")


def _signed(row: Row, item: Item, columns: tuple[Profile, ...], sums: set[int], signs: TableSigns) -> Row:
    """A cell whose text is no value of its type stays without a confidence."""
    proof = _proof(columns, row)
    signed = []
    for index, (profile, cell) in enumerate(zip(columns, row, strict=True)):
        holds = proof if profile.concept in _FACTORS else None
        if cell.value is not None:
            own = signs.of_cell(index, profile, item, holds=holds, sums=index in sums)
        elif not cell.spans:
            own = signs.of_empty_cell(index, profile, item, holds=holds, sums=index in sums)
        else:
            own = None
        signed.append(replace(cell, signs=own))
    return tuple(signed)


def _value(profile: Profile, text: str, habits: Habits) -> Value | None:
    spec = profile.spec
    if spec.type in (FieldType.NUMBER, FieldType.AMOUNT):
        return _number(text, habits)
    if spec.type is FieldType.DATE:
        dates = find_dates(text, day_first=habits.day_first)
        return dates[0].value if dates else None
    if spec.type is FieldType.BOOLEAN:
        return read_boolean(text)
    if spec.type is FieldType.CHOICE:
        return match_option(text, spec.options)
    if profile.kind == "id":
        edges = shaped("id", text)
        return text[slice(*edges)] if edges and len(text.split()) == 1 else text
    return text


def _number(text: str, habits: Habits) -> Decimal | None:
    whole = parse_number(text, decimal_comma=habits.decimal_comma)
    if whole is not None:
        return whole
    found = find_numbers(text, decimal_comma=habits.decimal_comma)
    return found[0].value if found else None


def _proof(columns: tuple[Profile, ...], cells: Row) -> bool | None:
    """Whether quantity times price is the amount; None when one of them is missing."""
    by_concept = {profile.concept: cell.value for profile, cell in zip(columns, cells, strict=True)}
    quantity, price, amount = (by_concept.get(key) for key in _FACTORS)
    if not (isinstance(quantity, Decimal) and isinstance(price, Decimal) and isinstance(amount, Decimal)):
        return None
    return abs(quantity * price - amount) <= max(Decimal("0.02"), abs(amount) * Decimal("0.005"))


def _sums(rows: list[Row], numbers: frozenset[Decimal]) -> set[int]:
    """The columns whose sum is printed somewhere."""
    return {
        column
        for column, cells in enumerate(zip(*rows, strict=True))
        for values in [[cell.value for cell in cells if isinstance(cell.value, Decimal)]]
        if len(values) > 1 and _has_cents(values) and sum(values, Decimal()) in numbers
    }


def _has_cents(values: list[Decimal]) -> bool:
    """Sums of small whole numbers stand on every page by chance."""
    return any(value != value.to_integral_value() for value in values)


def _header_span(header: Header) -> Span:
    cells = [cell for cell in header.cells if cell.column is not None]
    spans = [cell.segment.span(cell.start, cell.end) for cell in cells]
    box = BBox.around(*(span.bbox for span in spans))
    return Span(header.sheet.number, box, " ".join(span.text for span in spans), spans[0].block, Precision.LINE)


def spans_around(rows: tuple[tuple[ReadValue, ...], ...]) -> tuple[Span, ...]:
    """One span a page around all cells on it."""
    by_page: dict[int, list[Span]] = {}
    for row in rows:
        for cell in row:
            for span in cell.spans:
                by_page.setdefault(span.page, []).append(span)
    return tuple(
        Span(
            page,
            BBox.around(*(span.bbox for span in spans)),
            " ".join(span.text for span in spans),
            spans[0].block,
            Precision.BLOCK,
        )
        for page, spans in sorted(by_page.items())
    )
