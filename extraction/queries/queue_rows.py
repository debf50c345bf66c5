"""The team's queue as a list: documents with their latest extraction and its review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from extraction.choices import JOB_PENDING, REVIEW_UNFINISHED, JobState, ReviewState
from extraction.models import Document, Extraction, Parse, Review, Team, User
from extraction.queries.progress import DocumentProgress, progress_of

ROWS_PER_PAGE = 25
NOBODY = "nobody"


class QueueState(models.TextChoices):
    UNFINISHED = "", _("All unfinished")
    TO_CHECK = "check", _("To check")
    READY = "ready", _("Ready")
    READING = "reading", _("Being read")
    FAILED = "failed", _("Unreadable")
    POSTPONED = "postponed", _("Postponed")
    ESCALATED = "escalated", _("Escalated")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    ALL = "all", _("All states")


# a Q over what `with_reviews` adds
_CONDITIONS = {
    QueueState.UNFINISHED: Q(review_state__in=REVIEW_UNFINISHED)
    | Q(review_state=None, extraction_state__in=(*JOB_PENDING, JobState.FAILED)),
    QueueState.TO_CHECK: Q(review_state=ReviewState.OPEN, review_to_check__gt=0),
    QueueState.READY: Q(review_state=ReviewState.OPEN, review_to_check=0),
    QueueState.READING: Q(review_state=None, extraction_state__in=JOB_PENDING),
    QueueState.FAILED: Q(review_state=None, extraction_state=JobState.FAILED),
    QueueState.POSTPONED: Q(review_state=ReviewState.POSTPONED),
    QueueState.ESCALATED: Q(review_state=ReviewState.ESCALATED),
    QueueState.APPROVED: Q(review_state=ReviewState.APPROVED),
    QueueState.REJECTED: Q(review_state=ReviewState.REJECTED),
    QueueState.ALL: Q(),
}


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of the queue to show; `assignee` is a user's primary key as text, NOBODY, or empty for everybody."""

    search: str = ""
    template: int | None = None
    state: QueueState = QueueState.UNFINISHED
    assignee: str = ""
    oldest_first: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class QueueRow:
    """`waiting_since` is None once a review has ended."""

    document: Document
    progress: DocumentProgress
    template_name: str
    waiting_since: datetime | None

    @property
    def review(self) -> Review | None:
        return self.progress.review


def with_reviews(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Documents whose latest parse has an extraction, with the latest one's state and its latest review's columns."""
    parses = Parse.objects.filter(document=OuterRef("pk"), is_trial=False).order_by("-pk")
    extractions = Extraction.objects.filter(parse=OuterRef("parse_pk"), is_trial=False).order_by("-pk")
    reviews = Review.objects.filter(extraction=OuterRef("extraction_pk")).order_by("-pk")
    return (
        documents.annotate(parse_pk=Subquery(parses.values("pk")[:1]))
        .annotate(
            extraction_pk=Subquery(extractions.values("pk")[:1]),
            extraction_state=Subquery(extractions.values("state")[:1]),
            template_pk=Subquery(extractions.values("version__template")[:1]),
            template_name=Subquery(extractions.values("version__template__name")[:1]),
        )
        .filter(extraction_pk__isnull=False)
        .annotate(
            review_pk=Subquery(reviews.values("pk")[:1]),
            review_state=Subquery(reviews.values("state")[:1]),
            review_to_check=Subquery(reviews.values("to_check")[:1]),
            review_assignee=Subquery(reviews.values("assignee")[:1]),
            review_party=Subquery(reviews.values("party")[:1]),
            since=Coalesce(Subquery(reviews.values("created_at")[:1]), "created_at"),
        )
    )


def queue_documents(team: Team, chosen: QueueFilter) -> QuerySet[Document]:
    """The documents that the filter lets through, in the order they are shown."""
    documents = with_reviews(Document.objects.filter(team=team)).filter(_CONDITIONS[chosen.state])
    if chosen.search:
        documents = documents.filter(Q(name__icontains=chosen.search) | Q(review_party__icontains=chosen.search))
    if chosen.template is not None:
        documents = documents.filter(template_pk=chosen.template)
    if chosen.assignee:
        wanted = None if chosen.assignee == NOBODY else int(chosen.assignee)
        documents = documents.filter(review_assignee=wanted)
    return documents.order_by("since", "pk") if chosen.oldest_first else documents.order_by("-since", "-pk")


def queue_page(team: Team, chosen: QueueFilter) -> tuple[Page, list[QueueRow]]:
    """One page of the queue; a page number that does not exist gives the nearest."""
    page = Paginator(queue_documents(team, chosen), ROWS_PER_PAGE).get_page(chosen.page)
    documents = list(page.object_list)
    progress = progress_of(documents)
    prefetch_related_objects([row.review for row in progress.values() if row.review], "assignee")
    return page, [_row(document, progress[document.pk]) for document in documents]


def _row(document: Document, progress: DocumentProgress) -> QueueRow:
    ended = progress.review is not None and progress.review.is_finished
    return QueueRow(document, progress, document.template_name or "", None if ended else document.since)


def reviewed_pairs(team: Team, chosen: QueueFilter) -> list[tuple[int, int]]:
    """Primary keys of the latest extraction and its review, for the filter's documents that have both, in order."""
    documents = queue_documents(team, chosen).filter(review_pk__isnull=False)
    return list(documents.values_list("extraction_pk", "review_pk"))


def reviewers_of(team: Team) -> QuerySet[User]:
    return User.objects.filter(memberships__team=team).order_by("name", "email")
