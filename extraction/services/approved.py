"""A review's values as a person left them: what can be learned from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from extraction.choices import Kind
from extraction.models import Extraction, FieldRow, FieldValue, Review, TemplateField
from extraction.queries.review import CurrentRow, CurrentValue, current_rows, current_values, stored_spans
from extraction.services.review_sheet import read_sheet
from extraction.services.sheets import Sheet
from extraction.services.typed_values import from_json, kind_of
from extraction.types import Approved, Span

_ROWS = (Kind.TABLE, Kind.LIST)


def approved_of(review: Review) -> Iterator[Approved]:
    """Values and rows as they stand, without those that were approved unseen."""
    extraction = review.extraction
    unseen = unseen_in(read_sheet(extraction))
    values = [value for value in current_values(extraction) if value.stored.pk not in unseen]
    yield from (_value(current, current.stored.key) for current in values if is_plain(current))
    yield from _tables(extraction, values)


def is_plain(current: CurrentValue) -> bool:
    """Whether it is a field of its own, and no cell."""
    field = current.stored.field
    return current.stored.row_id is None and field is not None and field.type not in _ROWS


def unseen_in(sheet: Sheet) -> set[int]:
    """Primary keys of the values that nobody has looked at, cells among them."""
    cells = (cell for table in sheet.tables for row in table.rows for cell in row.cells)
    return {item.pk for item in (*sheet.fields, *cells) if item.needs_check}


def _value(current: CurrentValue, name: str) -> Approved:
    return Approved(name, from_json(kind_of(current.stored.field), current.value), current.spans)


def _tables(extraction: Extraction, values: list[CurrentValue]) -> Iterator[Approved]:
    """An object's members as values of their own."""
    removed = _removed(extraction)
    rows = current_rows(extraction, values)
    fields = TemplateField.objects.filter(version=extraction.version_id, parent=None, type__in=_ROWS)
    for field in fields.order_by("position", "pk"):
        own = rows.get(field.pk, [])
        if field.extra.get("single"):
            yield from (_value(cell, f"{field.name}.{cell.stored.key}") for row in own[:1] for cell in row.values)
        else:
            yield Approved(field.name, rows=tuple(map(_cells, own)), removed=tuple(removed.get(field.pk, ())))


def _cells(row: CurrentRow) -> tuple[Approved, ...]:
    return tuple(_value(cell, cell.stored.key) for cell in row.values)


def _removed(extraction: Extraction) -> dict[int, list[tuple[Span, ...]]]:
    """The places of the machine's rows that people took out, by field."""
    rows = FieldRow.objects.filter(extraction=extraction, removed=True, added=False).order_by("position", "pk")
    cells: dict[int, list[int]] = defaultdict(list)
    for pk, row_pk in FieldValue.objects.filter(row__in=rows).order_by("pk").values_list("pk", "row"):
        cells[row_pk].append(pk)
    spans = stored_spans([extraction])
    found: dict[int, list[tuple[Span, ...]]] = defaultdict(list)
    for row in rows:
        found[row.field_id].append(tuple(span for pk in cells[row.pk] for span in spans.get(pk, ())))
    return found
