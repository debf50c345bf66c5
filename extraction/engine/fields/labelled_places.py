"""Of the places of a provider's value, the one that the field's label points at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from extraction.engine.fields.anchors import Anchor, find_anchors
from extraction.engine.fields.candidates import Candidate, Typed, find_typed
from extraction.engine.fields.currencies import score_currencies
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.homes import at_home
from extraction.engine.fields.marks import score_booleans
from extraction.engine.fields.place_index import Place
from extraction.engine.fields.places import Places
from extraction.engine.fields.profiles import Profile, compile_field, field_book
from extraction.engine.fields.scoring import LEAST_LABEL, Scored
from extraction.types import FieldSpec, Span, Value

_LEAST = 0.2
_UNLABELLED = 0.1


class LabelledPlaces:
    """The labels of all plain fields, found when the first is asked for."""

    def __init__(self, places: Places, fields: Sequence[FieldSpec]) -> None:
        self._places = places
        self._fields = fields

    def best(self, spec: FieldSpec, found: Sequence[Place]) -> tuple[Place, Span | None]:
        """The place nearest to a label of the field, with the label; else the first in the text. There must be one."""
        if len(found) == 1:
            return found[0], None
        profile = compile_field(spec)
        labels = [anchor for anchor in self._anchors if anchor.score(profile) >= LEAST_LABEL]
        scored = at_home([self._scored(place, labels, profile) for place in found], self._around.sheets)
        best = max(range(len(found)), key=lambda place: scored[place].score)
        label = scored[best].label
        return found[best], label.segment.span(label.start, label.end) if label else None

    def marked(self, spec: FieldSpec, value: bool) -> tuple[Place, ...]:
        """Where a tick or a word beside the label says yes or no."""
        profile = compile_field(spec)
        return self._same(value, lambda: score_booleans(profile, list(self._anchors), self._around))

    def currency(self, spec: FieldSpec, code: str) -> tuple[Place, ...]:
        """Where the currency's sign stands first."""
        profile = compile_field(spec)
        return self._same(code, lambda: score_currencies(profile, [], self._typed, self._around))

    def _same(self, value: Value, score: Callable[[], list[Scored]]) -> tuple[Place, ...]:
        same = [scored for scored in score() if scored.candidate.value == value]
        best = max(same, key=lambda scored: scored.score, default=None)
        if best is None:
            return ()
        return (Place(((best.candidate.segment, best.candidate.start, best.candidate.end),)),)

    def _scored(self, place: Place, labels: Sequence[Anchor], profile: Profile) -> Scored:
        """A place by its nearest label; one without keeps a little, so that the first may win."""
        candidate = Candidate(*place.parts[0], "")
        relations = [
            (
                label.score(profile)
                * self._around.relation(label, candidate.segment, candidate.start, candidate.box).score
            )
            for label in labels
        ]
        score = max(relations, default=0.0)
        if score < _LEAST:
            return Scored(candidate, _UNLABELLED, None, "", {})
        return Scored(candidate, score, labels[relations.index(score)], "", {})

    @cached_property
    def _anchors(self) -> tuple[Anchor, ...]:
        return find_anchors(self._places.sheets, field_book(tuple(compile_field(spec) for spec in self._fields)))

    @cached_property
    def _around(self) -> Surroundings:
        return Surroundings(self._places.sheets, self._anchors)

    @cached_property
    def _typed(self) -> Typed:
        return find_typed(self._places.sheets, self._places.habits)
