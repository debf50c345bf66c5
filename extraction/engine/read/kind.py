"""What a file is, by its bytes; its name is not asked."""

from __future__ import annotations

import struct

from extraction.engine.read.ole import Readable, stream_names
from extraction.errors import InvalidUpload
from extraction.types import FileKind

HEAD_BYTES = 4096
PDF_WITHIN = 1024  # readers accept a header that begins later than the file
STARTS = (
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"II*\0", FileKind.TIFF),
    (b"MM\0*", FileKind.TIFF),
    (b"II+\0", FileKind.TIFF),
    (b"MM\0+", FileKind.TIFF),
    (b"GIF87a", FileKind.GIF),
    (b"GIF89a", FileKind.GIF),
    (b"\0\0\0\x0cjP  \r\n\x87\n", FileKind.JP2),
    (b"\xff\x4f\xff\x51", FileKind.JP2),
    (b"{\\rtf", FileKind.RTF),
)
EXECUTABLES = (
    b"MZ", b"\x7fELF", b"#!", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"dex\n", b"\0asm",
)  # fmt: skip
BITMAP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)  # bytes, by the version of the format
HEVC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_STREAMS = {
    "WordDocument": FileKind.DOC,
    "Workbook": FileKind.XLS,
    "Book": FileKind.XLS,
    "PowerPoint Document": FileKind.PPT,
}
LOCKED_STREAM = "EncryptedPackage"  # a DOCX, XLSX or PPTX with a password
ZIP = b"PK\x03\x04"
ZIP_END = b"PK\x05\x06"
ZIP_END_BYTES = 22 + 65_535  # with the longest comment
MAX_DIRECTORY = 4 << 20
PARTS = (
    (b"word/document.xml", FileKind.DOCX),
    (b"xl/workbook.xml", FileKind.XLSX),
    (b"ppt/presentation.xml", FileKind.PPTX),
)
OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
OPEN_KINDS = ((b"text", FileKind.ODT), (b"presentation", FileKind.ODP), (b"spreadsheet", FileKind.ODS))


def sniff(file: Readable) -> FileKind:
    """Tell the kind; the file is left at its start. What a zip holds is looked at later. Raises InvalidUpload."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    try:
        return _by_head(head) or _by_directory(file, head)
    finally:
        file.seek(0)


def _by_head(head: bytes) -> FileKind | None:
    if not head:
        raise InvalidUpload(code="empty_file")
    for start, kind in STARTS:
        if head.startswith(start):
            return kind
    if head.startswith(EXECUTABLES):
        raise InvalidUpload(code="executable")
    if b"%PDF-" in head[:PDF_WITHIN]:
        return FileKind.PDF
    return _by_fields(head)


def _by_fields(head: bytes) -> FileKind | None:
    """Formats whose start says too little alone."""
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return FileKind.WEBP
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in BITMAP_HEADERS:
        return FileKind.BMP
    if head[4:8] == b"ftyp":
        brands = head[8 : int.from_bytes(head[:4], "big")]
        if HEVC_BRANDS & {brands[at : at + 4] for at in range(0, len(brands), 4)}:
            return FileKind.HEIC
    return None


def _by_directory(file: Readable, head: bytes) -> FileKind:
    """Containers by the names of what they hold; a zip that is cut short passes as a DOCX, and is refused later."""
    kind = None
    if head.startswith(OLE):
        kind = _ole_kind(stream_names(file))
    elif head.startswith(ZIP):
        kind = _open_document(head) or _zip_kind(file)
    if kind is None:
        raise InvalidUpload(code="unknown_kind")
    return kind


def _ole_kind(names: set[str]) -> FileKind | None:
    if LOCKED_STREAM in names:
        raise InvalidUpload(code="office_locked")
    return next((kind for name, kind in OLE_STREAMS.items() if name in names), None)


def _open_document(head: bytes) -> FileKind | None:
    """By the entry that the format wants first and uncompressed."""
    start = head.find(OPEN_DOCUMENT, 0, 100) + len(OPEN_DOCUMENT)
    if start < len(OPEN_DOCUMENT):
        return None
    return next((kind for word, kind in OPEN_KINDS if head.startswith(word, start)), None)


def _zip_kind(file: Readable) -> FileKind | None:
    size = file.seek(0, 2)
    file.seek(max(0, size - ZIP_END_BYTES))
    tail = file.read(ZIP_END_BYTES)
    at = tail.rfind(ZIP_END)
    if at < 0 or len(tail) - at < 22:
        return FileKind.DOCX
    length, start = struct.unpack_from("<II", tail, at + 12)
    file.seek(start)
    directory = file.read(min(length, MAX_DIRECTORY))
    return next((kind for name, kind in PARTS if name in directory), None)
