"""A line that OCR read, cut into words: each with its stretch of the line's picture."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy
from numpy.typing import NDArray

from extraction.engine.page.ink import LineFace, LineInk
from extraction.engine.page.line_reader import LineText
from extraction.engine.page.raster_scene import Picture
from extraction.engine.page.raster_skew import Quad
from extraction.engine.raw import RawWord
from extraction.types import BBox

UPRIGHT_RATIO = 1.5  # of a line's longer side by the other: from there on it tells how the line runs
LEAST_INK = 0.06  # of a line's height: what a column must hold to count as printed
WIDE_GAP = 3.5  # of the usual distance of characters: a gap without a printed space


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line's corners, its picture laid from left to right, and what was read of it."""

    quad: Quad
    crop: Picture
    read: LineText
    ink: LineInk | None = None
    face: LineFace | None = None

    @property
    def is_upended(self) -> bool:
        return side_of(self.quad) >= UPRIGHT_RATIO * width_of(self.quad)


@dataclass(frozen=True, slots=True)
class _Character:
    text: str
    column: int
    confidence: float
    starts_word: bool


def width_of(quad: Quad) -> float:
    return float(numpy.linalg.norm(quad[1] - quad[0]))


def side_of(quad: Quad) -> float:
    return float(numpy.linalg.norm(quad[3] - quad[0]))


def height_of(quad: Quad) -> float:
    """The line's height, whichever way it runs."""
    return min(width_of(quad), side_of(quad))


def words_of(line: ReadLine, shape: tuple[int, ...]) -> Iterator[RawWord]:
    """Cut a line into words where the model saw a space or a wide gap, each with its stretch of the line's box."""
    groups: list[list[_Character]] = []
    for character in _characters(line.read):
        if character.starts_word or not groups:
            groups.append([])
        groups[-1].append(character)
    if not groups:
        return
    face = line.face or LineFace(height_of(line.quad))
    for place, (group, (start, end)) in enumerate(zip(groups, _shares(line, groups), strict=True)):
        box = _stretch(line, start, end, shape)
        if box is not None:
            yield RawWord(
                "".join(character.text for character in group),
                box,
                face.size,
                bold=face.is_bold,
                vertical=line.is_upended,
                confidence=min(1.0, sum(character.confidence for character in group) / len(group)),
                goes_on=place > 0,
            )


def _characters(line: LineText) -> Iterator[_Character]:
    """The characters that show, with the column of the model's output at which each was seen."""
    printed = [place for place, text in enumerate(line.characters) if not text.isspace()]
    steps = [line.columns[after] - line.columns[before] for before, after in itertools.pairwise(printed)]
    wide = max(4.0, WIDE_GAP * (sorted(steps)[len(steps) // 2] if steps else 1.0))
    for before, place, step in zip([-1, *printed], printed, [0, *steps], strict=False):
        starts_word = place > before + 1 or step > wide
        yield _Character(line.characters[place], line.columns[place], line.confidences[place], starts_word)


def _shares(line: ReadLine, groups: Sequence[Sequence[_Character]]) -> list[tuple[float, float]]:
    """Each word's start and end as shares of the line: parted in the widest blank near where the model saw it end."""
    ink = _inked_columns(line.crop)
    scale = len(ink) / max(1.0, line.read.length)
    reach = max(2, round(line.crop.shape[0] / 3))
    cuts = [0]
    for before, after in itertools.pairwise(groups):
        middle = round((before[-1].column + after[0].column + 1) / 2 * scale)
        cuts.append(max(cuts[-1], _blank_near(ink, middle, reach)))
    cuts.append(len(ink))
    return [_trimmed(ink, start, end) for start, end in itertools.pairwise(cuts)]


def _inked_columns(crop: Picture) -> NDArray[numpy.bool_]:
    """The columns of a line's picture that hold ink, which is the rarer of its two shades."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    _, shades = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    dark = numpy.asarray(shades, dtype=bool)
    ink = dark if dark.mean() <= 0.5 else ~dark
    return numpy.asarray(ink.sum(axis=0) >= max(2.0, LEAST_INK * crop.shape[0]), dtype=bool)


def _blank_near(ink: NDArray[numpy.bool_], middle: int, reach: int) -> int:
    """The middle of the widest blank within reach; `middle` itself where there is none."""
    start, end = max(0, middle - reach), min(len(ink), middle + reach)
    blanks = numpy.flatnonzero(~ink[start:end])
    if not len(blanks):
        return min(max(middle, 0), len(ink))
    runs = numpy.split(blanks, numpy.flatnonzero(numpy.diff(blanks) > 1) + 1)
    widest = max(runs, key=len)
    return start + int(widest[len(widest) // 2])


def _trimmed(ink: NDArray[numpy.bool_], start: int, end: int) -> tuple[float, float]:
    """The stretch without the blank at its ends, as shares of the line."""
    columns = numpy.flatnonzero(ink[start:end])
    if len(columns):
        start, end = start + int(columns[0]), start + int(columns[-1]) + 1
    return start / len(ink), end / len(ink)


def _stretch(line: ReadLine, start: float, end: float, shape: tuple[int, ...]) -> BBox | None:
    """The upright box around the print of a stretch of the line; None where nothing of it lies on the page."""
    top_left, top_right, bottom_right, bottom_left = _laid(line)
    points = [top_left + (top_right - top_left) * share for share in (start, end)]
    points += [bottom_left + (bottom_right - bottom_left) * share for share in (start, end)]
    return box_around(points, shape)


def box_around(points: Iterable[Quad], shape: tuple[int, ...]) -> BBox | None:
    points = list(points)
    xs, ys = [float(point[0]) for point in points], [float(point[1]) for point in points]
    x0, x1 = max(0.0, min(xs)), min(float(shape[1]), max(xs))
    y0, y1 = max(0.0, min(ys)), min(float(shape[0]), max(ys))
    return BBox(x0, y0, x1, y1) if x1 > x0 and y1 > y0 and math.isfinite(x1 + y1) else None


def _laid(line: ReadLine) -> Sequence[NDArray[numpy.float32]]:
    """Corners around the line's print, from the top left as it is read."""
    quad = line.quad
    # an upended line is read from its foot, as the model turned it
    corners = (quad[3], quad[0], quad[1], quad[2]) if line.is_upended else tuple(quad)
    if line.face is None:
        return corners
    top_left, top_right, bottom_right, bottom_left = corners
    left, right = bottom_left - top_left, bottom_right - top_right
    top, bottom = line.face.top, line.face.bottom
    return (top_left + left * top, top_right + right * top, top_right + right * bottom, top_left + left * bottom)
