"""Pages as SoMark's callers expect them: whole pixels, since they cut images by the boxes."""

from __future__ import annotations

import math
from dataclasses import replace

from extraction.types import BBox, Block, PageReading

# pages of a PDF count in points, 72 an inch; SoMark's own pages are mostly at this resolution
DPI = 150
POINTS_AN_INCH = 72


def in_pixels(page: PageReading, *, scale: float = DPI / POINTS_AN_INCH) -> PageReading:
    """The page with whole sides, its boxes whole, around what they were around, and inside the page.

    Only blocks are kept: words and cells have no place in SoMark's format.
    """
    width, height = max(1, round(page.width * scale)), max(1, round(page.height * scale))
    across, down = width / page.width, height / page.height
    blocks = tuple(_block(block, across, down, width, height) for block in page.blocks)
    return replace(page, width=width, height=height, blocks=blocks, words=())


def _block(block: Block, across: float, down: float, width: int, height: int) -> Block:
    if block.bbox is None:
        return block
    left, right = _edges(block.bbox.x0 * across, block.bbox.x1 * across, width)
    top, bottom = _edges(block.bbox.y0 * down, block.bbox.y1 * down, height)
    box = BBox(left, top, right, bottom) if right > left and bottom > top else None
    return replace(block, bbox=box, cells=())


def _edges(low: float, high: float, most: int) -> tuple[int, int]:
    # an edge that lies on a pixel but for rounding stays there
    return max(0, math.floor(low + 1e-6)), min(most, math.ceil(high - 1e-6))
