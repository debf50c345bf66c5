"""Drawn figures: curves and slanted lines that stand close together."""

from __future__ import annotations

from collections.abc import Sequence

type Edges = tuple[float, float, float, float]

REACH = 12.0  # points between the parts of one drawing
MIN_SHAPES, MIN_SPREAD = 3, 3
MIN_SIDE = 36.0
PART_LIMIT = 4000


def drawn_figures(shapes: Sequence[Edges], plain: Sequence[Edges]) -> list[Edges]:
    """Boxes of drawings: `shapes` are curved or slanted paths, `plain` straight ones, which only widen them."""
    if len(shapes) < MIN_SHAPES:
        return []
    marked = shapes[:PART_LIMIT]
    figures = []
    for box in _merged([_padded(part) for part in [*marked, *plain[:PART_LIMIT]]]):
        inside = [shape for shape in marked if _holds(box, shape)]
        if len(inside) >= MIN_SHAPES and _is_wide(box) and _spread(box, inside) >= MIN_SPREAD:
            figures.append(_trimmed(box))
        elif len(inside) >= MIN_SHAPES:
            smaller = _merged([_padded(part) for part in inside])
            figures += [_trimmed(part) for part in smaller if _is_wide(part)]
    return figures


def _is_wide(box: Edges) -> bool:
    return box[2] - box[0] >= MIN_SIDE and box[3] - box[1] >= MIN_SIDE


def _spread(box: Edges, shapes: Sequence[Edges]) -> int:
    """Ninths of the box that a shape reaches: shapes in one corner do not make a figure of a whole form."""
    wide, high = (box[2] - box[0]) / 3, (box[3] - box[1]) / 3
    ninths = [
        (box[0] + column * wide, box[1] + row * high, box[0] + (column + 1) * wide, box[1] + (row + 1) * high)
        for column in range(3)
        for row in range(3)
    ]
    return sum(1 for ninth in ninths if any(_meets(ninth, shape) for shape in shapes))


def _padded(edges: Edges) -> Edges:
    half = REACH / 2
    return edges[0] - half, edges[1] - half, edges[2] + half, edges[3] + half


def _trimmed(edges: Edges) -> Edges:
    half = REACH / 2
    return edges[0] + half, edges[1] + half, edges[2] - half, edges[3] - half


def _merged(boxes: Sequence[Edges]) -> list[Edges]:
    """Join boxes that meet until none do."""
    result: list[Edges] = []
    for box in sorted(boxes, key=_area, reverse=True):
        grown = box
        while (mates := [other for other in result if _meets(grown, other)]) and not _is_within(grown, mates[0]):
            result = [other for other in result if other not in mates]
            grown = _around([grown, *mates])
        if not any(_is_within(grown, other) for other in result):
            result.append(grown)
    return result


def _area(box: Edges) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _meets(first: Edges, second: Edges) -> bool:
    return first[0] <= second[2] and second[0] <= first[2] and first[1] <= second[3] and second[1] <= first[3]


def _holds(box: Edges, part: Edges) -> bool:
    return box[0] <= (part[0] + part[2]) / 2 <= box[2] and box[1] <= (part[1] + part[3]) / 2 <= box[3]


def _is_within(part: Edges, box: Edges) -> bool:
    return box[0] <= part[0] and box[1] <= part[1] and part[2] <= box[2] and part[3] <= box[3]


def _around(boxes: Sequence[Edges]) -> Edges:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
