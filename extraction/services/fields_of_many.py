"""The fields of many documents read again with the newest version of their template; no page is read for that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import batched

from django.db import transaction

from extraction.choices import Event
from extraction.models import Document, Extraction, Parse, Review, ReviewEvent, Team, Template, TemplateVersion, User
from extraction.queries.fields_standing import Stand, keys_by_stand
from extraction.services.extractions import published_version
from extraction.services.listing import MILLISECOND, next_listing
from extraction.services.reviews import lock_holder
from extraction.services.routing import extraction_route
from extraction.services.teams import lock_team
from extraction.services.usage import count_team_usage, require_quota

_AT_ONCE = 200
"""Documents in one transaction, so that nobody waits for thousands."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which documents' fields to read: always those of older versions and those that failed.

    `current` adds those that have the newest version's, `finished` those that a person approved or rejected.
    `documents` are primary keys, None means all of the template's.
    """

    current: bool = False
    finished: bool = False
    documents: Collection[int] | None = None

    @property
    def stands(self) -> list[Stand]:
        wanted = [Stand.FAILED, Stand.OLDER]
        wanted += [Stand.CURRENT] if self.current else []
        wanted += [Stand.OLDER_FINISHED] if self.finished else []
        return wanted + ([Stand.CURRENT_FINISHED] if self.current and self.finished else [])


@dataclass(frozen=True, slots=True)
class Asked:
    """Numbers of documents: `in_hand` are left as they are, since somebody else works on them."""

    started: int = 0
    in_hand: int = 0


@dataclass(frozen=True, slots=True)
class _Target:
    """A document by its keys, with the extraction that counts now, if any, and that one's review."""

    document: int
    parse: int
    before: Extraction | None
    review: Review | None

    @property
    def keeps(self) -> int | None:
        """The review whose changes go over; of an extraction that failed, the one that it was to keep."""
        return self.review.pk if self.review else self.before.keeps_id if self.before else None

    def is_in_hand(self, by: User | None) -> bool:
        return self.review is not None and not self.review.is_finished and lock_holder(self.review, by) is not None


def read_fields_of_many(*, template: Template, by: User | None, wish: Wish) -> Asked:
    """What people changed goes over to the new reviews, as for a single one.

    Raises StepNotAllowed for a template that was never published, and QuotaUsedUp where the month's quota does not
    allow for all of them; then none is read.
    """
    version = published_version(template)
    keys = [document for document, _, _ in keys_by_stand(version, wish.stands, documents=wish.documents)]
    require_quota(template.team, extractions=len(keys))
    parts = [_start(version, part, by=by, wish=wish) for part in batched(keys, _AT_ONCE)]
    return Asked(sum(part.started for part in parts), sum(part.in_hand for part in parts))


@transaction.atomic
def read_fields_of_chosen(*, documents: Iterable[Document], by: User, finished: bool) -> Asked:
    """A screenful, each with its template; for all or, where QuotaUsedUp or StepNotAllowed is raised, for none."""
    by_template: dict[Template, list[int]] = defaultdict(list)
    for document in documents:
        if document.template is not None:
            by_template[document.template].append(document.pk)
    parts = [
        read_fields_of_many(template=template, by=by, wish=Wish(current=True, finished=finished, documents=keys))
        for template, keys in by_template.items()
    ]
    return Asked(sum(part.started for part in parts), sum(part.in_hand for part in parts))


@transaction.atomic
def _start(version: TemplateVersion, keys: Sequence[int], *, by: User | None, wish: Wish) -> Asked:
    team = lock_team(version.template.team_id)
    # as whoever ends a reading or asks for another one does: what was counted may have moved on
    list(Parse.objects.select_for_update(no_key=True).filter(document__in=keys, is_trial=False).order_by("pk"))
    targets = _targets(keys_by_stand(version, wish.stands, documents=keys))
    free = [target for target in targets if not target.is_in_hand(by)]
    if free:
        require_quota(team, extractions=len(free))
        count_team_usage(team, extractions=len(free))
        _create(version, free)
        _record(team, free, by)
    return Asked(len(free), len(targets) - len(free))


def _targets(rows: Sequence[tuple[int, int, int | None]]) -> list[_Target]:
    before = Extraction.objects.in_bulk([extraction for _, _, extraction in rows if extraction])
    reviews = Review.objects.filter(extraction__in=before).select_related("locked_by").order_by("pk")
    latest = {review.extraction_id: review for review in reviews}
    return [
        _Target(document, parse, before.get(extraction or 0), latest.get(extraction or 0))
        for document, parse, extraction in rows
    ]


def _create(version: TemplateVersion, targets: Sequence[_Target]) -> None:
    team = version.template.team
    route = extraction_route(team=team, template=version.template)
    columns = route.first_step() | route.columns
    first = next_listing(team)
    Extraction.objects.bulk_create(
        Extraction(
            parse_id=target.parse,
            version=version,
            listed_at=first + number * MILLISECOND,
            keeps_id=target.keeps,
            **columns,
        )
        for number, target in enumerate(targets)
    )


def _record(team: Team, targets: Sequence[_Target], by: User | None) -> None:
    ReviewEvent.objects.bulk_create(
        ReviewEvent(team=team, document_id=target.document, review=target.review, who=by, what=Event.FIELDS_ASKED_AGAIN)
        for target in targets
        if target.review
    )
