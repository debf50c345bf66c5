"""The day of a journey: on tickets what stands beside a bare `date`, or before the hour of departure."""

from __future__ import annotations

import re
from dataclasses import replace

from extraction.engine.fields.anchors import Anchor
from extraction.engine.fields.candidates import Typed
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import Scored

_OF_TICKETS = frozenset(("fare", "seat", "seat_class", "train_number", "flight_number", "passenger"))
_OF_JOURNEYS = frozenset(("mileage", "origin", "destination", "vehicle_plate"))
_BARE = 1.3
"""What a bare date's score is raised by, so that it stands above the day of issue."""

_TIMED = 0.6
_HOUR = re.compile(r"\s*[,T]?\s*(?:[01]?\d|2[0-3]):[0-5]\d")


class Journeys:
    """Whether the document is a ticket, by the labels on it."""

    def __init__(self, anchors: tuple[Anchor, ...]) -> None:
        said = {key for anchor in anchors for key, score in anchor.says.items() if score >= 0.9}
        self._is_ticket = bool(said & _OF_TICKETS) or len(said & _OF_JOURNEYS) > 1

    def weigh(self, profile: Profile, scored: list[Scored], typed: Typed) -> list[Scored]:
        if profile.concept != "travel_date" or not self._is_ticket:
            return scored
        raised = [replace(entry, score=_BARE * entry.score) if _is_bare(entry) else entry for entry in scored]
        timed = [date for date in typed.dates if _HOUR.match(date.segment.text, date.end)]
        return raised + [Scored(date, _TIMED, None, "hour", {"label": 0.0, "relation": _TIMED}) for date in timed[:3]]


def _is_bare(entry: Scored) -> bool:
    return entry.label is not None and entry.label.says.get("plain_date", 0.0) >= 0.9
