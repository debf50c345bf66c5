"""The JSON of extractions: values as they stand now, where they were read, and what is doubtful about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import Field

from extraction.api.galley_document_shapes import template_ref
from extraction.api.galley_shapes import Problem, Shape, Span, TemplateRef, Time, problem, problems
from extraction.choices import Kind
from extraction.models import Extraction, Review, TemplateField
from extraction.queries.review import CurrentRow, CurrentValue, current_rows, current_values, template_fields
from extraction.queries.review import span_from_json as stored_span
from extraction.services.review_sheet import path_of, read_sheet
from extraction.services.sheets import SheetField
from extraction.services.typed_values import from_json
from extraction.types import Span as FoundSpan
from extraction.wire.results import json_value

type Plain = str | int | float | bool | None
State = Literal["done", "waiting", "queued", "running", "failed", "cancelled"]
ReviewWord = Literal["open", "postponed", "escalated", "approved", "rejected"]
Doubt = Literal["sure", "confirmed", "doubtful", "broken", "empty", "absent", "sent"]


class Alternative(Shape):
    """A runner-up of the machine."""

    value: Plain = Field(examples=["PO-77128"])
    text: str = Field(examples=["PO-77128"])
    confidence: float | None = Field(examples=[0.21])
    spans: list[Span] = Field(examples=[[]])


class CorrectionAnswer(Shape):
    """A person's change; the latest one holds."""

    id: int
    kind: str = Field(description="edit, confirm or absent.", examples=["edit"])
    by: str | None = Field(examples=["Alice"])
    at: Time


class FieldAnswer(Shape):
    """A value as it stands now, with what it rests on."""

    path: str = Field(examples=["total"])
    label: str = Field(examples=["Total due"])
    type: str = Field(description="string, number, amount, date, boolean or choice.", examples=["amount"])
    value: Plain = Field(description="Numbers as numbers, dates as `YYYY-MM-DD`; null when absent.", examples=[7421.91])
    text: str = Field(description="As printed, or as a person wrote it.", examples=["7,421.91"])
    state: Doubt = Field(description="How it stands in the review.")
    confidence: float | None = Field(
        description="The machine's, of its own value; null where it gave none.", examples=[0.88]
    )
    reason: str | None = Field(
        description="Why it is absent: label_without_value, label_not_found or not_read.", examples=[None]
    )
    flags: list[Problem] = Field(description="Doubts and broken rules.", examples=[[]])
    spans: list[Span]
    alternatives: list[Alternative] = Field(examples=[[]])
    machine_value: Plain = Field(description="What the machine read, whatever people changed.", examples=[7421.91])
    correction: CorrectionAnswer | None = Field(examples=[None])


class ReviewAnswer(Shape):
    """Where people stand with it; send `version` with every change."""

    state: ReviewWord
    version: int = Field(ge=1)
    field_count: int = Field(examples=[14])
    to_check: int = Field(description="Fields that need a person.", examples=[2])
    comment: str = Field(examples=[""])
    assignee: str | None = Field(examples=["Alice"])
    locked_by: str | None = Field(examples=["Alice"])
    locked_until: Time | None
    postponed_until: Time | None = Field(examples=[None])
    finished_by: str | None = Field(examples=[None])
    finished_at: Time | None = Field(examples=[None])


class ExtractionAnswer(Shape):
    """One reading of a document's fields."""

    id: str = Field(examples=["extract_6fc1a29d0b77"])
    document: int
    document_name: str = Field(examples=["invoice.pdf"])
    run_id: str | None = Field(examples=["november"])
    template: TemplateRef
    template_version: int
    state: State
    error: Problem | None = Field(examples=[None])
    warnings: list[Problem] = Field(examples=[[]])
    provider: str = Field(examples=["embedded"])
    review_state: ReviewWord | None
    created_at: Time
    finished_at: Time | None


class ExtractionDetail(ExtractionAnswer):
    values: dict[str, Any] | None = Field(
        description="By field name, a table as an array of objects; null until it is done.",
        examples=[{"invoice_number": "HY-2026-004817", "total": 7421.91, "line_items": [{"amount": 2214}]}],
    )
    fields: list[FieldAnswer] = Field(description="Each field and each cell of a table, with its place.")


class ExtractionList(Shape):
    data: list[ExtractionAnswer]
    next_cursor: str | None = Field(description="null on the last page.", examples=[None])


def extraction_columns(extraction: Extraction, review: Review | None) -> dict[str, Any]:
    document, version = extraction.parse.document, extraction.version
    return {
        "id": extraction.public_id,
        "document": document.pk,
        "document_name": document.name,
        "run_id": document.run_id or None,
        "template": template_ref(version.template),
        "template_version": version.number,
        "state": extraction.state,
        "error": problem(extraction.error_class, extraction.error_params),
        "warnings": problems(extraction.settings.get("warnings", [])),
        "provider": extraction.provider,
        "review_state": review.state if review else None,
        "created_at": extraction.listed_at or extraction.created_at,
        "finished_at": extraction.finished_at,
    }


