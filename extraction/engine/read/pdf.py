"""A page of a PDF: its words from one pass over the characters, its rules, fills and pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy
import pypdfium2
from numpy.typing import NDArray

from extraction.engine.raw import RawPage, RawWord
from extraction.engine.read.bullets import with_bullets
from extraction.engine.read.drawings import read_drawings
from extraction.engine.read.filled import FormBox, marks_of
from extraction.engine.read.glance import Glance
from extraction.engine.read.glyphs import (
    FontReader,
    Frame,
    code_units,
    loose_boxes,
    page_frame,
    shown_angle,
)
from extraction.engine.read.route import find_route
from extraction.engine.read.scripts import logical_order, right_to_left, stacked
from extraction.engine.read.tracking import join_tracked
from extraction.errors import ReadingFailed
from extraction.types import BBox

type Boxes = NDArray[numpy.float64]
type Units = NDArray[numpy.uint16]

# as many as a child's answer has room for; their blocks are found in seconds, so that needs no limit of its own
MAX_WORDS = 200_000
SMALLEST_SIDE, LONGEST_SIDE = 1.0, 2e6  # points
SOFT_HYPHENS = (0x02, 0xFFFE)  # pdfium's signs for a hyphen at a line's end
WORD_GAP = 0.28  # of the height: wider gaps part words even where no space is printed
TURNED_SHARE = 0.6
SHIFT = 1.5  # points: words printed twice stand that close
LINE_ENDS = numpy.array([0x0A, 0x0D], dtype=numpy.uint16)
SPACES = numpy.array([
    *range(0x02), *range(0x03, 0x21), 0x7F, *range(0x80, 0xA1), 0x1680, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F,
    0x205F, 0x2060, 0x3000, 0xFEFF, 0xFFFF,
], dtype=numpy.uint16)  # fmt: skip
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
LIGATURES |= {**dict.fromkeys(SOFT_HYPHENS, "-"), 0xAD: "-", 0x2010: "-", 0x2011: "-"}


def read_page(pdf: pypdfium2.PdfDocument, number: int) -> RawPage:
    """Open and read the page, `number` from 1."""
    page = pdf[number - 1]
    try:
        return read_opened(page, number)
    finally:
        page.close()


def read_opened(page: pypdfium2.PdfPage, number: int, form_boxes: Sequence[FormBox] = ()) -> RawPage:
    """Read the page: upright, in points, cut to its crop box. Raises ReadingFailed where it has no usable size."""
    as_filed = page_frame(page)
    _check_size(*as_filed.size)
    text = page.get_textpage()
    try:
        fonts = FontReader(text)
        words, turn = _upright_words(text, as_filed, fonts)
    finally:
        text.close()
    frame = _turned(as_filed, turn)
    drawings = read_drawings(page, frame)
    size = frame.size
    route = find_route(words, fonts.nameless, drawings, size, lambda: Glance(page, size, turn))
    if route.needs_ocr:
        # as the picture that OCR gets lies
        return RawPage(number, *as_filed.size, source="none")
    marks = (*drawings.marks, *marks_of(form_boxes, frame))
    words, marks = with_bullets(route.words, drawings.dots, marks)
    return RawPage(
        number,
        *size,
        words=words[:MAX_WORDS],
        rules=drawings.rules,
        fills=drawings.fills,
        pictures=drawings.pictures,
        marks=marks,
        unread=route.unread,
        rotation=turn,
        warnings=("page_cut",) if len(words) > MAX_WORDS else (),
    )


def _upright_words(text: pypdfium2.PdfTextPage, as_filed: Frame, fonts: FontReader) -> tuple[tuple[RawWord, ...], int]:
    """The words, and the degrees clockwise that stand them upright."""
    words = join_tracked(_words(text, as_filed, fonts))
    turn = _turn(text, as_filed, words)
    return (join_tracked(_words(text, _turned(as_filed, turn), fonts)) if turn else words), turn


def _turned(frame: Frame, degrees: int) -> Frame:
    return replace(frame, rotation=(frame.rotation + degrees) % 360)


def _check_size(width: float, height: float) -> None:
    if min(width, height) < SMALLEST_SIDE:
        raise ReadingFailed(code="page_empty_box")
    if max(width, height) > LONGEST_SIDE:
        raise ReadingFailed(code="page_too_large")


def _words(text: pypdfium2.PdfTextPage, frame: Frame, fonts: FontReader) -> Iterator[RawWord]:
    count = text.count_chars()
    if count <= 0:
        return
    units = code_units(text, count)
    indexes = numpy.flatnonzero(~numpy.isin(units, SPACES))
    if not len(indexes):
        return
    boxes = frame.upright(loose_boxes(text, indexes)).round(2)
    used = units[indexes]
    places = _places(units, indexes)
    upended = _upended(text, frame, indexes, places, boxes) | stacked(indexes, used, boxes)
    from_right = right_to_left(used)
    starts = _starts(indexes, places, units, boxes, upended, from_right)
    seen: dict[str, list[tuple[float, float]]] = {}
    ends = [*starts[1:], len(indexes)]
    first, last = numpy.minimum.reduceat(boxes, starts), numpy.maximum.reduceat(boxes, starts)
    for start, end, low, high in zip(starts, ends, first.tolist(), last.tolist(), strict=True):
        box = _box_on_page((low[0], low[1], high[2], high[3]), frame)
        signs = used[start:end]
        printed = _printed(signs[logical_order(signs, boxes[start:end])] if from_right[start:end].any() else signs)
        if box is None or not printed or _is_overprint(printed, box, seen):
            continue
        size, font = fonts.at(int(indexes[start]))
        is_upended = bool(upended[start])
        yield RawWord(printed, box, size or box.height, font.name, font.bold, font.italic, vertical=is_upended)


def _box_on_page(edges: tuple[float, float, float, float], frame: Frame) -> BBox | None:
    """The box of a word whose middle lies on the page."""
    x0, y0, x1, y1 = edges
    width, height = frame.size
    is_there = x1 > x0 and y1 > y0 and 0 <= (x0 + x1) / 2 <= width and 0 <= (y0 + y1) / 2 <= height
    return BBox(x0, y0, x1, y1) if is_there else None


def _turn(text: pypdfium2.PdfTextPage, frame: Frame, words: tuple[RawWord, ...]) -> int:
    """Degrees clockwise that stand a page upright whose text runs up or down it."""
    letters = sum(len(word.text) for word in words)
    if sum(len(word.text) for word in words if word.vertical) <= TURNED_SHARE * letters:
        return 0
    count = text.count_chars()
    angles = [shown_angle(text, index, frame) for index in range(0, count, max(1, count // 40))]
    if 2 * sum(45 < angle % 180 < 135 for angle in angles) < len(angles):
        return 0
    return 90 if sum(45 < angle < 135 for angle in angles) >= sum(225 < angle < 315 for angle in angles) else 270


def _is_overprint(printed: str, box: BBox, seen: dict[str, list[tuple[float, float]]]) -> bool:
    """Tell whether the same word was already printed here, as a poor man's bold does."""
    places = seen.setdefault(printed, [])
    reach = min(SHIFT, 0.3 * box.height)
    if any(abs(box.x0 - x) < reach and abs(box.y0 - y) < reach for x, y in places[-50:]):
        return True
    places.append((box.x0, box.y0))
    return False


