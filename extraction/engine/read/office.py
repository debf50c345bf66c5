"""An Office document inside the child: looked through for what it unpacks to, and laid out if it is a DOCX."""

from __future__ import annotations

import os
from collections.abc import Mapping

import dxpdf

from extraction.engine.raw import Paragraph, Probe
from extraction.engine.read.fonts import has_cjk
from extraction.engine.read.outline import NoOutline, paragraphs_of
from extraction.engine.read.package import unpacked
from extraction.errors import InvalidUpload, ReadingFailed
from extraction.types import FileKind

NO_FONTS = "no fonts available"  # dxpdf tells it only by its message
DOCUMENT, STYLES = "word/document.xml", "word/styles.xml"
# how the name of the part begins that makes a zip what it is
MAIN_PARTS = {
    FileKind.DOCX: DOCUMENT,
    FileKind.XLSX: "xl/workbook.xml",
    FileKind.PPTX: "ppt/presentation.xml",
    FileKind.ODT: "content.xml",
    FileKind.ODS: "content.xml",
    FileKind.ODP: "content.xml",
}


class OfficeFile:
    """The file behind a descriptor; nothing is read of it before `check`."""

    def __init__(self, descriptor: int, kind: FileKind) -> None:
        self._descriptor = descriptor
        self._kind = kind
        self._parts: Mapping[str, bytes] = {}

    def check(self) -> Probe:
        """Raise InvalidUpload where this is no such document or unpacks to too much; what is no zip is not opened."""
        main = MAIN_PARTS.get(self._kind)
        if main is not None:
            self._parts = unpacked(self._descriptor, main=main, wanted=(DOCUMENT, STYLES))
        return Probe(self._kind, None)

    @property
    def has_cjk(self) -> bool:
        return has_cjk(self._parts.get(DOCUMENT, b"").decode(errors="replace"))

    def outline(self) -> tuple[Paragraph, ...]:
        """A DOCX's paragraphs; none where they cannot be made out."""
        try:
            return paragraphs_of(self._parts.get(DOCUMENT, b""), self._parts.get(STYLES, b""))
        except NoOutline:
            return ()

    def to_pdf(self) -> bytes:
        """A DOCX as a PDF."""
        try:
            return bytes(dxpdf.convert(os.pread(self._descriptor, os.fstat(self._descriptor).st_size, 0)))
        except (ValueError, RuntimeError, OSError) as exc:
            if NO_FONTS in str(exc):
                raise ReadingFailed(code="font_missing") from exc
            raise InvalidUpload(code="corrupt_file") from exc
