"""The child that opens HEIC photographs, whose decoder always works in a thread of its own; forked by `fork_server`."""

from __future__ import annotations

from extraction.engine.read.decoders import prepare
from extraction.engine.sandbox.image_child import warm
from extraction.engine.sandbox.lock import Lock
from extraction.engine.sandbox.seccomp import COMPUTE_IN_THREADS

LOCK = Lock(COMPUTE_IN_THREADS)
__all__ = ["LOCK", "prepare", "warm"]
