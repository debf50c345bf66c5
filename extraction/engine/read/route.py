"""Who reads a page: our rules on its text layer, OCR, or both, each where it is to be trusted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy

from extraction.engine.raw import RawWord
from extraction.engine.read.drawings import Drawings
from extraction.engine.read.glance import Glance
from extraction.engine.read.sanity import insane_fonts
from extraction.types import BBox

LEAST_PICTURE, LEAST_SIDE = 0.04, 60.0  # of the page; points: smaller pictures are logos
SCAN_SHARE = 0.6  # of the page under pictures: then they may be all of it
STROKES = 40
FEW_LETTERS, FEW_ON_PICTURE = 30, 0.4
INKED_SHARE = 0.6  # of the words that a picture holds
LEAST_LINES, PRINTED_SHARE = 3, 0.06  # of a picture: tables reach 0.07, running text 0.3
TEXT_SHARE = 0.58  # of what a picture shows: charts show more bars than text
COVERED = 0.3  # of a line under words
INSANE_SHARE = 0.4
AREAS = 40
MESH = 50


@dataclass(frozen=True, slots=True)
class Route:
    """The words to keep, the areas that OCR reads too, and whether OCR has to read the whole page."""

    words: tuple[RawWord, ...]
    unread: tuple[BBox, ...] = ()
    needs_ocr: bool = False


ALL_BY_OCR = Route((), needs_ocr=True)


def find_route(
    words: tuple[RawWord, ...],
    nameless: Collection[str],
    drawings: Drawings,
    size: tuple[float, float],
    glance: Callable[[], Glance],
) -> Route:
    """`nameless` are fonts that do not say which signs they draw; the page is glanced at only for large pictures."""
    letters = sum(len(word.text) for word in words)
    insane = insane_fonts(words, nameless)
    sane = tuple(word for word in words if word.font not in insane) if insane else words
    if letters and sum(len(word.text) for word in sane) < (1 - INSANE_SHARE) * letters:
        return ALL_BY_OCR
    covered = _covered(drawings.images, size)
    drawn = max((picture.area for picture in drawings.pictures), default=0.0) / (size[0] * size[1])
    if letters == 0 and (drawn > 0.02 or covered > 0.02 or drawings.strokes > STROKES):
        return ALL_BY_OCR
    if letters < FEW_LETTERS and max(drawn, covered) > FEW_ON_PICTURE:
        return ALL_BY_OCR
    unread = _areas([word.bbox for word in words if word.font in insane])
    pictures = _large(drawings.images, size, covered)
    if not pictures:
        return Route(sane, tuple(unread))
    seen = _Seen(glance(), sane, pictures)
    if covered >= SCAN_SHARE and seen.is_scan:
        return ALL_BY_OCR
    return Route(sane, (*unread, *seen.unread))


class _Seen:
    """What shows in the large pictures of a page, and how much of it its words say."""

    def __init__(self, glance: Glance, words: Sequence[RawWord], pictures: Sequence[BBox]) -> None:
        inside = [word for word in words if any(_holds(picture, word.bbox) for picture in pictures)]
        self._astray = sum(not glance.is_inked(word.bbox) for word in inside) > (1 - INKED_SHARE) * len(inside)
        self._shown = {picture: glance.print_in(picture) for picture in pictures}
        boxes = numpy.array([tuple(word.bbox) for word in words]).reshape(-1, 4)
        self._missed = {
            picture: [line for line in shown.lines if _share_under(line, boxes) < COVERED]
            for picture, shown in self._shown.items()
        }

    @property
    def is_scan(self) -> bool:
        """Whether the words lie where nothing is printed, or are the lesser part of what is."""
        missed = [max(line.width, line.height) for lines in self._missed.values() for line in lines]
        shown = sum(max(line.width, line.height) for one in self._shown.values() for line in one.lines)
        return self._astray or (len(missed) >= LEAST_LINES and sum(missed) > 0.5 * shown)

    @property
    def unread(self) -> list[BBox]:
        """The pictures with lines of text that no words say."""
        return [
            picture
            for picture, lines in self._missed.items()
            if len(lines) >= LEAST_LINES
            and sum(line.area for line in lines) >= PRINTED_SHARE * picture.area
            and self._shown[picture].share >= TEXT_SHARE
        ]


def _covered(pictures: Sequence[BBox], size: tuple[float, float]) -> float:
    """Share of the page under pictures, as a mesh of squares shows it."""
    mesh = numpy.zeros((MESH, MESH), dtype=bool)
    for box in pictures:
        columns = slice(round(MESH * box.x0 / size[0]), round(MESH * box.x1 / size[0]))
        mesh[round(MESH * box.y0 / size[1]) : round(MESH * box.y1 / size[1]), columns] = True
    return float(mesh.mean())


def _large(pictures: Sequence[BBox], size: tuple[float, float], covered: float) -> list[BBox]:
    """Pictures that may hold text; the strips of a scan as one."""
    area = size[0] * size[1]
    large = [box for box in pictures if box.area >= LEAST_PICTURE * area and min(box.width, box.height) >= LEAST_SIDE]
    if covered >= SCAN_SHARE and (len(pictures) > len(large) or sum(box.area for box in large) > 1.5 * area):
        return [BBox.around(*pictures)]
    return large[:AREAS]


def _areas(boxes: Sequence[BBox]) -> list[BBox]:
    """Boxes of words, given in the file's order, as a few areas."""
    areas: list[BBox] = []
    for box in boxes:
        reach = 2 * box.height
        if areas and _near(areas[-1], box, reach):
            areas[-1] = BBox.around(areas[-1], box)
        else:
            areas.append(box)
    return areas if len(areas) <= AREAS else [BBox.around(*areas)]


def _near(area: BBox, box: BBox, reach: float) -> bool:
    across = max(area.x0 - box.x1, box.x0 - area.x1)
    return across < reach and max(area.y0 - box.y1, box.y0 - area.y1) < reach


def _holds(picture: BBox, box: BBox) -> bool:
    x, y = box.centre
    return picture.x0 <= x <= picture.x1 and picture.y0 <= y <= picture.y1


def _share_under(line: BBox, boxes: numpy.typing.NDArray[numpy.float64]) -> float:
    """Share of a line's box under words, which do not overlap one another."""
    across = numpy.minimum(boxes[:, 2], line.x1) - numpy.maximum(boxes[:, 0], line.x0)
    down = numpy.minimum(boxes[:, 3], line.y1) - numpy.maximum(boxes[:, 1], line.y0)
    return float((across.clip(0) * down.clip(0)).sum()) / line.area
