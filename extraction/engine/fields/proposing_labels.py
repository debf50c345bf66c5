"""Text that labels the value beside it although no lexicon knows it: before colons, in forms, in columns of pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extraction.engine.dates import find_dates
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.gridded import Grid
from extraction.engine.fields.lexicon import is_chinese
from extraction.engine.fields.proposing_names import clean_label
from extraction.engine.fields.segments import Segment, Sheet
from extraction.engine.numbers import parse_number
from extraction.types import BBox

_COLON = re.compile(r":(?!\d)(?!//)|:(?=\d)(?<!\d:)")
_BEFORE = re.compile(r"[,;|、；，]\s*|\s{2,}")
_SENTENCE_END = re.compile(r"\w{5,}\.$")
_PAGING = frozenset(("page", "pages", "page no", "page number", "sheet", "页", "页码", "页次", "第"))
_WORDS, _SIGNS, _CHINESE_SIGNS = 6, 40, 16
_NEAR_ROWS = 2.2
_LEAST_RUN = 2
_LABEL_AND_VALUE = 2


@dataclass(frozen=True, slots=True)
class Label:
    """A text that labels something, and where; `is_sure` where a colon or a form says so."""

    text: str
    page: int
    bbox: BBox
    is_sure: bool
    has_colon: bool = False


def find_labels(sheets: tuple[Sheet, ...], around: Surroundings, grids: Sequence[Grid] = ()) -> list[Label]:
    """In the order of the page, each text once; `grids` are the tables that may be forms."""
    found: dict[str, Label] = {}
    for label in (label for grid in grids for label in _in_cells(grid)):
        found.setdefault(label.text.lower(), label)
    for sheet in sheets:
        for label in (*_before_colons(sheet), *_runs(sheet, around), *_over_values(sheet, around)):
            found.setdefault(label.text.lower(), label)
    return sorted(found.values(), key=lambda label: (label.page, round(label.bbox.y0), label.bbox.x0))


def is_label(text: str) -> bool:
    """A few words without digits that end no sentence."""
    words = text.split()
    if text.lower() in _PAGING:
        return False
    if not any(c.isalpha() for c in text) or any(c.isdigit() for c in text) or text.endswith((".", ",", ";", "!", "?")):
        return False
    if is_chinese(text):
        return 2 <= len(text) <= _CHINESE_SIGNS
    return len(words) <= _WORDS and 2 < len(text) <= _SIGNS and text[0].isalpha()


def _before_colons(sheet: Sheet) -> Iterator[Label]:
    for segment in sheet.segments:
        start = 0
        for match in _COLON.finditer(segment.text):
            first = start + _label_start(segment.text[start : match.start()], is_first=start == 0)
            label = _label(segment, first, match.start(), is_sure=True)
            if label:
                yield label
            start = match.end()


def _label_start(text: str, *, is_first: bool) -> int:
    """Where the label before a colon begins: behind the last value, separator or, in Chinese, gap."""
    marks = [match.end() for match in _BEFORE.finditer(text)]
    marks += [match.end() for match in re.finditer(r"\S*\d\S*\s*", text)]
    if is_chinese(text):
        marks += [match.end() for match in re.finditer(r"\s+", text.rstrip())]
    elif not is_first and not marks:
        marks += [match.end() for match in re.finditer(r"\s+", text.rstrip())][-1:]
    return max((mark for mark in marks if text[mark:].strip()), default=0)


def _label(segment: Segment, start: int, end: int, *, is_sure: bool) -> Label | None:
    text = clean_label(segment.text[start:end])
    if not is_label(text):
        return None
    has_colon = segment.text[end:].lstrip().startswith(":")
    return Label(text, segment.page, segment.span(start, end).bbox, is_sure, has_colon)


def _whole(segment: Segment, *, is_sure: bool) -> Label | None:
    if ":" in segment.text or _SENTENCE_END.search(segment.text):
        return None
    return _label(segment, 0, len(segment.text), is_sure=is_sure)


def _runs(sheet: Sheet, around: Surroundings) -> Iterator[Label]:
    """Labels of which several stand under one another, each with its value right of it in a column of its own."""
    pairs = [pair for segment in sheet.segments if (pair := _pair(segment, around))]
    for left, right in pairs:
        beside = [pair for pair in pairs if _is_next(pair, (left, right))]
        if len(beside) >= _LEAST_RUN and sum(_is_typed(value) for _, value in beside) >= 0.5 * len(beside):
            # a list of words with numbers alone may be one of goods with their prices
            numbers = sum(parse_number(value.text) is not None for _, value in beside)
            label = _whole(left, is_sure=len(beside) > _LEAST_RUN and numbers <= 0.6 * len(beside))
            if label:
                yield label


def _pair(segment: Segment, around: Surroundings) -> tuple[Segment, Segment] | None:
    row = around.row_of(segment)
    right = [other for other in row if other.bbox.x0 > segment.bbox.x1]
    if not right or not _whole(segment, is_sure=False) or is_label(right[0].text) and len(right) > 1:
        return None
    return segment, right[0]


def _is_next(pair: tuple[Segment, Segment], other: tuple[Segment, Segment]) -> bool:
    """In the same run: near, with labels and values aligned."""
    (left, right), (label, value) = pair, other
    height = max(left.height, label.height)
    if abs(left.bbox.centre[1] - label.bbox.centre[1]) > 2 * _NEAR_ROWS * height:
        return False
    labels = min(abs(left.bbox.x0 - label.bbox.x0), abs(left.bbox.x1 - label.bbox.x1))
    values = min(abs(right.bbox.x0 - value.bbox.x0), abs(right.bbox.x1 - value.bbox.x1))
    return labels < 0.6 * height and values < 0.6 * height


def _is_typed(segment: Segment) -> bool:
    return any(c.isdigit() for c in segment.text) or bool(find_dates(segment.text)) or "@" in segment.text


def _in_cells(grid: Grid) -> list[Label]:
    """Labels of a form's cells, each over its value; a form has two or more with a value that is no word."""
    pairs = [
        (lines[0][0], lines[1][0])
        for row in grid.rows
        for lines in row.cells.values()
        if len(lines) == _LABEL_AND_VALUE
    ]
    pairs = [(label, value) for label, value in pairs if _whole(label, is_sure=True) and not _is_typed(label)]
    if sum(_is_typed(value) for _, value in pairs) < _LEAST_RUN:
        return []
    return [label for pair in pairs if (label := _whole(pair[0], is_sure=True))]


