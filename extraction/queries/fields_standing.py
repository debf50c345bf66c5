"""Which documents of a template have the fields of its newest version, and which could be read again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, TextChoices, Value, When

from extraction.choices import JOB_PENDING, REVIEW_UNFINISHED, JobState
from extraction.models import Document, Extraction, TemplateVersion
from extraction.queries.documents import with_states


class Stand(TextChoices):
    """`failed` was tried and has no fields; what is finished was approved or rejected by a person."""

    UNREAD = "unread"
    PENDING = "pending"
    FAILED = "failed"
    OLDER = "older"
    OLDER_FINISHED = "older_finished"
    CURRENT = "current"
    CURRENT_FINISHED = "current_finished"


@dataclass(frozen=True, slots=True)
class Standing:
    """Numbers of documents, each counted once."""

    pending: int = 0
    failed: int = 0
    older: int = 0
    older_finished: int = 0
    current: int = 0
    current_finished: int = 0

    @property
    def done(self) -> int:
        return self.current + self.current_finished

    @property
    def to_read(self) -> int:
        """Those that are read again unless people ask for more."""
        return self.older + self.failed

    @property
    def asked(self) -> int:
        """Those that have the version's fields or are about to."""
        return self.done + self.pending


def standing_of(version: TemplateVersion) -> Standing:
    """One query."""
    counted = {str(stand): Count("pk", filter=Q(stand=stand)) for stand in Stand if stand is not Stand.UNREAD}
    return Standing(**_documents(version).aggregate(**counted))


def keys_by_stand(
    version: TemplateVersion, stands: Collection[Stand], *, documents: Collection[int] | None = None
) -> list[tuple[int, int, int | None]]:
    """Document, its reading and its extraction, oldest first; of the template's, or of those of them that are named."""
    rows = _documents(version).filter(stand__in=stands)
    if documents is not None:
        rows = rows.filter(pk__in=documents)
    return list(rows.order_by("pk").values_list("pk", "parse_pk", "extraction_pk"))


def _documents(version: TemplateVersion) -> QuerySet[Any]:
    documents = Document.objects.filter(team=version.template.team_id, template=version.template_id)
    read_with = Extraction.objects.filter(pk=OuterRef("extraction_pk")).values("version")
    rows = with_states(documents).annotate(version_pk=Subquery(read_with[:1]))
    return rows.annotate(stand=_stand(version))


def _stand(version: TemplateVersion) -> Case:
    is_current = Q(version_pk=version.pk)
    is_open = Q(review_state=None) | Q(review_state__in=REVIEW_UNFINISHED)
    return Case(
        When(Q(parse_state__in=JOB_PENDING) | Q(extraction_state__in=JOB_PENDING), then=Value(Stand.PENDING)),
        When(has_ranges_to_do=True, then=Value(Stand.PENDING)),
        When(Q(parse_state=None) | ~Q(parse_state=JobState.DONE), then=Value(Stand.UNREAD)),
        When(Q(extraction_state=None) | ~Q(extraction_state=JobState.DONE), then=Value(Stand.FAILED)),
        When(is_current & is_open, then=Value(Stand.CURRENT)),
        When(is_current, then=Value(Stand.CURRENT_FINISHED)),
        When(is_open, then=Value(Stand.OLDER)),
        default=Value(Stand.OLDER_FINISHED),
    )
