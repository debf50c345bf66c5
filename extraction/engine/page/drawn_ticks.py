"""Tick boxes as words: drawn squares, and the signs of symbol fonts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import median

from extraction.engine.page.ticks import CHECKED, UNCHECKED
from extraction.engine.raw import RawMark, RawPage, RawRule, RawWord
from extraction.types import BBox

SMALLEST, LARGEST = 0.5, 2.5  # of the page's usual print
CROSSES = frozenset("xX×✓✔✕✖✗✘√vV■●")
# how squares are read as letters
READ_AS = frozenset("口□☐囗日回曰O0oD■☑☒区团図")
LETTERS = frozenset("OoDxXvV")  # those that begin words as well
# the signs of fonts that have no letters; by their code below 256
WINGDINGS = dict(zip("¨oqrþýüûxn", "☐☐☐☐☑☒✓✗☒■", strict=True))
WINGDINGS_2 = dict(zip("£RSTPO", "☐☑☒☒✓✗", strict=True))
SYMBOL_FONT = re.compile(r"wingdings[\s-]?(?P<second>2)?", re.IGNORECASE)


def with_ticks(raw: RawPage) -> RawPage:
    """The page whose tick boxes are words, and no rules any more."""
    fonts = {font: match for font in {word.font for word in raw.words} if (match := SYMBOL_FONT.search(font))}
    words = [_named(word, fonts[word.font]) if word.font in fonts else word for word in raw.words]
    boxes = _usable(raw, words) if raw.marks else []
    if not boxes:
        return replace(raw, words=tuple(words)) if fonts else raw
    for mark in boxes:
        words = _with_word(words, mark)
    places = [mark.bbox for mark in boxes]
    return replace(
        raw,
        words=tuple(words),
        rules=tuple(rule for rule in raw.rules if not _draws_one(rule, places)),
        fills=tuple(fill for fill in raw.fills if not any(_is_inside(fill, place) for place in places)),
    )


def _named(word: RawWord, font: re.Match[str]) -> RawWord:
    """The word with its sign in place of a symbol font's code."""
    code = ord(word.text[0])
    sign = chr(code - 0xF000) if 0xF020 <= code <= 0xF0FF else word.text[0]
    known = (WINGDINGS_2 if font["second"] else WINGDINGS).get(sign)
    return word if known is None or len(word.text) > 1 and code < 0xF000 else replace(word, text=known + word.text[1:])


def _usable(raw: RawPage, words: Sequence[RawWord]) -> list[RawMark]:
    """Boxes as large as print, with no other letters inside."""
    usual = median(word.size for word in words) if words else 0.0
    return [
        mark
        for mark in raw.marks
        if mark.kind == "box"
        and SMALLEST * usual <= mark.bbox.height <= LARGEST * usual
        and all(_is_sign(word) for word in words if _centre_in(word.bbox, mark.bbox))
    ]


def _is_sign(word: RawWord) -> bool:
    return len(word.text) == 1 and word.text in CROSSES | READ_AS


def _with_word(words: Sequence[RawWord], mark: RawMark) -> list[RawWord]:
    """The words with the box before the one that it stands in front of."""
    inside = [word for word in words if _centre_in(word.bbox, mark.bbox)]
    crossed = mark.text != "unchecked" or any(word.text in CROSSES for word in inside) and not mark.text
    crossed = crossed or any(word.text in CROSSES - READ_AS for word in inside)
    rest = [_cut(word, mark) for word in words if word not in inside]
    row = [word for word in rest if _on_row(word.bbox, mark.bbox)]
    after = min((word for word in row if word.bbox.x0 >= mark.bbox.x1 - 1), key=lambda word: word.bbox.x0, default=None)
    near = after or max(row, key=lambda word: word.bbox.x1, default=None)
    size = near.size if near else mark.bbox.height
    sign = RawWord(CHECKED if crossed else UNCHECKED, mark.bbox, size)
    place = next((number for number, word in enumerate(rest) if word is after), len(rest))
    return [*rest[:place], sign, *rest[place:]]


def _cut(word: RawWord, mark: RawMark) -> RawWord:
    """Leave out the box in front of a word, and the letter as which it was read."""
    box, place = word.bbox, mark.bbox
    overlaps = box.x0 < place.centre[0] < box.x0 + 1.5 * place.width and _on_row(box, place)
    if not overlaps or len(word.text) < 2 or word.text[0] not in READ_AS | CROSSES or place.x1 >= box.x1:
        return word
    # "OYes" is a box and a word; "Other" may be a word whose box was not read
    is_whole = word.text[0] in LETTERS and word.text[1].islower()
    text = word.text if is_whole else word.text[1:]
    return replace(word, text=text, bbox=BBox(place.x1, box.y0, box.x1, box.y1))


def _on_row(box: BBox, place: BBox) -> bool:
    return min(box.y1, place.y1) - max(box.y0, place.y0) > 0.4 * min(box.height, place.height)


def _centre_in(box: BBox, place: BBox) -> bool:
    x, y = box.centre
    return place.x0 <= x <= place.x1 and place.y0 <= y <= place.y1 and box.width <= 1.5 * place.width


def _draws_one(rule: RawRule, places: Iterable[BBox]) -> bool:
    x0, x1 = sorted((rule.x0, rule.x1))
    y0, y1 = sorted((rule.y0, rule.y1))
    return any(
        place.x0 - 2 <= x0 and x1 <= place.x1 + 2 and place.y0 - 2 <= y0 and y1 <= place.y1 + 2 for place in places
    )


def _is_inside(fill: BBox, place: BBox) -> bool:
    return fill.width <= 1.3 * place.width and fill.height <= 1.3 * place.height and _centre_in(fill, place)
