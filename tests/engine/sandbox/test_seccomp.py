from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct

import pytest

from extraction.engine.sandbox.seccomp import (
    ALLOW,
    COMPUTE,
    INFER,
    KILL_PROCESS,
    READ_FONTS,
    REFUSE,
    RUN_OFFICE,
    Policy,
    assemble,
)
from extraction.engine.sandbox.syscalls import AUDIT_ARCH, TABLES

REFUSED, UNKNOWN = REFUSE | errno.EPERM, REFUSE | errno.ENOSYS


def decide(program: bytes, arch: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """Run the filter as the kernel does, on one call."""
    call = struct.pack("=IIQ6Q", number, arch, 0, *(arguments + (0,) * 6)[:6])
    loaded, position = 0, 0
    while True:
        code, if_true, if_false, value = struct.unpack_from("=HBBI", program, 8 * position)
        position += 1
        match code:
            case 0x20:
                (loaded,) = struct.unpack_from("=I", call, value)
            case 0x06:
                return int(value)
            case 0x15 | 0x35 | 0x45:
                holds = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[code]
                position += if_true if holds else if_false
            case _:
                raise AssertionError(f"no such step: {code:#x}")


@pytest.mark.parametrize("machine", sorted(TABLES))
@pytest.mark.parametrize(
    ("policy", "name", "arguments", "answer"),
    [
        (COMPUTE, "read", (), ALLOW),
        (COMPUTE, "exit_group", (), ALLOW),
        (COMPUTE, "socket", (2, 1, 0), REFUSED),
        (COMPUTE, "openat", (0, 0, os.O_RDONLY), REFUSED),
        (COMPUTE, "clone", (0x10000,), REFUSED),
        (COMPUTE, "clone3", (), UNKNOWN),
        (COMPUTE, "mmap", (0, 4096, 3), ALLOW),
        (COMPUTE, "mmap", (0, 4096, 7), REFUSED),
        (COMPUTE, "prlimit64", (0, 7, 0), ALLOW),
        (COMPUTE, "prlimit64", (0, 7, 1 << 32), REFUSED),
        (COMPUTE, "newfstatat", (3, 0, 0, 0x1000), ALLOW),
        (COMPUTE, "newfstatat", (3, 0, 0, 0), REFUSED),
        (READ_FONTS, "openat", (0, 0, 0o2000000), ALLOW),
        (READ_FONTS, "openat", (0, 0, os.O_RDWR), REFUSED),
        (READ_FONTS, "openat", (0, 0, os.O_CREAT), REFUSED),
        (READ_FONTS, "clone", (0x10000,), REFUSED),
        (RUN_OFFICE, "execve", (), ALLOW),
        (RUN_OFFICE, "openat", (0, 0, os.O_RDWR), ALLOW),
        (RUN_OFFICE, "clone", (0x3D0F00,), ALLOW),
        (RUN_OFFICE, "clone", (17,), REFUSED),
        (RUN_OFFICE, "socket", (socket.AF_UNIX, 1, 0), ALLOW),
        (RUN_OFFICE, "socket", (socket.AF_INET, 1, 0), REFUSED),
        (RUN_OFFICE, "socket", (socket.AF_INET6, 1, 0), REFUSED),
        (RUN_OFFICE, "connect", (), REFUSED),
        (RUN_OFFICE, "ptrace", (), REFUSED),
        (RUN_OFFICE, "kill", (), REFUSED),
        (RUN_OFFICE, "tgkill", (os.getpid(), 7, 9), ALLOW),
        (RUN_OFFICE, "tgkill", (os.getppid(), 7, 9), REFUSED),
        (RUN_OFFICE, "fcntl", (3, fcntl.F_SETFL), ALLOW),
        (RUN_OFFICE, "fcntl", (3, fcntl.F_SETOWN, os.getppid()), REFUSED),
        (RUN_OFFICE, "fcntl", (3, 10, 9), REFUSED),
        (RUN_OFFICE, "fcntl", (3, 15), REFUSED),
        (RUN_OFFICE, "ioctl", (3, 0x8901), REFUSED),
        (RUN_OFFICE, "ioctl", (3, 0x8902), REFUSED),
        (RUN_OFFICE, "prctl", (15,), ALLOW),
        (RUN_OFFICE, "prctl", (1, 0), REFUSED),
        (RUN_OFFICE, "ftruncate", (), ALLOW),
        (RUN_OFFICE, "truncate", (), REFUSED),
        (RUN_OFFICE, "fchmodat", (), REFUSED),
        (RUN_OFFICE, "fchownat", (), REFUSED),
        (RUN_OFFICE, "utimensat", (), REFUSED),
        (RUN_OFFICE, "faccessat", (0, 0, os.R_OK), ALLOW),
        (RUN_OFFICE, "faccessat", (0, 0, os.W_OK), REFUSED),
        (INFER, "clone", (0x3D0F00,), ALLOW),
        (INFER, "clone", (17,), REFUSED),
        (INFER, "mmap", (0, 4096, 7), ALLOW),
        (INFER, "openat", (0, 0, os.O_RDONLY), REFUSED),
    ],
)
def test_filter_decides(machine: str, policy: Policy, name: str, arguments: tuple[int, ...], answer: int) -> None:
    program = assemble(policy, machine)

    assert decide(program, AUDIT_ARCH[machine], TABLES[machine][name], arguments) == answer


@pytest.mark.parametrize("machine", sorted(TABLES))
def test_filter_kills_foreign_calls(machine: str) -> None:
    program = assemble(COMPUTE, machine)

    assert decide(program, 0x40000003, TABLES[machine]["read"]) == KILL_PROCESS
    assert decide(program, AUDIT_ARCH[machine], 0x40000000) == KILL_PROCESS
