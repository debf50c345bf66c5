"""Whose document is next on this machine: start-time fair queueing, so that no team's batch holds up another team."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from extraction.choices import JobState, Lane
from extraction.models import PageRange, Parse

AT_WORK = (JobState.QUEUED, JobState.RUNNING)


def next_turn(team: int) -> int:
    """The turn of the team's next document: after its own last one, and not before what is at work now."""
    lowest = [turn for rows in _at_work() if (turn := _first(rows.order_by("turn"))) is not None]
    own = [_first(rows.order_by("-turn")) for rows in _at_work_for(team)]
    return max(min(lowest, default=0), *(turn + 1 for turn in own if turn is not None), 0)


def _at_work() -> tuple[QuerySet[Any], ...]:
    """What competes for this machine; what is at a provider, or waits for one, does not."""
    ranges = PageRange.objects.filter(state__in=AT_WORK, lane=Lane.CPU)
    return ranges, Parse.objects.filter(state__in=AT_WORK, turn__isnull=False)


def _at_work_for(team: int) -> tuple[QuerySet[Any], ...]:
    ranges, parses = _at_work()
    return ranges.filter(parse__document__team=team), parses.filter(document__team=team)


def _first(rows: QuerySet[Any]) -> int | None:
    turn: int | None = rows.values_list("turn", flat=True).first()
    return turn
