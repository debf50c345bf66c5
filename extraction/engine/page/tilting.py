"""Boxes of a straightened scan brought back onto the picture that people see, which leans."""

from __future__ import annotations

import math
from dataclasses import replace

from extraction.types import BBox, Block, PageReading


def tilted(page: PageReading, skew: float) -> PageReading:
    """The page with every box turned clockwise by `skew` degrees around the page's centre, and upright again."""
    if not skew:
        return page
    tilt = Tilt(page.width, page.height, skew)
    return replace(
        page,
        blocks=tuple(_tilted_block(block, tilt) for block in page.blocks),
        words=tuple(replace(word, bbox=tilt.box(word.bbox)) for word in page.words),
    )


class Tilt:
    """Turns boxes clockwise by `skew` degrees around the centre of a page of this size."""

    def __init__(self, width: float, height: float, skew: float) -> None:
        self._width, self._height = width, height
        self._cos, self._sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))

    def box(self, box: BBox) -> BBox:
        """The upright box around the turned one, on the page as far as it lies there."""
        x, y = box.centre[0] - self._width / 2, box.centre[1] - self._height / 2
        middle_x = self._width / 2 + x * self._cos - y * self._sin
        middle_y = self._height / 2 + x * self._sin + y * self._cos
        across = (box.width * self._cos + box.height * abs(self._sin)) / 2
        down = (box.height * self._cos + box.width * abs(self._sin)) / 2
        x0, x1 = _within(middle_x - across, middle_x + across, self._width)
        y0, y1 = _within(middle_y - down, middle_y + down, self._height)
        return BBox(x0, y0, x1, y1)


def _within(low: float, high: float, end: float) -> tuple[float, float]:
    inside = max(0.0, low), min(end, high)
    return inside if inside[0] < inside[1] else (low, high)


def _tilted_block(block: Block, tilt: Tilt) -> Block:
    cells = tuple(replace(cell, bbox=cell.bbox and tilt.box(cell.bbox)) for cell in block.cells)
    return replace(block, bbox=block.bbox and tilt.box(block.bbox), cells=cells)
