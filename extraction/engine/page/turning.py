"""A provider's page brought over ours: turned by quarters until its boxes hold the words that they tell of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy
from numpy.typing import NDArray

from extraction.engine.spelling import Spelling, key_of, without_markup
from extraction.types import BBox, Block, PageReading, TableCell

_SURE = 0.7  # share of the letters: then no other turn is tried
_BETTER = 0.15
_LONG = 24  # words
_TOLERANCE = 1.02
_TELLING_BLOCKS = 60
_UNLIKE = 1.15  # of two pages' shapes


def turned_to(page: PageReading, own: PageReading) -> PageReading:
    """The page with its boxes in the frame in which ours stands upright; the same page where it stands so already."""
    width, height = _frame(page)
    turns = _likely_turns(width / height, own)
    first = _turned(page, width, height, turns[0])
    if len(turns) == 1:
        return first
    fit = _Fit(page.blocks, own)
    best, score = first, fit.score(first)
    for turn in turns[1:] if score < _SURE else ():
        other = _turned(page, width, height, turn)
        found = fit.score(other)
        if found > score + _BETTER:
            best, score = other, found
    return best


def _frame(page: PageReading) -> tuple[float, float]:
    """The size of the sheet that the boxes lie on: the page's, unless they only fit on it when it is turned."""
    boxes = [block.bbox for block in page.blocks if block.bbox]
    right = max((box.x1 for box in boxes), default=0.0)
    bottom = max((box.y1 for box in boxes), default=0.0)
    fits = right <= page.width * _TOLERANCE and bottom <= page.height * _TOLERANCE
    fits_turned = right <= page.height * _TOLERANCE and bottom <= page.width * _TOLERANCE
    return (page.height, page.width) if fits_turned and not fits else (page.width, page.height)


def _likely_turns(shape: float, own: PageReading) -> Sequence[int]:
    """Turns to try, the likeliest first: a provider that did not turn the page lacks the turn that we gave it."""
    mine = own.width / own.height
    same, across = _likeness(shape, mine), _likeness(shape, 1 / mine)
    if across > same * _UNLIKE:
        quarter = own.rotation if own.rotation in (90, 270) else 90
        return (quarter, 360 - quarter)
    straight = (0, 180)
    return straight if same > across * _UNLIKE else (*straight, 90, 270)


def _likeness(one: float, other: float) -> float:
    return min(one, other) / max(one, other)


class _Fit:
    """How much of what the blocks say stands in their boxes; of long ones each third by itself, from the top."""

    def __init__(self, blocks: Iterable[Block], own: PageReading) -> None:
        spelled = [(block.idx, Spelling(without_markup(block.content, block.format))) for block in blocks if block.bbox]
        telling = sorted(spelled, key=lambda pair: -len(pair[1].key))[:_TELLING_BLOCKS]
        self._parts = {number: _parts(spelling) for number, spelling in telling}
        self._letters = sum(len(spelling.key) for _, spelling in telling)
        self._keys = [key_of(word.text) for word in own.words]
        centres = [word.bbox.centre for word in own.words]
        self._centres: NDArray[Any] = numpy.array(centres).reshape(-1, 2) / (own.width, own.height)

    def score(self, page: PageReading) -> float:
        """Share of the letters of the blocks' contents that their words spell; 0 where nothing is said."""
        found = sum(
            self._found(block.bbox, self._parts[block.idx], page)
            for block in page.blocks
            if block.bbox and block.idx in self._parts
        )
        return found / self._letters if self._letters else 0.0

    def _found(self, box: BBox, parts: list[_Part], page: PageReading) -> float:
        found = 0.0
        height = box.height / len(parts)
        for number, part in enumerate(parts):
            inside = self._inside(box, box.y0 + number * height, box.y0 + (number + 1) * height, page)
            letters = sum(len(self._keys[word]) for word in inside if part.spelling.spells(self._keys[word]))
            found += min(letters, part.letters)
        return found

    def _inside(self, box: BBox, top: float, bottom: float, page: PageReading) -> NDArray[Any]:
        x, y = self._centres[:, 0] * page.width, self._centres[:, 1] * page.height
        held: NDArray[Any] = numpy.flatnonzero((box.x0 <= x) & (x <= box.x1) & (top <= y) & (y <= bottom))
        return held


@dataclass(frozen=True, slots=True)
class _Part:
    """What a part of a box should say, with some words of the parts around it."""

    spelling: Spelling
    letters: float


def _parts(spelling: Spelling) -> list[_Part]:
    words = spelling.text.split()
    if len(words) < _LONG:
        return [_Part(spelling, len(spelling.key))]
    third, margin = len(words) / 3, len(words) / 9
    texts = [words[max(0, int(n * third - margin)) : int((n + 1) * third + margin) + 1] for n in range(3)]
    return [_Part(Spelling(" ".join(text)), len(spelling.key) / 3) for text in texts]


def _turned(page: PageReading, width: float, height: float, turn: int) -> PageReading:
    """The page turned clockwise; `width` and `height` are those of the sheet before."""
    if turn == 0:
        return page if width == page.width else replace(page, width=width, height=height)
    blocks = tuple(
        replace(
            block,
            bbox=block.bbox and turned_box(block.bbox, width, height, turn),
            cells=tuple(_turned_cell(cell, width, height, turn) for cell in block.cells),
        )
        for block in page.blocks
    )
    across, down = (height, width) if turn in (90, 270) else (width, height)
    return replace(page, width=across, height=down, blocks=blocks)


def _turned_cell(cell: TableCell, width: float, height: float, turn: int) -> TableCell:
    return replace(cell, bbox=turned_box(cell.bbox, width, height, turn)) if cell.bbox else cell


def turned_box(box: BBox, width: float, height: float, turn: int) -> BBox:
    """The box on its sheet, of this size before, turned clockwise by 90, 180 or 270 degrees."""
    if turn == 90:
        return BBox(height - box.y1, box.x0, height - box.y0, box.x1)
    if turn == 180:
        return BBox(width - box.x1, height - box.y1, width - box.x0, height - box.y0)
    return BBox(box.y0, width - box.x1, box.y1, width - box.x0)
