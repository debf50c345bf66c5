"""The kinds of files that are read."""

from __future__ import annotations

from enum import StrEnum


class FileKind(StrEnum):
    """What a file is by its content."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"
    WEBP = "webp"
    BMP = "bmp"
    GIF = "gif"
    JP2 = "jp2"
    HEIC = "heic"
    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    DOC = "doc"
    PPT = "ppt"
    XLS = "xls"
    ODT = "odt"
    ODP = "odp"
    ODS = "ods"
    RTF = "rtf"

    @property
    def is_picture(self) -> bool:
        return self in PICTURES

    @property
    def is_office(self) -> bool:
        """Whether it has pages only once it is laid out as a PDF."""
        return self is not FileKind.PDF and self not in PICTURES

    @property
    def endings(self) -> tuple[str, ...]:
        """Of file names, the usual one first."""
        return OTHER_ENDINGS.get(self, (f".{self}",))


PICTURES = (
    FileKind.PNG,
    FileKind.JPEG,
    FileKind.TIFF,
    FileKind.WEBP,
    FileKind.BMP,
    FileKind.GIF,
    FileKind.JP2,
    FileKind.HEIC,
)
OTHER_ENDINGS = {
    FileKind.JPEG: (".jpg", ".jpeg"),
    FileKind.TIFF: (".tif", ".tiff"),
    FileKind.JP2: (".jp2", ".j2k", ".jpx"),
    FileKind.HEIC: (".heic", ".heif"),
}
