"""What checks look at, and what they find."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from extraction.types import Severity, Value

type Values = Mapping[str, Value | None]
"""Values by path: `total`, `line_items[0].quantity`; a list's items are `parties[0]`."""

CENTS = Decimal("0.02")
"""What printed sums may be off by rounding."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken rule at a value's path; `suggestion` mends it, None where that cannot be computed."""

    path: str
    code: str
    severity: Severity = Severity.ERROR
    params: dict[str, Any] = field(default_factory=dict)
    suggestion: Value | None = None


def row_count(name: str, values: Values) -> int:
    pattern = re.compile(rf"{re.escape(name)}\[(\d+)\]")
    numbers = (pattern.match(path) for path in values)
    return max((int(match[1]) + 1 for match in numbers if match), default=0)


def round_to_cents(number: Decimal) -> Decimal:
    """Numbers beyond 26 digits, which no context can round, stay as they are."""
    return number.quantize(Decimal("0.01")) if number.adjusted() < 26 else number
