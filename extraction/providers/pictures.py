"""Copies of the pictures that an answer names by address, made at once since addresses expire."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from extraction.errors import GalleyError, InvalidReply, ProviderUnavailable
from extraction.providers.http import MEBIBYTE, Caller

MAX_PICTURES = 1000
MAX_PICTURE_BYTES = 16 * MEBIBYTE
# of one document; all of them are in memory at once
MAX_ALL_BYTES = 64 * MEBIBYTE
ATTEMPTS = 3
PAUSE_SECONDS = 0.2
AT_ONCE = 4
# after so long, or so many in a row that do not come, the others are left
PATIENCE_SECONDS = 120.0
PATIENCE_PICTURES = 5
# how the pictures begin that a browser may be given, and what they are; WebP besides
_TYPES = {
    b"\x89PNG\r\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"BM": "image/bmp",
}
# as many as a picture's type can be told by
FIRST_BYTES = 12


def picture_type(data: bytes) -> str:
    """The media type by the first bytes; empty for anything else, as a page that says why there is no picture."""
    if data[:4] == b"RIFF" and data[8:FIRST_BYTES] == b"WEBP":
        return "image/webp"
    return next((kind for beginning, kind in _TYPES.items() if data.startswith(beginning)), "")


def copy_pictures(caller: Caller, addresses: Sequence[str]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Pictures by address, and the code of a warning where one is missing: a picture fails no document."""
    if not addresses:
        return {}, ()
    copying = _Copying(caller)
    wanted = addresses[:MAX_PICTURES]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        copies = threads.map(copying.copy, wanted)
        pictures = {address: copy for address, copy in zip(wanted, copies, strict=True) if copy is not None}
    return pictures, () if len(pictures) == len(addresses) else ("pictures_missing",)


@dataclass(slots=True)
class _Copying:
    """The patience and the room that one document's pictures share; `copy` runs in several threads."""

    caller: Caller
    ends_at: float = field(default_factory=lambda: time.monotonic() + PATIENCE_SECONDS)
    room: int = MAX_ALL_BYTES
    misses: int = 0

    def copy(self, address: str) -> bytes | None:
        for attempt in range(ATTEMPTS):
            limit = min(self.room, MAX_PICTURE_BYTES)
            if limit <= 0 or self.misses >= PATIENCE_PICTURES or time.monotonic() > self.ends_at:
                return None
            try:
                return self._kept(self.caller.download(address, max_bytes=limit))
            except ProviderUnavailable:
                time.sleep(PAUSE_SECONDS * 2**attempt)
            except GalleyError:
                return None
        self.misses += 1
        return None

    def _kept(self, picture: bytes) -> bytes:
        if not picture_type(picture):
            raise InvalidReply("no picture")
        self.room -= len(picture)
        self.misses = 0
        return picture
