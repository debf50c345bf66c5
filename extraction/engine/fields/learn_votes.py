"""What a familiar layout says about a field: where its value should stand, or that it should not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from extraction.engine.dates import guess_day_first
from extraction.engine.fields.anchors import Anchor
from extraction.engine.fields.candidates import Candidate, Habits, Typed
from extraction.engine.fields.learn_layouts import FAMILIAR, SURE, likeness, marks_of, stem
from extraction.engine.fields.learn_pages import LEAST_VOTE, LearnedPage
from extraction.engine.fields.learn_rows import with_labels
from extraction.engine.fields.learn_spots import digest, shape_of
from extraction.engine.fields.learn_texts import constants_of, texts_at
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.ranking import reranked
from extraction.engine.fields.scoring import Scored
from extraction.engine.fields.segments import Segment, Sheet
from extraction.types import FieldSpec, Learned, LearnedField, LearnedLayout, Spot

_GAIN = 1.3
"""What a whole vote adds to the score of a candidate for a field that people had to mend."""

_CONFIRMED = 0.5
"""The same for a field that the engine had right by itself: what it would choose counts for more."""

_ABSENT = 0.5
_ECHO = 0.95
_ALONE = 0.5
"""What the place of a text loses that hardly one of many documents had."""

_STRONG = 0.9
_TYPED = ("date", "amount", "number")
_FIXED = ("boolean", "choice", "currency")


class Taught:
    """The most alike of the learned layouts, asked field by field; without one nothing changes."""

    def __init__(self, learned: Learned | None, sheets: tuple[Sheet, ...]) -> None:
        layouts = learned.layouts if learned else ()
        seen = marks_of(sheets, {}) if layouts else ()
        alike = max(((likeness(layout.marks, seen), layout) for layout in layouts), key=_first, default=None)
        self.layout: LearnedLayout | None = alike[1] if alike and alike[0] >= FAMILIAR else None
        self.gate = min(1.0, alike[0] / SURE) if alike else 0.0
        self.fields = {field.name: field for field in self.layout.fields} if self.layout else {}
        ranking = learned.ranking if learned else None
        self._ranked = {field.name: field for field in ranking.fields} if ranking else {}
        self._spread = dict(learned.spread) if learned else {}
        self._sheets = {sheet.number: sheet for sheet in sheets}
        self.tables = {table.name: table for table in self.layout.tables} if self.layout else {}
        laid = enumerate(sheets) if self.layout else ()
        self._pages = [LearnedPage(sheet, index, len(sheets)) for index, sheet in laid]
        self._by_number = {page.sheet.number: page for page in self._pages}

    def fields_of(self, fields: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
        """With the words that stand over columns and lists here; of an unknown layout with those that hold for any."""
        return tuple(self._labelled(spec) for spec in fields)

    def _labelled(self, spec: FieldSpec) -> FieldSpec:
        if spec.name in self.tables:
            return with_labels(spec, self.tables[spec.name])
        words = () if self.layout else self._spread.get(spec.name, ())
        return replace(spec, labels=(*spec.labels, *words)) if words else spec

    def habits(self, sheets: tuple[Sheet, ...], habits: Habits) -> Habits:
        """How the layout writes dates and numbers, where the document itself leaves that open."""
        if self.layout is None:
            return habits
        day_first, comma = self.layout.day_first, self.layout.decimal_comma
        if day_first is not None and _leaves_order_open(sheets):
            habits = replace(habits, day_first=day_first)
        return replace(habits, decimal_comma=comma if habits.decimal_comma is None else habits.decimal_comma)

    def weigh(self, profile: Profile, scored: list[Scored], typed: Typed) -> list[Scored]:
        """The candidates as the template ranks them, with the layout's vote, and those that it brings."""
        if profile.name in self._ranked:
            scored = reranked(self._ranked[profile.name], scored, self._sheets)
        field = self.fields.get(profile.name)
        if field is None:
            return scored
        if not field.spots:
            return [self._doubted(entry) for entry in scored] if field.absent else scored
        brought = self._brought(profile, field, typed)
        voted = [self._voted(entry, field) for entry in _joined(scored, brought)]
        return [entry for entry in voted if entry.score > 0]

    def _doubted(self, entry: Scored) -> Scored:
        """A value of a field that people found absent here; a strong label speaks for itself."""
        if entry.features.get("label", 0.0) * entry.features.get("relation", 0.0) >= _STRONG:
            return entry
        return replace(entry, score=entry.score * (1 - _ABSENT * self.gate))

    def _brought(self, profile: Profile, field: LearnedField, typed: Typed) -> list[Scored]:
        if profile.kind in _FIXED:
            return []
        if profile.kind in _TYPED:
            own = typed.dates if profile.kind == "date" else typed.numbers
            return [_unscored(candidate) for candidate in own]
        sheets = [page.sheet for page in self._pages]
        found = [candidate for spot in field.spots for candidate in self._texts(profile, spot)]
        return [_unscored(candidate) for candidate in (*found, *constants_of(field.constant, sheets))]

    def _texts(self, profile: Profile, spot: Spot) -> Iterable[Candidate]:
        marks = {mark.text for mark in self.layout.marks} if self.layout else set()
        for page in self._pages:
            for segment in page.near(spot):
                for candidate in texts_at(segment, spot, profile.kind, page.sheet, marks):
                    if self._agreement(candidate, spot) >= LEAST_VOTE:
                        yield candidate

    def _voted(self, entry: Scored, field: LearnedField) -> Scored:
        vote, spot = self._best(entry.candidate, field)
        if field.constant and _compact(entry.candidate.text) == _compact(field.constant):
            vote = max(vote, 0.9)
        if vote < LEAST_VOTE:
            return entry
        label = entry.label or self._label(entry.candidate, spot)
        features = {**entry.features, "learned": vote * self.gate}
        given = (_GAIN if field.mended else _CONFIRMED) * vote * self.gate
        return replace(entry, score=entry.score + given, label=label, method="learned", features=features)

    def _best(self, candidate: Candidate, field: LearnedField) -> tuple[float, Spot]:
        """The best vote of a document, for texts less where others do not agree, and the spot that gave it."""
        best, spot = max(((self._vote(candidate, spot), spot) for spot in field.spots), key=_first)
        if best < LEAST_VOTE or not spot.echoes:
            return best, spot
        agreed = sum(self._vote(candidate, one) >= LEAST_VOTE for one in field.spots) / len(field.spots)
        return best * (1 - _ALONE + _ALONE * agreed), spot

    def _vote(self, candidate: Candidate, spot: Spot) -> float:
        if spot.echoes and spot.echoes == _echoes(candidate):
            return _ECHO
        return self._agreement(candidate, spot) * _likelihood(candidate, spot)

    def _agreement(self, candidate: Candidate, spot: Spot) -> float:
        page = self._by_number[candidate.segment.page]
        return page.agreement(candidate, spot)

    def _label(self, candidate: Candidate, spot: Spot) -> Anchor | None:
        """The learned text beside the value, as its label."""
        segment = candidate.segment
        if spot.before and stem(segment.text[: candidate.start]) == spot.before:
            return _as_label(segment, candidate.start)
        page = self._by_number[segment.page]
        found = (page.nearest(pointer, candidate) for pointer in spot.pointers[:1] if pointer.weight >= LEAST_VOTE)
        return next((_as_label(other, len(other.text)) for other in found if other), None)


