"""A review's way: opened when an extraction is done, locked by who works on it, then approved or rejected."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from extraction.choices import REVIEW_NEXT, REVIEW_UNFINISHED, AbsentReason, Event, Kind, ReviewState
from extraction.errors import ReviewIncomplete, ReviewLocked, StaleReview, StepNotAllowed
from extraction.models import Extraction, FieldRow, FieldValue, Review, ReviewEvent, TemplateField, User
from extraction.queries.review import template_fields
from extraction.services.learning import forget, teach
from extraction.services.review_sheet import read_sheet
from extraction.services.sheets import Sheet
from extraction.services.webhook_events import tell_of_review

_PARTY = re.compile(
    r"supplier|seller|vendor|company|merchant|store|issuer|party|销售方|供应商|商户|甲方", re.IGNORECASE
)


@transaction.atomic
def open_review(*, extraction: Extraction) -> Review:
    """The extraction's review, made when it has none; counts are taken anew."""
    review = extraction.reviews.order_by("-pk").first()
    if review is None:
        _fill_gaps(extraction)
        review = Review.objects.create(extraction=extraction)
        record(review, Event.OPENED)
    recount(review)
    return review


def _fill_gaps(extraction: Extraction) -> None:
    """Give every field and cell a value that people can correct, also where the machine has nothing to say."""
    columns = template_fields(extraction)
    have = set(FieldValue.objects.filter(extraction=extraction).values_list("row_id", "key"))
    plain = [(None, column) for column in columns if column.parent_id is None and not _has_rows(column)]
    cells = [
        (row, column)
        for row in FieldRow.objects.filter(extraction=extraction)
        for column in columns
        if column.parent_id == row.field_id
    ]
    missing = [(row, column) for row, column in (*plain, *cells) if (row.pk if row else None, column.name) not in have]
    FieldValue.objects.bulk_create(empty_value(extraction, row, column) for row, column in missing)


def _has_rows(column: TemplateField) -> bool:
    return column.type in (Kind.TABLE, Kind.LIST)


def empty_value(extraction: Extraction, row: FieldRow | None, column: TemplateField) -> FieldValue:
    return FieldValue(extraction=extraction, row=row, field=column, key=column.name, reason=AbsentReason.NOT_READ)


def recount(review: Review) -> Sheet:
    """Take the counts that lists show from the values as they stand."""
    sheet = read_sheet(review.extraction)
    review.field_count, review.to_check, review.confirmed_count = sheet.field_count, sheet.to_check, sheet.settled
    review.party = _party(sheet)
    review.save(update_fields=["field_count", "to_check", "confirmed_count", "party"])
    return sheet


def _party(sheet: Sheet) -> str:
    named = (item for item in sheet.fields if item.kind == Kind.STRING and _PARTY.search(f"{item.name} {item.label}"))
    return next((item.text[:200] for item in named if item.text), "")


def record(
    review: Review, what: Event, *, by: User | None = None, subject: str = "", before: Any = None, after: Any = None
) -> ReviewEvent:
    document = review.extraction.parse.document
    return ReviewEvent.objects.create(
        team_id=document.team_id,
        document=document,
        review=review,
        who=by,
        what=what,
        subject=subject[:255],
        before=before,
        after=after,
    )


def next_version(review: Review, *, version: int, by: User) -> None:
    """Raise the version; StaleReview when another save came first, ReviewLocked while somebody else works on it."""
    _check_lock(review, by)
    until = _lock_end()
    rows = Review.objects.filter(pk=review.pk, version=version, state=review.state)
    if not rows.update(version=F("version") + 1, locked_by=by, locked_until=until):
        raise StaleReview(f"version {version} of review {review.pk} is not the latest")
    review.version, review.locked_by, review.locked_until = version + 1, by, until


def _check_lock(review: Review, by: User) -> None:
    review.refresh_from_db(fields=["locked_by", "locked_until", "state"])
    if holder := lock_holder(review, by):
        raise ReviewLocked(f"locked by {holder}", who=str(holder))


def lock_holder(review: Review, user: User | None) -> User | None:
    """Who else holds the lock now."""
    if (
        review.locked_by_id in (None, user.pk if user else None)
        or review.locked_until is None
        or review.locked_until <= timezone.now()
    ):
        return None
    return review.locked_by


