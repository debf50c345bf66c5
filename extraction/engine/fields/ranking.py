"""What a template's own weights look at in a candidate, and what an approved document offers to fit them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from extraction.engine.fields.candidates import Candidate
from extraction.engine.fields.choosing import least
from extraction.engine.fields.learn_layouts import stem
from extraction.engine.fields.learn_spots import Part
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import Scored
from extraction.engine.fields.segments import Sheet
from extraction.types import Option, RankedField, Trial

MOST_GIVEN = 0.5
"""What the weights may add to a score or take from it."""

_MOST_OPTIONS = 8


def reranked(field: RankedField, entries: Sequence[Scored], sheets: Mapping[int, Sheet]) -> list[Scored]:
    """The candidates with their scores as the template weighs them."""
    weights = dict(field.weights)
    return [replace(entry, score=entry.score + _given(entry, weights, sheets)) for entry in entries]


def _given(entry: Scored, weights: Mapping[str, float], sheets: Mapping[int, Sheet]) -> float:
    told = (*features_of(entry, sheets).items(), (label_name(label_of(entry)), 1.0))
    given = sum(weights.get(key, 0.0) * value for key, value in told)
    return max(-MOST_GIVEN, min(MOST_GIVEN, given))


def trial_of(
    profile: Profile, entries: Sequence[Scored], parts: Sequence[Part], sheets: Mapping[int, Sheet]
) -> Trial | None:
    """What was to choose from and what was right, by its place; None where that was not among it.

    Without parts the field was approved absent.
    """
    ranked = sorted(entries, key=lambda entry: -entry.score)
    right = {id(entry) for entry in ranked if parts and is_at(entry.candidate, parts)}
    if parts and not right:
        return None
    shown = [entry for number, entry in enumerate(ranked) if number < _MOST_OPTIONS or id(entry) in right]
    options = tuple(_option(entry, sheets, is_right=id(entry) in right) for entry in shown)
    return Trial(profile.name, least(profile.kind), not parts, options)


def is_at(candidate: Candidate, parts: Sequence[Part]) -> bool:
    """Whether the candidate has the letters of the approved parts, and begins where they do."""
    segment, start, end = parts[0]
    if candidate.segment is not segment or candidate.start >= end or start >= candidate.end:
        return False
    places = ((candidate.segment, candidate.start, candidate.end), *candidate.more)
    return _letters(places) == _letters(parts)


def _letters(parts: Sequence[Part]) -> str:
    return "".join(c for segment, start, end in parts for c in segment.text[start:end].lower() if c.isalnum())


def _option(entry: Scored, sheets: Mapping[int, Sheet], *, is_right: bool) -> Option:
    told = tuple((key, round(value, 3)) for key, value in features_of(entry, sheets).items() if round(value, 3))
    return Option(round(entry.score, 4), label_of(entry), told, is_right, _place(entry.candidate))


def _place(candidate: Candidate) -> tuple[int, int, int, int, int]:
    """Page, row and left edge of its segment, first and last character in it."""
    segment = candidate.segment
    return segment.page, segment.row, round(segment.bbox.x0), candidate.start, candidate.end


def label_name(label: str) -> str:
    """The name of the feature that a candidate has this label."""
    return f"label: {label}"


def label_of(entry: Scored) -> str:
    """The words of the label that spoke for it, or none."""
    return stem(entry.label.segment.text[entry.label.start : entry.label.end]) if entry.label else ""


def features_of(entry: Scored, sheets: Mapping[int, Sheet]) -> dict[str, float]:
    """All between -1 and 1."""
    candidate = entry.candidate
    sheet = sheets[candidate.segment.page]
    numbers = sorted(sheets)
    text = candidate.segment.text[candidate.start : candidate.end]
    letters = [c for c in text if c.isalpha()]
    return {
        "label": entry.features.get("label", 0.0),
        "relation": entry.features.get("relation", 0.0),
        "proven": min(1.0, entry.features.get("proven", 0.0)),
        "left": candidate.box[0] / sheet.width,
        "top": candidate.segment.bbox.centre[1] / sheet.height,
        "first page": float(candidate.segment.page == numbers[0]),
        "last page": float(candidate.segment.page == numbers[-1]),
        "tall": max(-1.0, min(1.0, candidate.segment.height / sheet.line_height - 1)),
        "long": min(1.0, len(candidate.text) / 60),
        "lines": min(1.0, len(candidate.more) / 4),
        "digits": sum(c.isdigit() for c in text) / max(1, len(text)),
        "capitals": sum(c.isupper() for c in letters) / max(1, len(letters)),
        "whole line": float(candidate.start == 0 and candidate.end >= len(candidate.segment.text.rstrip())),
        "currency": float(bool(candidate.currency)),
        "cents": float(candidate.decimals == 2),
        f"way: {entry.method}": 1.0,
    }
