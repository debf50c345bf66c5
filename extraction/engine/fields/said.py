"""What a model or a provider says, any JSON, as a value of a field's type."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from extraction.engine.fields.values import normalise
from extraction.engine.numbers import find_numbers, fold
from extraction.types import FieldSpec, FieldType, Value

_NUMBERS = (FieldType.NUMBER, FieldType.AMOUNT)
# no printed number is longer, and 1e999999999 written out would fill the memory
_MOST_DIGITS = 30


def typed_as(spec: FieldSpec, said: Any, *, language: str) -> Value | None:
    """None where it does not fit the type, or says nothing."""
    if isinstance(said, bool):
        return said if spec.type is FieldType.BOOLEAN else None
    if isinstance(said, int | float | Decimal) and spec.type in _NUMBERS:
        return _number(said)
    if not isinstance(said, str | int | float | Decimal):
        return None
    value = normalise(text_of(said), spec, language=language)
    return _only_number(text_of(said)) if value is None and spec.type in _NUMBERS else value


def text_of(said: Any) -> str:
    """As people would write it and rows can keep it; lists and objects as JSON."""
    if isinstance(said, str):
        return " ".join(storable(said).split())
    if isinstance(said, Decimal):
        return f"{said:f}" if _is_writable(said) else str(said)
    return storable(json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=str))


def storable(text: str) -> str:
    """Without zero characters and lone halves of characters, which databases refuse."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _number(said: float | Decimal) -> Decimal | None:
    number = Decimal(str(said))
    return number if _is_writable(number) else None


def _is_writable(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and abs(exponent) <= _MOST_DIGITS and number.adjusted() <= _MOST_DIGITS


def _only_number(text: str) -> Value | None:
    found = find_numbers(fold(text))
    return found[0].value if len(found) == 1 else None
