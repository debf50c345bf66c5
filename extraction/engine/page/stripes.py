"""Shaded rows: every second row of a table lies on a stripe, with no rules between."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extraction.engine.page.rules import Rule
from extraction.engine.raw import RawPage
from extraction.types import BBox

CLOSE = 1.5
TALLEST = 0.1  # of the page's height
LEAST_GAP, MOST_GAP = 0.5, 2.2  # of a stripe's height: the white row between two
LIMIT = 2000


def stripe_sides(raw: RawPage) -> list[Rule]:
    """Upright rules down both sides of each stack of stripes, which make one frame of it."""
    sides: list[Rule] = []
    for stack in _stacks(_rows(raw)):
        gaps = [(above.y1, below.y0) for above, below in pairwise(stack) if below.y0 - above.y1 > CLOSE]
        box = BBox.around(*stack)
        if gaps and all(_holds_row(raw, box, low, high) for low, high in gaps):
            sides += [Rule(box.x0, box.y0, box.y1), Rule(box.x1, box.y0, box.y1)]
    return sides


def _rows(raw: RawPage) -> list[BBox]:
    """Fills of a row's height, those of one row's cells as one."""
    low = [fill for fill in raw.fills[:LIMIT] if 5 < fill.height <= TALLEST * raw.height and fill.width > 5]
    result: list[BBox] = []
    for fill in sorted(low, key=lambda box: (round(box.y0), round(box.y1), box.x0)):
        last = result[-1] if result else None
        if last and abs(last.y0 - fill.y0) < CLOSE and abs(last.y1 - fill.y1) < CLOSE and fill.x0 - last.x1 < CLOSE:
            result[-1] = BBox.around(last, fill)
        else:
            result.append(fill)
    return [row for row in result if row.width > 4 * row.height]


def _stacks(rows: Sequence[BBox]) -> list[list[BBox]]:
    """Rows of the same sides, one under the other with no more than a row between."""
    stacks: list[list[BBox]] = []
    for row in sorted(rows, key=lambda box: box.y0):
        home = next((stack for stack in reversed(stacks) if _follows(stack[-1], row)), None)
        if home is None:
            stacks.append([row])
        else:
            home.append(row)
    return [stack for stack in stacks if len(stack) > 1]


def _follows(above: BBox, below: BBox) -> bool:
    if abs(above.x0 - below.x0) > CLOSE or abs(above.x1 - below.x1) > CLOSE:
        return False
    gap = below.y0 - above.y1
    touches = abs(gap) <= CLOSE
    return touches or LEAST_GAP * below.height <= gap <= MOST_GAP * max(above.height, below.height)


def _holds_row(raw: RawPage, box: BBox, low: float, high: float) -> bool:
    inside = 0
    for word in raw.words:
        x, y = word.bbox.centre
        inside += low <= y <= high and box.x0 <= x <= box.x1
    return inside >= 2
