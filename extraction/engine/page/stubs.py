"""Tables whose rules stand under their figures alone: the texts that name the rows are to the left."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.page.lines import Line, Segment, Token, lines_of, on_one_line, segments_of
from extraction.types import BBox

NAMED = 0.7  # of the rows of figures
PROSE_WORDS, MOST_PROSE = 9, 0.2


def with_stub(box: BBox, tokens: Sequence[Token]) -> BBox:
    """Widen a box of figures over the texts to its left, one to each row."""
    rows = _lines(tokens, box.x0, box.x1, box)
    if not rows or sum(map(_has_figure, rows)) < 0.6 * len(rows):
        return box
    beside = _lines(tokens, 0.0, box.x0, box)
    named = sum(1 for row in rows if any(on_one_line(row, text) for text in beside))
    prose = sum(1 for text in beside if sum(token.wordy for token in text.tokens) >= PROSE_WORDS)
    if named < max(3, NAMED * len(rows)) or prose > MOST_PROSE * len(beside):
        return box
    return BBox(min(text.x0 for text in beside) - 1, box.y0, box.x1, box.y1)


def _lines(tokens: Sequence[Token], low: float, high: float, box: BBox) -> list[Line]:
    inside = [
        token
        for token in tokens
        if low <= (token.x0 + token.x1) / 2 <= high and box.y0 <= (token.y0 + token.y1) / 2 <= box.y1
    ]
    return lines_of(segments_of(inside)) if inside else []


def _has_figure(line: Segment) -> bool:
    return 2 * sum(sign.isdigit() for sign in line.text) >= line.letters
