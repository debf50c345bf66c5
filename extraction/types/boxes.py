"""Boxes on a page."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in the units of its page's size, origin top left."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        # one sum instead of four questions: pages make many boxes
        if not math.isfinite(self.x0 + self.y0 + self.x1 + self.y1):
            raise ValueError(f"a box needs finite edges, not {self}")
        if self.x1 <= self.x0 or self.y1 <= self.y0:
            raise ValueError(f"a box needs x1 > x0 and y1 > y0, not {self}")

    def __iter__(self) -> Iterator[float]:
        yield from (self.x0, self.y0, self.x1, self.y1)

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def overlap(self, other: BBox) -> float:
        """Area shared with the other box."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return width * height if width > 0 and height > 0 else 0.0

    @classmethod
    def around(cls, *boxes: BBox) -> BBox:
        """The smallest box that holds all the boxes, of which there must be one."""
        if not boxes:
            raise ValueError("no box to go around")
        return cls(
            min(box.x0 for box in boxes),
            min(box.y0 for box in boxes),
            max(box.x1 for box in boxes),
            max(box.y1 for box in boxes),
        )
