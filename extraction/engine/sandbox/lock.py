"""The lock a child puts on itself once it is warm: lesser rights, limits, an end with its parent, a filter."""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from extraction.engine.sandbox import landlock, seccomp

NOBODY = 65534
ALLOW_UNSANDBOXED = "GALLEY_ALLOW_UNSANDBOXED"
MIB = 1 << 20

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
F_SETSIG = 10


class Unprotected(Exception):
    """The filter, or what stands in for it, could not be put on."""


@dataclass(frozen=True, slots=True)
class Lock:
    """How tight to lock: memory None for no limit.

    What is `readable`, `writable` (folders to work in) or `executable` stays open; then Landlock must work.
    """

    policy: seccomp.Policy = seccomp.COMPUTE
    memory_bytes: int | None = 1024 * MIB
    cpu_seconds: int | None = 20
    file_bytes: int = 64 * MIB
    descriptors: int = 64
    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    executable: tuple[str, ...] = ()


def protection(environment: Mapping[str, str] = os.environ) -> dict[str, bool | int]:
    """What a child would be locked with here: `parses` says whether files are opened at all."""
    filtered = seccomp.is_available()
    waived = environment.get(ALLOW_UNSANDBOXED) == "1"
    abi = landlock.version()
    return {
        "seccomp": filtered,
        "landlock": abi,
        "unsandboxed": waived,
        "parses": filtered or waived,
        "converts": (filtered and abi > 0) or waived,
    }


def lock_down(lock: Lock, *, parent: int, life: int) -> None:
    """Lock this process for good. `life` is a pipe's end whose other end only the parent holds.

    Raises Unprotected where the filter cannot be had and the operator has not waived it.
    """
    _drop_root()
    _set_limits(lock)
    if sys.platform == "linux":
        _end_with_parent(parent, life)
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
        _prctl(PR_SET_DUMPABLE, 0)
    try:
        _filter(lock)
    except OSError as exc:
        if os.environ.get(ALLOW_UNSANDBOXED) != "1":
            raise Unprotected(str(exc)) from exc


def _filter(lock: Lock) -> None:
    if not seccomp.is_available():
        raise OSError("this system has no system-call filter")
    is_closed = landlock.restrict(lock.readable, writable=lock.writable, executable=lock.executable)
    if not is_closed and (lock.readable or lock.writable):
        raise OSError("this system has no Landlock, and some files must stay open")
    seccomp.install(lock.policy)


def _drop_root() -> None:
    if os.geteuid() != 0:
        return
    try:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    except PermissionError:
        # a container's root without the right to change its user: the filter holds all the same
        return


def _set_limits(lock: Lock) -> None:
    wanted: dict[int, int | None] = {
        resource.RLIMIT_AS: lock.memory_bytes,
        resource.RLIMIT_FSIZE: lock.file_bytes,
        resource.RLIMIT_NOFILE: lock.descriptors,
        resource.RLIMIT_CORE: 0,
    }
    if not lock.policy.has_threads:
        wanted[resource.RLIMIT_NPROC] = 0
    for limit, value in wanted.items():
        if value is not None:
            _limit(limit, value, value)
    if lock.cpu_seconds is not None:
        _limit(resource.RLIMIT_CPU, lock.cpu_seconds, lock.cpu_seconds + 1)


def _limit(which: int, soft: int, hard: int) -> None:
    """Set a limit, or keep the one that is lower already."""
    _, ceiling = resource.getrlimit(which)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))


def _end_with_parent(parent: int, life: int) -> None:
    """Be killed when the parent ends, by two ways: the thread that started us, and the pipe it holds."""
    end_with_starter()
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(life, F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | fcntl.FASYNC)
    if os.getppid() != parent:
        os._exit(1)


def end_with_starter() -> None:
    """Be killed when the thread that started this process ends; for Linux."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise Unprotected(f"prctl {option}: {os.strerror(ctypes.get_errno())}")
