"""Stand-in fonts for pdfium, read through descriptors that were opened before the lock."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass, field

import pypdfium2.raw as pdfium

from extraction.engine.read.fonts import FontPaths, face_offsets

JAPANESE, KOREAN, SIMPLIFIED, TRADITIONAL = 128, 129, 134, 136
LATIN_CHARSETS = (0, 1, 2)  # ANSI, default, symbol: pdfium carries fonts of its own for them
FACE_OF = {JAPANESE: 0, KOREAN: 1, SIMPLIFIED: 2, TRADITIONAL: 3}  # the order inside the Noto collections
BOLD = 600
ROMAN = 1 << 4
COLLECTION_TABLE = 0x74746366
HEAD_BYTES = 1024
NAME = b"Stand-in"


@dataclass(frozen=True, slots=True)
class _Face:
    descriptor: int
    size: int
    offset: int
    is_collection: bool
    charset: int
    tables: dict[int, tuple[int, int]] = field(default_factory=dict)


class StandIns:
    """Fonts given to pdfium for CJK and other scripts; keep it as long as pdfium works."""

    def __init__(self, paths: FontPaths) -> None:
        self.missing = False
        self._files = {name: os.open(path, os.O_RDONLY) for name in paths.__slots__ if (path := getattr(paths, name))}
        self._faces: list[_Face] = []
        # the callbacks must outlive this call: pdfium keeps the pointers
        self._info = pdfium.FPDF_SYSFONTINFO()
        types = dict(pdfium.FPDF_SYSFONTINFO._fields_)
        self._info.version = 1
        self._info.MapFont = types["MapFont"](self._map)
        self._info.GetFontData = types["GetFontData"](self._data)
        self._info.GetFaceName = types["GetFaceName"](self._name)
        self._info.GetFontCharset = types["GetFontCharset"](self._charset)
        pdfium.FPDF_SetSystemFontInfo(ctypes.byref(self._info))

    def _map(self, _info: object, weight: int, _italic: int, charset: int, pitch: int, *_: object) -> int | None:
        if charset in LATIN_CHARSETS:
            return None
        name = self._choose(charset, is_bold=weight >= BOLD, is_serif=bool(pitch & ROMAN))
        if name is None:
            self.missing = self.missing or charset in FACE_OF
            return None
        self._faces.append(_open_face(self._files[name], charset))
        return len(self._faces)

    def _choose(self, charset: int, *, is_bold: bool, is_serif: bool) -> str | None:
        if charset not in FACE_OF:
            return "latin" if "latin" in self._files else None
        families = ("serif", "sans") if is_serif else ("sans", "serif")
        wanted = [f"{family}_bold" for family in families if is_bold] + list(families)
        return next((name for name in wanted if name in self._files), None)

    def _data(self, info: object, handle: int, table: int, buffer: object, size: int) -> int:
        """Bytes of the whole collection, of the font from its face on, or of one table; gives their count."""
        face = self._faces[handle - 1]
        if table == COLLECTION_TABLE:
            start, length = (0, face.size) if face.is_collection else (0, 0)
        elif table == 0:
            start, length = face.offset, face.size - face.offset
        else:
            start, length = _table(face, table)
        if length and buffer and size >= min(length, HEAD_BYTES):
            _read_into(face.descriptor, start, ctypes.cast(buffer, ctypes.c_void_p).value or 0, min(length, size))  # type: ignore[arg-type]
        return length

    def _name(self, info: object, handle: int, buffer: object, size: int) -> int:
        if buffer and size > len(NAME):
            ctypes.memmove(buffer, NAME + b"\0", len(NAME) + 1)  # type: ignore[arg-type]
        return len(NAME) + 1

    def _charset(self, info: object, handle: int) -> int:
        return self._faces[handle - 1].charset


def _open_face(descriptor: int, charset: int) -> _Face:
    offsets = face_offsets(os.pread(descriptor, HEAD_BYTES, 0))
    index = min(FACE_OF.get(charset, 0), len(offsets) - 1) if len(offsets) >= len(FACE_OF) else 0
    size = os.lseek(descriptor, 0, os.SEEK_END)
    is_collection = os.pread(descriptor, 4, 0) == b"ttcf"
    return _Face(descriptor, size, offsets[index], is_collection, charset)


def _table(face: _Face, tag: int) -> tuple[int, int]:
    """Where a table of the face begins, and its length; 0, 0 where there is none."""
    head = os.pread(face.descriptor, 12, face.offset)
    count = int.from_bytes(head[4:6], "big")
    records = os.pread(face.descriptor, 16 * count, face.offset + 12)
    for at in range(0, len(records), 16):
        if int.from_bytes(records[at : at + 4], "big") == tag:
            return int.from_bytes(records[at + 8 : at + 12], "big"), int.from_bytes(records[at + 12 : at + 16], "big")
    return 0, 0


def _read_into(descriptor: int, start: int, address: int, count: int) -> None:
    target = (ctypes.c_ubyte * count).from_address(address)
    # not preadv: the interpreter makes another call of it, which is not on the list
    os.lseek(descriptor, start, os.SEEK_SET)
    os.readv(descriptor, [target])
