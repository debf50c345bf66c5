"""Which documents a list shows; how far they are is `queries.progress`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from extraction.choices import (
    JOB_PENDING,
    REVIEW_UNFINISHED,
    JobState,
    ReviewState,
    Source,
    VersionState,
)
from extraction.models import (
    Detection,
    Document,
    Extraction,
    PageRange,
    Parse,
    Review,
    Team,
    Template,
    TemplateVersion,
    User,
)

UPLOADS_SHOWN = 100

FILTERS = {
    "pending": _("In progress"),
    "unfamiliar": _("Unfamiliar"),
    "to_review": _("To review"),
    "approved": _("Approved"),
    "rejected": _("Rejected"),
    "read": _("Read only"),
    "failed": _("Failed"),
    "cancelled": _("Cancelled"),
}
# `after_state` is that of the extraction, or of the search for a template where nothing was extracted yet
_IS_READ = Q(parse_state=JobState.DONE)
_IS_DETECTED = _IS_READ & Q(extraction_state=None, detection_state=JobState.DONE)
_UNFAMILIAR = _IS_DETECTED & Q(detected_template=None)
_FOUND = _IS_DETECTED & Q(detected_template__isnull=False)
_ENDED_WELL = _IS_READ & (Q(extraction_state=JobState.DONE) | Q(after_state=None)) | _FOUND
_CONDITIONS = {
    "pending": Q(parse_state__in=JOB_PENDING) | Q(after_state__in=JOB_PENDING) | Q(has_ranges_to_do=True),
    "unfamiliar": _UNFAMILIAR & Q(has_ranges_to_do=False),
    "to_review": _ENDED_WELL & Q(review_state__in=REVIEW_UNFINISHED),
    "approved": _ENDED_WELL & Q(review_state=ReviewState.APPROVED),
    "rejected": _ENDED_WELL & Q(review_state=ReviewState.REJECTED),
    "read": _ENDED_WELL & Q(review_state=None),
    "failed": Q(parse_state=JobState.FAILED) | _IS_READ & Q(after_state=JobState.FAILED),
    "cancelled": Q(parse_state=JobState.CANCELLED) | _IS_READ & Q(after_state=JobState.CANCELLED),
}


def documents_of(team: Team, *, search: str = "", state: str = "") -> QuerySet[Document]:
    """Newest first; `state` is one of FILTERS."""
    documents = Document.objects.filter(team=team).select_related("uploaded_by", "template")
    if search:
        documents = documents.filter(name__icontains=search)
    return with_states(documents).filter(_CONDITIONS[state]) if state else documents


def with_states(documents: QuerySet[Document]) -> QuerySet[Document]:
    """As `queries.progress` looks at them: the latest parse, its latest extraction, that one's latest review."""
    parse = Parse.objects.filter(document=OuterRef("pk"), is_trial=False).order_by("-pk")
    extraction = Extraction.objects.filter(parse=OuterRef("parse_pk"), is_trial=False).order_by("-pk")
    detection = Detection.objects.filter(parse=OuterRef("parse_pk")).order_by("-pk")
    review = Review.objects.filter(extraction=OuterRef("extraction_pk")).order_by("-pk")
    ranges = PageRange.objects.filter(parse=OuterRef("parse_pk"), state__in=JOB_PENDING)
    return (
        documents.annotate(parse_pk=Subquery(parse.values("pk")[:1]), parse_state=Subquery(parse.values("state")[:1]))
        .annotate(
            extraction_pk=Subquery(extraction.values("pk")[:1]),
            extraction_state=Subquery(extraction.values("state")[:1]),
            detection_state=Subquery(detection.values("state")[:1]),
            detected_template=Subquery(detection.values("template")[:1]),
            has_ranges_to_do=Exists(ranges),
        )
        .annotate(
            after_state=Coalesce("extraction_state", "detection_state"),
            review_state=Subquery(review.values("state")[:1]),
        )
    )


def unfamiliar_count(team: Team) -> int:
    """Documents that wait for somebody to choose their template."""
    return documents_of(team, state="unfamiliar").count()


def recent_uploads(team: Team, user: User, *, since: datetime, hidden: Collection[int]) -> list[Document]:
    """The person's own uploads by the form, newest first."""
    documents = Document.objects.filter(team=team, uploaded_by=user, source=Source.DASHBOARD, created_at__gte=since)
    return list(documents.exclude(pk__in=hidden).select_related("blob")[:UPLOADS_SHOWN])


def parses_with_replies(document: Document) -> QuerySet[Parse]:
    """Newest first, each with its account and whether a provider's answer is kept (`has_reply`)."""
    replies = PageRange.objects.filter(parse=OuterRef("pk")).exclude(raw_reply="")
    return (
        document.parses.filter(is_trial=False)
        .select_related("account")
        .annotate(has_reply=Exists(replies))
        .order_by("-pk")
    )


def usable_templates(team: Team) -> QuerySet[Template]:
    """Those that a document can be extracted with."""
    published = TemplateVersion.objects.filter(template=OuterRef("pk"), state=VersionState.PUBLISHED)
    return Template.objects.filter(Exists(published), team=team, is_archived=False)
