"""Bullets that are drawn instead of printed: small shapes before a line's first word."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.raw import RawMark, RawWord
from extraction.types import BBox

SIGN = "•"
SMALL, LARGE = 0.12, 0.55  # of the word's size: a bullet's side
REACH = 2.5  # sizes between a bullet and its word
CROWD, MOST_NEAR = 1.5, 2  # sides of a dot within which a bullet has itself and its own rim
LIMIT = 300  # more are a drawing


def with_bullets(
    words: Sequence[RawWord], dots: Sequence[BBox], boxes: Sequence[RawMark]
) -> tuple[tuple[RawWord, ...], tuple[RawMark, ...]]:
    """The words, each that follows a drawn bullet with the bullet's sign before it, and the boxes that are none."""
    loose = [dot for dot in dots[:LIMIT] if not any(_ticks(dot, box) for box in boxes)]
    found = ((dot, _marked_by(dot, words)) for dot in loose)
    marks = {id(word): dot for dot, word in found if word is not None and not _is_of_drawing(dot, dots)}
    result: list[RawWord] = []
    for word in words:
        if dot := marks.get(id(word)):
            result.append(RawWord(SIGN, BBox(dot.x0, word.bbox.y0, dot.x1, word.bbox.y1), word.size, word.font))
        result.append(word)
    bullets = list(marks.values())
    return tuple(result), tuple(box for box in boxes if box.bbox not in bullets)


def _is_of_drawing(dot: BBox, dots: Sequence[BBox]) -> bool:
    """Tell a dot among others, as in a QR code or a dotted line: bullets stand alone."""
    reach = CROWD * max(dot.width, dot.height)
    around = BBox(dot.x0 - reach, dot.y0 - reach, dot.x1 + reach, dot.y1 + reach)
    return sum(1 for other in dots if around.overlap(other)) > MOST_NEAR


def _ticks(dot: BBox, box: RawMark) -> bool:
    """Tell a dot inside a box; a small ring is found as both."""
    x, y = dot.centre
    return box.bbox != dot and box.bbox.x0 <= x <= box.bbox.x1 and box.bbox.y0 <= y <= box.bbox.y1


def _marked_by(dot: BBox, words: Sequence[RawWord]) -> RawWord | None:
    """The first word behind the dot, where nothing is printed before it."""
    side, middle = max(dot.width, dot.height), dot.centre[1]
    if side > 1.5 * min(dot.width, dot.height):
        return None
    level = [word for word in words if not word.vertical and word.bbox.y0 < middle < word.bbox.y1]
    behind = [word for word in level if word.bbox.x0 >= dot.x1 - 0.5]
    if not behind:
        return None
    word = min(behind, key=lambda word: word.bbox.x0)
    if not SMALL * word.size <= side <= LARGE * word.size or word.bbox.x0 - dot.x1 > REACH * word.size:
        return None
    near = any(other.bbox.x1 > dot.x0 - 3 * word.size for other in level if other.bbox.x0 < dot.x0)
    central = abs(middle - word.bbox.centre[1]) < 0.25 * word.bbox.height
    return word if central and not near and word.text != SIGN else None
