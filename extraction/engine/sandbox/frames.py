"""One frame on a pipe: a JSON head and raw bytes after it, every length announced and capped."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from dataclasses import dataclass
from typing import Any

# a head becomes about twenty times its size in objects; a page of 20,000 words has 1.5 MB of it
MAX_HEAD_BYTES = 16 << 20
MAX_BODY_BYTES = 256 << 20
_LENGTHS = struct.Struct("!IQ")


class BadFrame(Exception):
    """The pipe ended early, kept silent too long, or carried something else than a frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    head: dict[str, Any]
    body: bytes = b""


def send(descriptor: int, frame: Frame, *, timeout_seconds: float | None = None) -> None:
    """Write a frame; the descriptor must not block where a time-out is given. Raises BadFrame."""
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    text = json.dumps(frame.head, separators=(",", ":"), allow_nan=False).encode()
    for part in (_LENGTHS.pack(len(text), len(frame.body)) + text, frame.body):
        _write(descriptor, part, deadline)


def receive(descriptor: int, *, timeout_seconds: float | None = None) -> Frame | None:
    """Read a frame; None where the pipe ended before it began. Raises BadFrame."""
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    start = _read(descriptor, _LENGTHS.size, deadline, may_end=True)
    if not start:
        return None
    head_bytes, body_bytes = _LENGTHS.unpack(start)
    if head_bytes > MAX_HEAD_BYTES or body_bytes > MAX_BODY_BYTES:
        raise BadFrame(f"a frame of {head_bytes} + {body_bytes} bytes")
    head = _decode(_read(descriptor, head_bytes, deadline))
    return Frame(head, bytes(_read(descriptor, body_bytes, deadline)))


def _decode(text: bytearray) -> dict[str, Any]:
    try:
        head = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as exc:
        raise BadFrame("the head is no JSON") from exc
    if not isinstance(head, dict):
        raise BadFrame("the head is no object")
    return head


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _write(descriptor: int, part: bytes, deadline: float | None) -> None:
    view = memoryview(part)
    while view:
        _await(descriptor, select.POLLOUT, deadline)
        try:
            view = view[os.write(descriptor, view) :]
        except BrokenPipeError as exc:
            raise BadFrame("nobody reads the pipe") from exc


def _await(descriptor: int, event: int, deadline: float | None) -> None:
    if deadline is None:
        return
    poll = select.poll()
    poll.register(descriptor, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise BadFrame("the other side took too long")


def _read(descriptor: int, count: int, deadline: float | None, *, may_end: bool = False) -> bytearray:
    buffer = bytearray(count)
    view = memoryview(buffer)
    done = 0
    while done < count:
        _await(descriptor, select.POLLIN, deadline)
        read = os.readv(descriptor, [view[done:]])
        if read == 0:
            if may_end and done == 0:
                return bytearray()
            raise BadFrame("the pipe ended early")
        done += read
    return buffer
