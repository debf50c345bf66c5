"""Which of a provider's keys is which of our fields, and what its value is under that field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from extraction.engine.dates import parse_date
from extraction.engine.fields.candidates import Habits
from extraction.engine.fields.comparing import letters_of
from extraction.engine.fields.said import storable, text_of, typed_as
from extraction.engine.numbers import parse_number
from extraction.types import FieldSpec, FieldType, Value

_TIME_OF_DAY = re.compile(r"(?<=^\d{4}-\d\d-\d\d)T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?$")
_LONGEST_KEY = 100

type Data = Mapping[str, Any]


def keys_of(data: Iterable[str], fields: Sequence[FieldSpec], names: Mapping[str, str]) -> dict[str, str]:
    """By our field's name the provider's key: the one given for it, else the same but for case and signs."""
    keys = list(dict.fromkeys(data))
    given = {spec.name: names[spec.name] for spec in fields if spec.name in names}
    free = [key for key in keys if key not in given.values()]
    found = {name: key for name, key in given.items() if key in keys}
    for same in (_by_name, _by_letters, _by_label):
        for spec in fields:
            key = None if spec.name in given or spec.name in found else same(spec, free)
            if key is not None:
                found[spec.name] = key
                free.remove(key)
    return found


def _by_name(spec: FieldSpec, keys: list[str]) -> str | None:
    return spec.name if spec.name in keys else None


def _by_letters(spec: FieldSpec, keys: list[str]) -> str | None:
    return next((key for key in keys if letters_of(key) == letters_of(spec.name)), None)


def _by_label(spec: FieldSpec, keys: list[str]) -> str | None:
    return next((key for key in keys if spec.label and letters_of(key) == letters_of(spec.label)), None)


def column_names(table: FieldSpec, names: Mapping[str, str]) -> dict[str, str]:
    """The keys given for a table's columns, as `line_items.quantity`."""
    prefix = f"{table.name}."
    return {name.removeprefix(prefix): key.rpartition(".")[2] for name, key in names.items() if name.startswith(prefix)}


def own_name(key: str, taken: Iterable[str]) -> str:
    """A key that no field takes as a name that is not taken and fits where keys are kept."""
    known, key = set(taken), storable(key)
    name, number = key[:_LONGEST_KEY] or "?", 2
    while name in known:
        ending = f" ({number})"
        name, number = key[: _LONGEST_KEY - len(ending)] + ending, number + 1
    return name


def is_scalar(said: Any) -> bool:
    return not isinstance(said, Mapping | list | tuple)


def says_nothing(said: Any) -> bool:
    return said is None or said in ("", [], {}) or (isinstance(said, str) and not said.strip())


def coerced(spec: FieldSpec, said: Any, *, habits: Habits, language: str) -> Value | None:
    """The value under the field's type, read as the document writes; None where it does not fit."""
    if isinstance(said, list) and len(said) == 1:
        said = said[0]
    if isinstance(said, list) and spec.type is FieldType.STRING and said and all(map(is_scalar, said)):
        return ", ".join(text_of(part) for part in said if not says_nothing(part)) or None
    if isinstance(said, str) and spec.type is FieldType.DATE:
        date = parse_date(_TIME_OF_DAY.sub("", said.strip()), day_first=habits.day_first)
        return date or typed_as(spec, said, language=language)
    if isinstance(said, str) and spec.type in (FieldType.NUMBER, FieldType.AMOUNT):
        number = parse_number(said, decimal_comma=habits.decimal_comma)
        return number if number is not None else typed_as(spec, said, language=language)
    if spec.type is FieldType.BOOLEAN and not isinstance(said, bool) and said in (0, 1):
        return bool(said)
    return typed_as(spec, said, language=language)
