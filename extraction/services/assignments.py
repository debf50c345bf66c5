"""Who is to review what."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from extraction.choices import REVIEW_UNFINISHED, Event
from extraction.models import Document, Review, User
from extraction.services.reviews import record


@transaction.atomic
def assign_documents(*, documents: Iterable[Document], to: User, by: User) -> int:
    """Give the documents' unfinished reviews to a person; how many there were. The rest has nothing to assign."""
    reviews = list(
        Review.objects.select_for_update(of=("self",))
        .select_related("extraction__parse__document")
        .filter(extraction__parse__document__in=list(documents), state__in=REVIEW_UNFINISHED)
    )
    for review in reviews:
        _assign(review, to, by)
    return len(reviews)


def _assign(review: Review, to: User, by: User) -> None:
    if review.assignee_id == to.pk:
        return
    before, review.assignee = review.assignee_id, to
    review.save(update_fields=["assignee"])
    subject = review.extraction.parse.document.name
    record(review, Event.ASSIGNED, by=by, subject=subject, before={"assignee": before}, after={"assignee": to.pk})
