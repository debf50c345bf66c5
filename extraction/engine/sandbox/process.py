"""A child process as its parent sees it: started, asked one thing at a time, and killed with all it started."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from typing import Any, Protocol

from extraction.engine.sandbox.forking import FORKED, fork_child
from extraction.engine.sandbox.frames import BadFrame, Frame, receive, send
from extraction.engine.sandbox.program import start_program
from extraction.engine.sandbox.shapes import CODE
from extraction.errors import GalleyError, InvalidUpload, ParserCrashed, PasswordNeeded, ReadingFailed

PIPE_BYTES = 1 << 20
F_SETPIPE_SZ = 1031
ERRORS: dict[str, type[GalleyError]] = {
    error.__name__: error for error in (InvalidUpload, PasswordNeeded, ReadingFailed)
}
OWN_NAMES = ("message", "code")  # of an error's arguments: no child may give them again
REASON_LETTERS = 200


class Process(Protocol):
    """Whoever `end`s it knows its status then, a signal negative."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def end(self) -> None: ...


class StartedProcess:
    """A program of its own; its group goes with it."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen
        self.pid = popen.pid

    @property
    def returncode(self) -> int | None:
        return self._popen.returncode

    def end(self) -> None:
        if self._popen.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()


class Child:
    """A running child, forked where the fork server has its module, else a program; `settings` are plain values."""

    def __init__(self, module: str, settings: dict[str, Any], *, file: int | None = None) -> None:
        ends = Pipes()
        start = _forked if module in FORKED else _started
        try:
            self.process: Process = start(module, settings, ends, [] if file is None else [file])
        except BaseException:
            ends.close()
            raise
        finally:
            ends.close_child_side()
        self._ends = ends

    def ask(self, operation: str, *, timeout_seconds: float, body: bytes = b"", **values: Any) -> Frame:
        """Ask for one thing. Raises what the child answers, and ParserCrashed where it does not answer."""
        try:
            send(self._ends.request_write, Frame({"op": operation, **values}, body), timeout_seconds=timeout_seconds)
            frame = receive(self._ends.reply_read, timeout_seconds=timeout_seconds)
        except BadFrame as exc:
            raise self._crashed(str(exc)) from exc
        if frame is None:
            raise self._crashed("the child ended")
        if "error" in frame.head:
            raise self._refusal(frame.head["error"])
        return frame

    def close(self) -> None:
        """Kill the child and its group, and forget its pipes."""
        self.process.end()
        self._ends.close()

    def _crashed(self, reason: str) -> ParserCrashed:
        self.close()
        return ParserCrashed(f"{reason} (status {self.process.returncode})")

    def _refusal(self, error: object) -> GalleyError:
        """The error a child names, if it is one that it may name."""
        match error:
            case {"class": str(name), "code": str(code), "params": dict(params)} if name in ERRORS:
                plain = {key: _short(value) for key, value in params.items() if isinstance(value, int | str)}
                if CODE.fullmatch(code) and all(CODE.fullmatch(key) and key not in OWN_NAMES for key in plain):
                    return ERRORS[name]("", code=code, **plain)
        return self._crashed("an error that no child may name")


def _short(value: int | str) -> int | str:
    """A value that rows and sentences can hold."""
    if isinstance(value, int):
        return max(-sys.maxsize, min(value, sys.maxsize))
    return value[:REASON_LETTERS].replace("\0", "").encode(errors="replace").decode()


class Pipes:
    """Requests down, replies up, and one that only tells the child that its parent lives."""

    def __init__(self) -> None:
        self.request_read, self.request_write = os.pipe()
        self.reply_read, self.reply_write = os.pipe()
        self.life_read, self.life_write = os.pipe()
        os.set_blocking(self.request_write, False)
        self._open = {self.request_read, self.request_write, self.reply_read, self.reply_write}
        self._open |= {self.life_read, self.life_write}
        for descriptor in (self.request_write, self.reply_read):
            # larger pipes mean fewer turns; a system that has no more to give keeps the small ones
            with contextlib.suppress(OSError):
                fcntl.fcntl(descriptor, F_SETPIPE_SZ, PIPE_BYTES)

    def close_child_side(self) -> None:
        self._close(self.request_read, self.reply_write, self.life_read)

    def close(self) -> None:
        self._close(*self._open)

    def _close(self, *descriptors: int) -> None:
        for descriptor in self._open.intersection(descriptors):
            os.close(descriptor)
        self._open.difference_update(descriptors)


def _forked(module: str, settings: dict[str, Any], ends: Pipes, files: list[int]) -> Process:
    return fork_child(module, settings, [ends.request_read, ends.reply_write, ends.life_read, *files])


def _started(module: str, settings: dict[str, Any], ends: Pipes, files: list[int]) -> Process:
    settings = {**settings, "parent": os.getpid(), "life": ends.life_read, "file": files[0] if files else None}
    inherited = [ends.life_read, *files]
    return StartedProcess(
        start_program(module, settings, stdin=ends.request_read, stdout=ends.reply_write, inherited=inherited)
    )
