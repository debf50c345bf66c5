"""Typed values on the page, each with its place: dates, numbers, and text that a label points at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from extraction.engine.dates import find_dates, guess_day_first
from extraction.engine.fields.segments import Segment, Sheet
from extraction.engine.numbers import find_numbers, parse_capital
from extraction.types import DateOrder, DecimalMark, Notation, Span, Value

_CAPITAL = re.compile(r"[零〇壹贰叁肆伍陆柒捌玖貳參陸拾佰仟万萬亿億元圆圓角分整正]{3,}")
_RANGE = re.compile(r"^\s*(?:-|~|to|until|thru|through|至|到|/)\s*$", re.IGNORECASE)
_COMMA_DECIMAL = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+,\d{2}(?!\d)|(?<![\d.,])\d+,\d{2}(?![\d,])")
_DOT_DECIMAL = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+\.\d{2}(?!\d)|(?<![\d.,])\d+\.\d{2}(?![\d.])")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value in a segment, characters start to end; `end_of_range` is from or to where two dates make a range."""

    segment: Segment
    start: int
    end: int
    value: Value
    currency: str | None = None
    decimals: int = 0
    is_percent: bool = False
    end_of_range: str = ""
    more: tuple[tuple[Segment, int, int], ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        places = ((self.segment, self.start, self.end), *self.more)
        return tuple(segment.span(start, end) for segment, start, end in places)

    @property
    def text(self) -> str:
        return " ".join(span.text for span in self.spans)

    @property
    def box(self) -> tuple[float, float, float, float]:
        x0, y0, x1, y1 = self.segment.bbox
        width = (x1 - x0) / max(1, len(self.segment.text))
        return x0 + self.start * width, y0, x0 + self.end * width, y1


@dataclass(frozen=True, slots=True)
class Habits:
    """How the document writes: day before month, comma for decimals."""

    day_first: bool
    decimal_comma: bool | None


@dataclass(frozen=True, slots=True)
class Typed:
    """All dates and all numbers of a document."""

    dates: tuple[Candidate, ...]
    numbers: tuple[Candidate, ...]


def writes_day_first(language: str) -> bool:
    return language.lower().replace("_", "-") != "en-us"


def find_habits(sheets: tuple[Sheet, ...], *, language: str = "") -> Habits:
    """By what is printed; the language decides only what that leaves open."""
    texts = [segment.text for sheet in sheets for segment in sheet.segments]
    commas = sum(len(_COMMA_DECIMAL.findall(text)) for text in texts)
    dots = sum(len(_DOT_DECIMAL.findall(text)) for text in texts)
    return Habits(guess_day_first(texts, otherwise=writes_day_first(language)), True if commas > dots else None)


def as_told(habits: Habits, notation: Notation) -> Habits:
    """The template's word stands above what was guessed or learned."""
    day_first, comma = habits.day_first, habits.decimal_comma
    if notation.date_order:
        day_first = notation.date_order is DateOrder.DAY_FIRST
    if notation.decimal_mark:
        comma = notation.decimal_mark is DecimalMark.COMMA
    return Habits(day_first, comma)


def find_typed(sheets: tuple[Sheet, ...], habits: Habits) -> Typed:
    dates: list[Candidate] = []
    numbers: list[Candidate] = []
    for sheet in sheets:
        for segment in sheet.segments:
            in_segment = dates_in(segment, habits)
            dates += in_segment
            numbers += numbers_in(segment, habits, in_segment)
    return Typed(tuple(_paired_rows(dates)), tuple(numbers))


def dates_in(segment: Segment, habits: Habits) -> list[Candidate]:
    found = find_dates(segment.text, day_first=habits.day_first)
    ends = [""] * len(found)
    for index, (left, right) in enumerate(pairwise(found)):
        if not ends[index] and _RANGE.match(segment.text[left.end : right.start]) and left.value <= right.value:
            ends[index], ends[index + 1] = "from", "to"
    return [
        Candidate(segment, date.start, date.end, date.value, end_of_range=end)
        for date, end in zip(found, ends, strict=True)
    ]


def _paired_rows(dates: list[Candidate]) -> list[Candidate]:
    """Mark ranges whose two dates stand in neighbouring segments of a row, the dash being at either."""
    marked: list[Candidate] = list(dates)
    for index, (left, right) in enumerate(pairwise(dates)):
        tail, lead = left.segment.text[left.end :].strip(), right.segment.text[: right.start].strip()
        is_row = left.segment.page == right.segment.page and left.segment.row == right.segment.row
        if is_row and left.segment is not right.segment and tail + lead in ("-", "to", "~", "至"):
            marked[index] = _with_end(left, "from")
            marked[index + 1] = _with_end(right, "to")
    return marked


def _with_end(date: Candidate, end: str) -> Candidate:
    return Candidate(date.segment, date.start, date.end, date.value, end_of_range=end)


def numbers_in(segment: Segment, habits: Habits, dates: list[Candidate]) -> list[Candidate]:
    found = [
        Candidate(segment, n.start, n.end, n.value, currency=n.currency, decimals=n.decimals, is_percent=n.is_percent)
        for n in find_numbers(segment.text, decimal_comma=habits.decimal_comma)
        if not any(n.start < date.end and date.start < n.end for date in dates)
    ]
    for match in _CAPITAL.finditer(segment.text):
        value = parse_capital(match.group())
        if value is not None:
            found.append(Candidate(segment, match.start(), match.end(), value, currency="CNY", decimals=2))
    return found
