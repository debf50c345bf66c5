"""Paragraphs, listings and references that go on from one page to the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from extraction.engine.page.continued import HIGH, LOW, first_of, last_of
from extraction.engine.page.kinds import LIST_ITEM, NUMBERED
from extraction.engine.page.lines import CJK
from extraction.types import Block, BlockType, PageReading, Word

RUNNING = frozenset({BlockType.TEXT, BlockType.REFERENCE, BlockType.CODE})
ENDS = (".", "。", "!", "?", "！", "？", ":", "：", "…", ".”", "。”", ".)", "。）", "；")
SAME_SIZE = 1.08
SAME_WIDTH = 0.15
INDENT = 0.8  # ems by which a paragraph's first line stands in
SHORT = 2.5  # ems that a full line may end before its column does


@dataclass(frozen=True, slots=True)
class Printed:
    """A block's lines as they stand: left and right edge of each, and the height of its words."""

    lines: tuple[tuple[float, float], ...]
    size: float

    @property
    def left(self) -> float:
        return min(left for left, _ in self.lines)

    @property
    def right(self) -> float:
        return max(right for _, right in self.lines)


def mark_continued_texts(pages: Sequence[PageReading]) -> tuple[PageReading, ...]:
    """Tell of every page that begins with text whether that goes on from the page before."""
    return (*pages[:1], *(_marked(before, page) for before, page in pairwise(pages)))


def _marked(before: PageReading, page: PageReading) -> PageReading:
    first, last = first_of(page), last_of(before)
    if first is None or first.type not in RUNNING:
        return page
    goes_on = page.number == before.number + 1 and last is not None and _goes_on(last, before, first, page)
    return page if goes_on is page.continues_previous else replace(page, continues_previous=goes_on)


def _goes_on(last: Block, before: PageReading, first: Block, page: PageReading) -> bool:
    if last.type != first.type or last.bbox is None or first.bbox is None:
        return False
    if last.bbox.y1 < LOW * before.height or first.bbox.y0 > HIGH * page.height:
        return False
    one, other = _printed(last, before.words), _printed(first, page.words)
    if one is None or other is None or max(one.size, other.size) > SAME_SIZE * min(one.size, other.size):
        return False
    return last.type == BlockType.CODE or _is_unfinished(last.content, first.content, one, other)


def _is_unfinished(text: str, rest: str, one: Printed, other: Printed) -> bool:
    """Tell whether a text stops within a sentence and the other begins there."""
    text, rest = text.rstrip(), rest.lstrip()
    if not text or not rest or text.endswith(ENDS) or LIST_ITEM.match(rest) or NUMBERED.match(rest):
        return False
    if text.endswith(("-", ",", "，", "、")) or rest[0].islower():
        return True
    full = one.lines[-1][1] > one.right - SHORT * one.size and len(one.lines) > 1
    indented = len(other.lines) > 1 and other.lines[0][0] > other.left + INDENT * other.size
    alike = abs((one.right - one.left) - (other.right - other.left)) < SAME_WIDTH * (one.right - one.left)
    wide = alike or len(other.lines) == 1
    return full and not indented and wide and (bool(CJK.match(text[-1])) or not _is_heading(rest))


def _is_heading(text: str) -> bool:
    return text.isupper()


def _printed(block: Block, words: Sequence[Word]) -> Printed | None:
    lines: dict[int | None, list[Word]] = defaultdict(list)
    for word in words:
        if word.block == block.idx:
            lines[word.line].append(word)
    if not lines:
        return None
    edges = tuple((min(w.bbox.x0 for w in line), max(w.bbox.x1 for w in line)) for line in lines.values())
    return Printed(edges, median(word.bbox.height for line in lines.values() for word in line))