def lock_review(*, review: Review, by: User) -> bool:
    """Take or renew the lock; False while somebody else holds it. Finished reviews have none."""
    if review.is_finished or lock_holder(review, by):
        return False
    first = review.opened_at or timezone.now()
    free = Review.objects.filter(pk=review.pk, locked_by=review.locked_by_id, locked_until=review.locked_until)
    review.locked_by, review.locked_until, review.opened_at = by, _lock_end(), first
    review.assignee = review.assignee or by
    return bool(free.update(locked_by=by, locked_until=review.locked_until, opened_at=first, assignee=review.assignee))


@transaction.atomic
def take_over(*, review: Review, by: User) -> None:
    """Take the lock from who holds it; the history keeps the name."""
    holder = lock_holder(review, by)
    if review.is_finished:
        raise StepNotAllowed("a finished review has no lock", code="review_finished")
    Review.objects.filter(pk=review.pk).update(locked_by=by, locked_until=_lock_end(), assignee=by)
    if holder:
        record(review, Event.TAKEN_OVER, by=by, before={"who": str(holder)})


def _lock_end() -> datetime:
    return timezone.now() + timedelta(minutes=settings.GALLEY_LOCK_MINUTES)


@transaction.atomic
def approve_review(*, review: Review, version: int, by: User, anyway: bool = False) -> Review:
    """Raises ReviewIncomplete while broken rules stand unconfirmed and, unless `anyway`, while fields are unchecked."""
    sheet = read_sheet(review.extraction)
    if sheet.blockers:
        raise ReviewIncomplete(f"{len(sheet.blockers)} fields need a person", count=len(sheet.blockers))
    if sheet.unchecked and not anyway:
        count = len(sheet.unchecked)
        raise ReviewIncomplete(f"{count} fields are unchecked", code="review_unchecked", count=count)
    approved = _step(review, ReviewState.APPROVED, version=version, by=by, what=Event.APPROVED)
    teach(approved)
    return approved


@transaction.atomic
def reject_review(*, review: Review, version: int, by: User, reason: str) -> Review:
    return _step(review, ReviewState.REJECTED, version=version, by=by, what=Event.REJECTED, comment=reason)


@transaction.atomic
def postpone_review(*, review: Review, version: int, by: User, until: datetime, comment: str = "") -> Review:
    review.postponed_until = until
    return _step(review, ReviewState.POSTPONED, version=version, by=by, what=Event.POSTPONED, comment=comment)


@transaction.atomic
def escalate_review(*, review: Review, version: int, by: User, comment: str) -> Review:
    return _step(review, ReviewState.ESCALATED, version=version, by=by, what=Event.ESCALATED, comment=comment)


@transaction.atomic
def reopen_review(*, review: Review, version: int, by: User, comment: str = "") -> Review:
    """Send a finished, postponed or escalated review back to the queue; what it taught is forgotten."""
    forget(reviews=[review.pk])
    return _step(review, ReviewState.OPEN, version=version, by=by, what=Event.REOPENED, comment=comment)


def _step(review: Review, state: ReviewState, *, version: int, by: User, what: Event, comment: str = "") -> Review:
    before = review.state
    if state not in REVIEW_NEXT[ReviewState(before)]:
        raise StepNotAllowed(f"{before} does not lead to {state}")
    next_version(review, version=version, by=by)
    _check_still(review, before)
    review.state, review.comment = state, comment
    finished = state not in REVIEW_UNFINISHED
    review.finished_at, review.finished_by = (timezone.now(), by) if finished else (None, None)
    if state != ReviewState.POSTPONED:
        review.postponed_until = None
    if state != ReviewState.OPEN:
        review.locked_by = review.locked_until = None
    review.save(
        update_fields=["state", "comment", "finished_at", "finished_by", "postponed_until", "locked_by", "locked_until"]
    )
    record(review, what, by=by, before={"state": before}, after={"state": str(state), "comment": comment})
    if finished:
        tell_of_review(review)
    return review


def _check_still(review: Review, state: str) -> None:
    if review.state != state:
        raise StepNotAllowed(f"the review is {review.state} meanwhile")
