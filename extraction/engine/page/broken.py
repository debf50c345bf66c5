"""Where writers end lines themselves, and where lines only wrap."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.page.lines import CJK, Segment

SPACE, SLACK = 0.3, 1.0  # of the size
EVEN = 0.3  # of the size: edges that are one
SET_RIGHT = 2.5  # of the size: more than a paragraph's indent


def is_broken(last: Segment, line: Segment, right: float) -> bool:
    """Tell a line that its writer ended: the next one's first word would have found room before the edge."""
    first = line.tokens[0]
    width = first.x1 - first.x0
    needed = min(width, 2 * line.size) if CJK.match(first.text) else width + SPACE * line.size
    return right - last.x1 > needed + SLACK * line.size


def runs_on(lines: Sequence[Segment], right: float | None) -> list[list[Segment]]:
    """Lines parted where the writer broke them; `right` is the edge at which they wrap, None where it is not known."""
    result = [list(lines[:1])] if lines else []
    for place in range(1, len(lines)):
        last, line = lines[place - 1 : place + 1]
        near = [lines[place - 2], line] if place > 1 else [line]
        wraps = any(_is_even(last, other) for other in near)
        if right is not None and (_is_set_right(last, line) or not wraps and is_broken(last, line, right)):
            result.append([line])
        else:
            result[-1].append(line)
    return result


def _is_even(first: Segment, second: Segment) -> bool:
    """Tell lines that a picture beside them made equally short."""
    return max(abs(first.x0 - second.x0), abs(first.x1 - second.x1)) < EVEN * first.size


def _is_set_right(last: Segment, line: Segment) -> bool:
    return abs(last.x1 - line.x1) < EVEN * line.size and abs(last.x0 - line.x0) > SET_RIGHT * line.size
