"""What people changed in the rows of tables and lists, laid onto the rows of another extraction of the document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from extraction.choices import CorrectionKind, Kind
from extraction.models import Correction, Extraction, FieldRow, FieldValue, Review, TemplateField
from extraction.queries.review import (
    CurrentValue,
    as_it_stands,
    latest_corrections,
    stored_spans,
    template_fields,
)
from extraction.services.corrections import span_to_json
from extraction.services.reviews import empty_value
from extraction.services.row_pairs import pair_rows
from extraction.services.typed_values import kind_of, typed


@dataclass(frozen=True, slots=True)
class _Row:
    row: FieldRow
    values: tuple[CurrentValue, ...]

    @property
    def corrections(self) -> list[tuple[str, Correction]]:
        return [(value.stored.key, value.correction) for value in self.values if value.correction]

    @property
    def is_touched(self) -> bool:
        return self.row.added or self.row.removed or bool(self.corrections)

    @property
    def read(self) -> dict[str, Any]:
        return {value.stored.key: value.stored.value for value in self.values if value.stored.value is not None}

    @property
    def said(self) -> dict[str, Any]:
        return {value.stored.key: value.value for value in self.values if value.value is not None}


type _Pairs = list[tuple[_Row, _Row]]


@dataclass(frozen=True, slots=True)
class _Table:
    """A table or list of the template's version that the new review has; a list is its own only column."""

    field: TemplateField
    columns: dict[str, TemplateField]


def kept_in_rows(before: Review, after: Review) -> Iterator[Correction]:
    """Not saved yet; rows that people wrote are made anew where the machine does not read them now.

    What belongs to a table or column that the new template version has not is left out.
    """
    old, new = _rows_by_field(before.extraction), _rows_by_field(after.extraction)
    for name, table in _tables(after.extraction).items():
        if any(row.is_touched for row in old.get(name, ())):
            yield from _kept(old[name], new.get(name, []), table, after)


def _tables(extraction: Extraction) -> dict[str, _Table]:
    fields = template_fields(extraction)
    columns = {
        field.pk: {column.name: column for column in fields if column.parent_id == field.pk} or {field.name: field}
        for field in fields
    }
    tables = (field for field in fields if field.parent_id is None and field.type in (Kind.TABLE, Kind.LIST))
    return {field.name: _Table(field, columns[field.pk]) for field in tables}


def _rows_by_field(extraction: Extraction) -> dict[str, list[_Row]]:
    corrections, spans = latest_corrections([extraction]), stored_spans([extraction])
    values: dict[int, list[CurrentValue]] = defaultdict(list)
    for stored in FieldValue.objects.filter(extraction=extraction, row__isnull=False).select_related("field", "row"):
        values[stored.row_id or 0].append(as_it_stands(stored, corrections.get(stored.pk), spans.get(stored.pk, ())))
    rows: dict[str, list[_Row]] = defaultdict(list)
    for row in FieldRow.objects.filter(extraction=extraction).select_related("field").order_by("position", "pk"):
        if not (row.added and row.removed):
            rows[row.field.name].append(_Row(row, tuple(values[row.pk])))
    return rows


def _kept(old: Sequence[_Row], new: Sequence[_Row], table: _Table, review: Review) -> Iterator[Correction]:
    """A machine's rows are found by what it read, then what people wrote by that."""
    pairs = _pairs([row for row in old if not row.row.added], new, lambda row: row.read)
    left = [row for row in old if row.is_touched and not _is_in(row, pairs)]
    free = [row for row in new if not _is_in(row, pairs)]
    pairs += _pairs(left, free, lambda row: row.said)
    for before, after in pairs:
        yield from _carried(before, after, review)
    for row in left:
        if not row.row.removed and not _is_in(row, pairs):
            yield from _made_anew(row, table, review)


def _pairs(old: Sequence[_Row], new: Sequence[_Row], told: Callable[[_Row], dict[str, Any]]) -> _Pairs:
    """Those with an equal cell at least."""
    here, there = [told(row) for row in old], [told(row) for row in new]
    found = ((a, b) for a, b in pair_rows(here, there) if a is not None and b is not None)
    return [(old[a], new[b]) for a, b in found if any(there[b].get(key) == value for key, value in here[a].items())]


def _is_in(row: _Row, pairs: _Pairs) -> bool:
    return any(row is one for pair in pairs for one in pair)


def _carried(before: _Row, after: _Row, review: Review) -> Iterator[Correction]:
    if before.row.removed:
        FieldRow.objects.filter(pk=after.row.pk).update(removed=True)
        yield _row_change(CorrectionKind.REMOVE_ROW, after.row, review)
        return
    new = {value.stored.key: value.stored for value in after.values}
    for key, correction in before.corrections:
        if key in new:
            yield copy_of(correction, review, new[key])


def _made_anew(old: _Row, table: _Table, review: Review) -> Iterator[Correction]:
    row = FieldRow.objects.create(
        extraction=review.extraction, field=table.field, position=old.row.position, added=True
    )
    yield _row_change(CorrectionKind.ADD_ROW, row, review)
    cells = {value.stored.key: value for value in old.values}
    for name, column in table.columns.items():
        stored, cell = empty_value(review.extraction, row, column), cells.get(name)
        stored.reason = cell.stored.reason if cell else stored.reason
        stored.save()
        if cell and cell.correction:
            yield copy_of(cell.correction, review, stored)
        elif cell and cell.value is not None:
            yield _as_it_stood(cell, stored, review)


def copy_of(correction: Correction, review: Review, value: FieldValue) -> Correction:
    return Correction(
        review=review,
        kind=correction.kind,
        field_value=value,
        row=value.row,
        value=_for_field(value, correction),
        text=correction.text,
        spans=correction.spans,
        by=correction.by,
        at=correction.at,
        review_version=review.version,
    )


def _for_field(value: FieldValue, correction: Correction) -> Any:
    """What was changed, read anew where the template's new version gives the field another type."""
    before = correction.field_value
    kind = kind_of(value.field)
    if not correction.text or before is None or kind_of(before.field) == kind:
        return correction.value
    options = value.field.options if value.field else ()
    return typed(kind, correction.text, options=options, language=value.extraction.version.template.language)


def _as_it_stood(value: CurrentValue, stored: FieldValue, review: Review) -> Correction:
    """What the machine had read in a row that people worked at; nobody's own change."""
    return Correction(
        review=review,
        kind=CorrectionKind.EDIT,
        field_value=stored,
        row=stored.row,
        value=value.value,
        text=value.text,
        spans=[span_to_json(span) for span in value.spans],
        review_version=review.version,
    )


def _row_change(kind: CorrectionKind, row: FieldRow, review: Review) -> Correction:
    return Correction(review=review, kind=kind, row=row, review_version=review.version)
