"""Drafts to a page reading: numbers, captions, and the words in reading order."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.page.drafts import Draft
from extraction.engine.page.lines import reading_order
from extraction.engine.raw import RawPage
from extraction.types import BBox, Block, PageReading, Word


def assemble(raw: RawPage, drafts: Sequence[Draft]) -> PageReading:
    numbers = {id(draft): number for number, draft in enumerate(drafts)}
    blocks = tuple(
        Block(
            idx=number,
            type=draft.kind,
            bbox=draft.bbox,
            content=draft.content,
            format=draft.format,
            captions=tuple(sorted(numbers[id(caption)] for caption in draft.captions if id(caption) in numbers)),
            title_hint=draft.title_hint,
            cells=draft.cells,
        )
        for number, draft in enumerate(drafts)
    )
    return PageReading(
        number=raw.number,
        width=raw.width,
        height=raw.height,
        blocks=blocks,
        words=_words(drafts),
        rotation=raw.rotation,
        warnings=raw.warnings,
    )


def _words(drafts: Sequence[Draft]) -> tuple[Word, ...]:
    result: list[Word] = []
    line_number = 0
    for number, draft in enumerate(drafts):
        for line in draft.lines:
            for token in reading_order(line.tokens):
                box = BBox(token.x0, token.y0, token.x1, token.y1)
                result.append(Word(token.text, box, token.confidence, line_number, number))
            line_number += 1
    return tuple(result)
