"""What a team used, month by month."""

from __future__ import annotations

from extraction.models import Team, TeamUsage


def months_before(month: str, count: int) -> list[str]:
    """The month and those before it, oldest first: `2026-09`, `2026-10`, `2026-11`."""
    year, number = (int(part) for part in month.split("-"))
    months = [divmod(year * 12 + number - 1 - back, 12) for back in range(count)]
    return [f"{year}-{number + 1:02}" for year, number in reversed(months)]


def usage_by_month(team: Team, months: list[str]) -> list[TeamUsage]:
    """A row for every month, one that is not stored where nothing was used; one query."""
    rows = {row.month: row for row in TeamUsage.objects.filter(team=team, month__in=months)}
    return [rows.get(month) or TeamUsage(team=team, month=month) for month in months]
