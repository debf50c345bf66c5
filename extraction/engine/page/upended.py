"""Text that runs up or down an upright page."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.page.drafts import Draft, make_draft
from extraction.engine.page.lines import Line, Token, common_size
from extraction.types import BlockType


def upended_drafts(tokens: Sequence[Token]) -> list[Draft]:
    """One draft a run of words, in the file's order."""
    runs: list[list[Token]] = []
    for token in tokens:
        if runs and _continues(runs[-1][-1], token):
            runs[-1].append(token)
        else:
            runs.append([token])
    return [make_draft(BlockType.SIDER, [_line(run)]) for run in runs]


def _continues(last: Token, token: Token) -> bool:
    if abs(last.x0 - token.x0) > 0.5 * token.size:
        return False
    return max(token.y0 - last.y1, last.y0 - token.y1) < 1.5 * token.size


def _line(run: list[Token]) -> Line:
    x0, y0 = min(token.x0 for token in run), min(token.y0 for token in run)
    x1, y1 = max(token.x1 for token in run), max(token.y1 for token in run)
    return Line(run, x0, y0, x1, y1, common_size(run), [])
