"""Durations, shares and differences as people read them; what is not known is a dash."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()

NONE = "–"


@register.filter
def waited(since: datetime | None, now: datetime) -> str:
    """Time gone by, in the coarsest unit that still says something: `12 min`, `1 h 04`, `3 d`."""
    if since is None:
        return NONE
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return _("%(minutes)s min") % {"minutes": minutes}
    if minutes < 24 * 60:
        return _("%(hours)s h %(minutes)s") % {"hours": minutes // 60, "minutes": f"{minutes % 60:02}"}
    return _("%(days)s d") % {"days": minutes // (24 * 60)}


@register.filter
def clock(seconds: float | None) -> str:
    """Minutes and seconds: `1:42`; from an hour on hours, minutes, seconds."""
    if seconds is None:
        return NONE
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def percent(share: float | None, places: int = 0) -> str:
    if share is None:
        return NONE
    return f"{number_format(round(share * 100, places), decimal_pos=places)}%"


@register.filter
def difference(value: int, before: int) -> str:
    """With its sign: `−12`, `+3`, `±0`."""
    change = value - before
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{sign}{abs(change)}"
