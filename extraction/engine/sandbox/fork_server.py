"""Main module of the fork server: warm, it becomes a child for each file at once, and never looks at one itself.

One request and one answer at a time, each a line of JSON, on the socket that is its standard input.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping
from typing import Any, Protocol

from extraction.engine.sandbox import heic_child, image_child, pdf_child
from extraction.engine.sandbox.child import REPLIES, REQUESTS, Operation, serve
from extraction.engine.sandbox.lock import Lock, end_with_starter

CONTROL = 0
MAX_LINE_BYTES = 1 << 16
MAX_DESCRIPTORS = 4


class ChildModule(Protocol):
    """`prepare` once in the server; `warm` in each child, before its lock."""

    LOCK: Lock

    def prepare(self) -> None: ...
    def warm(self, settings: Mapping[str, Any]) -> Mapping[str, Operation]: ...


MODULES: Mapping[str, ChildModule] = {module.__name__: module for module in (pdf_child, image_child, heic_child)}


def main() -> None:
    if sys.platform == "linux":
        end_with_starter()
    if os.getppid() != json.loads(sys.argv[-1])["parent"]:
        os._exit(1)
    for module in MODULES.values():
        module.prepare()
    # what is frozen is not looked at again, and so stays shared with the children
    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=CONTROL)
    while True:
        line, descriptors, _flags, _address = socket.recv_fds(control, MAX_LINE_BYTES, MAX_DESCRIPTORS)
        if not line:
            os._exit(0)
        control.sendall(json.dumps(_answer(json.loads(line), descriptors)).encode() + b"\n")


def _answer(request: Mapping[str, Any], descriptors: list[int]) -> dict[str, int]:
    try:
        if "end" in request:
            return {"status": _end(request["end"])}
        return {"pid": _fork(MODULES[request["module"]], request["settings"], descriptors)}
    except OSError as exc:
        return {"errno": exc.errno or 0}
    finally:
        # a child whose pipes others held too would not be seen to end
        for descriptor in descriptors:
            os.close(descriptor)


def _end(child: int) -> int:
    """Kill a child and its group, if it has not ended already, and give its exit status or, negative, its signal."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _fork(module: ChildModule, settings: dict[str, Any], descriptors: list[int]) -> int:
    server = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        serve(module.warm, module.LOCK, {**settings, "parent": server, **_placed(*descriptors)})
    finally:
        os._exit(1)


def _placed(requests: int, replies: int, life: int, file: int | None = None) -> dict[str, int | None]:
    """Put the pipes where a child looks for them; the server's socket goes by that."""
    for descriptor, place in ((requests, REQUESTS), (replies, REPLIES)):
        os.dup2(descriptor, place)
        os.close(descriptor)
    return {"life": life, "file": file}
