"""A page with a text layer whose pictures hold text too: both read, each where the other does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy

from extraction.engine.page.ocr import OcrChild, OcrPage
from extraction.engine.page.tilting import Tilt
from extraction.engine.page.turning import turned_box
from extraction.engine.raw import Pixels, RawPage, RawWord
from extraction.types import BBox

MARGIN = 4.0  # points around the areas
COVERED = 0.4  # of a read word under the text layer's


def with_unread(page: RawPage, pixels: Pixels, ocr: OcrChild) -> RawPage:
    """The page with the words that OCR finds in its unread areas. Raises ParserCrashed as OCR does."""
    across, down = pixels.width / page.width, pixels.height / page.height
    around = BBox.around(*page.unread)
    left, top = max(0, int((around.x0 - MARGIN) * across)), max(0, int((around.y0 - MARGIN) * down))
    right, bottom = round((around.x1 + MARGIN) * across), round((around.y1 + MARGIN) * down)
    part = _part(pixels, left, top, right, bottom)
    found = ocr.read(part)
    words = (_word_on_page(word, part, found, (left, top), (across, down)) for word in found.words)
    known = numpy.array([tuple(word.bbox) for word in page.words]).reshape(-1, 4)
    new = tuple(word for word in words if _is_in(word.bbox, page.unread) and _share_under(word.bbox, known) < COVERED)
    return replace(page, words=(*page.words, *new))


def _part(pixels: Pixels, left: int, top: int, right: int, bottom: int) -> Pixels:
    rows = numpy.frombuffer(pixels.data, numpy.uint8).reshape(pixels.height, pixels.width, 3)[top:bottom, left:right]
    return Pixels(rows.shape[1], rows.shape[0], rows.tobytes())


def _word_on_page(
    word: RawWord, part: Pixels, found: OcrPage, corner: tuple[int, int], scale: tuple[float, float]
) -> RawWord:
    """The word in the page's units; where OCR had to turn the part, it runs along the picture's own lines."""
    lies = found.rotation in (90, 270)
    size = (part.height, part.width) if lies else (part.width, part.height)
    box = Tilt(*size, found.skew).box(word.bbox) if found.skew else word.bbox
    if found.rotation:
        box = turned_box(box, *size, 360 - found.rotation)
    x, y = corner
    across, down = scale
    on_page = BBox((box.x0 + x) / across, (box.y0 + y) / down, (box.x1 + x) / across, (box.y1 + y) / down)
    return replace(word, bbox=on_page, size=word.size / down, vertical=word.vertical != lies)


def _is_in(box: BBox, areas: Sequence[BBox]) -> bool:
    x, y = box.centre
    return any(area.x0 <= x <= area.x1 and area.y0 <= y <= area.y1 for area in areas)


def _share_under(box: BBox, known: numpy.typing.NDArray[numpy.float64]) -> float:
    across = numpy.minimum(known[:, 2], box.x1) - numpy.maximum(known[:, 0], box.x0)
    down = numpy.minimum(known[:, 3], box.y1) - numpy.maximum(known[:, 1], box.y0)
    return float((across.clip(0) * down.clip(0)).sum()) / box.area
