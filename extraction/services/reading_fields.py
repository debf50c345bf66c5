"""The step of an extraction: the fields are read from the parse, all rows are written at once, a review opens."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from extraction.choices import JobState
from extraction.errors import GalleyError
from extraction.models import Extraction, FieldRow, FieldValue, LearnedVersion, Span, TemplateField
from extraction.providers.embedded import EmbeddedExtractor
from extraction.services.extractions import step_in_for_extraction
from extraction.services.fields_again import keep_corrections
from extraction.services.jobs import NO_ERROR, Lease, error_columns, step
from extraction.services.learning import learned_for
from extraction.services.provided_fields import provided_values
from extraction.services.readings import document_reading
from extraction.services.reviews import open_review
from extraction.services.templates import notation_of, specs_of
from extraction.services.typed_values import to_json
from extraction.services.webhook_events import tell_of_extraction
from extraction.types import ExtractRequest, ReadValue
from extraction.types import Span as Place

KEY_LENGTH = 100


@dataclass(slots=True)
class Rows:
    """Rows of one extraction, not yet written: spans beside the value they belong to."""

    rows: list[FieldRow] = field(default_factory=list)
    values: list[FieldValue] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


def read_fields(lease: Lease[Extraction]) -> None:
    rows = Extraction.objects.select_related("parse", "version__template", "keeps__extraction")
    extraction = rows.prefetch_related("version__fields").get(pk=lease.job.pk)
    lease.look()
    version, learned = (None, None) if extraction.raw_reply else learned_for(extraction.version.template)
    request = ExtractRequest(
        reading=document_reading(extraction.parse),
        fields=specs_of(extraction.version),
        language=extraction.version.template.language,
        learned=learned,
        notation=notation_of(extraction.version),
    )
    values = provided_values(extraction, request) if extraction.raw_reply else EmbeddedExtractor().run(request)
    lease.look()
    _write(lease, extraction, values, learned=version)


@transaction.atomic
def _write(
    lease: Lease[Extraction], extraction: Extraction, values: Sequence[ReadValue], *, learned: LearnedVersion | None
) -> None:
    step(lease.job, JobState.DONE, learned=learned, **NO_ERROR)
    rows = _rows_of(extraction, values)
    FieldRow.objects.bulk_create(rows.rows)
    FieldValue.objects.bulk_create(rows.values)
    Span.objects.bulk_create(rows.spans)
    if not extraction.is_trial and not _is_overtaken(extraction):
        review = open_review(extraction=extraction)
        if extraction.keeps:
            keep_corrections(before=extraction.keeps, after=review)
    tell_of_extraction(extraction.pk)


def _is_overtaken(extraction: Extraction) -> bool:
    """Whether the document was extracted again since: a provider's late answer."""
    own = Extraction.objects.filter(parse__document=extraction.parse.document_id, is_trial=False)
    return own.filter(pk__gt=extraction.pk).exists()


def _rows_of(extraction: Extraction, values: Sequence[ReadValue]) -> Rows:
    fields = list(extraction.version.fields.all())
    top = {column.name: column for column in fields if column.parent_id is None}
    result = Rows()
    for value in values:
        column = top.get(value.name)
        if value.rows and column is not None:
            _add_table(result, extraction, column, value)
        elif column is None or not _has_rows(column) or value.flag:
            _add_value(result, extraction, value, column=column)
    return result


def _has_rows(column: TemplateField) -> bool:
    return column.type in ("table", "list")


def _add_table(result: Rows, extraction: Extraction, column: TemplateField, table: ReadValue) -> None:
    columns = {child.name: child for child in extraction.version.fields.all() if child.parent_id == column.pk}
    for position, cells in enumerate(table.rows):
        row = FieldRow(extraction=extraction, field=column, position=position)
        result.rows.append(row)
        for cell in cells:
            _add_value(result, extraction, cell, column=columns.get(cell.name, column), row=row)


def _add_value(
    result: Rows,
    extraction: Extraction,
    value: ReadValue,
    *,
    column: TemplateField | None,
    row: FieldRow | None = None,
) -> None:
    is_table = column is not None and row is None and _has_rows(column)
    stored = FieldValue(
        extraction=extraction,
        row=row,
        # what does not fit a table is kept beside it, as what no field takes is
        field=None if is_table else column,
        key=column.name if column else _own_key(result, value.name),
        value=to_json(value.value),
        text=value.text,
        confidence=value.confidence,
        reason=value.reason or "",
        method=value.method[:40],
        flag=value.flag[:40],
        alternatives=list(_alternatives(value)),
        label_span=_span_json(value.label) if value.label else None,
    )
    result.values.append(stored)
    result.spans.extend(_spans(stored, value.spans))


def _own_key(result: Rows, name: str) -> str:
    """A key that no field has; a provider can use a field's name for something else."""
    taken = {value.key for value in result.values if value.row is None}
    names = (name[:KEY_LENGTH], *(f"{name[: KEY_LENGTH - 5]} ({number})" for number in range(2, 100)))
    return next((free for free in names if free not in taken), uuid.uuid4().hex)


def _spans(stored: FieldValue, places: Sequence[Place]) -> Iterator[Span]:
    for position, place in enumerate(places):
        box = place.bbox
        yield Span(
            value=stored,
            position=position,
            page=place.page,
            x0=box.x0,
            y0=box.y0,
            x1=box.x1,
            y1=box.y1,
            text=place.text,
            block=place.block,
            precision=place.precision,
        )


def _alternatives(value: ReadValue) -> Iterator[dict[str, Any]]:
    for other in value.alternatives:
        yield {
            "value": to_json(other.value),
            "text": other.text,
            "confidence": other.confidence,
            "spans": [_span_json(place) for place in other.spans],
        }


def _span_json(place: Place) -> dict[str, Any]:
    return {
        "page": place.page,
        "bbox": list(place.bbox),
        "text": place.text,
        "block": place.block,
        "precision": str(place.precision),
    }


@transaction.atomic
def end_extraction_badly(extraction: Extraction, state: JobState, error: GalleyError) -> None:
    """Where it failed at a provider, the fallback account takes over."""
    step(extraction, state, **error_columns(error))
    if state is JobState.FAILED:
        step_in_for_extraction(extraction, {"code": error.code, "params": error.params})
        tell_of_extraction(extraction.pk)
