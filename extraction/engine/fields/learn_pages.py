"""A page as a familiar layout looks at it: which of its texts stand as those around a learned value did."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from extraction.engine.fields.candidates import Candidate
from extraction.engine.fields.learn_layouts import stem
from extraction.engine.fields.segments import Segment, Sheet
from extraction.types import Pointer, Spot

LEAST_VOTE = 0.5
"""What a place needs to be brought up by a layout alone."""

_UNKNOWN = 0.4
"""How much a text that is not on the page at all still counts."""

_PLACE, _BEFORE, _UNLIKE_BEFORE = 0.3, 1.5, 0.5
"""What the place on the page weighs beside the texts around, and the words before the value: learned, or new."""

_OTHER_PAGE = 0.6
_FAR = 0.06
"""In shares of the page: nothing so far off is the same place."""


class LearnedPage:
    """A page's texts by their words."""

    def __init__(self, sheet: Sheet, index: int, count: int) -> None:
        self.sheet, self.from_start, self.from_end = sheet, index, count - 1 - index
        self._centres = np.array([segment.bbox.centre[1] for segment in sheet.segments])
        self._near: dict[int, dict[int, Segment]] = {}
        self.by_stem: dict[str, list[Segment]] = {}
        for segment in sheet.segments:
            self.by_stem.setdefault(stem(segment.text), []).append(segment)

    def near(self, spot: Spot) -> Iterable[Segment]:
        """Those at a height at which the texts around the spot leave hope for a vote."""
        return self._hopeful(spot).values()

    def _hopeful(self, spot: Spot) -> dict[int, Segment]:
        if id(spot) not in self._near:
            most, total = np.full(len(self._centres), _PLACE), _PLACE
            for pointer in spot.pointers:
                others = self.by_stem.get(pointer.text, ())
                total += pointer.weight * (1.0 if others else _UNKNOWN)
                fits = [self._level(pointer, other.bbox.centre[1], self._centres) for other in others]
                most += pointer.weight * np.maximum.reduce([*fits, np.zeros(len(self._centres))])
            before = _BEFORE if spot.before else 0.0
            hopeful = (most + before) * self._share(spot) >= LEAST_VOTE * (total + before)
            self._near[id(spot)] = {
                id(segment): segment for segment, is_near in zip(self.sheet.segments, hopeful, strict=True) if is_near
            }
        return self._near[id(spot)]

    def _level(self, pointer: Pointer, centre: float, centres: np.ndarray) -> np.ndarray:
        """How well heights fit a pointer's, from 0 to 1, whatever stands beside."""
        down = (centres - centre) / self.sheet.line_height
        fits: np.ndarray = np.maximum(0.0, 1 - (np.abs(down - pointer.down) / _far_down(pointer)) ** 2)
        return fits

    def _share(self, spot: Spot) -> float:
        is_page = spot.from_start == self.from_start or spot.from_end == self.from_end
        return 1.0 if is_page else _OTHER_PAGE

    def agreement(self, candidate: Candidate, spot: Spot) -> float:
        """From 0 to 1: how well the texts around the candidate stand as those around the spot did."""
        if id(candidate.segment) not in self._hopeful(spot):
            return 0.0
        x0, _y0, x1, _y1 = candidate.box
        total, agreed = _PLACE, _PLACE * self._same_place(candidate, spot)
        for pointer in spot.pointers:
            known = pointer.text in self.by_stem
            total += pointer.weight * (1.0 if known else _UNKNOWN)
            agreed += pointer.weight * max(
                (self._fits(pointer, other, candidate, x0, x1) for other in self.by_stem.get(pointer.text, ())),
                default=0.0,
            )
        before = stem(candidate.segment.text[: candidate.start])
        if spot.before or before:
            total += _BEFORE if spot.before else _UNLIKE_BEFORE
            agreed += _BEFORE if spot.before and before == spot.before else 0.0
        return agreed / total * self._share(spot)

    def _same_place(self, candidate: Candidate, spot: Spot) -> float:
        x0, _y0, x1, _y1 = candidate.box
        side = min(abs(x0 / self.sheet.width - spot.left), abs(x1 / self.sheet.width - spot.right))
        down = abs(candidate.segment.bbox.centre[1] / self.sheet.height - spot.middle)
        return max(0.0, 1 - side / _FAR) * max(0.0, 1 - down / _FAR)

    def _fits(self, pointer: Pointer, other: Segment, candidate: Candidate, x0: float, x1: float) -> float:
        unit = self.sheet.line_height
        side = min(abs((x0 - other.bbox.x0) / unit - pointer.left), abs((x1 - other.bbox.x0) / unit - pointer.right))
        down = (candidate.segment.bbox.centre[1] - other.bbox.centre[1]) / unit
        far_side = 2.0 + 0.12 * abs(pointer.left)
        return max(0.0, 1 - (side / far_side) ** 2) * max(0.0, 1 - (abs(down - pointer.down) / _far_down(pointer)) ** 2)

    def nearest(self, pointer: Pointer, candidate: Candidate) -> Segment | None:
        x0, _y0, x1, _y1 = candidate.box
        found = self.by_stem.get(pointer.text, ())
        best = max(found, key=lambda other: self._fits(pointer, other, candidate, x0, x1), default=None)
        return best if best and self._fits(pointer, best, candidate, x0, x1) > LEAST_VOTE else None


def _far_down(pointer: Pointer) -> float:
    return 0.8 + 0.12 * abs(pointer.down)
