"""Galley as real processes on a data folder and a database of their own."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
LEASE_SECONDS = 8


class Galley:
    def __init__(self, folder: Path, database: str = "", **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder / "up.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._database = database
        self._environment = os.environ | {
            "GALLEY_DATA": str(folder),
            "DATABASE_URL": database,
            "GALLEY_LEASE_SECONDS": str(LEASE_SECONDS),
            "GALLEY_ADMIN_PASSWORD": "granite and marble",
            "PYTHONPATH": str(ROOT),
            **environment,
        }

    def up(self, *options: str) -> None:
        """Start `manage.py up` and wait until it says that it is ready."""
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(self.port), *options]
        with self.log.open("ab") as log:
            start = log.tell()
            self.process = subprocess.Popen(command, env=self._environment, cwd=ROOT, stdout=log, stderr=log)
        wait_until(lambda: b"Galley is ready" in self.log.read_bytes()[start:], seconds=START_SECONDS)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command],
            env=self._environment | environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """A process of its own; what it says goes to the log."""
        with self.log.open("ab") as log:
            return subprocess.Popen([sys.executable, *command], env=self._environment, cwd=ROOT, stdout=log, stderr=log)

    def store(self, count: int, *, pages: int, same: bool = False) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.management.store_documents", str(count), str(pages)]
        command += ["same"] if same else []
        return subprocess.Popen(command, env=self._environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        if self._database:
            import psycopg  # noqa: PLC0415 - there only where a database is named

            with psycopg.connect(self._database) as connection:
                return connection.execute(sql).fetchall()
        with closing(sqlite3.connect(self.folder / "galley.sqlite3", timeout=20)) as connection:
            return connection.execute(sql).fetchall()

    def count(self, sql: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {sql}")[0][0])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def kill_everything(self) -> None:
        """At once; some end with their parent before it is their turn."""
        below = descendants(self.process.pid)
        self.kill()
        for pid in below:
            with suppress(ProcessLookupError):
                kill_hard([pid])

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=30)


@contextmanager
def scratch_database(url: str) -> Iterator[str]:
    """A PostgreSQL database of its own beside the one that the url names; without one SQLite is used."""
    if not url:
        yield ""
        return
    import psycopg  # noqa: PLC0415 - there only where a database is named

    name = f"galley_killed_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until(condition: Callable[[], bool], *, seconds: float) -> float:
    """Seconds that it took; fails after `seconds`."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, f"not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - start


def descendants(pid: int) -> dict[int, str]:
    """All processes below the process that have not ended: their ids and command lines."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
    below = {pid}
    while more := {child for child, parent in parents.items() if parent in below} - below:
        below |= more
    commands = {child: command_of(child) for child in below - {pid}}
    return {child: command for child, command in commands.items() if command}


def command_of(pid: int) -> str:
    """Empty for a process that is gone, also where nobody has waited for it yet."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    except OSError:
        return ""


def kill_hard(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
