"""Rules, filled areas and pictures of a PDF page."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

import numpy
import pypdfium2
import pypdfium2.raw as pdfium

from extraction.engine.raw import RawMark, RawRule
from extraction.engine.read.artwork import MIN_SHAPES, MIN_SIDE, drawn_figures
from extraction.engine.read.glyphs import Frame
from extraction.engine.read.tick_boxes import is_square, lone_squares, ticks_in
from extraction.types import BBox

OBJECT_LIMIT = 20_000
SEGMENT_LIMIT = 400
PLOTTED = 20  # segments
THIN = 3.0
LEAST_DOT, DOT = 1.2, 12.0  # points: a bullet's sides
BOX_SEGMENTS = 6
CONNECTOR = 60.0  # points: thin lines up to this length may join the parts of a drawing
type Matrix = tuple[float, float, float, float, float, float]
type Point = tuple[int, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Drawings:
    """`pictures` are the images and the drawn figures; `strokes` counts the paths, drawn curves included; `dots` are
    small filled shapes.
    """

    rules: tuple[RawRule, ...]
    fills: tuple[BBox, ...]
    pictures: tuple[BBox, ...]
    images: tuple[BBox, ...]
    strokes: int
    marks: tuple[RawMark, ...] = ()
    dots: tuple[BBox, ...] = ()


@dataclass(slots=True)
class _Found:
    """Boxes in user space: left, bottom, right, top."""

    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    fills: list[tuple[float, float, float, float]] = field(default_factory=list)
    pictures: list[tuple[float, float, float, float]] = field(default_factory=list)
    shapes: list[tuple[float, float, float, float]] = field(default_factory=list)
    plain: list[tuple[float, float, float, float]] = field(default_factory=list)
    squares: list[tuple[float, float, float, float]] = field(default_factory=list)
    dots: list[tuple[float, float, float, float]] = field(default_factory=list)
    strokes: int = 0


def read_drawings(page: pypdfium2.PdfPage, frame: Frame) -> Drawings:
    found = _Found()
    for handle, matrix in _objects(page):
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            found.pictures.append(_bounds(handle, matrix))
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            found.strokes += 1
            _read_path(handle, matrix, found)
    rules = tuple(RawRule(*_centre_line(box), min(box.width, box.height)) for box in _on_page(found.rules, frame))
    fills = tuple(box for box in _on_page(found.fills, frame))
    marks = tuple(_marks(found, frame))
    images = _pictures(found.pictures, frame)
    drawn = _pictures(drawn_figures(found.shapes, found.plain), frame)
    dots = tuple(_on_page(found.dots, frame))
    return Drawings(rules, fills, (*images, *drawn), images, found.strokes, marks, dots)


def _pictures(boxes: list[tuple[float, float, float, float]], frame: Frame) -> tuple[BBox, ...]:
    return tuple(box for box in _on_page(boxes, frame) if box.width > 4 and box.height > 4)


def _marks(found: _Found, frame: Frame) -> Iterator[RawMark]:
    """Tick boxes outside drawings; what ticks them is no part of a drawing either."""
    if not found.squares:
        return
    for square in lone_squares(found.squares, drawn_figures(found.shapes, found.plain)):
        ticks = ticks_in(square, [*found.shapes, *(box for box in found.fills if box != square)])
        found.shapes = [shape for shape in found.shapes if shape not in ticks]
        for box in _on_page([square], frame):
            yield RawMark("box", box, "checked" if ticks else "unchecked")


def _objects(page: pypdfium2.PdfPage) -> Iterator[tuple[object, Matrix]]:
    """Path and picture objects, also those inside forms, with the matrix that brings them to user space."""
    budget = OBJECT_LIMIT
    raw = page.raw
    count, get = pdfium.FPDFPage_CountObjects(raw), pdfium.FPDFPage_GetObject
    stack: list[tuple[object, Matrix, int]] = []
    for index in range(min(count, budget)):
        stack.append((get(raw, index), IDENTITY, 0))
        while stack and budget > 0:
            handle, matrix, depth = stack.pop()
            budget -= 1
            kind = pdfium.FPDFPageObj_GetType(handle)
            if kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH):
                yield handle, matrix
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < 4:
                inner = _times(_matrix(handle), matrix)
                for child in range(min(pdfium.FPDFFormObj_CountObjects(handle), budget)):
                    stack.append((pdfium.FPDFFormObj_GetObject(handle, child), inner, depth + 1))


def _matrix(handle: object) -> Matrix:
    read = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, read):
        return IDENTITY
    return (read.a, read.b, read.c, read.d, read.e, read.f)


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(handle: object, matrix: Matrix) -> tuple[float, float, float, float]:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
    if matrix is IDENTITY:
        return left.value, bottom.value, right.value, top.value
    corners = [_apply(matrix, x.value, y.value) for x in (left, right) for y in (bottom, top)]
    return (
        min(x for x, _ in corners),
        min(y for _, y in corners),
        max(x for x, _ in corners),
        max(y for _, y in corners),
    )


def _read_path(handle: object, matrix: Matrix, found: _Found) -> None:
    box = _bounds(handle, matrix)
    width, height = box[2] - box[0], box[3] - box[1]
    if min(width, height) >= LEAST_DOT and max(width, height) <= DOT and _is_dot(handle):
        found.dots.append(box)
    if min(width, height) <= THIN:
        if max(width, height) > THIN:
            found.rules.append(box)
        if max(width, height) < CONNECTOR:
            found.plain.append(box)
        return
    segments = pdfium.FPDFPath_CountSegments(handle)
    points = _points(handle, _times(_matrix(handle), matrix), min(segments, SEGMENT_LIMIT))
    if segments > SEGMENT_LIMIT or _is_shape(points):
        # a plotted line is a drawing by itself
        found.shapes.extend([box] * (MIN_SHAPES if segments >= PLOTTED and min(width, height) > MIN_SIDE / 2 else 1))
        return
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(handle, mode, stroked)
    if stroked.value:
        found.rules.extend(islice(_straight(points), OBJECT_LIMIT - len(found.rules)))
        found.plain.append(box)
        if is_square(box) and not (mode.value and not _is_white(handle)):
            found.squares.append(box)
    if mode.value and segments <= 6 and not _is_white(handle):
        found.fills.append(box)
        found.plain.append(box)


def _is_dot(handle: object) -> bool:
    """Tell filled shapes and drawn rings from empty boxes."""
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(handle, mode, stroked)
    if mode.value:
        return not _is_white(handle)
    return bool(stroked.value) and pdfium.FPDFPath_CountSegments(handle) > BOX_SEGMENTS


def _is_white(handle: object) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return False
    return alpha.value == 0 or min(red.value, green.value, blue.value) >= 254


def _points(handle: object, matrix: Matrix, count: int) -> list[Point]:
    x, y = ctypes.c_float(), ctypes.c_float()
    result: list[Point] = []
    start = (0.0, 0.0)
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(handle, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = _apply(matrix, x.value, y.value)
        result.append((kind, *point))
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            result.append((pdfium.FPDF_SEGMENT_LINETO, *start))
    return result


def _is_shape(points: Sequence[Point]) -> bool:
    """Tell curves and slanted lines from boxes, those with rounded corners included."""
    slanted = whole = 0.0
    for (_, x0, y0), (kind, x1, y1) in pairwise(points):
        wide, high = abs(x1 - x0), abs(y1 - y0)
        if kind != pdfium.FPDF_SEGMENT_MOVETO:
            whole += wide + high
            slanted += wide + high if min(wide, high) > 0.3 else 0.0
    return slanted > 0.4 * whole


def _straight(points: Sequence[Point]) -> Iterator[tuple[float, float, float, float]]:
    """Axis-parallel lines of a stroked path."""
    for (_, x0, y0), (kind, x1, y1) in pairwise(points):
        if kind == pdfium.FPDF_SEGMENT_LINETO:
            yield from _line((x0, y0), (x1, y1))


def _line(first: tuple[float, float], second: tuple[float, float]) -> Iterator[tuple[float, float, float, float]]:
    wide, high = abs(first[0] - second[0]), abs(first[1] - second[1])
    if min(wide, high) <= 0.5 and max(wide, high) > THIN:
        yield (
            min(first[0], second[0]) - 0.25,
            min(first[1], second[1]) - 0.25,
            max(first[0], second[0]) + 0.25,
            max(first[1], second[1]) + 0.25,
        )


def _on_page(boxes: list[tuple[float, float, float, float]], frame: Frame) -> Iterator[BBox]:
    """Upright boxes cut to the page; what lies outside is dropped."""
    if not boxes:
        return
    width, height = frame.size
    turned = frame.upright(numpy.array(boxes, dtype=numpy.float64)).round(2)
    for x0, y0, x1, y1 in turned.tolist():
        if x1 - x0 < 0.2:
            x0, x1 = x0 - 0.1, x1 + 0.1
        if y1 - y0 < 0.2:
            y0, y1 = y0 - 0.1, y1 + 0.1
        x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, width), min(y1, height)
        if x1 > x0 and y1 > y0:
            yield BBox(x0, y0, x1, y1)


def _centre_line(box: BBox) -> tuple[float, float, float, float]:
    x, y = box.centre
    return (box.x0, y, box.x1, y) if box.width >= box.height else (x, box.y0, x, box.y1)
