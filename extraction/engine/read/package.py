"""The zip that an Office document is: unpacked in the child, by what is there and not by what it says of itself."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from extraction.errors import InvalidUpload

MAX_ENTRIES = 5_000
MAX_UNPACKED = 256 << 20
MAX_RATIO = 200
RATIO_COUNTS_FROM = 16 << 20
CHUNK = 1 << 20
LOCAL_HEADER_BYTES = 30


def unpacked(descriptor: int, *, main: str, wanted: tuple[str, ...] = ()) -> Mapping[str, bytes]:
    """Unpack everything to see how much it is; give the parts that are wanted.

    Raises InvalidUpload where no part's name begins with `main` or there is too much.
    """
    package = Package(descriptor)
    entries = package.entries()
    if not any(entry.filename.startswith(main) for entry in entries):
        raise InvalidUpload(code="unknown_kind")
    return package.unpack(entries, wanted)


class Package:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size

    def entries(self) -> list[zipfile.ZipInfo]:
        try:
            with zipfile.ZipFile(os.fdopen(self._descriptor, "rb", closefd=False)) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as exc:
            raise InvalidUpload(code="corrupt_file") from exc
        if len(entries) > MAX_ENTRIES:
            raise InvalidUpload(code="bomb")
        return entries

    def unpack(self, entries: list[zipfile.ZipInfo], wanted: tuple[str, ...]) -> Mapping[str, bytes]:
        total = 0
        parts = {name: bytearray() for name in wanted}
        for entry in entries:
            for piece in self._unpack(entry):
                total += len(piece)
                if total > MAX_UNPACKED or (total > RATIO_COUNTS_FROM and total > MAX_RATIO * self._size):
                    raise InvalidUpload(code="bomb")
                if entry.filename in parts:
                    parts[entry.filename] += piece
        return {name: bytes(part) for name, part in parts.items()}

    def _unpack(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        start = self._data_start(entry)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield from _pieces(self._descriptor, start, entry.compress_size)
            return
        if entry.compress_type != zipfile.ZIP_DEFLATED or entry.flag_bits & 1:
            raise InvalidUpload(code="corrupt_file")
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for packed in _pieces(self._descriptor, start, entry.compress_size):
                while packed:
                    yield inflater.decompress(packed, CHUNK)
                    packed = inflater.unconsumed_tail
        except zlib.error as exc:
            raise InvalidUpload(code="corrupt_file") from exc

    def _data_start(self, entry: zipfile.ZipInfo) -> int:
        """Where an entry's bytes begin: behind its local header, a name and an extra field."""
        if entry.header_offset < 0:  # what stood before the directory is missing
            raise InvalidUpload(code="corrupt_file")
        header = os.pread(self._descriptor, LOCAL_HEADER_BYTES, entry.header_offset)
        if len(header) < LOCAL_HEADER_BYTES or not header.startswith(b"PK\x03\x04"):
            raise InvalidUpload(code="corrupt_file")
        name, extra = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
        return entry.header_offset + LOCAL_HEADER_BYTES + name + extra


def _pieces(descriptor: int, start: int, length: int) -> Iterator[bytes]:
    end = start + length
    while start < end and (piece := os.pread(descriptor, min(CHUNK, end - start), start)):
        yield piece
        start += len(piece)
