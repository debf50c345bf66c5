"""The reading as numbered lines, in reading order, that a model can cite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from extraction.engine.fields.segments import Segment, is_printed, lay_out
from extraction.engine.pointing import joined
from extraction.types import (
    BBox,
    Block,
    DocumentReading,
    LinePart,
    NumberedLine,
    PageReading,
    Precision,
    TableCell,
    Word,
)

type Parts = tuple[LinePart, ...]


def number_lines(reading: DocumentReading) -> tuple[NumberedLine, ...]:
    """The same reading gives the same numbers each time."""
    return tuple(
        NumberedLine(page.number, number, parts)
        for page in reading.pages
        for number, parts in enumerate(_lines(page), start=1)
    )


def _lines(page: PageReading) -> Iterator[Parts]:
    """Block by block; words under no block come where the next block begins below them."""
    words: dict[int | None, list[Word]] = {}
    known = {block.idx for block in page.blocks}
    for word in page.words:
        if is_printed(word):
            words.setdefault(word.block if word.block in known else None, []).append(word)
    loose = list(_rows(page, words.get(None, [])))
    for block in page.blocks:
        while loose and block.bbox and loose[0][0].words[0].bbox.y0 < block.bbox.y0:
            yield loose.pop(0)
        yield from _block_lines(page, block, words.get(block.idx, []))
    yield from loose


def _block_lines(page: PageReading, block: Block, words: Sequence[Word]) -> Iterator[Parts]:
    if block.cells:
        yield from _table_lines(page, block, words)
    elif words:
        yield from _rows(page, words)
    else:
        for text in block.content.splitlines():
            if text.strip():
                yield (_unplaced(text, block.bbox, block, Precision.BLOCK),)


def _rows(page: PageReading, words: Sequence[Word]) -> Iterator[Parts]:
    alone = replace(page, words=tuple(words), blocks=())
    for _, segments in groupby(lay_out(DocumentReading((alone,)))[0].segments, key=lambda segment: segment.row):
        yield tuple(_part(segment) for segment in segments)


def _part(segment: Segment) -> LinePart:
    return LinePart(joined(segment.words), segment.words)


def _table_lines(page: PageReading, block: Block, words: Sequence[Word]) -> Iterator[Parts]:
    """One line a row, however many lines its cells have; then the words that no cell holds."""
    cells = sorted(block.cells, key=lambda cell: (cell.row, cell.column))
    held: dict[int | None, list[Word]] = {}
    for word in words:
        held.setdefault(_holder(cells, word), []).append(word)
    rows: dict[int, list[LinePart]] = {}
    for number, cell in enumerate(cells):
        if number in held:
            rows.setdefault(cell.row, []).append(_cell(page, held[number]))
        elif cell.text.strip() and not any(cell.bbox and _holds(cell.bbox, word) for word in words):
            rows.setdefault(cell.row, []).append(_pseudo_cell(cell, block))
    yield from (tuple(parts) for parts in rows.values())
    yield from _rows(page, held.get(None, []))


def _holder(cells: Sequence[TableCell], word: Word) -> int | None:
    """The smallest cell around the word: cells that span others may lie over them."""
    around = [(cell.bbox.area, number) for number, cell in enumerate(cells) if cell.bbox and _holds(cell.bbox, word)]
    return min(around)[1] if around else None


def _cell(page: PageReading, words: Sequence[Word]) -> LinePart:
    """A cell's printed lines one after the other."""
    ordered = tuple(word for row in _rows(page, words) for part in row for word in part.words)
    return LinePart(joined(ordered), ordered)


def _pseudo_cell(cell: TableCell, block: Block) -> LinePart:
    precision = Precision.CELL if cell.bbox else Precision.BLOCK
    return _unplaced(cell.text, cell.bbox or block.bbox, block, precision)


def _unplaced(text: str, box: BBox | None, block: Block, precision: Precision) -> LinePart:
    """A text whose words are not known: one word as large as what holds it."""
    text = " ".join(text.split())
    return LinePart(text, (Word(text, box, block=block.idx),) if box else (), precision)


def _holds(box: BBox, word: Word) -> bool:
    x, y = word.bbox.centre
    return box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1
