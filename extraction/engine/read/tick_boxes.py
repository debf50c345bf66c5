"""Tick boxes that a PDF page draws: small squares, and what is drawn inside them."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.read.artwork import Edges

LEAST, MOST = 6.0, 22.0  # points, the stroke included
SQUARE = 1.3  # the longer side by the shorter
LIMIT = 300


def is_square(box: Edges) -> bool:
    wide, high = box[2] - box[0], box[3] - box[1]
    return min(wide, high) >= LEAST and max(wide, high) <= min(MOST, SQUARE * min(wide, high))


def lone_squares(squares: Sequence[Edges], figures: Sequence[Edges]) -> list[Edges]:
    """Squares that touch no other, as the boxes for single letters do, and belong to no drawing."""
    distinct: list[Edges] = []
    for box in squares[: 4 * LIMIT]:
        if not any(_same(box, other) for other in distinct):
            distinct.append(box)
    if len(distinct) > LIMIT:
        return []
    return [
        box
        for box in distinct
        if not any(other is not box and _touch(box, other) for other in distinct)
        and not any(_holds(figure, box) for figure in figures)
    ]


def ticks_in(box: Edges, parts: Sequence[Edges]) -> list[Edges]:
    """Drawn parts that make a cross, a tick or a spot in the box; a tick may stick out."""
    side = max(box[2] - box[0], box[3] - box[1])
    return [
        part
        for part in parts
        if _holds(box, part) and 0.25 * side <= max(part[2] - part[0], part[3] - part[1]) <= 1.8 * side
    ]


def _same(first: Edges, second: Edges) -> bool:
    return all(abs(one - other) < 1.5 for one, other in zip(first, second, strict=True))


def _touch(first: Edges, second: Edges) -> bool:
    reach = 0.2 * (first[2] - first[0])
    across = max(second[0] - first[2], first[0] - second[2])
    down = max(second[1] - first[3], first[1] - second[3])
    return max(across, down) < reach


def _holds(box: Edges, part: Edges) -> bool:
    x, y = (part[0] + part[2]) / 2, (part[1] + part[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
