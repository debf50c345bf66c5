"""What people change in a review: each change is a row, the latest one that was not undone holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from extraction.choices import CorrectionKind, Event, JobState, Kind
from extraction.errors import StepNotAllowed
from extraction.models import Correction, Extraction, FieldRow, FieldValue, Review, TemplateField, User
from extraction.queries.review import CurrentValue, current_value, latest_correction
from extraction.services.pointing import locate
from extraction.services.reviews import empty_value, next_version, record, recount
from extraction.services.templates import notation_of
from extraction.services.typed_values import kind_of, shown, typed
from extraction.types import FieldType, Span


def correct_value(
    *, review: Review, value: FieldValue, text: str, by: User, version: int, spans: Sequence[Span] | None = None
) -> Correction:
    """Write what a person typed or pointed at; without a place it is looked for on the page. No text means absent."""
    if not text.strip():
        return confirm_absent(review=review, value=value, by=by, version=version)
    # before the transaction: looking through pages takes time, and others want to write
    found = _located(value, text) if spans is None else tuple(spans)
    options = value.field.options if value.field else ()
    data = typed(kind_of(value.field), text, options=options, language=review.extraction.version.template.language)
    return _change(
        review, value, by=by, version=version, kind=CorrectionKind.EDIT, data=data, text=text.strip(), spans=found
    )


def confirm_value(*, review: Review, value: FieldValue, by: User, version: int) -> Correction:
    """Say that the value stands, whatever the machine's doubt and the rules.

    Raises StepNotAllowed where the provider's word does not fit the field: confirming nothing would drop it unseen.
    """
    now = current_value(value)
    if now.value is None and now.correction is None and value.flag == "does_not_fit":
        raise StepNotAllowed("there is no value to confirm", code="does_not_fit", said=value.text or "")
    if now.value is None:
        return confirm_absent(review=review, value=value, by=by, version=version)
    return _change(
        review,
        value,
        by=by,
        version=version,
        kind=CorrectionKind.CONFIRM,
        data=now.value,
        text=now.text,
        spans=now.spans,
    )


def confirm_absent(*, review: Review, value: FieldValue, by: User, version: int) -> Correction:
    return _change(review, value, by=by, version=version, kind=CorrectionKind.ABSENT)


def reset_value(*, review: Review, value: FieldValue, by: User, version: int) -> Correction:
    """Go back to what the machine read."""
    return _change(review, value, by=by, version=version, kind=CorrectionKind.RESET)


_EVENTS = {
    CorrectionKind.EDIT: Event.CORRECTED,
    CorrectionKind.CONFIRM: Event.CONFIRMED,
    CorrectionKind.ABSENT: Event.SET_ABSENT,
    CorrectionKind.RESET: Event.SET_BACK,
}


@transaction.atomic
def _change(
    review: Review,
    value: FieldValue,
    *,
    by: User,
    version: int,
    kind: CorrectionKind,
    data: Any = None,
    text: str = "",
    spans: Sequence[Span] = (),
) -> Correction:
    _check_open(review)
    before = current_value(value)
    next_version(review, version=version, by=by)
    correction = Correction.objects.create(
        review=review,
        kind=kind,
        field_value=value,
        row=value.row,
        value=data,
        text=text,
        spans=[span_to_json(span) for span in spans],
        by=by,
        review_version=review.version,
    )
    after = {"text": shown(kind_of(value.field), current_value(value).value)}
    record(review, _EVENTS[kind], by=by, subject=_subject(value), before=_shown(value, before), after=after)
    recount(review)
    return correction


def _shown(value: FieldValue, current: CurrentValue) -> dict[str, str]:
    return {"text": shown(kind_of(value.field), current.value)}


def _check_open(review: Review) -> None:
    if review.is_finished:
        raise StepNotAllowed("a finished review is not changed", code="review_finished")
    if Extraction.objects.filter(keeps=review, state=JobState.DONE).exists():
        raise StepNotAllowed("its changes are kept in a newer review", code="review_overtaken")


def _subject(value: FieldValue) -> str:
    return str(value.field) if value.field else value.key


def _located(value: FieldValue, text: str) -> tuple[Span, ...]:
    spans = current_value(value).spans
    kind = FieldType(kind_of(value.field))
    version = value.extraction.version
    return locate(
        value.extraction.parse,
        text,
        kind=kind,
        old=spans[0] if spans else None,
        beside=_beside(value),
        language=version.template.language,
        notation=notation_of(version),
    )


def _beside(value: FieldValue) -> Span | None:
    """The place of another cell of the value's row."""
    others = FieldValue.objects.filter(row=value.row_id).exclude(pk=value.pk) if value.row_id else ()
    return next((spans[0] for other in others if (spans := current_value(other).spans)), None)


def span_to_json(span: Span) -> dict[str, Any]:
    return {
        "page": span.page,
        "bbox": list(span.bbox),
        "text": span.text,
        "block": span.block,
        "precision": str(span.precision),
    }


@transaction.atomic
def add_row(*, review: Review, field: TemplateField, by: User, version: int) -> FieldRow:
    """An empty row at the end of a table or list."""
    _check_open(review)
    next_version(review, version=version, by=by)
    row = _new_row(review.extraction, field)
    Correction.objects.create(review=review, kind=CorrectionKind.ADD_ROW, row=row, by=by, review_version=review.version)
    record(review, Event.ROW_ADDED, by=by, subject=str(field))
    recount(review)
    return row


def _new_row(extraction: Extraction, field: TemplateField) -> FieldRow:
    rows = FieldRow.objects.filter(extraction=extraction, field=field)
    position = (rows.aggregate(last=Max("position"))["last"] or 0) + 1
    row = FieldRow.objects.create(extraction=extraction, field=field, position=position, added=True)
    columns = [field] if field.type == Kind.LIST else list(field.columns.all())
    FieldValue.objects.bulk_create(empty_value(extraction, row, column) for column in columns)
    return row


@transaction.atomic
def remove_row(*, review: Review, row: FieldRow, by: User, version: int) -> Correction:
    """Hide the row; undo brings it back."""
    _check_open(review)
    next_version(review, version=version, by=by)
    FieldRow.objects.filter(pk=row.pk).update(removed=True)
    correction = Correction.objects.create(
        review=review, kind=CorrectionKind.REMOVE_ROW, row=row, by=by, review_version=review.version
    )
    before = {value.key: shown(kind_of(value.field), current_value(value).value) for value in row.values.all()}
    record(review, Event.ROW_REMOVED, by=by, subject=str(row.field), before=before)
    recount(review)
    return correction


@transaction.atomic
def undo_change(*, review: Review, by: User, version: int) -> Correction:
    """Take back the latest change that still holds; asked again, the one before it."""
    _check_open(review)
    correction = latest_correction(review)
    if correction is None:
        raise StepNotAllowed("no change holds", code="nothing_to_undo")
    next_version(review, version=version, by=by)
    Correction.objects.filter(pk=correction.pk).update(undone=True)
    if correction.row and correction.kind in (CorrectionKind.ADD_ROW, CorrectionKind.REMOVE_ROW):
        FieldRow.objects.filter(pk=correction.row.pk).update(removed=correction.kind == CorrectionKind.ADD_ROW)
    record(review, Event.UNDONE, by=by, subject=_target(correction), before={"text": correction.text})
    recount(review)
    return correction


def _target(correction: Correction) -> str:
    if correction.field_value:
        return _subject(correction.field_value)
    return str(correction.row.field) if correction.row else ""
