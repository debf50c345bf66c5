"""One answer of a model on its way to a value: typed, with the places where it may stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from extraction.engine.fields.citations import Citations, Found, Place
from extraction.engine.fields.said import text_of, typed_as
from extraction.types import AbsentReason, Alternative, Answer, FieldSpec, ReadValue, Value

NOT_LOCATED = "not_located"
DOES_NOT_FIT = "does_not_fit"
# a value that stands nowhere in the document is never taken by itself
SUGGESTION = 0.3


@dataclass(frozen=True, slots=True)
class Draft:
    """`value` is None where the answer does not fit the field; `found` where it stands nowhere."""

    spec: FieldSpec
    answer: Answer
    value: Value | None
    found: Found | None
    quoted: Alternative | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        return self.found.places if self.found else ()


def says_nothing(said: Any) -> bool:
    return said is None or isinstance(said, str) and not said.strip()


def draft(spec: FieldSpec, answer: Answer, citations: Citations, *, language: str, is_cell: bool = False) -> Draft:
    """The answer must say something."""
    value = typed_as(spec, answer.value, language=language)
    if value is None:
        return Draft(spec, answer, None, None)
    found = citations.find(spec, value, answer, is_cell=is_cell)
    quoted = None if found or is_cell else _quoted(spec, value, answer, citations, language)
    return Draft(spec, answer, value, found, quoted)


def _quoted(spec: FieldSpec, value: Value, answer: Answer, citations: Citations, language: str) -> Alternative | None:
    """What the quoted words say themselves, for who does not want the value that the model made of them."""
    printed = typed_as(spec, answer.quote, language=language)
    place = citations.exact(answer.quote, answer) if printed is not None and printed != value else ()
    return Alternative(printed, " ".join(span.text for span in place), place) if place and printed is not None else None


def settle_draft(made: Draft, citations: Citations, place: Place = ()) -> ReadValue:
    """The value at the place, its first one if none is given; unknown confidence is None."""
    name = made.spec.name
    if made.value is None:
        said = text_of(made.answer.value)
        spans = citations.exact(said, made.answer) or citations.exact(made.answer.quote, made.answer)
        reason = AbsentReason.NOT_READ
        return ReadValue(name, text=said, spans=spans, reason=reason, method="model", flag=DOES_NOT_FIT)
    place = place or (made.places[0] if made.places else ())
    if made.found is None or not place:
        return ReadValue(
            name,
            value=made.value,
            text=text_of(made.answer.value),
            confidence=SUGGESTION,
            method="model",
            flag=NOT_LOCATED,
            alternatives=(made.quoted,) if made.quoted else (),
        )
    text = " ".join(span.text for span in place)
    return ReadValue(name, value=made.value, text=text, spans=place, method=f"model, {made.found.method}")
