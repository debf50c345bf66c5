"""Runs of read lines: a line that fills its column and the one right under it are set alike."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extraction.engine.raw import RawWord
from extraction.types import BBox

NEAR = 0.6  # of the size: white between two lines of a run
INDENT = 2.5  # ems
RAGGED = 1.0  # ems by which a full line may end before the next one does
ALIKE = 1.3  # sizes of a run's lines, as they are read
OVERLAP = 0.6


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as it was found in the picture."""

    words: tuple[RawWord, ...]
    bbox: BBox
    size: float
    is_bold: bool

    @property
    def letters(self) -> int:
        return sum(len(word.text) for word in self.words)


def read_lines(words: Sequence[RawWord]) -> list[ReadLine]:
    """Group a page's words."""
    groups: list[list[RawWord]] = []
    for word in words:
        if groups and word.goes_on:
            groups[-1].append(word)
        else:
            groups.append([word])
    return [
        ReadLine(tuple(group), BBox.around(*(word.bbox for word in group)), group[0].size, group[0].bold)
        for group in groups
    ]


def even_runs(lines: Sequence[ReadLine]) -> list[ReadLine]:
    """The lines in their order; those of a run in its most usual size, and none alone in it in another weight."""
    result = list(lines)
    for run in _runs(lines):
        weights: Counter[float] = Counter()
        for place in run:
            weights[lines[place].size] += lines[place].letters
        size = weights.most_common(1)[0][0]
        for before, place, after in zip([run[0], *run], run, [*run[1:], run[-1]], strict=False):
            beside = {lines[other].is_bold for other in (before, after) if other != place}
            is_bold = beside.pop() if len(beside) == 1 and before != place else lines[place].is_bold
            result[place] = replace(lines[place], size=size, is_bold=is_bold)
    return result


def _runs(lines: Sequence[ReadLine]) -> list[list[int]]:
    """Places of the lines of each run, from the top."""
    order = sorted((line.bbox.y0, place) for place, line in enumerate(lines) if not line.words[0].vertical)
    following = {place: _next(lines, place, order) for _, place in order}
    begun: dict[int, list[int]] = {}
    runs: list[list[int]] = []
    for _, place in order:
        run = begun.pop(place, None)
        if run is None:
            run = []
            runs.append(run)
        run.append(place)
        after = following[place]
        if after is not None and after not in begun:
            begun[after] = run
    return [run for run in runs if len(run) > 1]


def _next(lines: Sequence[ReadLine], place: int, order: Sequence[tuple[float, int]]) -> int | None:
    """The line right under this one, if this one is as long and both are set much alike."""
    line = lines[place]
    start = bisect_left(order, (line.bbox.y0 + 0.5 * line.size, -1))
    end = bisect_left(order, (line.bbox.y1 + NEAR * line.size, -1))
    below = [other for _, other in order[start:end] if other != place and _lies_under(lines[other].bbox, line.bbox)]
    return below[0] if below and _runs_on(line, lines[below[0]]) else None


def _lies_under(lower: BBox, upper: BBox) -> bool:
    return min(lower.x1, upper.x1) - max(lower.x0, upper.x0) > OVERLAP * min(lower.width, upper.width)


def _runs_on(upper: ReadLine, lower: ReadLine) -> bool:
    size = max(upper.size, lower.size)
    alike = size < ALIKE * min(upper.size, lower.size) and upper.letters > 8
    aligned = abs(upper.bbox.x0 - lower.bbox.x0) < INDENT * size
    return alike and aligned and upper.bbox.x1 > lower.bbox.x1 - RAGGED * size
