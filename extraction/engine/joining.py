"""Paragraphs and tables that run over a page, made whole where they begin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from extraction.engine.page.cells import to_html
from extraction.engine.page.continued import (
    captions_of,
    cells_of,
    first_of,
    is_continued_caption,
    last_of,
    repeated_rows,
)
from extraction.engine.page.lines import CJK
from extraction.types import Block, BlockType, DocumentReading, PageReading, TableCell

JOINED_TEXTS = frozenset({BlockType.TEXT, BlockType.REFERENCE, BlockType.CODE})

type Place = tuple[int, int]
"""A page's number and a block's idx."""


def joined(reading: DocumentReading, *, texts: bool = True, tables: bool = True) -> DocumentReading:
    """Give what goes on over pages to the block that begins it; the others keep their boxes and say nothing."""
    wanted = (JOINED_TEXTS if texts else frozenset()) | ({BlockType.TABLE} if tables else frozenset())
    changed: dict[Place, Block] = {}
    heads: dict[Place, Place] = {}
    pages = {page.number: page for page in reading.pages}
    for page in sorted(reading.pages, key=lambda page: page.number):
        before = pages.get(page.number - 1)
        pair = _pair(before, page, wanted) if before is not None else None
        if before is None or pair is None:
            continue
        last, first = pair
        head = heads.get((before.number, last.idx), (before.number, last.idx))
        heads[page.number, first.idx] = head
        changed[head] = _whole(changed.get(head, last), first)
        changed.update(((page.number, block.idx), _silent(block)) for block in _spoken_before(first, page))
    return replace(reading, pages=tuple(_with(page, changed) for page in reading.pages))


def _pair(before: PageReading, page: PageReading, wanted: frozenset[BlockType]) -> tuple[Block, Block] | None:
    """The block that goes on and the one it goes on with."""
    last, first = last_of(before), first_of(page)
    if not page.continues_previous or last is None or first is None:
        return None
    return (last, first) if last.type == first.type and first.type in wanted else None


def _spoken_before(first: Block, page: PageReading) -> list[Block]:
    """The block, and what says once more what it is."""
    return [first, *filter(is_continued_caption, captions_of(first, page))]


def _silent(block: Block) -> Block:
    return replace(block, content="", cells=(), image=None)


def _with(page: PageReading, changed: Mapping[Place, Block]) -> PageReading:
    return replace(page, blocks=tuple(changed.get((page.number, block.idx), block) for block in page.blocks))


def _whole(head: Block, rest: Block) -> Block:
    if head.type == BlockType.TABLE:
        return _whole_table(head, rest)
    if head.type == BlockType.CODE:
        return replace(head, content=f"{head.content}\n{rest.content}")
    return replace(head, content=run_on(head.content, rest.content))


def run_on(text: str, rest: str) -> str:
    """Text and what it goes on with: a word parted by a hyphen is made whole, Chinese needs no blank."""
    text, rest = text.rstrip(), rest.lstrip()
    if not text or not rest:
        return text or rest
    if re.search(r"[^\W\d_]-$", text) and rest[0].islower():
        return text[:-1] + rest
    return text + ("" if CJK.match(text[-1]) and CJK.match(rest[0]) else " ") + rest


def _whole_table(head: Block, rest: Block) -> Block:
    """Rows under rows; a head that is printed again is dropped, and without one no row below is a head."""
    above, below = cells_of(head), cells_of(rest)
    if not above or not below:
        return replace(head, content=f"{head.content}\n{rest.content}".strip())
    again = repeated_rows(head, rest)
    start = max(cell.row + cell.row_span for cell in above) - again
    lower = (replace(cell, row=cell.row + start, is_header=False) for cell in below if cell.row >= again)
    cells = tuple(chain(above, _by_row(tuple(lower))))
    return replace(head, content=to_html(cells), format="html", cells=cells)


def _by_row(cells: Sequence[TableCell]) -> list[TableCell]:
    return sorted(cells, key=lambda cell: (cell.row, cell.column))
