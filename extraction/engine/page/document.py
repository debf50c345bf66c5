"""What only the whole document tells: running heads and feet, and the levels of its titles."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from extraction.engine.page.continued import mark_continued_tables
from extraction.engine.page.continued_texts import mark_continued_texts
from extraction.engine.page.hierarchy import with_levels
from extraction.engine.page.references import with_references
from extraction.types import Block, BlockType, DocumentReading, PageReading

EDGE = 0.15  # share of the height in which heads and feet stand
MAX_LETTERS = 120  # of a running head
PROSE = frozenset({BlockType.TEXT, BlockType.TITLE, BlockType.REFERENCE, BlockType.SIDER})

type Mark = tuple[str, bool, int]
type Rule = Callable[[Sequence[PageReading]], Sequence[PageReading]]

log = logging.getLogger("galley.reading")


def finish_document(
    pages: Sequence[PageReading], *, failed: Sequence[tuple[int, str]] = (), warnings: Sequence[str] = ()
) -> DocumentReading:
    """Apply the rules that need all pages, which come in order; pages that are finished already stay as they are."""
    return DocumentReading(apply_rules(pages, RULES), tuple(failed), tuple(warnings))


def apply_rules(pages: Sequence[PageReading], rules: Sequence[Rule]) -> tuple[PageReading, ...]:
    """The pages after every rule; a rule that breaks is logged and leaves them as they came to it."""
    for rule in rules:
        try:
            pages = rule(pages)
        except Exception:
            log.exception("a rule for whole documents broke; the pages stay as they were")
    return tuple(pages)


def with_running_heads(pages: Sequence[PageReading]) -> list[PageReading]:
    """Text that repeats at the edges of pages is their head or foot."""
    repeated = _repeated(pages)
    return [_with_edges(page, repeated) for page in pages]


RULES: tuple[Rule, ...] = (
    with_running_heads,
    with_references,
    with_levels,
    mark_continued_tables,
    mark_continued_texts,
)


def _repeated(pages: Sequence[PageReading]) -> set[Mark]:
    """Marks of edge blocks that several pages show at the same height."""
    seen: Counter[Mark] = Counter()
    for page in pages:
        seen.update({mark for block in page.blocks for mark in _marks(block, page)})
    needed = max(2, 0.3 * len(pages)) if len(pages) < 10 else 3
    return {mark for mark, times in seen.items() if times >= needed}


def _marks(block: Block, page: PageReading) -> Iterator[Mark]:
    """Text without its figures, the edge, the height in hundredths: two marks, so that neighbours meet."""
    if block.bbox is None or block.type not in PROSE or len(block.content) > MAX_LETTERS:
        return
    middle = block.bbox.centre[1] / page.height
    if EDGE < middle < 1 - EDGE:
        return
    text = re.sub(r"\d+", "#", "".join(block.content.split())).lower()
    if text:
        yield from ((text, middle < 0.5, int(100 * middle)), (text, middle < 0.5, int(100 * middle + 0.5)))


def _with_edges(page: PageReading, repeated: set[Mark]) -> PageReading:
    blocks = tuple(_edge_block(block, page, repeated) for block in page.blocks)
    return page if blocks == page.blocks else replace(page, blocks=blocks)


def _edge_block(block: Block, page: PageReading, repeated: set[Mark]) -> Block:
    for mark in _marks(block, page):
        if mark in repeated:
            kind = BlockType.HEADER if mark[1] else BlockType.FOOTER
            return replace(block, type=kind, title_level=None, title_hint=None)
    return block
