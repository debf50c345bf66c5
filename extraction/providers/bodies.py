"""The body of an answer: unpacked piece by piece, and given up where it grows too large or does not end."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator

import httpx

from extraction.errors import AnswerLost, InvalidReply, ProviderRejected

MEBIBYTE = 1024 * 1024
PIECE_BYTES = 256 * 1024
# a body that drips in for longer is given up
BODY_SECONDS = 600.0


def body_of(response: httpx.Response, max_bytes: int) -> Iterator[bytes]:
    """The unpacked body. Raises ProviderRejected where it is larger than allowed, AnswerLost where it never ends."""
    ends_at = time.monotonic() + BODY_SECONDS
    total = 0
    for part in _unpacked(response):
        total += len(part)
        if total > max_bytes:
            limit = max_bytes // MEBIBYTE
            raise ProviderRejected(f"an answer of more than {limit} MiB", code="reply_too_large", limit=limit)
        if time.monotonic() > ends_at:
            raise AnswerLost("the answer does not come to an end")
        yield part


def beginning_of(response: httpx.Response, first_bytes: int) -> bytes:
    """The unpacked body's first bytes, or as much of them as came before it broke off."""
    data = b""
    try:
        for part in _unpacked(response):
            data += part
            if len(data) >= first_bytes:
                break
    except (httpx.HTTPError, zlib.error, InvalidReply):
        return data[:first_bytes]
    return data[:first_bytes]


def _unpacked(response: httpx.Response) -> Iterator[bytes]:
    """In pieces of a bounded size: a small packed answer can be very large."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        yield from response.iter_raw()
    elif encoding in ("gzip", "x-gzip"):
        yield from _unzipped(response.iter_raw())
    else:
        raise InvalidReply("an answer in an encoding that was not asked for")


def _unzipped(parts: Iterator[bytes]) -> Iterator[bytes]:
    unzip = zlib.decompressobj(wbits=31)
    came = False
    for part in parts:
        came, left = True, part
        piece = b"-"
        while (left or piece) and not unzip.eof:
            piece = unzip.decompress(left, PIECE_BYTES)
            left = unzip.unconsumed_tail
            yield piece
    if came and not unzip.eof:
        raise zlib.error("cut short")
