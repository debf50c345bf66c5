"""Values between JSON in the rows, Python in the rules and the text that people see and type."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from extraction.choices import Kind
from extraction.engine.broken import round_to_cents
from extraction.engine.dates import find_dates
from extraction.engine.fields import normalise
from extraction.engine.numbers import find_numbers, fold
from extraction.models import TemplateField
from extraction.types import FieldSpec, FieldType, Value

_NUMBERS = (Kind.NUMBER, Kind.AMOUNT)
_MOST_DIGITS = 60


def kind_of(column: TemplateField | None) -> str:
    """The type of a field's single values: a list's is that of its items, and what no field takes is text."""
    if column is None:
        return Kind.STRING
    return (column.items or Kind.STRING) if column.type == Kind.LIST else column.type


def from_json(kind: str, data: Any) -> Value | None:
    """A row's JSON as a value of its kind; text that is no number stays text, as do NaN and 1E+999."""
    if data is None or kind not in _NUMBERS:
        return data  # type: ignore[no-any-return]
    try:
        number = Decimal(str(data))
    except InvalidOperation:
        return str(data)
    return number if number.is_finite() and abs(number.adjusted()) <= _MOST_DIGITS else str(data)


def to_json(value: Value | None) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def shown(kind: str, data: Any) -> str:
    """What an input shows of a row's JSON; numbers are grouped, amounts have two decimals at least."""
    value = from_json(kind, data)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return shown_number(value, amount=kind == Kind.AMOUNT)
    return str(value)


def shown_number(value: Decimal, *, amount: bool = False) -> str:
    exponent = value.as_tuple().exponent
    if amount and isinstance(exponent, int) and exponent > -2 and value.is_finite():
        value = round_to_cents(value)
    return f"{value:,f}"


def typed(kind: str, text: str, *, options: Sequence[str] = (), language: str = "en") -> Any:
    """The JSON of what a person typed or pointed at; the text itself where it is not of its kind."""
    spec = FieldSpec("typed", FieldType(kind), options=tuple(options))
    value = normalise(text, spec, language=language)
    if value is None:
        value = _only_one(kind, text)
    return (text.strip() or None) if value is None else to_json(value)


def _only_one(kind: str, text: str) -> Value | None:
    """The only number or date in a longer text, as when a whole line was pointed at."""
    folded = fold(text)
    if kind in _NUMBERS:
        numbers = find_numbers(folded)
        return numbers[0].value if len(numbers) == 1 else None
    if kind == Kind.DATE:
        dates = find_dates(folded)
        return dates[0].value if len(dates) == 1 and dates[0].other is None else None
    return None
