"""Landlock, where the kernel has it: which files can be read; nothing written, no TCP, no signals outside."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable

from extraction.engine.sandbox.syscalls import NUMBERS

VERSION_FLAG = 1
PATH_BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIRECTORY = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIRECTORY, REMOVE_FILE, MAKE_DIRECTORY, MAKE_FILE, MAKE_SOCKET = (1 << bit for bit in (4, 5, 7, 8, 9))
TRUNCATE = 1 << 14  # since ABI 3
READ = READ_FILE | READ_DIRECTORY
WORK = READ | WRITE_FILE | REMOVE_DIRECTORY | REMOVE_FILE | MAKE_DIRECTORY | MAKE_FILE | MAKE_SOCKET | TRUNCATE
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
# access rights known to each ABI (linux/landlock.h): 13 at first, then REFER, TRUNCATE and IOCTL_DEV
FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
TCP_SINCE, SCOPES_SINCE = 4, 6
TCP_RIGHTS, SCOPES = 0b11, 0b11

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """The kernel's Landlock ABI, 0 where there is none."""
    if sys.platform != "linux" or not NUMBERS:
        return 0
    return max(0, int(_libc.syscall(NUMBERS["landlock_create_ruleset"], None, 0, VERSION_FLAG)))


def restrict(readable: Iterable[str] = (), *, writable: Iterable[str] = (), executable: Iterable[str] = ()) -> bool:
    """Close all files but those: to be read, to be worked in, to be run; needs NO_NEW_PRIVS.

    False where the kernel cannot.
    """
    abi = version()
    if not abi:
        return False
    known = FILE_RIGHTS[min(abi, max(FILE_RIGHTS))]
    ruleset = _new_ruleset(abi, known)
    if ruleset < 0:
        return False
    wanted = ((readable, READ), (writable, WORK), (executable, EXECUTE | READ_FILE))
    try:
        for paths, rights in wanted:
            for path in paths:
                _allow(ruleset, path, rights & known)
        return int(_libc.syscall(NUMBERS["landlock_restrict_self"], ruleset, 0)) == 0
    finally:
        os.close(ruleset)


def _new_ruleset(abi: int, known: int) -> int:
    rights = [known]
    rights += [TCP_RIGHTS] if abi >= TCP_SINCE else []
    rights += [SCOPES] if abi >= SCOPES_SINCE else []
    attributes = struct.pack(f"={len(rights)}Q", *rights)
    return int(_libc.syscall(NUMBERS["landlock_create_ruleset"], attributes, len(attributes), 0))


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = rights if os.path.isdir(path) else rights & OF_A_FILE
        beneath = struct.pack("=Qi", rights, opened)
        _libc.syscall(NUMBERS["landlock_add_rule"], ruleset, PATH_BENEATH, beneath, 0)
    finally:
        os.close(opened)
