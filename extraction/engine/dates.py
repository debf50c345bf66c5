"""One normaliser for printed dates: ISO text out, None where a day, month or year is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from extraction.engine.numbers import fold, parse_capital

_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gennaio januari",
            "feb february februar fevrier fév février febrero febbraio februari",
            "mar march märz maerz mrz mars marzo maart",
            "apr april avril avr abril aprile",
            "may mai mayo maggio mei",
            "jun june juni juin junio giugno",
            "jul july juli juillet julio luglio",
            "aug august août aout agosto augustus",
            "sep sept september septembre septiembre settembre",
            "oct october oktober okt octobre octubre ottobre",
            "nov november novembre noviembre",
            "dec december dezember dez décembre decembre diciembre dicembre",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_CHINESE = "〇○零一二三四五六七八九十"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<y>\d{4})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]?",
        r"(?:民国|民國)\s?(?P<y>\d{2,3})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]?",
        r"(?<![\d国國和成治])(?P<y>\d{2})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]",
        rf"(?P<y>[{_CHINESE}]{{4}})年(?P<m>[{_CHINESE}]{{1,3}})月(?P<d>[{_CHINESE}]{{1,3}})[日号]",
        r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?(?P<sep>[-/.])\s?(?P<m>\d{1,2})\s?(?P=sep)\s?(?P<d>\d{1,2})(?!\d)",
        r"(?<![\d])(?<!\d[.,])(?P<a>\d{1,2})\s?(?P<sep>[-/.])\s?(?P<b>\d{1,2})\s?(?P=sep)\s?(?P<y>\d{4}|\d{2})(?![\d])(?![.,/]\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s+day\s+of|\s+de|\s+of)?[\s\-/.,']*{_MONTH}[\s\-/.,']*(?:de\s+)?(?P<y>\d{{4}}|\d{{2}})(?!\d|:\d)",
        rf"(?<![a-z]){_MONTH}[\s\-/]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*[,.\-/']\s*|\s+)(?P<y>\d{{4}}|'?\d{{2}})(?!\d|:\d)",
        # behind letters as in HT20260401 it is part of a number
        r"(?<![\da-z])(?<![a-z]-)(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)",
    )
)
_ORDERED = next(pattern for pattern in _PATTERNS if "a" in pattern.groupindex)
_BEFORE_THE_REPUBLIC = 1911
_YEARLESS = re.compile(
    rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:{'|'.join(_MONTHS)})(?![a-z])"
    rf"|(?<![a-z])(?:{'|'.join(_MONTHS)})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?!\d)|(?<!\d)\d{{1,2}}月\d{{1,2}}[日号]",
    re.IGNORECASE,
)
_US_MARKS = re.compile(r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b|\(\d{3}\)\s?\d{3}-\d{4}")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date inside a text; `other` is its reading with day and month swapped, None where only one reading is valid."""

    start: int
    end: int
    value: str
    other: str | None = None


def parse_date(text: str, *, day_first: bool | None = None) -> str | None:
    """ISO date of a text that is one date.

    Dots mean day first. Without `day_first`, a date such as 03/04/2026 that has two readings gives None.
    """
    folded = fold(text).strip().strip(".,;")
    found = find_dates(folded, day_first=day_first is not False)
    if len(found) != 1 or folded[: found[0].start].strip() or not _is_tail(folded[found[0].end :]):
        return None
    if found[0].other and day_first is None:
        return None
    return found[0].value


def _is_tail(text: str) -> bool:
    # A time of day after the date does not make it another date.
    return not text.strip() or bool(
        re.fullmatch(r"[T,\s]*\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?Z?", text, re.IGNORECASE)
    )


def find_dates(text: str, *, day_first: bool = True) -> tuple[FoundDate, ...]:
    """Every full date in a folded text, in order, none overlapping another."""
    found: list[FoundDate] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            dated = _dated(match, day_first)
            if dated and not any(dated.start < other.end and other.start < dated.end for other in found):
                found.append(dated)
    return tuple(sorted(found, key=lambda dated: dated.start))


def find_yearless(text: str) -> tuple[int, int] | None:
    """Where a day and month without a year stand, as in `14 October` or 10月14日."""
    match = _YEARLESS.search(text)
    return match.span() if match and not find_dates(text) else None


def _dated(match: re.Match[str], day_first: bool) -> FoundDate | None:
    parts = match.groupdict()
    year = _year(parts["y"]) if match[0][0] != "民" else int(parts["y"]) + _BEFORE_THE_REPUBLIC
    if "a" not in parts:
        month = _MONTHS[parts["month"].lower()] if "month" in parts else _small(parts["m"])
        value = _iso(year, month, _small(parts["d"]))
        return FoundDate(match.start(), match.end(), value) if value else None
    first, second = int(parts["a"]), int(parts["b"])
    dotted = parts["sep"] == "."
    readings = [_iso(year, second, first), _iso(year, first, second)]
    if not (day_first or dotted):
        readings.reverse()
    valid = [reading for reading in dict.fromkeys(readings) if reading]
    if not valid:
        return None
    return FoundDate(match.start(), match.end(), valid[0], valid[1] if len(valid) > 1 and not dotted else None)


def _small(text: str) -> int:
    if text.isdigit():
        return int(text)
    return int(parse_capital(text) or 0)


def _year(text: str) -> int:
    text = text.strip("'")
    year = int(text) if text.isdecimal() else _small(text)
    if len(text) > 2:
        return year
    return year + (2000 if year < 70 else 1900)


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def guess_day_first(texts: Iterable[str], *, otherwise: bool = True) -> bool:
    """Which order a document writes: by its unambiguous dates, else month first where addresses are American."""
    votes = american = 0
    for text in texts:
        american += len(_US_MARKS.findall(text))
        for match in _ORDERED.finditer(text):
            if match["sep"] != ".":
                votes += (int(match["a"]) > 12) - (int(match["b"]) > 12)
    if votes:
        return votes > 0
    return otherwise and american == 0
