"""How documents write dates and numbers, where their template says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DateOrder(StrEnum):
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class DecimalMark(StrEnum):
    POINT = "point"
    COMMA = "comma"


@dataclass(frozen=True, slots=True)
class Notation:
    """None is as it is printed, and as the language has it where the print leaves it open."""

    date_order: DateOrder | None = None
    decimal_mark: DecimalMark | None = None


AS_PRINTED = Notation()
