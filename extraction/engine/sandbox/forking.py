"""The fork server as its parent sees it: one for each process, started when needed, and again if it is lost."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Sequence
from typing import Any

from extraction.engine.sandbox.program import start_program

MODULE = "extraction.engine.sandbox.fork_server"
FORKED = frozenset(f"extraction.engine.sandbox.{name}_child" for name in ("pdf", "image", "heic"))
ANSWER_SECONDS = 30.0
MAX_ANSWER_BYTES = 1 << 12


class ServerLost(OSError):
    """The fork server does not answer, and has been ended; so have its children."""


class ForkServer:
    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(ANSWER_SECONDS)
        with theirs:
            self._process = start_program(
                MODULE, {"parent": os.getpid()}, stdin=theirs.fileno(), stdout=subprocess.DEVNULL
            )
        self._lock = threading.Lock()

    def fork(self, module: str, settings: dict[str, Any], descriptors: Sequence[int]) -> ForkedProcess:
        """Raise ServerLost, and OSError where the system has no room for a process."""
        answer = self._ask({"module": module, "settings": settings}, descriptors)
        if "pid" not in answer:
            raise OSError(answer["errno"], os.strerror(answer["errno"]))
        return ForkedProcess(self, answer["pid"])

    def end(self, child: int) -> int:
        """Kill the child and give its status; a lost server took its children with it."""
        try:
            return self._ask({"end": child}).get("status", -signal.SIGKILL)
        except ServerLost:
            return -signal.SIGKILL

    @property
    def pid(self) -> int:
        return self._process.pid

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._socket.close()

    def _ask(self, request: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, int]:
        line = json.dumps(request).encode()
        with self._lock:
            try:
                socket.send_fds(self._socket, [line], descriptors)
                answer = self._socket.recv(MAX_ANSWER_BYTES)
            except OSError as exc:
                self.close()
                raise ServerLost from exc
            if not answer:
                self.close()
                raise ServerLost
        answered: dict[str, int] = json.loads(answer)
        return answered


class ForkedProcess:
    """A child of the server; it stays known by its number until `end`."""

    def __init__(self, server: ForkServer, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server

    def end(self) -> None:
        if self.returncode is None:
            self.returncode = self._server.end(self.pid)


_servers: dict[int, ForkServer] = {}
_servers_lock = threading.Lock()


def fork_server() -> ForkServer:
    """The server of this process, started now if there is none; a process forked from this one starts its own."""
    with _servers_lock:
        if os.getpid() not in _servers:
            _servers[os.getpid()] = ForkServer()
        return _servers[os.getpid()]


@atexit.register
def end_server() -> None:
    """End this process's server, and its children with it; the next child starts another."""
    with _servers_lock:
        server = _servers.pop(os.getpid(), None)
    if server is not None:
        server.close()


def fork_child(module: str, settings: dict[str, Any], descriptors: Sequence[int]) -> ForkedProcess:
    """Fork a child that gets the descriptors: its requests, replies, life, and a file. Raises OSError."""
    server = fork_server()
    try:
        return server.fork(module, settings, descriptors)
    except ServerLost:
        _forget(server)
        return fork_server().fork(module, settings, descriptors)


def _forget(lost: ForkServer) -> None:
    """Unless another thread did, and has started the next one, which stays."""
    with _servers_lock:
        if _servers.get(os.getpid()) is lost:
            del _servers[os.getpid()]
