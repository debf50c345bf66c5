"""What a captured child would try, by raw system calls; run as a program by test_lock.py.

The program forks: the parent half only waits, the child half locks itself and tries. Both have the same user.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import platform
import resource
import signal
import sys
import time
from collections.abc import Callable

from extraction.engine.sandbox.lock import Lock, lock_down
from extraction.engine.sandbox.seccomp import COMPUTE, INFER, READ_FONTS

POLICIES = {"compute": COMPUTE, "read_fonts": READ_FONTS, "infer": INFER}
NOBODY = 65534
AT_FDCWD = -100
PTRACE_SEIZE = 0x4206
MAP_PRIVATE_ANONYMOUS = 0x22

# name: number on x86-64, number on aarch64; None where there is no such call
NUMBERS: dict[str, tuple[int, int | None]] = {
    "socket": (41, 198), "clone": (56, 220), "fork": (57, None), "vfork": (58, None), "execve": (59, 221),
    "kill": (62, 129), "fcntl": (72, 25), "ptrace": (101, 117), "setuid": (105, 146), "prctl": (157, 167),
    "mount": (165, 40), "openat": (257, 56), "unshare": (272, 97), "prlimit64": (302, 261),
    "process_vm_readv": (310, 270), "memfd_create": (319, 279), "bpf": (321, 280), "execveat": (322, 281),
    "mmap": (9, 222), "mprotect": (10, 226), "pidfd_open": (434, 434), "clone3": (435, 435),
    "openat2": (437, 437), "io_uring_setup": (425, 425),
}  # fmt: skip

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p


def call(name: str, *arguments: object) -> str:
    """Make the call; its error's name, or "done"."""
    number = NUMBERS[name][platform.machine() == "aarch64"]
    if number is None:
        return "EPERM"
    ctypes.set_errno(0)
    result = libc.syscall(number, *arguments)
    if result == 0 and name in ("clone", "fork"):
        os._exit(0)
    return errno.errorcode[ctypes.get_errno()] if result == -1 else "done"


def escapes() -> dict[str, str]:
    parent = os.getppid()
    page = ctypes.c_void_p(libc.mmap(None, ctypes.c_size_t(4096), 3, MAP_PRIVATE_ANONYMOUS, -1, ctypes.c_long(0)))
    limits = (ctypes.c_uint64 * 2)(1 << 40, 1 << 40)
    return {
        "inet socket": call("socket", 2, 1, 0),
        "unix socket": call("socket", 1, 1, 0),
        "clone": call("clone", ctypes.c_ulong(signal.SIGCHLD), None, None, None, None),
        "fork": call("fork"),
        "clone3": call("clone3", None, ctypes.c_size_t(0)),
        # no such program: a call that gets through answers ENOENT
        "execve": call("execve", b"/no/such/program", None, None),
        "ptrace parent": call("ptrace", PTRACE_SEIZE, parent, None, None),
        "kill parent": call("kill", parent, 0),
        "read parent": call("process_vm_readv", parent, None, 0, None, 0, 0),
        "pidfd parent": call("pidfd_open", parent, 0),
        "read passwords": call("openat", AT_FDCWD, b"/etc/passwd", os.O_RDONLY),
        "read environment": call("openat", AT_FDCWD, f"/proc/{parent}/environ".encode(), os.O_RDONLY),
        "write file": call("openat", AT_FDCWD, b"/tmp", os.O_WRONLY | 0o20000000 | 0o200000, 0o600),
        "openat2": call("openat2", AT_FDCWD, b"/etc/passwd", None, ctypes.c_size_t(0)),
        "memory file": call("memfd_create", b"x", 0),
        "new code": call("mmap", None, ctypes.c_size_t(4096), 7, MAP_PRIVATE_ANONYMOUS, -1, ctypes.c_long(0)),
        "changed code": call("mprotect", page, ctypes.c_size_t(4096), 5),
        "higher limits": call("prlimit64", 0, resource.RLIMIT_NOFILE, ctypes.byref(limits), None),
        "duplicate": call("fcntl", 1, 0, 50),
        "namespace": call("unshare", 0x10000000),
        "mount": call("mount", None, b"/", None, 0, None),
        "be root": call("setuid", 0),
        "dump again": call("prctl", 4, 1, 0, 0, 0),
        "bpf": call("bpf", 0, None, 0),
        "io_uring": call("io_uring_setup", 4, None),
    }


def write_much() -> str:
    """Write to standard output, a file, until something stops it; how many bytes went."""
    piece, written = bytes(1 << 20), 0
    try:
        while written < 200 << 20:
            written += os.write(1, piece)
    except OSError as exc:
        return f"{errno.errorcode[exc.errno or 0]} after {written >> 20} MiB"
    return "done"


def eat_memory() -> str:
    try:
        mmap.mmap(-1, 3 << 30)
    except OSError as exc:
        return errno.errorcode[exc.errno or 0]
    return "done"


def spin() -> str:
    while True:
        time.monotonic()


def outlive() -> str:
    time.sleep(15)
    return "done"


def identity() -> dict[str, object]:
    return {"user": [os.getuid(), os.geteuid()], "group": [os.getgid(), os.getegid()]}


ATTEMPTS: dict[str, Callable[[], object]] = {
    "escapes": escapes,
    "write": write_much,
    "memory": eat_memory,
    "spin": spin,
    "outlive": outlive,
    "identity": identity,
}


def main() -> None:
    settings = json.loads(sys.argv[1])
    if settings["ordinary"] and os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    life, kept = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child:
        if settings["attempt"] == "outlive":
            # the parent's end of the pipe closes while the parent itself goes on
            time.sleep(0.3)
            os.close(kept)
        status = os.waitpid(child, 0)[1]
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    os.close(kept)
    if settings["locked"]:
        lock_down(Lock(POLICIES[settings["policy"]], cpu_seconds=1), parent=parent, life=life)
    answer = ATTEMPTS[settings["attempt"]]()
    os.write(2, json.dumps(answer).encode())
    os._exit(0)
