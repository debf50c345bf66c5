"""A page's picture made ready for what stands on it besides letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy
from numpy.typing import NDArray

from extraction.engine.raw import placed_box
from extraction.types import BBox

type Picture = NDArray[numpy.uint8]
type Mask = NDArray[numpy.uint8]

LONGEST_SIDE = 1800  # A4 at about 150 dots an inch
USUAL_HEIGHT = 1 / 70  # of the page's height: a line where none was read
FAINT, CLEAR = 12, 40  # shades of grey between ink and the paper around it


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line that was read, in pixels of the picture."""

    bbox: BBox
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The picture at a size that is cheap to look at; `scale` times a pixel of the page is a pixel here.

    `ink` is 255 where a pixel is darker than what is around it, `clear_ink` where it is much darker; `paper` is the
    commonest shade of grey, `lines` are in pixels of the scene, and `text_height` is the usual height of one.
    """

    colours: Picture
    grey: Picture
    ink: Mask
    clear_ink: Mask
    lines: tuple[PrintedLine, ...]
    text_height: float
    paper: int
    scale: float

    @property
    def height(self) -> int:
        return int(self.grey.shape[0])

    @property
    def width(self) -> int:
        return int(self.grey.shape[1])


def make_scene(picture: Picture, lines: Sequence[PrintedLine]) -> Scene:
    """`picture` is upright, in OpenCV's order of colours."""
    scale = min(1.0, LONGEST_SIDE / max(picture.shape[:2]))
    colours = picture
    if scale < 1.0:
        colours = as_picture(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    grey = as_picture(cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY))
    placed = tuple(PrintedLine(placed_box(line.bbox, scale, scale), line.text) for line in lines)
    heights = [min(line.bbox.width, line.bbox.height) for line in placed if len(line.text) > 2]
    text_height = median(heights) if heights else USUAL_HEIGHT * grey.shape[0]
    paper = int(numpy.argmax(numpy.bincount(grey.ravel()[::7], minlength=256)))
    text_height = max(6.0, text_height)
    faint, clear = (_ink(grey, text_height, contrast) for contrast in (FAINT, CLEAR))
    return Scene(colours, grey, faint, clear, placed, text_height, paper, scale)


def as_picture(array: object) -> Picture:
    return numpy.asarray(array, dtype=numpy.uint8)


def _ink(grey: Picture, text_height: float, contrast: int) -> Mask:
    around = 2 * round(text_height) + 1
    return as_picture(
        cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, around, contrast)
    )


def boxes_of(mask: Mask) -> list[BBox]:
    """The boxes of a mask's connected parts."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return [
        BBox(float(x), float(y), float(x + width), float(y + height)) for x, y, width, height, _ in stats[1:].tolist()
    ]


def cut(mask: Mask, box: BBox) -> Mask:
    """The part of a mask or picture that a box covers, as far as there is any."""
    return mask[max(0, int(box.y0)) : max(0, int(box.y1) + 1), max(0, int(box.x0)) : max(0, int(box.x1) + 1)]
