"""What stands on a page's picture besides its letters."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.page.raster_boxes import find_tick_boxes
from extraction.engine.page.raster_codes import find_codes
from extraction.engine.page.raster_pictures import find_areas
from extraction.engine.page.raster_rules import find_rules
from extraction.engine.page.raster_scene import Picture, PrintedLine, make_scene
from extraction.engine.page.raster_stamps import find_stamps
from extraction.engine.raw import Drawn, RawMark
from extraction.types import BBox

LARGER = 1.8  # a picture that holds a ring, to the ring


def find_drawn(picture: Picture, lines: Sequence[PrintedLine]) -> Drawn:
    """`picture` is upright, in OpenCV's order of colours; `lines` are what was read of it; all in its pixels."""
    scene = make_scene(picture, lines)
    areas = find_areas(scene, find_rules(scene))
    codes = find_codes(picture, scene)
    stamps = [mark for mark in find_stamps(scene) if not _is_part(mark, areas.pictures)]
    pictures = tuple(box for box in areas.pictures if not _is_mark(box, [*codes, *stamps]))
    taken = [*pictures, *(mark.bbox for mark in (*codes, *stamps))]
    boxes = [mark for mark in find_tick_boxes(scene) if not any(mark.bbox.overlap(box) for box in taken)]
    marks = (*codes, *stamps, *boxes)
    return Drawn(tuple(areas.rules), tuple(areas.fills), pictures, marks).placed(1 / scene.scale, 1 / scene.scale)


def _is_part(mark: RawMark, pictures: Sequence[BBox]) -> bool:
    """Tell a ring in a drawing from a stamp."""
    return any(mark.bbox.overlap(box) > 0.8 * mark.bbox.area and box.area > LARGER * mark.bbox.area for box in pictures)


def _is_mark(box: BBox, marks: Sequence[RawMark]) -> bool:
    """Tell the shape of a mark itself from a picture."""
    return any(mark.bbox.overlap(box) > 0.6 * box.area for mark in marks)
