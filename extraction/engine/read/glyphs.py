"""Characters of a PDF page, in bulk: code units, boxes, sizes and fonts."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass

import numpy
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

FIXED_ITALIC, FORCE_BOLD = 1 << 6, 1 << 18  # font descriptor flags: ISO 32000-1, table 123
BOLD_WEIGHT = 600
LETTER = (0.0, 0.0, 612.0, 792.0)  # what pdfium takes where a page says no size


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible part of a page in user space, and the turn that stands it upright."""

    x0: float
    y0: float
    x1: float
    y1: float
    rotation: int

    @property
    def size(self) -> tuple[float, float]:
        wide, high = self.x1 - self.x0, self.y1 - self.y0
        return (high, wide) if self.rotation in (90, 270) else (wide, high)

    def upright(self, boxes: NDArray[numpy.float64]) -> NDArray[numpy.float64]:
        """Turn rows of left, bottom, right, top into x0, y0, x1, y1 from the top left."""
        left, bottom, right, top = boxes.T
        if self.rotation == 90:
            edges = (bottom - self.y0, left - self.x0, top - self.y0, right - self.x0)
        elif self.rotation == 180:
            edges = (self.x1 - right, bottom - self.y0, self.x1 - left, top - self.y0)
        elif self.rotation == 270:
            edges = (self.y1 - top, self.x1 - right, self.y1 - bottom, self.x1 - left)
        else:
            edges = (left - self.x0, self.y1 - top, right - self.x0, self.y1 - bottom)
        return numpy.stack(edges, axis=1)


@dataclass(frozen=True, slots=True)
class Font:
    name: str
    bold: bool
    italic: bool


def page_frame(page: pypdfium2.PdfPage) -> Frame:
    media, crop = _upright_box(page.get_mediabox()), _upright_box(page.get_cropbox())
    if media[0] == media[2] or media[1] == media[3]:
        media = crop = LETTER
    x0, y0, x1, y1 = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
    if x1 <= x0 or y1 <= y0:
        x0, y0, x1, y1 = media
    return Frame(x0, y0, x1, y1, page.get_rotation())


def _upright_box(box: tuple[float, ...]) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of a box that may name any two opposite corners."""
    x0, y0, x1, y1 = box
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def code_units(text: pypdfium2.PdfTextPage, count: int) -> NDArray[numpy.uint16]:
    """UTF-16 units, one a character of the page."""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(text.raw, 0, count, buffer)
    if written == count + 1:
        return numpy.frombuffer(buffer, dtype=numpy.uint16)[:count].copy()
    read = pdfium.FPDFText_GetUnicode
    return numpy.array([min(read(text.raw, index), 0xFFFF) for index in range(count)], dtype=numpy.uint16)


def loose_boxes(text: pypdfium2.PdfTextPage, indexes: NDArray[numpy.int64]) -> NDArray[numpy.float64]:
    """Left, bottom, right, top of each character's em box, in user space."""
    rows = (pdfium.FS_RECTF * len(indexes))()
    read, raw = pdfium.FPDFText_GetLooseCharBox, text.raw
    for rect, index in zip(rows, indexes.tolist(), strict=True):
        read(raw, index, rect)
    edges = numpy.frombuffer(rows, dtype=numpy.float32).reshape(-1, 4).astype(numpy.float64)
    left, top, right, bottom = edges.T
    return numpy.stack(
        (
            numpy.minimum(left, right),
            numpy.minimum(bottom, top),
            numpy.maximum(left, right),
            numpy.maximum(bottom, top),
        ),
        axis=1,
    )


def shown_angle(text: pypdfium2.PdfTextPage, index: int, frame: Frame) -> float:
    """Direction of a character as the page is shown: degrees, 0 to 360, counter-clockwise."""
    # pdfium counts a character's angle clockwise
    return (-math.degrees(pdfium.FPDFText_GetCharAngle(text.raw, index)) - frame.rotation) % 360


class FontReader:
    """Size and font of characters, each text object asked once."""

    def __init__(self, text: pypdfium2.PdfTextPage) -> None:
        self.raw = text.raw
        self.matrix = pdfium.FS_MATRIX()
        self.fonts: dict[int, Font] = {}
        self.objects: dict[int, tuple[float, Font]] = {}
        self._asked: dict[str, int] = {}
        self._unnamed: dict[str, int] = {}

    @property
    def nameless(self) -> frozenset[str]:
        """Fonts that do not say which signs they draw, for most of their text."""
        return frozenset(name for name, count in self._unnamed.items() if 2 * count > self._asked[name])

    def at(self, index: int) -> tuple[float, Font]:
        """Size in page units and font of a character."""
        handle = pdfium.FPDFText_GetTextObject(self.raw, index)
        key = ctypes.cast(handle, ctypes.c_void_p).value or 0
        if key not in self.objects:
            font = self._font(handle) if key else Font("", False, False)
            self.objects[key] = (self._size(index), font)
            self._asked[font.name] = self._asked.get(font.name, 0) + 1
            if pdfium.FPDFText_HasUnicodeMapError(self.raw, index) == 1:
                self._unnamed[font.name] = self._unnamed.get(font.name, 0) + 1
        return self.objects[key]

    def _size(self, index: int) -> float:
        size = float(pdfium.FPDFText_GetFontSize(self.raw, index))
        if pdfium.FPDFText_GetMatrix(self.raw, index, self.matrix):
            size *= math.hypot(self.matrix.c, self.matrix.d) or 1.0
        return abs(size)

    def _font(self, handle: object) -> Font:
        font = pdfium.FPDFTextObj_GetFont(handle)
        key = ctypes.cast(font, ctypes.c_void_p).value or 0
        if key not in self.fonts:
            self.fonts[key] = _describe(font) if key else Font("", False, False)
        return self.fonts[key]


def _describe(font: object) -> Font:
    buffer = ctypes.create_string_buffer(256)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, 256)
    name = buffer.value.decode("utf-8", "replace").split("+")[-1]
    flags, lower = pdfium.FPDFFont_GetFlags(font), name.lower()
    named_bold = any(part in lower for part in ("bold", "black", "heavy", "cmbx", "-medi", "demi", "cmb10"))
    bold = named_bold or bool(flags & FORCE_BOLD) or pdfium.FPDFFont_GetWeight(font) >= BOLD_WEIGHT
    italic = any(part in lower for part in ("italic", "oblique", "cmti", "cmmi", "-ital", "slanted", "cmsl"))
    return Font(name, bold, italic or bool(flags > 0 and flags & FIXED_ITALIC))
