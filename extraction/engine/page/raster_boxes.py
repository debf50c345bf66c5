"""Tick boxes: small squares that stand free, empty or with a mark inside."""

from __future__ import annotations

import cv2
import numpy
from numpy.typing import NDArray

from extraction.engine.page.raster_scene import Mask, Scene, as_picture, boxes_of, cut
from extraction.engine.raw import RawMark
from extraction.types import BBox

LEAST_SIDE, MOST_SIDE = 0.4, 1.7  # of a line's height
SQUARE = 1.15
STROKE = 0.35  # of a line's height: the shortest side that is looked for
EDGED = 0.85  # of each side: a box's outline
CORNER = 0.08  # of the side
FREE = 0.2  # of the side: white on both sides
CHECKED = 0.08  # of the inside
BARRED = 0.8  # of the side: a bar inside makes it a letter, or a cell


def find_tick_boxes(scene: Scene) -> list[RawMark]:
    """Tick boxes in pixels of the scene: "checked" or "unchecked"."""
    stroke = max(4, round(STROKE * scene.text_height))
    flat = as_picture(cv2.morphologyEx(scene.ink, cv2.MORPH_OPEN, numpy.ones((1, stroke), numpy.uint8)))
    tall = as_picture(cv2.morphologyEx(scene.ink, cv2.MORPH_OPEN, numpy.ones((stroke, 1), numpy.uint8)))
    outlines = as_picture(cv2.bitwise_or(flat, tall))
    boxes = [box for box in boxes_of(outlines) if _has_size(box, scene) and _is_outline(outlines, box)]
    return [_mark(scene, box) for box in boxes if _stands_free(scene.ink, box) and not _has_bars(outlines, box)]


def _has_size(box: BBox, scene: Scene) -> bool:
    long, short = max(box.width, box.height), min(box.width, box.height)
    least = max(6.0, LEAST_SIDE * scene.text_height)
    return least <= short and long <= MOST_SIDE * scene.text_height and long <= SQUARE * short + 1


def _is_outline(outlines: Mask, box: BBox) -> bool:
    part = _inside(outlines, box, 0.0) > 0
    deep = max(2, round(0.12 * min(part.shape)))
    sides = (part[:deep].any(0), part[-deep:].any(0), part[:, :deep].any(1), part[:, -deep:].any(1))
    return all(side.mean() >= EDGED for side in sides) and _has_corners(part)


def _has_corners(part: NDArray[numpy.bool_]) -> bool:
    """Tell a square from a round letter: its corners are inked."""
    reach = max(1, round(CORNER * min(part.shape)))
    corners = (part[:reach, :reach], part[:reach, -reach:], part[-reach:, :reach], part[-reach:, -reach:])
    return sum(bool(corner.any()) for corner in corners) == len(corners)


def _has_bars(outlines: Mask, box: BBox) -> bool:
    inside = _inside(outlines, box, 0.2) > 0
    return bool(inside.mean(0).max(initial=0) > BARRED or inside.mean(1).max(initial=0) > BARRED)


def _stands_free(ink: Mask, box: BBox) -> bool:
    """Tell a box from a letter among letters, and from a cell: there is white at its left and right."""
    room = max(2.0, FREE * box.width)
    left = cut(ink, BBox(box.x0 - room, box.y0, box.x0 - 1, box.y1))
    right = cut(ink, BBox(box.x1 + 1, box.y0, box.x1 + room, box.y1))
    # a tick may reach over one edge
    return min(_share(left), _share(right)) == 0 and max(_share(left), _share(right)) < 0.25


def _share(part: Mask) -> float:
    return float((part > 0).mean()) if part.size else 0.0


def _mark(scene: Scene, box: BBox) -> RawMark:
    checked = _share(_inside(scene.ink, box, 0.22)) >= CHECKED
    return RawMark("box", box, "checked" if checked else "unchecked")


def _inside(mask: Mask, box: BBox, margin: float) -> Mask:
    """The part of a mask inside a box, without so much of its side at each edge."""
    across, down = margin * box.width, margin * box.height
    return mask[round(box.y0 + down) : round(box.y1 - down), round(box.x0 + across) : round(box.x1 - across)]
