"""What a team used in a calendar month (UTC), and what its quotas still allow."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils import timezone

from extraction.choices import INTERFACES, JobState
from extraction.errors import QuotaUsedUp, TooManyAtOnce
from extraction.models import Detection, Extraction, Parse, Team, TeamUsage
from extraction.types import months


def month_of(moment: datetime | None = None) -> str:
    """`2026-11`, in UTC."""
    return months.month_of(moment or timezone.now())


def next_month() -> datetime:
    """The beginning of the next calendar month in UTC."""
    return months.next_month(timezone.now())


def usage_of(team: Team) -> TeamUsage:
    """This month's row, or an empty one that is not stored."""
    month = month_of()
    return TeamUsage.objects.filter(team=team, month=month).first() or TeamUsage(team=team, month=month)


def count_team_usage(team: Team, *, documents: int = 0, pages: int = 0, extractions: int = 0, calls: int = 0) -> None:
    """In the caller's transaction, beside the rows that are counted."""
    added = {"documents": documents, "pages": pages, "extractions": extractions, "calls": calls}
    row, _ = TeamUsage.objects.get_or_create(team=team, month=month_of())
    TeamUsage.objects.filter(pk=row.pk).update(**{name: F(name) + number for name, number in added.items() if number})


def require_quota(team: Team, *, pages: int = 0, extractions: int = 0) -> None:
    """Raise QuotaUsedUp where the month's quota does not allow so many more."""
    if team.monthly_pages is None and team.monthly_extractions is None:
        return
    used = usage_of(team)
    if team.monthly_pages is not None and used.pages + pages > team.monthly_pages:
        raise QuotaUsedUp("pages of this month", code="page_quota", limit=team.monthly_pages)
    if team.monthly_extractions is not None and used.extractions + extractions > team.monthly_extractions:
        raise QuotaUsedUp("extractions of this month", code="extraction_quota", limit=team.monthly_extractions)


def pages_left(team: Team) -> int | None:
    """What this month's quota still allows, None without one."""
    return None if team.monthly_pages is None else max(0, team.monthly_pages - usage_of(team).pages)


def require_room(team: Team) -> None:
    """Raise TooManyAtOnce while as many of the interfaces' documents are under way as the team may have."""
    parses = Parse.objects.pending().filter(document__team=team, document__source__in=INTERFACES)
    extractions = Extraction.objects.pending().filter(
        parse__document__team=team, parse__document__source__in=INTERFACES, parse__state=JobState.DONE
    )
    detections = Detection.objects.pending().filter(
        parse__document__team=team, parse__document__source__in=INTERFACES, parse__state=JobState.DONE
    )
    if parses.count() + detections.count() + extractions.count() >= team.calls_at_once:
        raise TooManyAtOnce(f"{team.calls_at_once} under way", limit=team.calls_at_once)
