"""Our own words laid under the blocks that a provider found: its texts can be picked, searched and pointed at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy
from numpy.typing import NDArray

from extraction.engine.page.cell_places import found_share, place_cells
from extraction.engine.page.markup_tables import table_cells
from extraction.engine.page.runs import WordStream
from extraction.engine.page.turning import turned_to
from extraction.engine.spelling import Spelling, key_of, without_markup
from extraction.types import BBox, Block, BlockType, PageReading, Word

_INSIDE, _TOUCHING = 0.5, 0.15  # share of a word's area that lies in a block
_MOSTLY = 0.6  # of a table's letters


def lay_under(provider_page: PageReading, own: PageReading) -> PageReading:
    """The provider's blocks, order and units in the frame of our upright page, with our words and their blocks.

    `own` is our reading of the same page. A page that lies otherwise than ours is turned over it, its size with it,
    since the pictures of pages are drawn by our rotation. Without words of ours the blocks stay as they are.
    """
    if "page_size_unknown" in provider_page.warnings:
        provider_page = replace(provider_page, width=own.width, height=own.height)
    if not own.words:
        return provider_page
    page = turned_to(provider_page, own)
    words = _scaled(own, page.width, page.height)
    return replace(_Laying(page, words).laid(), rotation=own.rotation, warnings=_warnings(provider_page, own))


def _warnings(page: PageReading, own: PageReading) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*page.warnings, *own.warnings)))


def _scaled(own: PageReading, width: float, height: float) -> tuple[Word, ...]:
    across, down = width / own.width, height / own.height
    return tuple(replace(word, bbox=_scaled_box(word.bbox, across, down), block=None) for word in own.words)


def _scaled_box(box: BBox, across: float, down: float) -> BBox:
    return BBox(box.x0 * across, box.y0 * down, box.x1 * across, box.y1 * down)


class _Laying:
    """One page while words and blocks are brought together; both are known by their place in the page's order."""

    def __init__(self, page: PageReading, words: tuple[Word, ...]) -> None:
        self._page = page
        self._words = words
        self._keys = [key_of(word.text) for word in words]
        self._blocks = list(page.blocks)
        self._spellings = [Spelling(without_markup(block.content, block.format)) for block in page.blocks]
        self._block_of: list[int | None] = [None] * len(words)

    def laid(self) -> PageReading:
        self._give_by_box()
        self._find_boxes()
        self._find_cells()
        words = tuple(
            word if number is None else replace(word, block=self._blocks[number].idx)
            for word, number in zip(self._words, self._block_of, strict=True)
        )
        return replace(self._page, blocks=tuple(self._blocks), words=words)

    def _give_by_box(self) -> None:
        boxed = [number for number, block in enumerate(self._blocks) if block.bbox]
        if not boxed:
            return
        shares = _shares([word.bbox for word in self._words], [self._blocks[number].bbox for number in boxed])
        inside, touching = shares >= _INSIDE, shares >= _TOUCHING
        counts = inside.sum(axis=1)
        first = inside.argmax(axis=1)
        for word, count in enumerate(counts.tolist()):
            if count == 1:
                self._block_of[word] = boxed[first[word]]
            elif count:
                self._block_of[word] = self._speller(word, [boxed[at] for at in numpy.flatnonzero(inside[word])])
            elif touching[word].any():
                near = [boxed[at] for at in numpy.flatnonzero(touching[word])]
                near = [block for block in near if self._spellings[block].spells(self._keys[word])]
                self._block_of[word] = self._speller(word, near) if near else None

    def _speller(self, word: int, blocks: list[int]) -> int:
        """Of overlapping blocks the one that says the word beside its neighbours, else the word; then the smallest."""
        return max(blocks, key=lambda block: (self._says(word, self._spellings[block]), -self._area(block)))

    def _says(self, word: int, spelling: Spelling) -> int:
        before, key, after = (self._key(word + step) for step in (-1, 0, 1))
        if not spelling.spells(key):
            return 0
        return 1 + (before + key in spelling.key) + (key + after in spelling.key)

    def _key(self, word: int) -> str:
        return self._keys[word] if 0 <= word < len(self._keys) else ""

    def _area(self, block: int) -> float:
        box = self._blocks[block].bbox
        return box.area if box else 0.0

    def _find_boxes(self) -> None:
        """Boxes for the blocks that the provider left without, from words that no block spells, else from any."""
        homeless = [number for number, block in enumerate(self._blocks) if not block.bbox and block.content.strip()]
        if not homeless:
            return
        free = [word for word in range(len(self._words)) if not self._is_spelled(word)]
        for words, are_free in ((free, True), (range(len(self._words)), False)):
            stream = WordStream([self._keys[word] for word in words])
            for number in [number for number in homeless if not self._blocks[number].bbox]:
                found = [words[at] for at in stream.find(self._spellings[number].key)]
                self._box_around(number, found, are_free=are_free)
            self._box_tables(words, are_free=are_free)

    def _is_spelled(self, word: int) -> bool:
        block = self._block_of[word]
        return block is not None and self._spellings[block].spells(self._keys[word])

    def _box_tables(self, words: Sequence[int], *, are_free: bool) -> None:
        """Tables whose words do not follow one another as their cells do."""
        for number, block in enumerate(self._blocks):
            if block.bbox or not _is_table(block):
                continue
            cells = place_cells(table_cells(block.content), [self._words[word] for word in words])
            boxes = [cell.bbox for cell in cells if cell.bbox]
            if boxes and found_share(cells) >= _MOSTLY:
                around = BBox.around(*boxes)
                inside = [word for word in words if self._words[word].bbox.overlap(around)]
                self._box_around(number, inside, are_free=are_free)

    def _box_around(self, number: int, words: list[int], *, are_free: bool) -> None:
        if not words:
            return
        box = BBox.around(*(self._words[word].bbox for word in words))
        self._blocks[number] = replace(self._blocks[number], bbox=box)
        for word in words:
            if are_free or self._block_of[word] is None:
                self._block_of[word] = number

    def _find_cells(self) -> None:
        held: dict[int, list[Word]] = defaultdict(list)
        for word, holder in zip(self._words, self._block_of, strict=True):
            if holder is not None:
                held[holder].append(word)
        for number, block in enumerate(self._blocks):
            if _is_table(block):
                cells = block.cells or table_cells(block.content)
                self._blocks[number] = replace(block, cells=place_cells(cells, held[number]))


def _is_table(block: Block) -> bool:
    return block.type == BlockType.TABLE or block.format in ("html", "markdown")


def _shares(words: list[BBox], blocks: Sequence[BBox | None]) -> NDArray[Any]:
    """For every word (row) and block (column) the share of the word's area that lies in the block."""
    one = numpy.array([list(box) for box in words])[:, None, :]
    other = numpy.array([list(box) for box in blocks if box])[None, :, :]
    width = numpy.minimum(one[..., 2], other[..., 2]) - numpy.maximum(one[..., 0], other[..., 0])
    height = numpy.minimum(one[..., 3], other[..., 3]) - numpy.maximum(one[..., 1], other[..., 1])
    area = (one[..., 2] - one[..., 0]) * (one[..., 3] - one[..., 1])
    shares: NDArray[Any] = width.clip(0) * height.clip(0) / area
    return shares
