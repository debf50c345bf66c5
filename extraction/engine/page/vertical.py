"""Pages set in columns that are read downwards, from the right: laid down, read like others, and stood up again."""

from __future__ import annotations

from dataclasses import replace

from extraction.engine.page.lines import CJK
from extraction.engine.raw import RawPage
from extraction.types import BBox, Block, BlockType, PageReading

SHARE = 0.6  # of the letters
EDGE = 0.12  # of the height, in which heads and feet stand


def is_vertical(raw: RawPage) -> bool:
    """Tell whether most of the page's text is Chinese in columns."""
    columns = sum(len(word.text) for word in raw.words if word.vertical and CJK.match(word.text))
    return columns > SHARE * sum(len(word.text) for word in raw.words)


def laid_down(raw: RawPage) -> RawPage:
    """The page with its columns as lines: what stood on the right is on top."""
    width = raw.width
    return replace(
        raw,
        width=raw.height,
        height=raw.width,
        words=tuple(replace(word, bbox=_down(word.bbox, width), vertical=not word.vertical) for word in raw.words),
        rules=tuple(
            replace(rule, x0=rule.y0, y0=width - rule.x1, x1=rule.y1, y1=width - rule.x0) for rule in raw.rules
        ),
        fills=tuple(_down(box, width) for box in raw.fills),
        pictures=tuple(_down(box, width) for box in raw.pictures),
        marks=tuple(replace(mark, bbox=_down(mark.bbox, width)) for mark in raw.marks),
    )


def stood_up(page: PageReading) -> PageReading:
    """The reading of a page that was laid down, as the page is printed."""
    width, height = page.height, page.width
    return replace(
        page,
        width=width,
        height=height,
        blocks=tuple(_block(block, width, height) for block in page.blocks),
        words=tuple(replace(word, bbox=_up(word.bbox, width)) for word in page.words),
    )


def _block(block: Block, width: float, height: float) -> Block:
    box = block.bbox and _up(block.bbox, width)
    cells = tuple(replace(cell, bbox=cell.bbox and _up(cell.bbox, width)) for cell in block.cells)
    return replace(block, bbox=box, cells=cells, type=_kind(block, box, height))


def _kind(block: Block, box: BBox | None, height: float) -> str:
    """Text that ran along the page is a head or a foot where it stands at the edge."""
    if block.type != BlockType.SIDER or box is None:
        return block.type
    if box.y1 < EDGE * height:
        return BlockType.HEADER
    return BlockType.FOOTER if box.y0 > (1 - EDGE) * height else BlockType.TEXT


def _down(box: BBox, width: float) -> BBox:
    return BBox(box.y0, width - box.x1, box.y1, width - box.x0)


def _up(box: BBox, width: float) -> BBox:
    return BBox(width - box.y1, box.x0, width - box.y0, box.x1)
