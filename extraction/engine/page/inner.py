"""Line items inside a form: rows without upright rules between ruled rows of other columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extraction.engine.page.aligned import part_line
from extraction.engine.page.lines import Line, Token, lines_of, segments_of
from extraction.engine.page.rules import Frame, Rule, places

FULL = 0.9  # of the frame's width: a rule that parts the frame
MIN_ROWS, MIN_PARTS = 3, 3
MAX_IN_STEP = 0.7

type Band = tuple[float, float]


def parted_frames(frame: Frame, tokens: Sequence[Token]) -> tuple[list[Band], list[Frame]]:
    """Bands that hold a table of their own, and what is left of the frame above and below them."""
    bands = [band for band in _open_bands(frame) if _holds_table(frame, band, tokens)]
    if not bands:
        return [], [frame]
    box = frame.bbox
    edges = [box.y0, *(edge for band in bands for edge in band), box.y1]
    rests = [_cut(frame, low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if high - low > 5]
    return bands, [rest for rest in rests if rest is not None]


def _open_bands(frame: Frame) -> list[Band]:
    """Runs between full rules with no upright rule inside."""
    box = frame.bbox
    floors = places([rule.at for rule in frame.across if rule.length >= FULL * box.width])
    posts = [rule for rule in frame.down if box.x0 + 5 < rule.at < box.x1 - 5]
    result: list[Band] = []
    for low, high in pairwise(floors):
        if any(min(post.high, high) - max(post.low, low) > 0.5 * (high - low) for post in posts):
            continue
        if result and result[-1][1] == low:
            result[-1] = (result[-1][0], high)
        else:
            result.append((low, high))
    return result if posts else []


def _holds_table(frame: Frame, band: Band, tokens: Sequence[Token]) -> bool:
    """Tell rows of texts that do not keep to the frame's own columns."""
    lines = band_lines(frame, band, tokens)
    rows = [line for line in lines if len(part_line(line)) >= MIN_PARTS]
    if len(rows) < MIN_ROWS or len(rows) < 0.5 * len(lines):
        return False
    posts = places([rule.at for rule in frame.down])
    return sum(_is_in_step(line, posts) for line in rows) < MAX_IN_STEP * len(rows)


def _is_in_step(line: Line, posts: Sequence[float]) -> bool:
    """Tell whether each text of the line stands in a column of its own between the posts."""
    columns = [
        (sum(post < part.x0 + 2 for post in posts), sum(post < part.x1 - 2 for post in posts))
        for part in part_line(line)
    ]
    firsts = [first for first, _ in columns]
    return len(set(firsts)) == len(firsts) and all(first == last for first, last in columns)


def band_lines(frame: Frame, band: Band, tokens: Sequence[Token]) -> list[Line]:
    box = frame.bbox
    inside = [
        token
        for token in tokens
        if band[0] < (token.y0 + token.y1) / 2 < band[1] and box.x0 < (token.x0 + token.x1) / 2 < box.x1
    ]
    return lines_of(segments_of(inside))


def _cut(frame: Frame, low: float, high: float) -> Frame | None:
    """The part of the frame between two heights."""
    across = tuple(rule for rule in frame.across if low - 2 <= rule.at <= high + 2)
    down = tuple(
        Rule(rule.at, max(rule.low, low), min(rule.high, high))
        for rule in frame.down
        if min(rule.high, high) - max(rule.low, low) > 2
    )
    return Frame(across, down) if across and down else None
