"""What speaks for a field's value, and for its absence, as features of its confidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from extraction.engine.fields.candidates import Candidate, Typed
from extraction.engine.fields.choosing import Choice
from extraction.engine.fields.learn_votes import Taught
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import LEAST_LABEL, Scored
from extraction.engine.fields.segments import Segment, Sheet
from extraction.types import Signs, Value

VALUE, ABSENCE = "value", "absence"

_USUAL = frozenset(("total", "issue_date", "supplier_name"))
"""Concepts that nearly every commercial document has."""

_OWN_LABEL = 0.9
"""What a label scores at least that names the field itself and not something like it."""

_WIDEST_MARGIN = 0.6
_HIGHEST_SCORE = 1.2
_SHORTEST_TEXT = 4

type Place = tuple[Segment, int, int]


class Readings:
    """What all signs of a document's values share: how surely it was read, and what it says how often."""

    def __init__(self, sheets: tuple[Sheet, ...], typed: Typed) -> None:
        segments = [segment for sheet in sheets for segment in sheet.segments]
        self._text = "\n".join(_compact(segment.text) for segment in segments)
        self._typed: Counter[Value] = Counter(one.value for one in (*typed.dates, *typed.numbers))
        known = [word.confidence for segment in segments for word in segment.words if word.confidence is not None]
        self.is_empty = not segments
        self.scanned = float(bool(known))
        self.misread = 1 - sum(known) / len(known) if known else 0.0

    def repeats(self, value: Value, text: str) -> int:
        """How often more than once the document says the value."""
        if value in self._typed:
            return self._typed[value] - 1
        said = _compact(text)
        return max(0, self._text.count(said) - 1) if len(said) >= _SHORTEST_TEXT else 0


def signs_of_value(profile: Profile, chosen: Scored, choice: Choice, readings: Readings, taught: Taught) -> Signs:
    told = chosen.features
    rival = choice.others[0].score if choice.others else chosen.score - _WIDEST_MARGIN
    learned = told.get("learned", 0.0)
    field = taught.fields.get(profile.name)
    candidate = chosen.candidate
    return Signs(
        VALUE,
        profile.kind,
        {
            "score": min(_HIGHEST_SCORE, chosen.score),
            "margin": max(0.0, min(_WIDEST_MARGIN, chosen.score - rival)),
            "labelled": float(chosen.label is not None),
            "label": told.get("label", 0.0),
            "borrowed": float(chosen.label is not None and told.get("label", 0.0) < _OWN_LABEL),
            "relation": told.get("relation", 0.0),
            "proven": min(1.0, told.get("proven", 0.0)),
            "repeated": min(2, readings.repeats(candidate.value, candidate.text)) / 2,
            "labelled_again": float(any(_is_apart(entry, chosen, choice.least) for entry in choice.again)),
            "rivals": min(3, choice.rivals) / 3,
            "scanned": readings.scanned,
            "misread": 1 - read_surely(places_of(candidate)),
            "learned": learned,
            "off_layout": taught.gate if field and field.spots and not learned else 0.0,
            "lines": min(3, len(candidate.more)) / 3,
            "unknown": float(not profile.concepts),
            "rule_broken": told.get("rule_broken", 0.0),
        },
    )


def signs_of_absence(profile: Profile, choice: Choice, label: float, readings: Readings, taught: Taught) -> Signs:
    """`label` is the score of the field's best label."""
    best = choice.others[0].score if choice.others else 0.0
    field = taught.fields.get(profile.name)
    return Signs(
        ABSENCE,
        profile.kind,
        {
            "closest": max(0.0, min(_HIGHEST_SCORE, best / choice.least)),
            "label": label,
            "scanned": readings.scanned,
            "misread": readings.misread,
            "empty": float(readings.is_empty),
            "usual": float(any(concept in _USUAL for concept, _strength in profile.concepts)),
            "unlabelled": float(profile.unlabelled),
            "unknown": float(not profile.concepts),
            "learned": taught.gate if field and field.absent and not field.spots else 0.0,
            "off_layout": taught.gate if field and field.spots else 0.0,
        },
    )


def _is_apart(entry: Scored, chosen: Scored, least: float) -> bool:
    """Whether the same value stands with a label of its own elsewhere."""
    if entry.label is None or entry.candidate.segment is chosen.candidate.segment or entry.score < least:
        return False
    is_same_label = chosen.label is not None and entry.label.segment is chosen.label.segment
    return not is_same_label and entry.features.get("label", 0.0) >= LEAST_LABEL


def places_of(candidate: Candidate) -> tuple[Place, ...]:
    return ((candidate.segment, candidate.start, candidate.end), *candidate.more)


def read_surely(places: Iterable[Place]) -> float:
    """The lowest confidence with which OCR read one of the words; 1 for printed text."""
    known = [
        word.confidence
        for made, start, end in places
        for word, offset, origins in zip(made.words, made.starts, made.origins, strict=True)
        if offset < end and start < offset + len(origins) and word.confidence is not None
    ]
    return min(known, default=1.0)


def _compact(text: str) -> str:
    return "".join(text.split()).lower()
