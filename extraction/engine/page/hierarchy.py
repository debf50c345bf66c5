"""Levels of a whole document's titles: by their print, and by their numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from extraction.engine.page.numbering import Numbering, numbering_of
from extraction.types import Block, BlockType, PageReading

LEVELS = 6
SAME_SIZE = 1.06

type Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Heading:
    """A title of a page: the height of its words, whether its face is plain, and its number."""

    key: Key
    size: float
    is_plain: bool
    number: Numbering | None


def with_levels(pages: Sequence[PageReading]) -> tuple[PageReading, ...]:
    """Give every title its level: the larger its print the higher, the deeper its number the lower."""
    headings = [heading for page in pages for heading in _headings(page)]
    levels = _levels(headings)
    return tuple(replace(page, blocks=tuple(_levelled(page, block, levels) for block in page.blocks)) for page in pages)


def _levelled(page: PageReading, block: Block, levels: Mapping[Key, int]) -> Block:
    if block.type != BlockType.TITLE:
        return block
    given = block.title_hint.level if block.title_hint else None
    level = given if given is not None else levels.get((page.number, block.idx), LEVELS)
    return replace(block, title_level=min(LEVELS, level))


def _headings(page: PageReading) -> Iterator[Heading]:
    heights: dict[int, list[float]] = defaultdict(list)
    for word in page.words:
        if word.block is not None:
            box = word.bbox
            # a column's width tells its size
            heights[word.block].append(box.width if len(word.text) > 1 and box.height > 1.5 * box.width else box.height)
    for block in page.blocks:
        if block.type == BlockType.TITLE and heights[block.idx]:
            size = median(heights[block.idx])
            is_plain = block.title_hint is None or not block.title_hint.is_strong
            yield Heading((page.number, block.idx), size, is_plain, numbering_of(block.content))


def _levels(headings: Sequence[Heading]) -> dict[Key, int]:
    """Levels without a gap between them: styles of numbered titles and of unnumbered ones, ordered."""
    step = _steps(headings)
    numbers = _number_steps(headings, step)
    styles = {heading.key: _style(heading, step, numbers) for heading in headings}
    ranks = {style: rank for rank, style in enumerate(sorted(set(styles.values())), start=1)}
    return {key: min(LEVELS, ranks[style]) for key, style in styles.items()}


def _steps(headings: Sequence[Heading]) -> dict[float, int]:
    """Each size's step, from the largest; sizes close together share one."""
    result: dict[float, int] = {}
    step, top = -1, 0.0
    for size in sorted({heading.size for heading in headings}, reverse=True):
        if size * SAME_SIZE < top or step < 0:
            step, top = step + 1, size
        result[size] = step
    return result


type Style = tuple[int, bool, int]


def _number_steps(headings: Sequence[Heading], step: Mapping[float, int]) -> dict[Numbering, Style]:
    """One style a numbering: usual print first; an inner numbering comes after the outer one, whatever its print."""
    prints: dict[Numbering, list[tuple[int, bool]]] = defaultdict(list)
    for heading in headings:
        if heading.number is not None:
            prints[heading.number].append((step[heading.size], heading.is_plain))
    result: dict[Numbering, Style] = {}
    for number in sorted(prints, key=lambda number: (sorted(prints[number])[len(prints[number]) // 2], number)):
        size, is_plain = sorted(prints[number])[len(prints[number]) // 2]
        outer = max((style for other, style in result.items() if _holds(other, number)), default=None)
        own = (size, is_plain, 0)
        result[number] = own if outer is None or own > outer else (outer[0], outer[1], outer[2] + 1)
    return result


def _holds(outer: Numbering, inner: Numbering) -> bool:
    return outer < inner


def _style(heading: Heading, step: Mapping[float, int], numbers: Mapping[Numbering, Style]) -> Style:
    if heading.number is not None:
        return numbers[heading.number]
    return step[heading.size], heading.is_plain, 0
