"""Photos, charts and drawings of a page's picture, and the shades behind its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy
from numpy.typing import NDArray

from extraction.engine.page.raster_figures import is_text, whole_figures
from extraction.engine.page.raster_rules import without_rules
from extraction.engine.page.raster_scene import Mask, PrintedLine, Scene, as_picture, boxes_of, cut
from extraction.engine.raw import RawRule
from extraction.types import BBox

PAPER_STEP = 10  # shades of grey between paper and a light shade
TONE_STEP = 32  # a colour that is no marker's
DEEP_STEP = 55  # and what is no shade of the paper's own
FEWEST_HEIGHTS = 2.5  # of a line: a smaller picture is a sign
REACH = 1.0  # of a line's height: ink as close as that belongs together
EVEN = 14.0  # spread of a shade's greys
SOLID = 0.85  # of its box: a shade
LEAST_INK = 0.005  # of its box: a drawing
FULL_BLEED = 0.4  # of its box: a picture that reaches the edge of the page
LEAST_DETAIL = 0.015  # of its box, or
LEAST_CONTRAST = 0.3  # of its ink, stands out from what is around it: else it is a shadow
WHOLE_PAGE = 0.85


@dataclass(frozen=True, slots=True)
class Areas:
    """Pictures, filled areas, and the rules that are no part of a picture, in pixels of the scene."""

    pictures: list[BBox]
    fills: list[BBox]
    rules: list[RawRule]


def find_areas(scene: Scene, rules: Sequence[RawRule]) -> Areas:
    printed = _printed(scene)
    fills, printed = _parted_fills(scene, printed)
    bare = _without_text(without_rules(printed, rules), scene.lines)
    pictures = [box for box in _grouped(bare, scene) if _is_picture(bare, box, scene)]
    pictures = whole_figures(pictures, rules, scene)
    return Areas(pictures, [box for box in fills if not _lies_in(box, pictures)], _outside(rules, pictures))


def _printed(scene: Scene) -> Mask:
    """What is not paper: clearly darker or more colourful than most of the page, or ink on its surroundings."""
    dark = cv2.threshold(scene.grey, max(0, scene.paper - DEEP_STEP), 255, cv2.THRESH_BINARY_INV)[1]
    high = cv2.max(cv2.max(scene.colours[:, :, 0], scene.colours[:, :, 1]), scene.colours[:, :, 2])
    low = cv2.min(cv2.min(scene.colours[:, :, 0], scene.colours[:, :, 1]), scene.colours[:, :, 2])
    colourful = cv2.threshold(cv2.subtract(high, low), DEEP_STEP, 255, cv2.THRESH_BINARY)[1]
    # a marker's bright colours lie over text: they are no picture
    toned = cv2.threshold(scene.grey, max(0, scene.paper - TONE_STEP), 255, cv2.THRESH_BINARY_INV)[1]
    return as_picture(cv2.bitwise_or(cv2.bitwise_or(dark, cv2.bitwise_and(colourful, toned)), scene.ink))


def _parted_fills(scene: Scene, printed: Mask) -> tuple[list[BBox], Mask]:
    """Even rectangles of one shade, and what is printed besides them."""
    shade = cv2.threshold(scene.grey, max(0, scene.paper - PAPER_STEP), 255, cv2.THRESH_BINARY_INV)[1]
    size = max(3, round(0.6 * scene.text_height))
    solid = cv2.morphologyEx(shade, cv2.MORPH_OPEN, numpy.ones((size, size), numpy.uint8))
    fills: list[BBox] = []
    rest = printed.copy()
    for box in boxes_of(as_picture(solid)):
        if min(box.width, box.height) < scene.text_height or box.width < 2 * scene.text_height:
            continue
        part = cut(scene.grey, box)
        inside = cut(as_picture(solid), box) > 0
        tone = part[inside]
        if inside.mean() >= SOLID - 0.3 and _is_even(tone) and _is_box(as_picture(solid), box, scene):
            fills.append(box)
            cut(rest, box)[abs(part.astype(numpy.int16) - int(numpy.median(tone))) <= DEEP_STEP] = 0
    return fills, rest


def _is_even(tone: NDArray[Any]) -> bool:
    middle = numpy.median(tone)
    return bool((abs(tone.astype(numpy.int16) - middle) <= EVEN).mean() > 0.9)


def _is_box(solid: Mask, box: BBox, scene: Scene) -> bool:
    """Tell a rectangle, whatever text stands on it: its four edges are filled."""
    part = cut(solid, box) > 0
    edge = max(1, min(part.shape) // 12)
    sides = (part[:edge], part[-edge:], part[:, :edge], part[:, -edge:])
    return all(side.mean() > 0.7 for side in sides)


def _without_text(mask: Mask, lines: Sequence[PrintedLine]) -> Mask:
    result = mask.copy()
    for line in lines:
        cut(result, line.bbox)[:] = 0
    return result


def _grouped(mask: Mask, scene: Scene) -> list[BBox]:
    """Boxes of ink that stands together; specks are left out."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    least = max(4.0, (0.25 * scene.text_height) ** 2)
    keeps = stats[:, cv2.CC_STAT_AREA] >= least
    keeps[0] = False
    kept = as_picture(keeps[labels] * numpy.uint8(255)) if count > 1 else mask
    reach = max(3, round(REACH * scene.text_height)) | 1
    joined = cv2.dilate(kept, numpy.ones((reach, reach), numpy.uint8))
    half = reach // 2
    boxes = boxes_of(as_picture(joined))
    return [
        BBox(box.x0 + half * (box.x0 > 0), box.y0 + half * (box.y0 > 0), box.x1 - half, box.y1 - half)
        for box in boxes
        if box.width > 2 * half + 1 and box.height > 2 * half + 1
    ]


def _is_picture(mask: Mask, box: BBox, scene: Scene) -> bool:
    least = FEWEST_HEIGHTS * scene.text_height
    if min(box.width, box.height) < least or box.area > WHOLE_PAGE * scene.width * scene.height:
        return False
    part = cut(mask, box) > 0
    inked, detailed = float(part.mean()), float((part & (cut(scene.ink, box) > 0)).mean())
    if inked < (FULL_BLEED if _meets_edge(box, scene) else LEAST_INK):
        return False
    if detailed < min(LEAST_DETAIL, LEAST_CONTRAST * inked):
        return False
    return not is_text(box, scene, inked=inked)


def _meets_edge(box: BBox, scene: Scene) -> bool:
    """Tell what touches the picture's edge, as the shadows of a scanned sheet do."""
    reach = 0.5 * scene.text_height
    return min(box.x0, box.y0) <= reach or box.x1 >= scene.width - reach or box.y1 >= scene.height - reach


def _lies_in(box: BBox, pictures: Sequence[BBox]) -> bool:
    return any(box.overlap(picture) > 0.5 * box.area for picture in pictures)


def _outside(rules: Sequence[RawRule], pictures: Sequence[BBox]) -> list[RawRule]:
    result = []
    for rule in rules:
        x, y = (rule.x0 + rule.x1) / 2, (rule.y0 + rule.y1) / 2
        if not any(box.x0 - 2 <= x <= box.x1 + 2 and box.y0 - 2 <= y <= box.y1 + 2 for box in pictures):
            result.append(rule)
    return result
