"""A look at a page's picture, coarse and grey: where something like lines of text shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy
import pypdfium2
from numpy.typing import NDArray

from extraction.types import BBox

type Grey = NDArray[numpy.uint8]
type Edges = NDArray[numpy.bool_]
type Line = tuple[int, int, int, int]
type Run = tuple[int, int]

DPI, LONGEST = 100, 1800
CONTRAST = 40  # of 255, between neighbours
STRIP = 16  # pixels: a line is followed over strips of this width
LEAST_EDGES = 2  # in a strip's row
LINE_HEIGHTS = range(4, 33)  # pixels
LEAST_STRIPS = 3
INKED_EDGES = 0.02  # of a word's pixels


@dataclass(frozen=True, slots=True)
class Print:
    """Boxes of lines, and the share of all that shows in their area that is theirs."""

    lines: tuple[BBox, ...]
    share: float


class Glance:
    """The page as it is shown, turned clockwise by `turn`; boxes are in units of the upright page."""

    def __init__(self, page: pypdfium2.PdfPage, size: tuple[float, float], turn: int) -> None:
        scale = min(DPI / 72, LONGEST / max(size))
        bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        try:
            shown = bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width]
            self._grey: Grey = numpy.rot90(shown, -(turn // 90)).copy()
        finally:
            bitmap.close()
        height, width = self._grey.shape
        self._across, self._down = width / size[0], height / size[1]
        self._edges = _edges_of(self._grey)

    def is_inked(self, box: BBox) -> bool:
        """Whether anything with edges, as print has, shows in the box."""
        part = self._across_edges(box)
        return bool(part.size) and float(part.mean()) >= INKED_EDGES

    def print_in(self, box: BBox) -> Print:
        """What looks like lines of text in the box, whether they run along it or down."""
        across, down = self._across_edges(box), _edges_of(self._grey[self._slices(box)].T)
        along, upended = list(_lines(across)), list(_lines(down))
        if _extent(along) >= _extent(upended):
            return Print(tuple(self._placed(box, *line) for line in along), _share_within(across, along))
        turned = tuple(self._placed(box, y0, y1, x0, x1) for x0, x1, y0, y1 in upended)
        return Print(turned, _share_within(down, upended))

    def _across_edges(self, box: BBox) -> Edges:
        return self._edges[self._slices(box)]

    def _placed(self, box: BBox, x0: int, x1: int, y0: int, y1: int) -> BBox:
        """The part of the box in its pixels, in units of the page."""
        rows, columns = self._slices(box)
        left, top = columns.start, rows.start
        return BBox(
            (left + x0) / self._across, (top + y0) / self._down, (left + x1) / self._across, (top + y1) / self._down
        )

    def _slices(self, box: BBox) -> tuple[slice, slice]:
        height, width = self._edges.shape
        y0, y1 = max(0, int(box.y0 * self._down)), min(height, round(box.y1 * self._down) + 1)
        x0, x1 = max(0, int(box.x0 * self._across)), min(width, round(box.x1 * self._across) + 1)
        return slice(y0, max(y0, y1)), slice(x0, max(x0, x1))


def _edges_of(grey: Grey) -> Edges:
    return numpy.abs(numpy.diff(grey.astype(numpy.int16), axis=1)) > CONTRAST


def _extent(lines: Sequence[Line]) -> int:
    return sum((x1 - x0) * (y1 - y0) for x0, x1, y0, y1 in lines)


def _share_within(edges: Edges, lines: Sequence[Line]) -> float:
    held = sum(int(edges[y0:y1, x0:x1].sum()) for x0, x1, y0, y1 in lines)
    return held / max(1, int(edges.sum()))


def _lines(edges: Edges) -> Iterator[Line]:
    """Start, end, top and bottom of runs that go on from strip to strip."""
    open_: list[tuple[int, int, int]] = []  # where it began, and its last run
    for number, runs in enumerate([*_runs_of_strips(edges), []]):
        going: list[tuple[int, int, int]] = []
        for y0, y1 in runs:
            before = next((line for line in open_ if _go_on(line[1:], (y0, y1))), None)
            if before is not None:
                open_.remove(before)
            going.append((before[0] if before else number, y0, y1))
        yield from (
            (first * STRIP, number * STRIP, y0, y1) for first, y0, y1 in open_ if number - first >= LEAST_STRIPS
        )
        open_ = going


def _go_on(line: Run, run: Run) -> bool:
    shared = min(line[1], run[1]) - max(line[0], run[0])
    return shared > 0.6 * max(line[1] - line[0], run[1] - run[0])


def _runs_of_strips(edges: Edges) -> Iterator[list[Run]]:
    """Of each strip the runs of rows with edges that are as high as a line and stand free."""
    height, width = edges.shape
    strips = width // STRIP
    counts = edges[:, : strips * STRIP].reshape(height, strips, STRIP).sum(axis=2)
    dense = numpy.pad(counts >= LEAST_EDGES, ((1, 1), (0, 0)))
    dense[1:-1] |= dense[:-2] & dense[2:]  # between a letter and its dot
    changes = numpy.diff(dense.astype(numpy.int8), axis=0)
    for strip in range(strips):
        starts, ends = numpy.flatnonzero(changes[:, strip] > 0), numpy.flatnonzero(changes[:, strip] < 0)
        yield [
            (start, end)
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
            if end - start in LINE_HEIGHTS
        ]
