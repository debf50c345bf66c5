"""Waiting for work: until somebody writes, where the database tells of it."""

from __future__ import annotations

import threading
import time

from django.db import connection

# between two looks at the queue: where the database tells of changes, and where it does not
LONGEST_IDLE_SECONDS = 1.0
IDLE_SECONDS = 0.25
CHANGE_SECONDS = 0.1


def data_version() -> int | None:
    """A number that changes when another connection writes; None where the database has none."""
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return cursor.fetchone()[0]


def wait_for_change(seen: int | None, stop: threading.Event) -> None:
    """Wait until somebody has written since `seen`; a second at most, for leases run out unwritten."""
    if seen is None:
        stop.wait(IDLE_SECONDS)
        return
    deadline = time.monotonic() + LONGEST_IDLE_SECONDS
    while not stop.wait(CHANGE_SECONDS) and time.monotonic() < deadline and data_version() == seen:
        pass
