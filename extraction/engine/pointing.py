"""From a place on a page to the words there, and from a text to its place."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from extraction.engine.numbers import fold
from extraction.types import BBox, PageReading, Precision, Span, Word

_INSIDE = 0.5
_SLIP = 0.6


def words_inside(page: PageReading, region: BBox) -> tuple[Word, ...]:
    """The words of which at least half lies inside the region, in the page's order."""
    return tuple(word for word in page.words if word.bbox.overlap(region) >= _INSIDE * word.bbox.area)


def text_inside(page: PageReading, region: BBox) -> Span | None:
    """What stands in a region as one span, lines joined by a blank; None where nothing does."""
    words = words_inside(page, region)
    if not words:
        return None
    box = BBox.around(*(word.bbox for word in words))
    return Span(page.number, box, joined(words), words[0].block, Precision.WORD)


def joined(words: Sequence[Word]) -> str:
    """The words as running text: Chinese signs stand without a blank between them."""
    text = ""
    for word in words:
        glue = "" if not text or (_is_wide(text[-1]) and _is_wide(word.text[:1])) else " "
        text += glue + word.text
    return text


def _is_wide(sign: str) -> bool:
    return "\u2e80" <= sign <= "\uffef"


def nearest(spans: Sequence[Span], to: Span | None) -> Span | None:
    """The one nearest to another on its page; the first where there is nothing to measure from."""
    if not spans or to is None:
        return spans[0] if spans else None
    x, y = to.bbox.centre
    return min(spans, key=lambda span: (span.bbox.centre[0] - x) ** 2 + (span.bbox.centre[1] - y) ** 2)


def is_same_line(one: Span, other: Span) -> bool:
    return one.page == other.page and one.bbox.y0 < other.bbox.y1 and other.bbox.y0 < one.bbox.y1


def is_misread(text: str, printed: str) -> bool:
    """Whether the text is so near to what was read that it mends a slip of the reading at the same place."""
    return SequenceMatcher(None, _plain(text), _plain(printed)).ratio() >= _SLIP


def _plain(text: str) -> str:
    return "".join(fold(text).split()).casefold()
