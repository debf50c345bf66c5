"""Extractions as DocMap's records: what is told of each, with its values and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extraction.choices import AbsentReason as Reason
from extraction.choices import CorrectionKind, JobState, Kind, Source, sentence_of
from extraction.models import ApiKey, Document, Extraction, FieldRow, TemplateField
from extraction.queries.records import StoredRecord, stored_records
from extraction.queries.review import CurrentValue
from extraction.services.templates import specs_from
from extraction.services.typed_values import from_json, kind_of
from extraction.types import AbsentReason, FieldSpec, ReadValue, Value
from extraction.wire.docmap import Record, RecordStatus, dump_variables
from extraction.wire.results import evidence_of, extracted_data

STATUS = {
    JobState.WAITING: RecordStatus.PROCESSING,
    JobState.QUEUED: RecordStatus.PROCESSING,
    JobState.RUNNING: RecordStatus.PROCESSING,
    JobState.DONE: RecordStatus.COMPLETED,
    JobState.FAILED: RecordStatus.FAILED,
    JobState.CANCELLED: RecordStatus.FAILED,
}
BY_PEOPLE = (Source.DASHBOARD, Source.DEMO)


@dataclass(frozen=True, slots=True)
class ToldRecord:
    """A record, and its values' places by path where somebody asked for them."""

    record: Record
    evidence: Mapping[str, Any] | None = None


def record_of(extraction: Extraction, *, with_evidence: bool = False) -> ToldRecord:
    return records_of([extraction], with_evidence=with_evidence)[0]


def records_of(extractions: Sequence[Extraction], *, with_evidence: bool = False) -> list[ToldRecord]:
    """In the same order; the extractions have their document and template at hand."""
    stored = stored_records(extractions, with_spans=with_evidence)
    return [_told(extraction, stored[extraction.pk], with_evidence) for extraction in extractions]


def user_id(row: ApiKey | Document) -> str:
    """Who made a key or sent a document; the team where nobody is known."""
    pk = row.created_by_id if isinstance(row, ApiKey) else row.uploaded_by_id
    return f"user_{pk}" if pk else f"team_{row.team_id}"


def problem_of(extraction: Extraction) -> tuple[str, dict[str, Any]]:
    """The code and params of why it failed; what was wrong with its reading where that is the reason."""
    if extraction.error_class == "parse_failed" and extraction.parse.error_class:
        return extraction.parse.error_class, extraction.parse.error_params
    return extraction.error_class or "extraction_failed", extraction.error_params


def _told(extraction: Extraction, stored: StoredRecord, with_evidence: bool) -> ToldRecord:
    document, template = extraction.parse.document, extraction.version.template
    status = STATUS[JobState(extraction.state)]
    fields = specs_from(stored.columns)
    values = _values(stored) if status is RecordStatus.COMPLETED else []
    told = (*fields, *_unknown(stored, fields))
    record = Record(
        id=extraction.public_id,
        user_id=user_id(document),
        template_id=str(template.pk),
        template_name=template.name,
        file_name=document.name,
        status=status,
        extracted_data=extracted_data(values, told) if status is RecordStatus.COMPLETED else None,
        error=sentence_of(*problem_of(extraction)) if status is RecordStatus.FAILED else None,
        variables=tuple(dump_variables(fields)),
        source="dashboard" if document.source in BY_PEOPLE else "api",
        run_id=document.run_id or None,
        processing_time_ms=_milliseconds(extraction),
        created_at=extraction.listed_at,
    )
    return ToldRecord(record, evidence_of(values, told if values else ()) if with_evidence else None)


def _milliseconds(extraction: Extraction) -> int | None:
    """From its listing, or from the beginning of a later reading, to its end; None while it goes on."""
    end, begin = extraction.finished_at, extraction.listed_at or extraction.created_at
    if end is None or STATUS[JobState(extraction.state)] is RecordStatus.PROCESSING:
        return None
    return max(0, round((end - begin).total_seconds() * 1000))


def _unknown(stored: StoredRecord, fields: Sequence[FieldSpec]) -> list[FieldSpec]:
    """Keys that a provider gave and no field takes: they are texts."""
    names = {field.name for field in fields}
    loose = (value.stored for value in stored.values if value.stored.row_id is None and value.stored.field_id is None)
    return [FieldSpec(value.key) for value in loose if value.key not in names]


def _values(stored: StoredRecord) -> list[ReadValue]:
    rows: dict[FieldRow, list[CurrentValue]] = {}
    for value in stored.values:
        if value.stored.row is not None:
            rows.setdefault(value.stored.row, []).append(value)
    top = (column for column in stored.columns if column.parent_id is None)
    tables = [_table(column, stored.columns, rows) for column in top if column.type in (Kind.TABLE, Kind.LIST)]
    taken = {table.name for table in tables}
    plain = [_value(value) for value in stored.values if value.stored.row is None and value.stored.key not in taken]
    return [*plain, *tables]


def _table(
    table: TemplateField, columns: Iterable[TemplateField], rows: Mapping[FieldRow, list[CurrentValue]]
) -> ReadValue:
    """A list is a table whose only column is itself."""
    names = [column.name for column in columns if column.parent_id == table.pk] or [table.name]
    own = sorted((row for row in rows if row.field_id == table.pk), key=lambda row: (row.position, row.pk))
    return ReadValue(table.name, rows=tuple(_row(rows[row], names) for row in own))


def _row(cells: Iterable[CurrentValue], names: Iterable[str]) -> tuple[ReadValue, ...]:
    by_name = {cell.stored.key: _value(cell) for cell in cells}
    return tuple(by_name.get(name) or ReadValue(name) for name in names)


def _value(current: CurrentValue) -> ReadValue:
    column = current.stored.field
    value = from_json(kind_of(column), current.value)
    if column is None and value is None:
        value = current.stored.text
    corrected = current.correction is not None and current.correction.kind != CorrectionKind.CONFIRM
    return ReadValue(
        name=current.stored.key,
        value=value,
        text=current.text or None,
        spans=current.spans,
        # it was the machine's, of its own value
        confidence=None if corrected else current.stored.confidence,
        reason=_reason(current, value),
    )


def _reason(current: CurrentValue, value: Value | None) -> AbsentReason | None:
    known = value is None and current.stored.reason in Reason.values
    return AbsentReason(current.stored.reason) if known else None