def _echoes(candidate: Candidate) -> tuple[int, ...]:
    places = ((candidate.segment, candidate.start, candidate.end), *candidate.more)
    return tuple(digest(segment.text[start:end]) for segment, start, end in places)


def _likelihood(candidate: Candidate, spot: Spot) -> float:
    """How much the text itself is like the one that stood there."""
    text = candidate.segment.text[candidate.start : candidate.end]
    lines = len({id(segment) for segment, *_ in ((candidate.segment, 0, 0), *candidate.more)})
    shape = 1.0 if shape_of(text) == spot.shape else 0.92
    return shape * (1.0 if lines == spot.lines else 0.85)


def _joined(scored: list[Scored], brought: list[Scored]) -> list[Scored]:
    """With those brought that scoring has not; one that begins where a scored one does is worth as much."""
    have = {_place(entry.candidate) for entry in scored}
    begun = {_place(entry.candidate)[:2]: entry for entry in sorted(scored, key=lambda entry: entry.score)}
    new: dict[tuple[int, int, int, int], Scored] = {}
    for entry in brought:
        place = _place(entry.candidate)
        if place not in have:
            same = begun.get(place[:2])
            new.setdefault(place, replace(same, candidate=entry.candidate) if same else entry)
    return scored + list(new.values())


def _place(candidate: Candidate) -> tuple[int, int, int, int]:
    return id(candidate.segment), candidate.start, candidate.end, len(candidate.more)


def _leaves_order_open(sheets: tuple[Sheet, ...]) -> bool:
    texts = [segment.text for sheet in sheets for segment in sheet.segments]
    return guess_day_first(texts, otherwise=True) != guess_day_first(texts, otherwise=False)


def _unscored(candidate: Candidate) -> Scored:
    return Scored(candidate, 0.0, None, "learned", {"label": 0.0, "relation": 0.0})


def _as_label(segment: Segment, end: int) -> Anchor:
    return Anchor(segment, 0, max(1, end), {}, {})


def _compact(text: str) -> str:
    return "".join(text.split()).lower()


def _first(pair: tuple[float, object]) -> float:
    return pair[0]