def extraction_detail(extraction: Extraction, review: Review | None) -> ExtractionDetail:
    columns = extraction_columns(extraction, review)
    if review is None:
        return ExtractionDetail(**columns, values=None, fields=[])
    found = StandingValues(extraction)
    return ExtractionDetail(**columns, values=found.plain(), fields=[found.field(path) for path in found.by_path])


def review_answer(review: Review) -> ReviewAnswer:
    return ReviewAnswer(
        state=review.state,
        version=review.version,
        field_count=review.field_count,
        to_check=review.to_check,
        comment=review.comment,
        assignee=str(review.assignee) if review.assignee else None,
        locked_by=str(review.locked_by) if review.locked_by else None,
        locked_until=review.locked_until,
        postponed_until=review.postponed_until,
        finished_by=str(review.finished_by) if review.finished_by else None,
        finished_at=review.finished_at,
    )


class StandingValues:
    """An extraction's values with people's changes, by path: `total`, `line_items[0].amount`, `parties[0]`."""

    def __init__(self, extraction: Extraction) -> None:
        self._columns = template_fields(extraction)
        values = current_values(extraction)
        self._rows = current_rows(extraction, values)
        self._sheet = read_sheet(extraction).everything
        self.by_path = dict(self._paths(values))

    def _paths(self, values: Sequence[CurrentValue]) -> Iterable[tuple[str, CurrentValue]]:
        plain = {value.stored.key: value for value in values if value.stored.row_id is None}
        for column in self._top():
            if column.name in plain:
                yield column.name, plain.pop(column.name)
            for number, row in enumerate(self._rows.get(column.pk, [])):
                for cell in row.values:
                    yield path_of(column, number, cell.stored.key), cell
        # keys that a provider gave and no field takes
        yield from plain.items()

    def _top(self) -> list[TemplateField]:
        return [column for column in self._columns if column.parent_id is None]

    def plain(self) -> dict[str, Any]:
        """As JSON by field name."""
        told: dict[str, Any] = {}
        for column in self._top():
            if column.type in (Kind.TABLE, Kind.LIST):
                rows = [self._row(column, row) for row in self._rows.get(column.pk, [])]
                told[column.name] = (rows[0] if rows else None) if column.extra.get("single") else rows
            elif column.name in self.by_path:
                told[column.name] = plain_value(self.by_path[column.name])
        extras = {path: value for path, value in self.by_path.items() if value.stored.field_id is None}
        return told | {path: plain_value(value) for path, value in extras.items() if path not in told}

    def _row(self, column: TemplateField, row: CurrentRow) -> Any:
        cells = {value.stored.key: plain_value(value) for value in row.values}
        return cells.get(column.name) if column.type == Kind.LIST else cells

    def field(self, path: str) -> FieldAnswer:
        current = self.by_path[path]
        item: SheetField | None = self._sheet.get(current.stored.pk)
        stored, correction = current.stored, current.correction
        return FieldAnswer(
            path=path,
            label=item.label if item else stored.key,
            type=_kind(current),
            value=plain_value(current),
            text=current.text,
            state=item.state if item else "sent",
            confidence=stored.confidence,
            reason=stored.reason or None if current.value is None else None,
            flags=[found for one in (item.problems if item else ()) if (found := problem(one.code, one.params))],
            spans=[_span(span) for span in current.spans],
            alternatives=[_alternative(_kind(current), data) for data in stored.alternatives],
            machine_value=json_value(from_json(_kind(current), stored.value)),
            correction=CorrectionAnswer(
                id=correction.pk, kind=correction.kind, by=str(correction.by or "") or None, at=correction.at
            )
            if correction
            else None,
        )


def plain_value(current: CurrentValue) -> Plain:
    return json_value(from_json(_kind(current), current.value))


def _kind(current: CurrentValue) -> str:
    column = current.stored.field
    if column is None:
        return Kind.STRING.value
    return str((column.items or Kind.STRING.value) if column.type == Kind.LIST else column.type)


def _span(span: FoundSpan) -> Span:
    return Span(page=span.page, bbox=[*span.bbox], text=span.text, block=span.block, precision=str(span.precision))


def _alternative(kind: str, data: dict[str, Any]) -> Alternative:
    spans = [_span(stored_span(span)) for span in data.get("spans") or () if span.get("bbox")]
    return Alternative(
        value=json_value(from_json(kind, data.get("value"))),
        text=data.get("text") or "",
        confidence=data.get("confidence"),
        spans=spans,
    )
