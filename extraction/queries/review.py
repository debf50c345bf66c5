"""What a review shows now: the machine's values under the latest corrections that hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from extraction.choices import CorrectionKind
from extraction.models import (
    Correction,
    Extraction,
    FieldRow,
    FieldValue,
    Review,
    ReviewEvent,
    TemplateField,
)
from extraction.models import Span as SpanRow
from extraction.types import BBox, Precision, Span


@dataclass(frozen=True, slots=True)
class CurrentValue:
    """A value as it stands: `stored` is the machine's, `correction` the one that holds, if any."""

    stored: FieldValue
    correction: Correction | None
    spans: tuple[Span, ...]

    @property
    def value(self) -> Any:
        """JSON as in FieldValue; None when absent."""
        return self.correction.value if self.correction else self.stored.value

    @property
    def text(self) -> str:
        return (self.correction.text if self.correction else self.stored.text) or ""


@dataclass(frozen=True, slots=True)
class CurrentRow:
    row: FieldRow
    values: tuple[CurrentValue, ...]


def template_fields(extraction: Extraction) -> list[TemplateField]:
    """Fields and columns of the extraction's template version in order; one query."""
    rows = TemplateField.objects.filter(version=extraction.version_id).select_related("version")
    return list(rows.order_by("position", "pk"))


def current_values(extraction: Extraction) -> list[CurrentValue]:
    """Every value of the extraction, those of removed rows left out; three queries."""
    stored = FieldValue.objects.filter(extraction=extraction).exclude(row__removed=True).select_related("row", "field")
    spans = stored_spans([extraction])
    corrections = latest_corrections([extraction])
    return [as_it_stands(value, corrections.get(value.pk), spans.get(value.pk, ())) for value in stored]


def current_rows(extraction: Extraction, values: Iterable[CurrentValue]) -> dict[int, list[CurrentRow]]:
    """Rows in order by the field they belong to; one query."""
    by_row: dict[int, list[CurrentValue]] = defaultdict(list)
    for value in values:
        if value.stored.row_id:
            by_row[value.stored.row_id].append(value)
    rows: dict[int, list[CurrentRow]] = defaultdict(list)
    for row in FieldRow.objects.filter(extraction=extraction, removed=False).order_by("position", "pk"):
        rows[row.field_id].append(CurrentRow(row, tuple(by_row[row.pk])))
    return rows


def latest_correction(review: Review) -> Correction | None:
    """The change that undo takes back."""
    return Correction.objects.filter(review=review, undone=False).order_by("-pk").first()


def events_of(review: Review, *, limit: int = 200) -> list[ReviewEvent]:
    return list(review.events.select_related("who").order_by("-pk")[:limit])


def span_from_json(data: dict[str, Any]) -> Span:
    return Span(
        data["page"],
        BBox(*data["bbox"]),
        data.get("text", ""),
        data.get("block"),
        Precision(data.get("precision") or Precision.WORD),
    )


def span_of(row: SpanRow) -> Span:
    return Span(row.page, BBox(row.x0, row.y0, row.x1, row.y1), row.text, row.block, Precision(row.precision))


def as_it_stands(value: FieldValue, correction: Correction | None, spans: Iterable[Span]) -> CurrentValue:
    """`spans` are the machine's; those of a correction stand in it."""
    if correction:
        spans = (span_from_json(span) for span in correction.spans or ())
    return CurrentValue(value, correction, tuple(spans))


def stored_spans(extractions: Collection[Extraction]) -> dict[int, list[Span]]:
    """The machine's, by value."""
    spans: dict[int, list[Span]] = defaultdict(list)
    for row in SpanRow.objects.filter(value__extraction__in=extractions).order_by("position", "pk"):
        spans[row.value_id].append(span_of(row))
    return spans


def latest_corrections(extractions: Collection[Extraction | int]) -> dict[int, Correction]:
    """By value; a correction that sets a value back hides the ones before it."""
    rows = Correction.objects.filter(field_value__extraction__in=extractions, undone=False).select_related("by")
    found = {row.field_value_id: row for row in rows.order_by("pk")}
    return {pk: correction for pk, correction in found.items() if correction.kind != CorrectionKind.RESET}


def current_value(value: FieldValue) -> CurrentValue:
    """One value as it stands now; two queries."""
    latest = Correction.objects.filter(field_value=value, undone=False).select_related("by").order_by("-pk").first()
    spans = [span_of(row) for row in value.spans.order_by("position", "pk")]
    return as_it_stands(value, latest if latest and latest.kind != CorrectionKind.RESET else None, spans)