def _over_values(sheet: Sheet, around: Surroundings) -> Iterator[Label]:
    """Labels of a form, each over its value: left edges or middles agree, and the next thing below is farther off."""
    for segment in sheet.segments:
        if not _whole(segment, is_sure=False):
            continue
        under = _under(segment, sheet, around)
        if under is None or not _is_form(segment, under, sheet, around):
            continue
        label = _whole(segment, is_sure=True)
        if label:
            yield label


def _under(segment: Segment, sheet: Sheet, around: Surroundings) -> Segment | None:
    """What stands close under the segment and is aligned to it."""
    for row in range(segment.row + 1, segment.row + 4):
        for other in around.rows.get((sheet.number, row), ()):
            gap = other.bbox.y0 - segment.bbox.y1
            shared = min(other.bbox.x1, segment.bbox.x1) - max(other.bbox.x0, segment.bbox.x0)
            if shared <= 0:
                continue
            is_near = gap < 0.9 * segment.height and abs(other.bbox.x0 - segment.bbox.x0) < segment.height
            return other if is_near else None
    return None


def _is_form(segment: Segment, under: Segment, sheet: Sheet, around: Surroundings) -> bool:
    """A value with digits, or one whose neighbours on both lines are a label and its value too."""
    third = _under(under, sheet, around)
    if third is not None and not _whole(third, is_sure=False):
        return False
    if _is_typed(under):
        return True
    level = [other for other in around.row_of(segment) if other is not segment and _whole(other, is_sure=False)]
    pairs = [value for other in level if (value := _under(other, sheet, around)) is not None]
    return any(value in around.row_of(under) and _is_typed(value) for value in pairs)
