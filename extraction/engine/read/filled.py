"""What people filled in: form fields and notes made part of the page, and form boxes with their state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
import pypdfium2
import pypdfium2.raw as pdfium

from extraction.engine.raw import RawMark
from extraction.engine.read.glyphs import Frame
from extraction.types import BBox

BOXES = frozenset({pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON})
WRITTEN = frozenset({pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP})
LIMIT = 5000


@dataclass(frozen=True, slots=True)
class FormBox:
    """A tick box of a form: left, bottom, right, top in user space."""

    edges: tuple[float, float, float, float]
    is_ticked: bool


def fill_in(page: pypdfium2.PdfPage) -> tuple[bool, tuple[FormBox, ...]]:
    """Draw what is written on the page over its contents; True where it has to be opened again to show that."""
    boxes: list[FormBox] = []
    written = False
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), LIMIT)):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        written |= pdfium.FPDFAnnot_GetSubtype(note) in WRITTEN
        if page.formenv and pdfium.FPDFAnnot_GetFormFieldType(page.formenv, note) in BOXES:
            boxes += _box(page, note)
        pdfium.FPDFPage_CloseAnnot(note)
    flattened = written and pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS
    return flattened, tuple(boxes)


def _box(page: pypdfium2.PdfPage, note: object) -> list[FormBox]:
    rect = pdfium.FS_RECTF()
    if not pdfium.FPDFAnnot_GetRect(note, rect):
        return []
    left, right = sorted((rect.left, rect.right))
    bottom, top = sorted((rect.bottom, rect.top))
    return [FormBox((left, bottom, right, top), bool(pdfium.FPDFAnnot_IsChecked(page.formenv, note)))]


def marks_of(boxes: Sequence[FormBox], frame: Frame) -> tuple[RawMark, ...]:
    """The boxes that lie on the page, upright."""
    if not boxes:
        return ()
    rows = frame.upright(numpy.array([box.edges for box in boxes])).round(2).tolist()
    width, height = frame.size
    return tuple(
        RawMark("box", BBox(*row), "checked" if box.is_ticked else "unchecked")
        for row, box in zip(rows, boxes, strict=True)
        if 0 <= row[0] < row[2] <= width and 0 <= row[1] < row[3] <= height
    )
