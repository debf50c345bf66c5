"""QR codes of a page's picture: squares of dark and light, and what they say."""

from __future__ import annotations

import cv2
import numpy

from extraction.engine.page.raster_scene import Picture, Scene, as_picture, boxes_of, cut
from extraction.engine.raw import RawMark, placed_box
from extraction.types import BBox

FEWEST_HEIGHTS = 1.5  # of a line: the least side of a code
SQUARE = 1.2
LEAST_DARK, MOST_DARK = 0.25, 0.75
QUIET = 0.15  # of the side: white to look at around a code
SMALL = 240  # pixels of a side: smaller ones are looked at enlarged
MOST = 12  # candidates a page


def find_codes(picture: Picture, scene: Scene) -> list[RawMark]:
    """QR codes in pixels of the scene; read from the picture itself, which is sharper."""
    reader = cv2.QRCodeDetector()
    found = (_read(reader, picture, box, scene.scale) for box in _squares(scene))
    return [mark for mark in found if mark is not None]


def _squares(scene: Scene) -> list[BBox]:
    """Square areas about half dark, the largest first."""
    dark = as_picture(cv2.threshold(scene.grey, scene.paper // 2 + 20, 255, cv2.THRESH_BINARY_INV)[1])
    reach = max(3, round(0.5 * scene.text_height))
    joined = as_picture(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, numpy.ones((reach, reach), numpy.uint8)))
    result = []
    for box in boxes_of(joined):
        long, short = max(box.width, box.height), min(box.width, box.height)
        if short < FEWEST_HEIGHTS * scene.text_height or long > SQUARE * short:
            continue
        if LEAST_DARK < (cut(dark, box) > 0).mean() < MOST_DARK and (cut(joined, box) > 0).mean() > 0.7:
            result.append(box)
    return sorted(result, key=lambda box: -box.area)[:MOST]


def _read(reader: cv2.QRCodeDetector, picture: Picture, box: BBox, scale: float) -> RawMark | None:
    on_page = placed_box(box, 1 / scale, 1 / scale)
    room = QUIET * on_page.width
    view = BBox(on_page.x0 - room, on_page.y0 - room, on_page.x1 + room, on_page.y1 + room)
    part = cut(picture, view)
    larger = max(1.0, SMALL / max(part.shape[:2]))
    for times in sorted({larger, 2 * larger}):
        text, corners, _ = reader.detectAndDecode(cv2.resize(part, None, fx=times, fy=times))
        if corners is not None and text:
            return RawMark("qrcode", box, text)
    return RawMark("qrcode", box, "") if corners is not None else None
