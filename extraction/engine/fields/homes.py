"""Of a value printed several times, the place a person would point at: labelled, in the text, on the earliest page."""

from __future__ import annotations

from dataclasses import replace

from extraction.engine.fields.scoring import Scored
from extraction.engine.fields.segments import Segment, Sheet
from extraction.types import Value

_NEARLY = 0.75
"""What a place must have of the best score to be the value's home."""


def at_home(scored: list[Scored], sheets: dict[int, Sheet]) -> list[Scored]:
    """Exchange the best score of each value with that of its home."""
    result = list(scored)
    for places in _by_value(scored).values():
        best = max(places, key=lambda place: scored[place].score)
        if scored[best].score <= 0:
            continue
        near = [place for place in places if scored[place].score >= _NEARLY * scored[best].score]
        home = min(near, key=lambda place: _distance(scored[place], sheets))
        result[home] = replace(scored[home], score=scored[best].score)
        if home != best:
            result[best] = replace(scored[best], score=scored[home].score)
    return result


def _by_value(scored: list[Scored]) -> dict[Value, list[int]]:
    places: dict[Value, list[int]] = {}
    for place, entry in enumerate(scored):
        value = entry.candidate.value
        places.setdefault("".join(value.split()).lower() if isinstance(value, str) else value, []).append(place)
    return places


def _distance(entry: Scored, sheets: dict[int, Sheet]) -> tuple[bool, bool, int, float]:
    segment = entry.candidate.segment
    return entry.label is None, _is_margin(segment, sheets[segment.page]), segment.page, -entry.score


def _is_margin(segment: Segment, sheet: Sheet) -> bool:
    """Whether the segment stands in a running head or foot."""
    return any(2 * segment.bbox.overlap(box) > segment.bbox.area for box in sheet.margins)
