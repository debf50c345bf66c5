"""What a field is looked for by, as people read it: its own words, then the lexicon's."""

from __future__ import annotations

from extraction.engine.fields.lexicon import concepts, is_chinese, tokens
from extraction.engine.fields.profiles import compile_field
from extraction.types import FieldSpec

_OWN, _KNOWN = 0.95, 0.8
"""Weaker guesses, and the labels of concepts that fit the field only in part, are not shown."""


def derived_labels(spec: FieldSpec, *, is_column: bool = False, language: str = "en") -> tuple[str, ...]:
    """Without those that the author refused; the lexicon's in the documents' language first."""
    profile = compile_field(spec, is_column=is_column)
    own = [phrase for phrase, strength in profile.phrases if strength >= _OWN]
    known = [phrase for key, strength in profile.concepts if strength >= _KNOWN for phrase in concepts()[key].phrases]
    wants_chinese = language.startswith("zh")
    known.sort(key=lambda phrase: is_chinese(phrase) is not wants_chinese)
    refused = {_key(phrase) for phrase in spec.not_labels}
    found: dict[str, str] = {}
    for phrase in (*own, *known):
        found.setdefault(_key(phrase), phrase)
    return tuple(phrase for key, phrase in found.items() if key not in refused)


def _key(phrase: str) -> str:
    return " ".join(sorted(token.text for token in tokens(phrase))) or phrase.strip().lower()