def _places(units: Units, indexes: NDArray[numpy.int64]) -> NDArray[numpy.int64]:
    """Where characters stand in the text; line ends do not count where pdfium sets one after nearly every character.

    It does so on pages whose lines it takes for columns, as those of a long table.
    """
    ends = numpy.isin(units, LINE_ENDS)
    if numpy.count_nonzero(ends) < len(indexes):
        return indexes
    return indexes - numpy.cumsum(ends)[indexes]


def _upended(
    text: pypdfium2.PdfTextPage,
    frame: Frame,
    indexes: NDArray[numpy.int64],
    places: NDArray[numpy.int64],
    boxes: Boxes,
) -> NDArray[numpy.bool_]:
    """Mark the characters that run up or down the upright page; angles are asked only where one hangs over another."""
    result = numpy.zeros(len(indexes), dtype=bool)
    heights = boxes[:, 3] - boxes[:, 1]
    follows = numpy.flatnonzero(numpy.diff(places) == 1)
    moved = numpy.abs(boxes[follows + 1, 1] - boxes[follows, 1]) > 0.5 * numpy.minimum(
        heights[follows], heights[follows + 1]
    )
    for position in {int(p) for p in follows[moved]} | {int(p) + 1 for p in follows[moved]}:
        angle = shown_angle(text, int(indexes[position]), frame)
        result[position] = abs(math.sin(math.radians(angle))) > 0.9
    return result


def _starts(
    indexes: NDArray[numpy.int64],
    places: NDArray[numpy.int64],
    units: Units,
    boxes: Boxes,
    upended: NDArray[numpy.bool_],
    from_right: NDArray[numpy.bool_],
) -> list[int]:
    """Positions at which a word begins."""
    if len(indexes) == 1:
        return [0]
    along, across = numpy.where(upended, 1, 0), numpy.where(upended, 0, 1)
    row = numpy.arange(len(indexes))
    low, high = boxes[row, along], boxes[row, along + 2]
    bottom, top = boxes[row, across], boxes[row, across + 2]
    reach = numpy.minimum(top[1:] - bottom[1:], top[:-1] - bottom[:-1])
    shared = numpy.minimum(top[1:], top[:-1]) - numpy.maximum(bottom[1:], bottom[:-1])
    gap = numpy.maximum(low[1:] - high[:-1], low[:-1] - high[1:])
    step, turned = numpy.diff(indexes), from_right[1:] & from_right[:-1]
    # pdfium ends a line after each Hebrew letter that is set by itself
    broken = turned & (step == 3) & (units[indexes[:-1] + 1] == 0x0D)
    # the small letters and the marks of Arabic do not overlap
    apart = shared < numpy.where(turned & ~broken, -1.0, 0.3) * reach
    parts = (numpy.diff(places) > 1) & ~broken | (upended[1:] != upended[:-1]) | apart
    # where line ends are dropped, the spaces were too
    word_gap = WORD_GAP if places is indexes else 0.5 * WORD_GAP
    parts |= gap > word_gap * numpy.maximum(top[1:] - bottom[1:], top[:-1] - bottom[:-1])
    parts |= ~upended[1:] & ~turned & (low[:-1] - low[1:] > 0.5 * reach)
    parts |= _is_cjk_stop(units[indexes[:-1]])
    return [0, *(numpy.flatnonzero(parts) + 1).tolist()]


def _is_cjk_stop(units: Units) -> NDArray[numpy.bool_]:
    """Mark full-width punctuation, after which Chinese text may be parted."""
    return numpy.isin(units, numpy.array([ord(sign) for sign in "：，。；、！？（）"], dtype=numpy.uint16))


def _printed(units: Units) -> str:
    printed = units.tobytes().decode("utf-16-le", "replace")
    return printed.translate(LIGATURES).strip()
