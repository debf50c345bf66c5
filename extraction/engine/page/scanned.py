"""Scanned pages made like printed ones: in points, every read line in one of the sizes the page is set in."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extraction.engine.page.scanned_runs import even_runs, read_lines
from extraction.engine.raw import Drawn, RawPage, placed_box, placed_word
from extraction.types import BBox, Block, PageReading, TableCell

POINTS = 10.0  # of the most usual print, as the rules of a page count in points
SPREAD = 0.11  # of a size: read lines that near are set alike
SHORT_SPREAD = 0.2
STEP = 1.01
SHORT = 8  # letters, with fewer a line's size is uncertain

type Run = tuple[float, int]


def in_points(raw: RawPage) -> tuple[RawPage, float]:
    """The page in units of about a point, its sizes made even, and what to multiply with to come back."""
    even = with_even_sizes(raw)
    usual = _usual([(word.size, len(word.text)) for word in even.words])
    factor = POINTS / usual if usual > 0 else 1.0
    return _resized(even, factor), 1 / factor


def with_even_sizes(raw: RawPage) -> RawPage:
    """Give read lines of almost one size that size, and the lines of one run of text the same size and weight."""
    lines = read_lines(raw.words)
    sizes = _sizes([(line.size, line.letters) for line in lines])
    even = even_runs([replace(line, size=_nearest((line.size, line.letters), sizes)) for line in lines])
    words = [replace(word, size=line.size, bold=line.is_bold) for line in even for word in line.words]
    return replace(raw, words=tuple(words))


def _sizes(runs: Sequence[Run]) -> list[float]:
    """The sizes the page is set in, the most usual first: each takes the lines around it."""
    letters: Counter[float] = Counter()
    for size, count in runs:
        if size > 0:
            letters[_rounded(size)] += count
    result: list[float] = []
    while letters:
        around = {at: sum(letters[size] for size in letters if _is_near(size, at, SPREAD / 2)) for at in letters}
        best = max(around, key=lambda at: (around[at], at))
        result.append(_usual([(size, letters[size]) for size in letters if _is_near(size, best, SPREAD / 2)]))
        for size in [size for size in letters if size == best or _is_near(size, result[-1], SPREAD)]:
            del letters[size]
    return result


def _rounded(size: float) -> float:
    """The size to a hundredth of itself: few remain on a crowded page."""
    return STEP ** round(math.log(size, STEP))


def _nearest(run: Run, sizes: Sequence[float]) -> float:
    """The most usual size within reach."""
    size, letters = run
    spread = SPREAD if letters >= SHORT else SHORT_SPREAD
    return next((usual for usual in sizes if _is_near(size, usual, spread)), size)


def _is_near(size: float, usual: float, spread: float) -> bool:
    return abs(size - usual) <= spread * usual


def _usual(runs: Sequence[Run]) -> float:
    """The median by letters."""
    half = sum(letters for _, letters in runs) / 2
    passed = 0
    for size, letters in sorted(runs):
        passed += letters
        if passed >= half:
            return size
    return 0.0


def _resized(raw: RawPage, factor: float) -> RawPage:
    drawn = Drawn(raw.rules, raw.fills, raw.pictures, raw.marks).placed(factor, factor)
    return replace(
        raw,
        width=raw.width * factor,
        height=raw.height * factor,
        words=tuple(placed_word(word, factor, factor) for word in raw.words),
        rules=drawn.rules,
        fills=drawn.fills,
        pictures=drawn.pictures,
        marks=drawn.marks,
        unread=tuple(_box(box, factor) for box in raw.unread),
    )


def resized_reading(reading: PageReading, factor: float, *, width: float, height: float) -> PageReading:
    """The reading in units so many times smaller; width and height are the page's in these."""
    return replace(
        reading,
        width=width,
        height=height,
        blocks=tuple(_block(block, factor) for block in reading.blocks),
        words=tuple(replace(word, bbox=_box(word.bbox, factor)) for word in reading.words),
    )


def _block(block: Block, factor: float) -> Block:
    cells = tuple(_cell(cell, factor) for cell in block.cells)
    return replace(block, bbox=None if block.bbox is None else _box(block.bbox, factor), cells=cells)


def _cell(cell: TableCell, factor: float) -> TableCell:
    return cell if cell.bbox is None else replace(cell, bbox=_box(cell.bbox, factor))


def _box(box: BBox, factor: float) -> BBox:
    return placed_box(box, factor, factor)
