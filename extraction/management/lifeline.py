"""Processes that end with the one that started them, also when that one is killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PARENT = "GALLEY_PARENT"
PR_SET_PDEATHSIG = 1
LOOK_SECONDS = 0.5


def end_with_parent(parent: int | None = None) -> None:
    """End this process when `parent` ends; without one, the process named in the environment, if any."""
    parent = parent or int(os.environ.get(PARENT, "0"))
    if not parent:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    if sys.platform != "linux":
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
