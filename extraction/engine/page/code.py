"""Program listings: lines in a fixed-pitch face, their breaks and indents kept."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from extraction.engine.page.aligned import part_line
from extraction.engine.page.drafts import Column, Draft, make_draft
from extraction.engine.page.lines import CJK, Line, Token
from extraction.types import BlockType

FIXED_NAME = re.compile(
    r"courier|mono(?!type)|consol|menlo|typewriter|inconsolata|cmtt|sftt|lmtt|monaco|fixedsys|lucidatype|ocr-?[ab]|nimbusmon",
    re.IGNORECASE,
)
SIGN = re.compile(r"[{}()\[\];=<>_#$\\\"'|&*/]")
EVEN = 0.03  # of the size: how far the pitch of a fixed face may stray
LEAST_WORDS = 6
TYPED = 0.6  # of a page's letters in a fixed face: a page from a typewriter
DENSE, SPARSE = 0.06, 0.03  # shares of signs that running text hardly has
WIDE_GAP = 3.0  # signs of white inside a line, as between a table's cells
BLANK_LINE = 1.7  # pitches


def mark_fixed(tokens: Sequence[Token]) -> None:
    """Mark the words in a face whose signs are all equally wide, unless the page is typed text as a whole."""
    fonts = _fixed_fonts(tokens)
    fixed = [token for token in tokens if token.font in fonts]
    letters = sum(len(token.text) for token in tokens)
    typed = sum(len(token.text) for token in fixed) > TYPED * letters
    if typed and _sign_share([token.text for token in fixed]) < DENSE:
        return
    for token in fixed:
        token.fixed = True


def code_runs(lines: Sequence[Line], column: Column) -> list[tuple[int, int, list[Draft]]]:
    """Listings in a column's lines: first line, the one after the last, and the draft."""
    result: list[tuple[int, int, list[Draft]]] = []
    first = 0
    for position in range(len(lines) + 1):
        if position < len(lines) and _is_fixed(lines[position]):
            continue
        run = lines[first:position]
        if run and _is_code(run, column):
            result.append((first, position, [_listing(run)]))
        first = position + 1
    return result


def _fixed_fonts(tokens: Sequence[Token]) -> set[str]:
    pitches: dict[str, list[float]] = defaultdict(list)
    for token in tokens:
        if token.font and len(token.text) >= 3 and token.text.isascii() and token.size:
            pitches[token.font].append((token.x1 - token.x0) / len(token.text) / token.size)
    named = {font for font in {token.font for token in tokens} if FIXED_NAME.search(font)}
    even = {font for font, found in pitches.items() if len(found) >= LEAST_WORDS and max(found) - min(found) < EVEN}
    return named | even


def _is_fixed(line: Line) -> bool:
    return line.share("fixed") >= 0.9 and not CJK.match(line.text)


def _sign_share(texts: Sequence[str]) -> float:
    return sum(len(SIGN.findall(text)) for text in texts) / max(1, sum(map(len, texts)))


def _is_code(run: Sequence[Line], column: Column) -> bool:
    """Tell a listing from running text and from rows of a table in the same face."""
    signs = _sign_share([line.text for line in run])
    pitch = _advance(run)
    gapped = sum(1 for line in run if len(part_line(line, WIDE_GAP * pitch / line.size)) > 1)
    if gapped > 0.3 * len(run):
        return signs > DENSE
    full = sum(1 for line in run if line.width > 0.8 * column.width and sum(token.wordy for token in line.tokens) > 5)
    if full > 0.5 * len(run) and signs < SPARSE:
        return False
    return len(run) > 1 or signs > SPARSE


def _advance(run: Sequence[Line]) -> float:
    """The width of a sign."""
    return median((token.x1 - token.x0) / len(token.text) for line in run for token in line.tokens) or 1.0


def _listing(run: Sequence[Line]) -> Draft:
    draft = make_draft(BlockType.CODE, run)
    advance, left = _advance(run), draft.bbox.x0
    pitches = sorted(second.y1 - first.y1 for first, second in pairwise(run))
    pitch = pitches[len(pitches) // 4] if pitches else 0.0
    rows = [_row(run[0], left, advance)]
    for last, line in pairwise(run):
        rows += [""] * (line.y1 - last.y1 > BLANK_LINE * pitch)
        rows.append(_row(line, left, advance))
    draft.text = "\n".join(rows)
    return draft


def _row(line: Line, left: float, advance: float) -> str:
    """The line's words, each at its place in signs."""
    text = ""
    for token in line.tokens:
        place = round((token.x0 - left) / advance)
        text += " " * max(place - len(text), 1 if text else 0) + token.text
    return text
