from __future__ import annotations

import io

import pytest
from PIL import Image

from extraction.engine.read.kind import sniff
from extraction.errors import InvalidUpload
from extraction.types import FileKind
from tests import bad_files
from tests.engine.office_files import NEXT_OF_DIRECTORY, ole, opendocument, pptx, xlsx
from tests.engine.pictures import docx, encoded

DOT = Image.new("RGB", (8, 8), "white")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (bad_files.page_pdf(), FileKind.PDF),
        (b"\r\n junk before the header \r\n" + bad_files.page_pdf(), FileKind.PDF),
        (encoded(DOT, "PNG"), FileKind.PNG),
        (encoded(DOT, "JPEG"), FileKind.JPEG),
        (encoded(DOT, "TIFF"), FileKind.TIFF),
        (encoded(DOT, "TIFF", big_tiff=True), FileKind.TIFF),
        (encoded(DOT, "WEBP"), FileKind.WEBP),
        (encoded(DOT, "BMP"), FileKind.BMP),
        (encoded(DOT, "GIF"), FileKind.GIF),
        (encoded(DOT, "JPEG2000"), FileKind.JP2),
        (encoded(DOT, "JPEG2000", no_jp2=True), FileKind.JP2),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(40), FileKind.HEIC),
        (docx("Agreement"), FileKind.DOCX),
        (xlsx([["Paper", 3]]), FileKind.XLSX),
        (pptx("Agenda"), FileKind.PPTX),
        (opendocument("text", "Agreement"), FileKind.ODT),
        (opendocument("spreadsheet", "Agreement"), FileKind.ODS),
        (opendocument("presentation", "Agreement"), FileKind.ODP),
        (b"{\\rtf1 Agreement}", FileKind.RTF),
        (ole("WordDocument"), FileKind.DOC),
        (ole("Workbook"), FileKind.XLS),
        (ole(*("Stream",) * 9, "PowerPoint Document"), FileKind.PPT),
    ],
)
def test_sniff_tells_kinds_by_content(data: bytes, kind: FileKind) -> None:
    file = io.BytesIO(data)

    assert (sniff(file), file.tell()) == (kind, 0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (bad_files.renamed_executable(), "executable"),
        (b"MZ" + bytes(500), "executable"),
        (b"#!/bin/sh\nexit 0\n%PDF-1.4", "executable"),
        (bad_files.plain_text(), "unknown_kind"),
        (b"BM is how this letter begins, and no picture follows", "unknown_kind"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif" + bytes(40), "unknown_kind"),
        (bad_files.zip_without_document(), "unknown_kind"),
        (opendocument("graphics", "Agreement"), "unknown_kind"),
        (ole("Stream"), "unknown_kind"),
        (ole("WordDocument")[:600], "unknown_kind"),
        (ole("WordDocument")[:40], "unknown_kind"),
        (ole("EncryptionInfo", "EncryptedPackage"), "office_locked"),
    ],
)
def test_sniff_refuses_what_is_not_read(data: bytes, code: str) -> None:
    with pytest.raises(InvalidUpload) as caught:
        sniff(io.BytesIO(data))

    assert caught.value.code == code


def test_directory_that_turns_in_circles_ends() -> None:
    data = bytearray(ole("Stream"))
    data[NEXT_OF_DIRECTORY : NEXT_OF_DIRECTORY + 4] = (1).to_bytes(4, "little")

    with pytest.raises(InvalidUpload):
        sniff(io.BytesIO(bytes(data)))
