"""The lane of documents to review: what comes next, what came before, and where one stands in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from extraction.choices import ReviewState
from extraction.models import Review, Team, User


@dataclass(frozen=True, slots=True)
class Place:
    """A review's place in the lane, from 1; None where it is not in it."""

    number: int | None
    total: int
    previous: int | None
    next: int | None


def lane(team: Team) -> QuerySet[Review]:
    """Open reviews and postponed ones whose time has come, oldest first; those of an older extraction are left out."""
    due = Q(state=ReviewState.OPEN) | Q(state=ReviewState.POSTPONED, postponed_until__lte=timezone.now())
    of_team = Review.objects.filter(due, extraction__parse__document__team=team)
    return of_team.current().order_by("created_at", "pk")


def place_of(review: Review, team: Team) -> Place:
    """Two neighbours by time, also of a review that has left the lane."""
    waiting = lane(team)
    before, after = waiting.filter(_before(review)), waiting.filter(_after(review))
    count_before, total = before.count(), waiting.count()
    in_lane = waiting.filter(pk=review.pk).exists()
    previous = before.order_by("-created_at", "-pk").values_list("pk", flat=True).first()
    following = after.values_list("pk", flat=True).first()
    return Place(count_before + 1 if in_lane else None, total, previous, following)


def next_review(team: Team, user: User, *, after: Review | None = None) -> Review | None:
    """The next that nobody else has locked, from the start again when the lane's end is reached."""
    free = lane(team).exclude(Q(locked_until__gt=timezone.now()) & ~Q(locked_by=user))
    if after is None:
        return free.first()
    return free.filter(_after(after)).first() or free.exclude(pk=after.pk).first()


def _before(review: Review) -> Q:
    return Q(created_at__lt=review.created_at) | Q(created_at=review.created_at, pk__lt=review.pk)


def _after(review: Review) -> Q:
    return Q(created_at__gt=review.created_at) | Q(created_at=review.created_at, pk__gt=review.pk)
