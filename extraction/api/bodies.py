"""Bodies of requests: read once, no further than their limit, and read away where an answer comes before their end."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

PIECE_BYTES = 64 * 1024
# a caller that goes on sending does not read the answer
MOST_DROPPED_BYTES = 32 * 1024**2


class BodyTooLarge(Exception):
    """More than the limit was announced or came."""


def read_body(request: HttpRequest, *, limit_bytes: int) -> bytes:
    """Not kept with the request, so that it goes as soon as nobody needs it. Raises BodyTooLarge."""
    if announced(request) > limit_bytes:
        raise BodyTooLarge
    body = _source(request).read(limit_bytes + 1)
    if len(body) > limit_bytes:
        raise BodyTooLarge
    return body


def drop_body(request: HttpRequest) -> None:
    """Read what is left of it, within reason."""
    left = MOST_DROPPED_BYTES
    try:
        source = _source(request)
        while left > 0 and (piece := source.read(PIECE_BYTES)):
            left -= len(piece)
    except OSError:
        # the caller went away
        return


def announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _source(request: HttpRequest) -> Any:
    """A body of chunks announces no length, and Django takes it for empty; the server knows where it ends."""
    is_chunked = not request.META.get("CONTENT_LENGTH") and request.META.get("wsgi.input_terminated")
    return request.META["wsgi.input"] if is_chunked else request
