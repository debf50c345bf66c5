"""Side bars: narrow columns of text in the margin beside the page's text."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.page.drafts import Draft
from extraction.engine.page.lines import Segment, lines_of
from extraction.engine.page.paragraphs import drafts_of
from extraction.types import BlockType

NARROW = 0.22  # of the page's width
BODY_SHARE = 0.7  # of the letters stand in the text beside which a side bar may stand
BODY_WIDTH = 0.4  # of the page's width: a line of that text
LEAST_LINES = 8
APART = 0.5  # ems


def set_aside[Part: Segment](parts: Sequence[Part], width: float) -> tuple[list[Part], list[Part]]:
    """The page's own segments, and those that stand wholly in a margin, level with the text."""
    wide = [part for part in parts if part.width > BODY_WIDTH * width and part.letters]
    letters = sum(part.letters for part in parts)
    if len(wide) < LEAST_LINES or sum(part.letters for part in wide) < BODY_SHARE * letters:
        return list(parts), []
    left = sorted(part.x0 for part in wide)[len(wide) // 20]
    right = sorted(part.x1 for part in wide)[-1 - len(wide) // 20]
    top, bottom = min(part.y0 for part in wide), max(part.y1 for part in wide)
    aside = {
        id(part)
        for part in parts
        if (part.x1 < left - APART * part.size or part.x0 > right + APART * part.size)
        and part.width < NARROW * width
        and top < part.y1
        and part.y0 < bottom
        and any(token.wordy for token in part.tokens)
    }
    return [part for part in parts if id(part) not in aside], [part for part in parts if id(part) in aside]


def sider_drafts(aside: Sequence[Segment], width: float, body: float) -> list[Draft]:
    """Side bars of the left margin, then of the right one, each from the top."""
    sides = (
        [part for part in aside if part.x0 + part.x1 < width],
        [part for part in aside if part.x0 + part.x1 >= width],
    )
    drafts = [draft for side in sides for draft in drafts_of(lines_of(side), body)]
    for draft in drafts:
        draft.kind = BlockType.SIDER
    return drafts
