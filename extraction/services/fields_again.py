"""The fields of a review read once more, after pages were: what people changed goes over to the new review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from extraction.choices import Event
from extraction.errors import ReviewLocked, StepNotAllowed
from extraction.models import Correction, Extraction, FieldRow, FieldValue, Review, User
from extraction.queries.comparison import own_extraction
from extraction.queries.review import latest_corrections
from extraction.services.extractions import start_extraction
from extraction.services.kept_rows import copy_of, kept_in_rows
from extraction.services.parses import lock_document
from extraction.services.reviews import lock_holder, record, recount


@transaction.atomic
def read_fields_again(*, review: Review, by: User) -> Extraction:
    """Another extraction with the same template version; the one under way where that was asked for already.

    Raises StepNotAllowed for a review that is finished or overtaken, or while pages are read, ReviewLocked while
    somebody else works on it, and QuotaUsedUp.
    """
    document = review.extraction.parse.document
    lock_document(document)
    review.refresh_from_db(fields=["state", "locked_by", "locked_until"])
    _check(review, by)
    own = own_extraction(document)
    if own and own.is_pending and own.keeps_id == review.pk:
        return own
    if own is None or own.pk != review.extraction_id:
        raise StepNotAllowed("a newer extraction exists", code="review_overtaken")
    if own.parse.is_pending or own.parse.ranges.pending().exists():
        raise StepNotAllowed("pages are being read", code="document_busy")
    again = start_extraction(parse=own.parse, version=own.version, account=own.account)
    again.keeps = review
    again.save(update_fields=["keeps"])
    record(review, Event.FIELDS_ASKED_AGAIN, by=by)
    return again


def _check(review: Review, by: User) -> None:
    if review.is_finished:
        raise StepNotAllowed(f"the review is {review.state}", code="review_finished")
    if holder := lock_holder(review, by):
        raise ReviewLocked(f"locked by {holder}", who=str(holder))


def keep_corrections(*, before: Review, after: Review) -> int:
    """In the transaction that opens the new review: what people changed holds there too; how many changes did.

    Whoever still has the old review on the screen cannot save there any more.
    """
    Review.objects.filter(pk=before.pk).update(version=F("version") + 1)
    kept = sorted([*_plain(before, after), *kept_in_rows(before, after)], key=_order) if _was_changed(before) else []
    Correction.objects.bulk_create(kept)
    _go_on(before, after)
    record(after, Event.FIELDS_READ_AGAIN, after={"text": str(len(kept))} if kept else None)
    if kept:
        recount(after)
    return len(kept)


def _was_changed(review: Review) -> bool:
    """Also where all was undone: rows stay marked."""
    rows = FieldRow.objects.filter(Q(added=True) | Q(removed=True), extraction=review.extraction_id)
    return Correction.objects.filter(review__extraction=review.extraction_id).exists() or rows.exists()


def _order(correction: Correction) -> tuple[bool, bool, Any]:
    """As people worked, rows before their cells: undo takes back the last of it first."""
    return correction.field_value_id is not None, correction.by_id is not None, correction.at


def _go_on(before: Review, after: Review) -> None:
    before.refresh_from_db()
    after.assignee_id, after.opened_at = before.assignee_id, before.opened_at
    if not before.is_finished:
        after.state, after.postponed_until, after.comment = before.state, before.postponed_until, before.comment
    # approved or rejected meanwhile: a person looks at the new values
    after.save(update_fields=["assignee", "opened_at", "state", "postponed_until", "comment"])


def _plain(before: Review, after: Review) -> Iterator[Correction]:
    """Of fields that stand alone, by their keys; a field that the new extraction has not is left out."""
    new = {value.key: value for value in FieldValue.objects.filter(extraction=after.extraction, row=None)}
    for correction in latest_corrections([before.extraction]).values():
        value = correction.field_value
        if value and value.row_id is None and value.key in new:
            yield copy_of(correction, after, new[value.key])
