"""The child's side: warm up, lock, then answer requests until the pipe ends."""

from __future__ import annotations

import gc
import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from extraction.engine.sandbox.frames import BadFrame, Frame, receive, send
from extraction.engine.sandbox.lock import Lock, Unprotected, lock_down
from extraction.errors import GalleyError, ReadingFailed

REQUESTS, REPLIES = 0, 1

type Operation = Callable[[Frame], Frame]
type Warm = Callable[[Mapping[str, Any]], Mapping[str, Operation]]


def run(warm: Warm, lock: Lock) -> None:
    """Become the child that the command line asks for."""
    serve(warm, lock, json.loads(sys.argv[-1]))


def serve(warm: Warm, lock: Lock, settings: Mapping[str, Any]) -> None:
    """Import and open everything in `warm`, lock this process, then serve the operations that `warm` gave."""
    try:
        operations = warm(settings)
        gc.collect()
        gc.freeze()
        lock_down(lock, parent=settings["parent"], life=settings["life"])
    except Unprotected:
        _serve({}, otherwise=ReadingFailed(code="sandbox_unavailable"))
    _serve(operations, otherwise=ReadingFailed(code="unexpected"))


def _serve(operations: Mapping[str, Operation], *, otherwise: GalleyError) -> None:
    try:
        while frame := receive(REQUESTS):
            send(REPLIES, _answer(operations.get(frame.head["op"]), frame, otherwise))
    except BadFrame:
        os._exit(1)
    # no clean-up: libraries may want calls that the lock refuses
    os._exit(0)


def _answer(operation: Operation | None, frame: Frame, otherwise: GalleyError) -> Frame:
    if operation is None:
        return _refusal(otherwise)
    try:
        reply = operation(frame)
    except GalleyError as exc:
        return _refusal(exc)
    except MemoryError:
        return _refusal(ReadingFailed(code="too_big_for_memory"))
    except Exception as exc:  # noqa: BLE001  a broken file raises anything; the parent gets a code for it
        reason = re.sub(r"\W+", " ", f"{type(exc).__name__} {exc}")[:200]
        return _refusal(ReadingFailed(code="page_unreadable", reason=reason))
    reply.head["cpu"] = time.process_time()
    return reply


def _refusal(error: GalleyError) -> Frame:
    return Frame({"error": {"class": type(error).__name__, "code": error.code, "params": error.params}})
