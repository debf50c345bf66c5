"""A PDF opened inside the child: probed, its pages read and drawn."""

from __future__ import annotations

import ctypes
import io
import mmap
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as pdfium

from extraction.engine.raw import Pixels, Probe, RawPage
from extraction.engine.read.filled import FormBox, fill_in
from extraction.engine.read.fonts import has_cjk
from extraction.engine.read.pdf import read_opened
from extraction.engine.read.stand_in import StandIns
from extraction.errors import InvalidUpload, PasswordNeeded
from extraction.types import FileKind

MAX_PIXELS = 40_000_000
LONGEST_SIDE = 30_000  # JPEG ends at 65,535
OCR_DPI = 200
OCR_SIDE = 3600  # an A3 page at about 200 dpi
POINTS_PER_INCH = 72


class PdfFile:
    """The file behind a descriptor; nothing is read of it before `open`."""

    def __init__(self, descriptor: int, stand_ins: StandIns) -> None:
        # mapped at once: the lock refuses the call that Python's mmap makes to keep its own descriptor
        self._map = mmap.mmap(descriptor, 0, access=mmap.ACCESS_COPY)
        self._stand_ins = stand_ins
        self._pdf: pypdfium2.PdfDocument | None = None
        self._kept: tuple[int, pypdfium2.PdfPage] | None = None
        self._form_boxes: tuple[FormBox, ...] = ()

    def open(self, password: str | None) -> Probe:
        """Raise PasswordNeeded or InvalidUpload."""
        data = (ctypes.c_ubyte * len(self._map)).from_buffer(self._map)
        try:
            self._pdf = pypdfium2.PdfDocument(data, password=password)
        except pypdfium2.PdfiumError as exc:
            raise self._refusal(exc.err_code, password) from exc
        if len(self._pdf) == 0:
            raise InvalidUpload(code="corrupt_file")
        if self._pdf.get_formtype() != pdfium.FORMTYPE_NONE:
            self._pdf.init_forms()
        return Probe(FileKind.PDF, len(self._pdf), encrypted=pdfium.FPDF_GetSecurityHandlerRevision(self._pdf) != -1)

    def _refusal(self, reason: int | None, password: str | None) -> InvalidUpload:
        if reason == pdfium.FPDF_ERR_PASSWORD:
            return PasswordNeeded(code="password_needed" if password is None else "password_wrong")
        if reason == pdfium.FPDF_ERR_SECURITY:
            return InvalidUpload(code="unknown_encryption")
        # every PDF ends with this sign: without it the rest was cut off
        is_whole = self._map.rfind(b"%%EOF", max(0, len(self._map) - 2048)) >= 0
        return InvalidUpload(code="corrupt_file" if is_whole else "truncated_pdf")

    @property
    def pdf(self) -> pypdfium2.PdfDocument:
        if self._pdf is None:
            raise RuntimeError("open the file first")
        return self._pdf

    def touch(self) -> None:
        """Load the first page, as any reading would: what cannot be opened at all shows here."""
        self._page(1).get_textpage().close()

    def _page(self, number: int) -> pypdfium2.PdfPage:
        """The page, kept open with its pictures decoded: it is read, drawn and given to OCR in turn."""
        if self._kept is None or self._kept[0] != number:
            if self._kept is not None:
                self._kept[1].close()
                self._kept = None
            page = self.pdf[number - 1]
            is_changed, self._form_boxes = fill_in(page)
            if is_changed:
                page.close()
                page = self.pdf[number - 1]
            self._kept = number, page
        return self._kept[1]

    def read(self, number: int) -> RawPage:
        page = read_opened(self._page(number), number, self._form_boxes)
        if self._stand_ins.missing and any(has_cjk(word.text) for word in page.words):
            return replace(page, warnings=(*page.warnings, "font_missing"))
        return page

    def render(self, number: int, width: int) -> Pixels:
        """The page as it stands in the file, `width` pixels wide or as wide as the limits allow."""
        page = self._page(number)
        # a hair less: pdfium rounds up
        return _draw(page, (width - 0.01) / page.get_width())

    def for_ocr(self, number: int) -> Pixels:
        page = self._page(number)
        return _draw(page, min(OCR_DPI / POINTS_PER_INCH, OCR_SIDE / max(page.get_size())))

    def decrypted(self) -> bytes:
        """The whole file without its encryption."""
        buffer = io.BytesIO()
        self.pdf.save(buffer, flags=pdfium.FPDF_REMOVE_SECURITY)
        return buffer.getvalue()

    def subset(self, first: int, last: int) -> bytes:
        """The pages from first to last as a file of their own, with their text and without encryption."""
        part = pypdfium2.PdfDocument.new()
        try:
            part.import_pages(self.pdf, list(range(first - 1, last)))
            buffer = io.BytesIO()
            part.save(buffer)
            return buffer.getvalue()
        finally:
            part.close()


def _draw(page: pypdfium2.PdfPage, scale: float) -> Pixels:
    width, height = page.get_size()
    scale = min(scale, (MAX_PIXELS / (width * height)) ** 0.5, LONGEST_SIDE / max(width, height))
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False, may_draw_forms=True)
    try:
        # packed, or Pixels would refuse its length
        return Pixels(bitmap.width, bitmap.height, bytes(bitmap.buffer))
    finally:
        bitmap.close()
