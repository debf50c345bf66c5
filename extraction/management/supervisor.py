"""Child processes that are started again when they end, and all stopped together."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from extraction.management.lifeline import PARENT

log = logging.getLogger("galley.up")
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
# a child that ran so long was well: it is started again at once
WELL_SECONDS = 10.0
STOP_SECONDS = 12.0


class Process:
    """One child in a session of its own, so that Ctrl-C reaches it through us."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._command = list(command)
        self._environment = dict(environment)
        self._running: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_at = 0.0
        self.early_ends = 0

    def start(self) -> None:
        environment = os.environ | self._environment | {PARENT: str(os.getpid())}
        self._running = subprocess.Popen(
            self._command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self._started_at = time.monotonic()

    @property
    def is_running(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def look(self) -> None:
        """Start it again once it has ended, after a pause that grows while it keeps ending early."""
        if self.is_running:
            return
        if self._running is not None:
            self._note_end(self._running.returncode)
        if time.monotonic() >= self._start_at:
            self.start()

    def _note_end(self, status: int) -> None:
        was_well = time.monotonic() - self._started_at >= WELL_SECONDS
        self.early_ends = 0 if was_well else self.early_ends + 1
        pause = 0.0 if self.early_ends <= 1 else min(FIRST_PAUSE_SECONDS * 2**self.early_ends, LONGEST_PAUSE_SECONDS)
        self._start_at = time.monotonic() + pause
        self._running = None
        log.warning("%s ended (%s) and is started again", self.name, status)

    def ask_to_stop(self) -> None:
        if self.is_running:
            self._running.terminate()

    def kill(self) -> None:
        if self._running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()


class Supervisor:
    def __init__(self, processes: Sequence[Process]) -> None:
        self.processes = tuple(processes)

    def start(self) -> None:
        for process in self.processes:
            process.start()

    def look(self) -> None:
        for process in self.processes:
            process.look()

    def stop(self, *, within_seconds: float = STOP_SECONDS) -> None:
        """Ask all to end, and kill what has not."""
        for process in self.processes:
            process.ask_to_stop()
        deadline = time.monotonic() + within_seconds
        while time.monotonic() < deadline and any(process.is_running for process in self.processes):
            time.sleep(0.05)
        for process in self.processes:
            process.kill()
