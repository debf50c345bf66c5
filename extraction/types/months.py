"""Calendar months in UTC, by which providers and we count what is used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def month_of(moment: datetime) -> str:
    """`2026-11`."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def next_month(moment: datetime) -> datetime:
    """The beginning of the month after the moment's."""
    first = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)
