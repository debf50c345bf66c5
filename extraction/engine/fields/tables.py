"""A table field's rows as ReadValues, every cell with its own place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

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
from extraction.engine.fields.segments import Sheet
from extraction.engine.fields.shapes import shaped
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
_LABELLED, _PROVEN, _DISPROVEN = 0.9, 0.97, 0.6
_FACTORS = ("quantity", "unit_price", "amount")


def read_table(
    spec: FieldSpec,
    reading: DocumentReading,
    around: Surroundings,
    habits: Habits,
    typed: Typed,
    learned: LearnedTable | None = None,
) -> ReadValue:
    """By the cells of a table block, unless the printed rows show more of the columns or of the items."""
    columns = tuple(compile_field(column, is_column=True) for column in spec.fields)
    book = field_book(columns)
    printed = _from_print(columns, book, tuple(around.sheets.values()), around, learned)
    celled = _from_cells(columns, book, reading, learned)
    numbers = frozenset(number.value for number in typed.numbers if isinstance(number.value, Decimal))
    return _table(spec, columns, celled if _is_fuller(celled, printed) else printed, habits, numbers)


@dataclass(frozen=True, slots=True)
class _Found:
    """A table's items, the columns it has, those of them whose header says so, and where the header stands."""

    items: tuple[Item, ...] = ()
    columns: frozenset[int] = frozenset()
    labelled: frozenset[int] = frozenset()
    label: Span | None = None


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
    return _Found(tuple(items), own, own, _header_span(headers[0]))


def _from_cells(
    columns: tuple[Profile, ...], book: PhraseBook, reading: DocumentReading, learned: LearnedTable | None
) -> _Found:
    table = find_cell_table(reading, columns, book, habits_of(learned))
    if table is None:
        return _Found()
    return _Found(table.items, frozenset(table.columns.fields.values()), table.columns.labelled, table.label)


def _numeric(columns: tuple[Profile, ...], own: frozenset[int]) -> frozenset[int]:
    return frozenset(index for index in own if columns[index].kind in _NUMERIC)


def _is_fuller(celled: _Found, printed: _Found) -> bool:
    """At least as many columns, and not far fewer cells: what is printed under a table may be taken for its rows."""
    if not celled.items or len(celled.columns) < len(printed.columns):
        return False
    return _cells(celled) >= _MOST_LOST * _cells(printed)


def _cells(found: _Found) -> int:
    return sum(len(item.places) for item in found.items)


def _table(
    spec: FieldSpec, columns: tuple[Profile, ...], found: _Found, habits: Habits, numbers: frozenset[Decimal]
) -> ReadValue:
    if found.label is None:
        return ReadValue(spec.name, reason=AbsentReason.LABEL_NOT_FOUND, confidence=0.9)
    if not found.items:
        return ReadValue(spec.name, reason=AbsentReason.LABEL_WITHOUT_VALUE, confidence=0.7, label=found.label)
    rows = _summed(tuple(_row(item, columns, found, habits) for item in found.items), numbers)
    spans = spans_around(rows)
    return ReadValue(
        spec.name,
        text=" ".join(span.text for span in spans),
        spans=spans,
        confidence=min((cell.confidence for row in rows for cell in row if cell.confidence is not None), default=None),
        label=found.label,
        method="table",
        rows=rows,
    )


def _row(item: Item, columns: tuple[Profile, ...], found: _Found, habits: Habits) -> tuple[ReadValue, ...]:
    cells = [_cell(index, profile, item.places.get(index), found, habits) for index, profile in enumerate(columns)]
    proof = _proof(columns, cells)
    tied = [proof if profile.concept in _FACTORS else None for profile in columns]
    return tuple(map(_proven, cells, tied))


def _cell(index: int, profile: Profile, places: list[Place] | None, found: _Found, habits: Habits) -> ReadValue:
    """A column that no header names has cells of unknown confidence: nothing but the types speaks for them."""
    reason = AbsentReason.LABEL_WITHOUT_VALUE if index in found.columns else AbsentReason.LABEL_NOT_FOUND
    if not places:
        return ReadValue(profile.name, reason=reason, confidence=0.85)
    spans = tuple(segment.span(start, end) for segment, start, end in places)
    text = " ".join(span.text for span in spans)
    value = _value(profile, joined(places), habits)
    if value is None:
        return ReadValue(profile.name, text=text, spans=spans, reason=AbsentReason.NOT_READ, confidence=0.4)
    confidence = round(_LABELLED * _read_surely(places), 4) if index in found.labelled else None
    return ReadValue(profile.name, value=value, text=text, spans=spans, confidence=confidence, method="table")


def _read_surely(places: list[Place]) -> float:
    """The lowest confidence with which OCR read one of the words; 1 for printed text."""
    known = [
        word.confidence
        for made, start, end in places
        for word, offset in zip(made.words, made.starts, strict=True)
        if start <= offset < end and word.confidence is not None
    ]
    return min(known, default=1.0)


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


def _proof(columns: tuple[Profile, ...], cells: list[ReadValue]) -> bool | None:
    """Whether quantity times price is the amount; None when one of them is missing."""
    by_concept = {profile.concept: cell.value for profile, cell in zip(columns, cells, strict=True)}
    quantity, price, amount = (by_concept.get(key) for key in _FACTORS)
    if not (isinstance(quantity, Decimal) and isinstance(price, Decimal) and isinstance(amount, Decimal)):
        return None
    return abs(quantity * price - amount) <= max(Decimal("0.02"), abs(amount) * Decimal("0.005"))


def _proven(cell: ReadValue, proof: bool | None) -> ReadValue:
    if proof is None or cell.value is None:
        return cell
    return replace(cell, confidence=_PROVEN if proof else _DISPROVEN)


def _summed(rows: tuple[tuple[ReadValue, ...], ...], numbers: frozenset[Decimal]) -> tuple[tuple[ReadValue, ...], ...]:
    """Cells of a column whose sum is printed somewhere prove one another."""
    proven = {
        column
        for column, cells in enumerate(zip(*rows, strict=True))
        for values in [[cell.value for cell in cells if isinstance(cell.value, Decimal)]]
        if len(values) > 1 and _has_cents(values) and sum(values, Decimal()) in numbers
    }
    return tuple(
        tuple(_proven(cell, True if column in proven else None) for column, cell in enumerate(row)) for row in rows
    )


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
