"""A text as the value of a field's type, for the engine's candidates and for what people type."""

from __future__ import annotations

from extraction.engine.dates import parse_date
from extraction.engine.fields.candidates import Candidate, writes_day_first
from extraction.engine.fields.lexicon import plain, word_list
from extraction.engine.numbers import fold, parse_number
from extraction.types import FieldSpec, FieldType, Value


def normalise(text: str, spec: FieldSpec, *, language: str) -> Value | None:
    """What a person typed as the field's value; None when it does not fit the type or is empty."""
    text = " ".join(text.split())
    if not text:
        return None
    kind = spec.items if spec.type is FieldType.LIST and spec.items else spec.type
    if kind in (FieldType.NUMBER, FieldType.AMOUNT):
        return parse_number(text)
    if kind is FieldType.DATE:
        return parse_date(text, day_first=writes_day_first(language))
    if kind is FieldType.BOOLEAN:
        return read_boolean(text)
    if kind is FieldType.CHOICE:
        return match_option(text, spec.options)
    return text


def read_boolean(text: str) -> bool | None:
    words = word_list("answers")
    answer = words.get(text.strip()) or words.get(fold(text).strip(" .:[]()").lower())
    return None if answer is None else answer == "yes"


def match_option(text: str, options: tuple[str, ...]) -> str | None:
    """The option that the text says, whatever its case, accents and spaces."""
    wanted = "".join(plain(fold(text)).split())
    for option in options:
        if "".join(plain(fold(option)).split()) == wanted:
            return option
    return None


def typed_value(spec: FieldSpec, candidate: Candidate) -> Value | None:
    """A candidate's value in the field's type."""
    if spec.type is FieldType.STRING and not isinstance(candidate.value, str):
        return candidate.text
    return candidate.value
