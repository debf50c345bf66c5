"""A document's layout as the words that stand still, and how alike two layouts are."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from extraction.engine.fields.segments import Segment, Sheet
from extraction.types import LayoutMark

FAMILIAR = 0.42
"""From here on two documents have the same layout."""

SURE = 0.65
"""From here on nothing is taken off what the layout says."""

_MOST_MARKS = 120
_MOST_WORDS = 6
_FAR_X, _FAR_Y = 0.06, 0.09
_WORD = re.compile(r"[^\W\d_]+")
_LABEL_END = re.compile(r"[:：=]|\d")


def stem(text: str) -> str:
    """The words before the first colon or digit, as a label has them: what tends to stand still."""
    end = _LABEL_END.search(text)
    words = _WORD.findall(text[: end.start()] if end else text)
    return " ".join(words[:_MOST_WORDS]).lower()


def marks_of(sheets: tuple[Sheet, ...], taken: Mapping[int, int]) -> tuple[LayoutMark, ...]:
    """Of the first page and the last; of the segments in `taken` only what stands before their value."""
    ends = [(0, sheets[0])] if sheets else []
    ends += [(-1, sheets[-1])] if len(sheets) > 1 else []
    marks = []
    for page, sheet in ends:
        for segment in sheet.segments:
            text = stem(segment.text[: taken.get(id(segment), len(segment.text))])
            if len(text) > 1:
                marks.append(_mark(text, segment, sheet, page))
    return tuple(marks[:_MOST_MARKS])


def _mark(text: str, segment: Segment, sheet: Sheet, page: int) -> LayoutMark:
    x, y = segment.bbox.x0 / sheet.width, segment.bbox.centre[1] / sheet.height
    return LayoutMark(text, round(x, 4), round(y, 4), page)


def likeness(known: tuple[LayoutMark, ...], seen: tuple[LayoutMark, ...]) -> float:
    """From 0 to 1: how much of either stands in the other, at about the same place."""
    if not known or not seen:
        return 0.0
    there, here = _index(seen), _index(known)
    forth = sum(math.sqrt(len(mark.text)) * _found(mark, there) for mark in known) / _weight(known)
    back = sum(math.sqrt(len(mark.text)) * _found(mark, here) for mark in seen) / _weight(seen)
    return math.sqrt(forth * back)


def _weight(marks: tuple[LayoutMark, ...]) -> float:
    return sum(math.sqrt(len(mark.text)) for mark in marks)


def _index(marks: tuple[LayoutMark, ...]) -> dict[tuple[int, str], list[LayoutMark]]:
    index: dict[tuple[int, str], list[LayoutMark]] = {}
    for mark in marks:
        index.setdefault((mark.page, mark.text), []).append(mark)
    return index


def _found(mark: LayoutMark, index: dict[tuple[int, str], list[LayoutMark]]) -> float:
    same = index.get((mark.page, mark.text), ())
    return max((1.0 if _is_near(mark, other) else 0.4 for other in same), default=0.0)


def _is_near(mark: LayoutMark, other: LayoutMark) -> bool:
    return abs(mark.x - other.x) < _FAR_X and abs(mark.y - other.y) < _FAR_Y


def common_marks(known: tuple[LayoutMark, ...], seen: tuple[LayoutMark, ...]) -> tuple[LayoutMark, ...]:
    """Those of the known marks that the other document has too; all of them where that leaves too few to know it by."""
    index = _index(seen)
    kept = tuple(mark for mark in known if (mark.page, mark.text) in index)
    return kept if len(kept) >= 5 else known
