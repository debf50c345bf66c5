"""What stands in a column of a table, whatever its header says: dates, numbers, codes, units, words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from extraction.engine.dates import find_dates
from extraction.engine.fields.profiles import Profile
from extraction.engine.numbers import parse_number

NUMERIC = ("amount", "number")
_WITH_UNIT = re.compile(r"([\d.,]+)\s?[^\W\d_]{1,8}\.?")
_CODE = re.compile(r"(?=[^\s]*\d)[A-Za-z0-9][\w./*#-]{2,}")
_PERCENT = re.compile(r"[\d.,]+\s?%|免税|不征税|exempt", re.IGNORECASE)
_LONG = ("description", "remarks")
_NEVER = -2.0


@dataclass(frozen=True, slots=True)
class Content:
    """Shares of a column's texts that are of a kind, from 0 to 1; `length` is the usual one."""

    numbers: float = 0.0
    whole: float = 0.0
    dates: float = 0.0
    codes: float = 0.0
    percents: float = 0.0
    words: float = 0.0
    counted: bool = False
    length: float = 0.0
    kinds: float = 1.0


def number_of(text: str) -> Decimal | None:
    """A cell's number, with a unit or without; None for a date, a code or words."""
    found = parse_number(text.strip(" *"))
    if found is None:
        match = _WITH_UNIT.fullmatch(text.strip())
        found = parse_number(match.group(1)) if match else None
    return found


def is_code(text: str) -> bool:
    """An article number or a rate: signs without a gap, a digit among them."""
    return bool(_CODE.fullmatch(text) or _PERCENT.fullmatch(text))


def look_into(texts: list[str]) -> Content:
    if not texts:
        return Content()

    def share(holds: Callable[[str], object]) -> float:
        return sum(bool(holds(text)) for text in texts) / len(texts)

    values = [number_of(text) for text in texts]
    numbers = [value for value in values if value is not None]
    steps = [b - a == 1 for a, b in pairwise(numbers)]
    return Content(
        numbers=len(numbers) / len(texts),
        whole=sum(map(_is_whole, numbers)) / len(texts),
        dates=share(find_dates),
        codes=share(_CODE.fullmatch),
        percents=share(_PERCENT.fullmatch),
        words=share(lambda text: sum(c.isalpha() for c in text) > 0.5 * len(text)),
        counted=len(steps) > 1 and sum(steps) >= 0.8 * len(steps) and numbers[0] <= 1,
        length=sum(map(len, texts)) / len(texts),
        kinds=len(set(texts)) / len(texts),
    )


def _is_whole(value: Decimal) -> bool:
    """Printed without decimals."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= 0


def fit(profile: Profile, content: Content, longest: float) -> float:
    """How well a column's content suits a field, from -2 (never) to 1; `longest` is the longest column's length."""
    if profile.kind in NUMERIC:
        return _numeric_fit(profile, content)
    if profile.kind == "date":
        return 1.0 if content.dates >= 0.7 else _NEVER
    if profile.concept == "position":
        return 0.9 if content.counted else -0.4
    if profile.concept == "tax_rate":
        return 0.9 if content.percents >= 0.7 else -0.5
    if content.dates >= 0.7 or content.percents >= 0.7:
        return -0.8
    if profile.concept == "unit":
        return 0.6 if content.words >= 0.8 and content.length <= 6 and content.kinds < 0.9 else -0.4
    if profile.kind == "id" or profile.concept == "specification":
        return 0.6 * content.codes - 0.8 * (content.words * (content.length > 12)) - 0.3 * (content.whole > 0.7)
    if content.numbers >= 0.7:
        return -0.8
    return 0.3 * content.words - 0.3 * content.codes + (0.4 * content.length / longest if longest else 0.0)


def _numeric_fit(profile: Profile, content: Content) -> float:
    if content.numbers < 0.6 or content.dates >= 0.7:
        return _NEVER
    if content.percents >= 0.7:
        return 0.9 if profile.concept == "tax_rate" else -1.0
    if profile.concept in ("quantity", "ordered", "delivered"):
        return -0.2 if content.counted else 0.1 + 0.4 * content.whole
    return 0.4 - 0.3 * content.whole if profile.kind == "amount" else 0.3 - 0.3 * content.counted
