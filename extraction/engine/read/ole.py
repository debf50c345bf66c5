"""The names in an OLE container, as old Office files are: its directory followed from sector to sector."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Protocol

HEADER_BYTES = 512
ENTRY_BYTES = 128
NAME_LENGTH_AT = 64
SECTOR_SHIFT_AT, DIRECTORY_AT, TABLES_AT = 30, 48, 76
TABLES = 109  # sectors of the allocation table that the header itself names
SECTOR_SHIFTS = (9, 12)
MAX_SECTORS = 256  # of a directory: thousands of entries


class Readable(Protocol):
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def read(self, size: int = -1, /) -> bytes: ...


def stream_names(file: Readable) -> set[str]:
    """Names of streams and storages; as many as can be followed in a damaged file."""
    file.seek(0)
    header = file.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return set()
    return {name for sector in _directory(file, header) for name in _names(sector)}


def _directory(file: Readable, header: bytes) -> Iterator[bytes]:
    (shift,) = struct.unpack_from("<H", header, SECTOR_SHIFT_AT)
    (number,) = struct.unpack_from("<I", header, DIRECTORY_AT)
    tables = struct.unpack_from(f"<{TABLES}I", header, TABLES_AT)
    if shift not in SECTOR_SHIFTS:
        return
    per_sector = (1 << shift) // 4
    for _ in range(MAX_SECTORS):
        sector = _sector(file, number, shift)
        if len(sector) < 1 << shift:
            return
        yield sector
        which = number // per_sector
        if which >= TABLES:
            return
        table = _sector(file, tables[which], shift)
        if len(table) < 1 << shift:
            return
        (number,) = struct.unpack_from("<I", table, 4 * (number % per_sector))


def _sector(file: Readable, number: int, shift: int) -> bytes:
    file.seek((number + 1) << shift)
    return file.read(1 << shift)


def _names(sector: bytes) -> Iterator[str]:
    for start in range(0, len(sector), ENTRY_BYTES):
        (length,) = struct.unpack_from("<H", sector, start + NAME_LENGTH_AT)
        if 2 < length <= NAME_LENGTH_AT:
            yield sector[start : start + length - 2].decode("utf-16-le", errors="replace")
