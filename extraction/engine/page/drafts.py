"""Blocks before they have a number: what they are made of and what is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from extraction.engine.page.broken import runs_on
from extraction.engine.page.lines import Line, Segment, Token, common_size, join_lines
from extraction.types import BBox, BlockType, TableCell, TitleHint


@dataclass(slots=True)
class Draft:
    """A block in the making; `text` and `cells` are set for tables, else the lines speak.

    `keeps_lines` says that the lines are no running text: an address, labels with values; `right` is the edge at which
    the lines of running text are broken.
    """

    kind: BlockType
    bbox: BBox
    lines: list[Line] = field(default_factory=list)
    text: str | None = None
    format: str = "text"
    cells: tuple[TableCell, ...] = ()
    title_hint: TitleHint | None = None
    captions: list[Draft] = field(default_factory=list)
    keeps_lines: bool = False
    right: float | None = None

    @property
    def tokens(self) -> list[Token]:
        return [token for line in self.lines for token in line.tokens]

    @property
    def content(self) -> str:
        if self.text is not None:
            return self.text
        if self.keeps_lines:
            return "\n".join(line.text for line in self.lines)
        return "\n".join(join_lines(run) for run in runs_on(self.lines, self.right))

    @property
    def size(self) -> float:
        return common_size(self.tokens)


@dataclass(slots=True)
class Area(Segment):
    """A finished block that takes its place among the segments of a column."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class Column:
    """Edges of a run of lines, the page's usual size, the lines' pitch, and their usual gap in ems."""

    left: float
    right: float
    body: float
    pitch: float
    bold: bool = False
    font: str = ""
    gap: float = 0.0

    @property
    def width(self) -> float:
        return self.right - self.left


def make_draft(kind: BlockType, lines: Sequence[Line]) -> Draft:
    return Draft(kind, BBox.around(*(line.bbox for line in lines)), list(lines))


def make_area(draft: Draft) -> Area:
    tokens = draft.tokens
    box = draft.bbox
    return Area(tokens, box.x0, box.y0, box.x1, box.y1, common_size(tokens), draft)


def column_of(lines: Sequence[Line], body: float) -> Column:
    """Measure a column: its edges are those that many lines reach."""
    lefts, rights = sorted(line.x0 for line in lines), sorted(line.x1 for line in lines)
    pitches = [
        second.y1 - first.y1
        for first, second in pairwise(lines)
        if 0.5 * second.size < second.y1 - first.y1 < 2.6 * second.size
    ]
    letters = sum(line.letters for line in lines)
    bold = sum(line.share("bold") * line.letters for line in lines) > 0.6 * letters and len(lines) > 4
    pitch = median(pitches) if pitches else 1.2 * body
    left, right = lefts[len(lefts) // 20], rights[-1 - len(rights) // 20]
    return Column(left, right, body, pitch, bold, _common_font(lines), _usual_gap(lines, body))


def _usual_gap(lines: Sequence[Line], body: float) -> float:
    gaps = [(second.y0 - first.y1) / body for first, second in pairwise(lines)]
    return max(0.0, median(gaps)) if len(gaps) > 3 else 0.0


def _common_font(lines: Sequence[Line]) -> str:
    letters: Counter[str] = Counter()
    for line in lines:
        for token in line.tokens:
            letters[token.font] += len(token.text)
    return max(letters, key=letters.__getitem__)
