"""Lines of narrow justified columns, torn at their wide blanks, made whole again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from extraction.engine.page.lines import Segment, make_segment

NARROWEST, WIDEST = 7.0, 18.0  # of the size: columns in which blanks grow that wide
FULL_LINES, FULL_WORDS = 4, 3
SLACK = 1.5  # points between edges that are one
INDENT = 2.5  # of the size
NEAR = 0.8  # of the size: white between lines that follow one another

type Edges = tuple[float, float]


def mended(segments: Sequence[Segment]) -> list[Segment]:
    """Join what lies between the edges of a column that holds whole lines, where a line beside has no gap there."""
    result = list(segments)
    for edges in _columns(segments):
        inside = [part for part in result if edges[0] - SLACK <= part.x0 and part.x1 <= edges[1] + SLACK]
        rows = _rows(inside)
        for place, row in enumerate(rows):
            if len(row) > 1 and _fills(row, edges) and _is_covered(row, rows[max(0, place - 1) : place + 2]):
                whole = make_segment([token for part in row for token in part.tokens])
                whole.is_whole = True
                rows[place] = [whole]
                gone = {id(part) for part in row}
                result = [part for part in result if id(part) not in gone] + [whole]
    return sorted(result, key=lambda part: (part.y0, part.x0))


def _columns(segments: Sequence[Segment]) -> list[Edges]:
    """Edges that several whole lines of one narrow column share."""
    found: defaultdict[tuple[int, int], list[Edges]] = defaultdict(list)
    for part in segments:
        if len(part.tokens) >= FULL_WORDS and NARROWEST * part.size <= part.width <= WIDEST * part.size:
            found[round(part.x0 / SLACK), round(part.x1 / SLACK)].append((part.x0, part.x1))
    return [lines[0] for lines in found.values() if len(lines) >= FULL_LINES]


def _rows(parts: Sequence[Segment]) -> list[list[Segment]]:
    rows: list[list[Segment]] = []
    for part in sorted(parts, key=lambda part: (part.y0 + part.y1, part.x0)):
        if rows and abs(rows[-1][0].y0 + rows[-1][0].y1 - part.y0 - part.y1) < 0.6 * part.size:
            rows[-1].append(part)
        else:
            rows.append([part])
    return [sorted(row, key=lambda part: part.x0) for row in rows]


def _fills(row: Sequence[Segment], edges: Edges) -> bool:
    size = row[0].size
    same = all(abs(part.size - size) < 0.5 for part in row)
    return same and row[0].x0 < edges[0] + INDENT * size and row[-1].x1 > edges[1] - SLACK


def _is_covered(row: Sequence[Segment], near: Sequence[Sequence[Segment]]) -> bool:
    """Tell blanks from the white between a table's columns: that runs on above and below."""
    gaps = [(row[place].x1, row[place + 1].x0) for place in range(len(row) - 1)]
    beside = [part for other in near if other is not row and _is_near(row[0], other[0]) for part in other]
    return all(any(part.x0 < low and high < part.x1 for part in beside) for low, high in gaps)


def _is_near(first: Segment, second: Segment) -> bool:
    return max(second.y0 - first.y1, first.y0 - second.y1) < NEAR * first.size
