"""Which documents of a template have the fields of its newest version, and which could be read again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from extraction.choices import JOB_PENDING, REVIEW_UNFINISHED, JobState
from extraction.models import Document, Extraction, TemplateVersion
from extraction.queries.documents import with_states

_STATES = ("parse_state", "has_ranges_to_do", "extraction_state", "version_pk", "review_state")


class Stand(StrEnum):
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
    counted: Counter[Stand] = Counter()
    for *states, count in _documents(version).order_by().values_list(*_STATES).annotate(Count("pk")):
        counted[_stand(version, *states)] += count
    return Standing(**{str(stand): count for stand, count in counted.items() if stand is not Stand.UNREAD})


def keys_by_stand(
    version: TemplateVersion, stands: Collection[Stand], *, documents: Collection[int] | None = None
) -> list[tuple[int, int, int | None]]:
    """Document, its reading and its extraction, oldest first; of the template's, or of those of them that are named."""
    rows = _documents(version)
    if documents is not None:
        rows = rows.filter(pk__in=documents)
    found = rows.order_by("pk").values_list("pk", "parse_pk", "extraction_pk", *_STATES)
    return [(own, parse, before) for own, parse, before, *states in found if _stand(version, *states) in stands]


def _documents(version: TemplateVersion) -> QuerySet[Any]:
    documents = Document.objects.filter(team=version.template.team_id, template=version.template_id)
    read_with = Extraction.objects.filter(pk=OuterRef("extraction_pk")).values("version")
    return with_states(documents).annotate(version_pk=Subquery(read_with[:1]))


def _stand(
    version: TemplateVersion,
    parse: str | None,
    has_ranges_to_do: bool,
    extraction: str | None,
    version_pk: int | None,
    review: str | None,
) -> Stand:
    if parse in JOB_PENDING or extraction in JOB_PENDING or has_ranges_to_do:
        return Stand.PENDING
    if parse != JobState.DONE:
        return Stand.UNREAD
    if extraction != JobState.DONE:
        return Stand.FAILED
    is_open = review is None or review in REVIEW_UNFINISHED
    if version_pk == version.pk:
        return Stand.CURRENT if is_open else Stand.CURRENT_FINISHED
    return Stand.OLDER if is_open else Stand.OLDER_FINISHED
