"""Amounts written in words: English and Chinese (大写)."""

from __future__ import annotations

import re
from decimal import Decimal

from extraction.engine.numbers import CURRENCY_CODES, parse_capital, parse_number

_TO_NINETEEN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_CURRENCIES = (
    "dollar dollars euro euros pound pounds sterling yuan renminbi ringgit rupee rupees franc francs peso pesos dirham"
    " dirhams singapore malaysia hong kong"
)
_SMALL = {word: number for number, word in enumerate(_TO_NINETEEN.split())}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_NUMERALS = {*_SMALL, *_TENS, *_LARGE, "hundred"}
_CENTS = {"cent", "cents", "penny", "pence", "sen"}
_SILENT = {"and", "only", "say", "us", "the", "sum", "of", "total", "no"}
_MONEY = {*_CURRENCIES.split(), *(code.lower() for code in CURRENCY_CODES)}
_FRACTION = re.compile(r"\b(\d{1,2})\s?/\s?100\b")


def parse_amount_words(text: str) -> Decimal | None:
    """The amount that a text writes in words, or in figures where it has them; None where some of it is neither."""
    found = parse_capital(text)
    found = parse_number(text) if found is None else found
    return _parse_english(text) if found is None else found


def _parse_english(text: str) -> Decimal | None:
    fraction = _FRACTION.search(text)
    parts = _parts(re.findall(r"[a-z]+|\d+", _FRACTION.sub(" ", text).lower()))
    if parts is None:
        return None
    whole, cents = (_number(words) for words in parts)
    return Decimal(whole) + Decimal(cents + (int(fraction[1]) if fraction else 0)) / 100


def _parts(words: list[str]) -> tuple[list[str], list[str]] | None:
    """The words of the whole and of the cents, which come after a currency's name or stand beside their own."""
    whole: list[str] = []
    cents: list[str] = []
    counted = whole
    for word in words:
        if word in _NUMERALS:
            counted.append(word)
        elif word in _MONEY:
            counted = cents if whole else whole
        elif word in _CENTS:
            if counted is whole and words[-1] == word:
                whole, cents = cents, whole
            counted = cents
        elif word not in _SILENT:
            return None
    return (whole, cents) if whole or cents else None


def _number(words: list[str]) -> int:
    total = part = 0
    for word in words:
        if word == "hundred":
            part = (part or 1) * 100
        elif word in _LARGE:
            total, part = total + (part or 1) * _LARGE[word], 0
        else:
            part += _SMALL.get(word, 0) + _TENS.get(word, 0)
    return total + part
