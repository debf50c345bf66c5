"""The system-call filter: an allow list as a BPF program, bound to every thread of the process."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from extraction.engine.sandbox.syscalls import (
    AUDIT_ARCH,
    COMPUTING,
    LOOKING_UP,
    MACHINE,
    NUMBERS,
    RUNNING,
    TABLES,
    UNKNOWN_TO_US,
    WRITING,
    X32_BIT,
)

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REFUSE, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
NR_OFFSET, ARCH_OFFSET, ARGUMENTS_OFFSET = 0, 4, 16
SET_MODE_FILTER, GET_ACTION_AVAIL, FLAG_TSYNC = 1, 2, 1

PROT_EXEC = 0x4
CLONE_THREAD = 0x10000
AT_EMPTY_PATH = 0x1000
# O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND and the bit that tells O_TMPFILE from O_DIRECTORY
WRITING_FLAGS = 0o3 | 0o100 | 0o1000 | 0o2000 | 0o20000000

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Clause:
    """A call allowed by one argument: none of `without` may be set in its low half, something of `needs` must be.

    It may be none of `never`; it must be null, or this process, where that is said.
    """

    name: str
    argument: int
    without: int = 0
    needs: int = 0
    never: tuple[int, ...] = ()
    is_null: bool = False
    is_self: bool = False


NO_NEW_CODE = (Clause("mmap", 2, without=PROT_EXEC), Clause("mprotect", 2, without=PROT_EXEC))
OWN_DESCRIPTORS = (Clause("newfstatat", 3, needs=AT_EMPTY_PATH),)
OWN_LIMITS = (Clause("prlimit64", 2, is_null=True),)  # reading limits, never setting them
READ_FILES = (Clause("openat", 2, without=WRITING_FLAGS), Clause("open", 1, without=WRITING_FLAGS))
AF_UNIX = 1
LOCAL_SOCKETS = (Clause("socket", 0, without=~AF_UNIX & 0xFFFFFFFF, needs=AF_UNIX),)
# LibreOffice puts its socket into /tmp where it is told that it may write there, otherwise where it is asked to
NEVER_MAY_WRITE = (Clause("access", 1, without=0o2), Clause("faccessat", 2, without=0o2))
# ways to have the kernel send signals to others, and to stay when the parent ends: linux/fcntl.h, sockios.h, prctl.h
F_SETOWN, F_SETSIG, F_SETOWN_EX = 8, 10, 15
FIOSETOWN, SIOCSPGRP = 0x8901, 0x8902
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
KEPT_TO_ITSELF = (
    Clause("tgkill", 0, is_self=True),
    Clause("fcntl", 1, never=(F_SETOWN, F_SETSIG, F_SETOWN_EX)),
    Clause("ioctl", 1, never=(FIOSETOWN, SIOCSPGRP)),
    Clause("prctl", 0, never=(PR_SET_PDEATHSIG, PR_SET_DUMPABLE)),
)
THREADS = (Clause("clone", 0, needs=CLONE_THREAD),)


@dataclass(frozen=True, slots=True)
class Policy:
    """Calls that are allowed; everything else fails with EPERM."""

    calls: tuple[str, ...]
    clauses: tuple[Clause, ...] = ()

    @property
    def has_threads(self) -> bool:
        return any(clause in THREADS for clause in self.clauses)


COMPUTE = Policy(COMPUTING, (*NO_NEW_CODE, *OWN_DESCRIPTORS, *OWN_LIMITS))
COMPUTE_IN_THREADS = Policy(COMPUTING, (*COMPUTE.clauses, *THREADS))
READ_FONTS = Policy((*COMPUTING, *LOOKING_UP), (*NO_NEW_CODE, *OWN_LIMITS, *READ_FILES))
RUN_OFFICE = Policy(
    (*COMPUTING, *LOOKING_UP, *WRITING, *RUNNING),
    (*OWN_LIMITS, *LOCAL_SOCKETS, *NEVER_MAY_WRITE, *KEPT_TO_ITSELF, *THREADS),
)
INFER = Policy((*COMPUTING, "mmap", "mprotect", "sched_setaffinity"), (*OWN_DESCRIPTORS, *OWN_LIMITS, *THREADS))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _decide(number: int | None, *decision: bytes) -> bytes:
    """Take the decision for the call of that number; nothing where the machine has no such call."""
    if number is None:
        return b""
    return _step(JUMP_EQUAL, number, 0, len(decision)) + b"".join(decision)


def _clause(clause: Clause, numbers: Mapping[str, int]) -> bytes:
    """Refuse or allow by the argument's bits; both machines are little-endian: its low half comes first."""
    low = ARGUMENTS_OFFSET + 8 * clause.argument
    refuse = _step(RETURN, REFUSE | errno.EPERM)
    steps = [_step(LOAD, low)]
    if clause.without:
        steps += [_step(JUMP_ANY_BIT, clause.without, 0, 1), refuse]
    if clause.needs:
        steps += [_step(JUMP_ANY_BIT, clause.needs, 1, 0), refuse]
    for value in clause.never:
        steps += [_step(JUMP_EQUAL, value, 0, 1), refuse]
    if clause.is_self:
        steps += [_step(JUMP_EQUAL, os.getpid(), 1, 0), refuse]
    if clause.is_null:
        steps += [_step(JUMP_EQUAL, 0, 1, 0), refuse, _step(LOAD, low + 4), _step(JUMP_EQUAL, 0, 1, 0), refuse]
    return _decide(numbers.get(clause.name), *steps, _step(RETURN, ALLOW))


def assemble(policy: Policy, machine: str = MACHINE) -> bytes:
    """The policy as BPF; foreign architectures and x32 calls end the process."""
    numbers = TABLES[machine]
    steps = [
        _step(LOAD, ARCH_OFFSET),
        _step(JUMP_EQUAL, AUDIT_ARCH[machine], 1, 0),
        _step(RETURN, KILL_PROCESS),
        _step(LOAD, NR_OFFSET),
        _step(JUMP_AT_LEAST, X32_BIT, 0, 1),
        _step(RETURN, KILL_PROCESS),
    ]
    steps += [_decide(numbers.get(name), _step(RETURN, REFUSE | errno.ENOSYS)) for name in UNKNOWN_TO_US]
    steps += [_clause(clause, numbers) for clause in policy.clauses]
    steps += [_decide(numbers.get(name), _step(RETURN, ALLOW)) for name in policy.calls]
    return b"".join([*steps, _step(RETURN, REFUSE | errno.EPERM)])


def is_available() -> bool:
    """Tell whether this machine and kernel take a filter that refuses calls; changes nothing."""
    if sys.platform != "linux" or not NUMBERS:
        return False
    action = ctypes.c_uint32(REFUSE)
    return _seccomp(GET_ACTION_AVAIL, 0, ctypes.byref(action)) == 0


def install(policy: Policy) -> None:
    """Bind every thread of this process to the policy, for good; needs NO_NEW_PRIVS. Raises OSError."""
    code = assemble(policy)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    if _seccomp(SET_MODE_FILTER, FLAG_TSYNC, ctypes.byref(program)) != 0:
        # with TSYNC a positive answer is the thread that could not be bound
        raise OSError(ctypes.get_errno() or errno.EBUSY, "no system-call filter")


def _seccomp(operation: int, flags: int, argument: object) -> int:
    return int(_libc.syscall(NUMBERS["seccomp"], operation, flags, argument))
