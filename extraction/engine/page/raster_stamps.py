"""Stamps and seals: a ring or frame of red or blue ink with print inside."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy
from numpy.typing import NDArray

from extraction.engine.page.raster_scene import Mask, Picture, PrintedLine, Scene, as_picture, cut
from extraction.engine.raw import RawMark
from extraction.types import BBox

INKS = {"red": ((0, 12), (165, 180)), "blue": ((95, 135),)}  # hues, of 180
LEAST_SATURATION, LEAST_LIGHT = 55, 60
FEWEST_HEIGHTS = 2.5  # of a line: the least side of a stamp
LONGEST_SHAPE = 4.0  # a stamp's length to its height
BREAK = 0.25  # of a line's height: a gap in a worn ring
SECTORS = 36
EDGED = 0.75  # of the sectors: a ring or a frame
BAND = 0.2  # of the half size: how deep the ring or frame may lie
LEAST_INK, MOST_INK = 0.04, 0.6
LEAST_PAPER = 0.3
INNER, LEAST_INNER = 0.6, 0.08  # of the half size, and of the ink: the print inside


@dataclass(frozen=True, slots=True)
class _Stamp:
    bbox: BBox
    ink: Mask


def find_stamps(scene: Scene) -> list[RawMark]:
    """Stamps in pixels of the scene, each with the lines of its own ink."""
    hues = as_picture(cv2.cvtColor(scene.colours, cv2.COLOR_BGR2HSV))
    stamps = [stamp for ranges in INKS.values() for stamp in _stamps_of(scene, _inked(hues, ranges))]
    return [RawMark("stamp", stamp.bbox, " ".join(_texts(stamp, scene))) for stamp in stamps]


def _inked(hues: Picture, ranges: tuple[tuple[int, int], ...]) -> Mask:
    result = numpy.zeros(hues.shape[:2], numpy.uint8)
    for low, high in ranges:
        floor, ceiling = (low, LEAST_SATURATION, LEAST_LIGHT), (high, 255, 255)
        result |= as_picture(cv2.inRange(hues, numpy.array(floor), numpy.array(ceiling)))
    return result


def _stamps_of(scene: Scene, ink: Mask) -> Iterator[_Stamp]:
    """Rings and frames of one piece: lines of coloured text make none, however they stand."""
    if not ink.any():
        return
    reach = max(3, round(BREAK * scene.text_height))
    joined = as_picture(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, numpy.ones((reach, reach), numpy.uint8)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    least = FEWEST_HEIGHTS * scene.text_height
    for number, (x, y, width, height, _) in enumerate(stats[1:].tolist(), start=1):
        long, short = max(width, height), min(width, height)
        if short < least or long > LONGEST_SHAPE * short or long > 0.6 * scene.width:
            continue
        part = slice(y, y + height), slice(x, x + width)
        own = (labels[part] == number) & (ink[part] > 0)
        if _has_paper(scene.grey[part], scene.paper) and _is_stamped(own, ink[part] > 0):
            yield _Stamp(BBox(float(x), float(y), float(x + width), float(y + height)), ink)


def _has_paper(grey: Picture, paper: int) -> bool:
    """Tell a stamp from a photo or a chart of the same colour: paper shows through it."""
    return float((grey > paper - 40).mean()) >= LEAST_PAPER


def _is_stamped(edge: NDArray[numpy.bool_], ink: NDArray[numpy.bool_]) -> bool:
    """Tell whether the edge runs all around, along an oval or a frame that may be turned, and ink stands inside."""
    if not LEAST_INK < ink.mean() < MOST_INK:
        return False
    rest = cv2.minAreaRect(numpy.column_stack(numpy.nonzero(edge)[::-1]).astype(numpy.float32))
    around, inside = _Turned(edge, rest), _Turned(ink, rest)
    return around.is_edged and bool((inside.frame < INNER).mean() >= LEAST_INNER)


class _Turned:
    """How far pixels lie from the middle of a turned rectangle, whose edges are at 1, and in which direction."""

    def __init__(self, ink: NDArray[numpy.bool_], rectangle: Any) -> None:
        (x, y), sides, angle = rectangle
        ys, xs = numpy.nonzero(ink)
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        across = ((xs - x) * cos + (ys - y) * sin) / max(1.0, sides[0] / 2)
        down = ((ys - y) * cos - (xs - x) * sin) / max(1.0, sides[1] / 2)
        self.oval, self.frame = numpy.hypot(across, down), numpy.maximum(abs(across), abs(down))
        self._sector = ((numpy.arctan2(down, across) / (2 * numpy.pi) + 0.5) * SECTORS).astype(int) % SECTORS

    @property
    def is_edged(self) -> bool:
        return any(_share(self._sector, (far > 1 - BAND) & (far <= 1.05)) >= EDGED for far in (self.oval, self.frame))


def _share(sector: NDArray[numpy.int_], chosen: NDArray[numpy.bool_]) -> float:
    return len(numpy.unique(sector[chosen])) / SECTORS


def _texts(stamp: _Stamp, scene: Scene) -> list[str]:
    return [line.text for line in scene.lines if _is_of(line, stamp, scene)]


def _is_of(line: PrintedLine, stamp: _Stamp, scene: Scene) -> bool:
    """Tell a line of the stamp's own ink from the page's text under it."""
    if line.bbox.overlap(stamp.bbox) < 0.5 * line.bbox.area:
        return False
    dark = cut(scene.ink, line.bbox) > 0
    return bool((cut(stamp.ink, line.bbox)[dark] > 0).mean() > 0.5) if dark.any() else False
