"""Numbers of the system calls that the filters name, for the two machines we know."""

from __future__ import annotations

import platform
from types import MappingProxyType

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000

# linux/arch/x86/entry/syscalls/syscall_64.tbl
_X86_64 = {
    "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7, "lseek": 8, "mmap": 9,
    "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15,
    "ioctl": 16, "pread64": 17, "pwrite64": 18, "readv": 19, "writev": 20, "access": 21, "pipe": 22, "select": 23,
    "sched_yield": 24, "mremap": 25, "msync": 26, "mincore": 27, "madvise": 28, "dup": 32, "dup2": 33,
    "nanosleep": 35, "getpid": 39, "socket": 41, "connect": 42, "accept": 43, "shutdown": 48, "bind": 49,
    "listen": 50, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "exit": 60, "kill": 62, "uname": 63,
    "fcntl": 72, "flock": 73, "fsync": 74, "fdatasync": 75, "truncate": 76, "ftruncate": 77, "getcwd": 79,
    "chdir": 80, "rename": 82, "mkdir": 83, "rmdir": 84, "unlink": 87, "symlink": 88, "readlink": 89, "chmod": 90,
    "fchmod": 91, "chown": 92, "fchown": 93, "umask": 95, "gettimeofday": 96, "getrusage": 98, "sysinfo": 99,
    "times": 100, "ptrace": 101, "getuid": 102, "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110,
    "sigaltstack": 131, "statfs": 137, "fstatfs": 138, "getpriority": 140, "mlock": 149, "munlock": 150, "prctl": 157,
    "arch_prctl": 158, "gettid": 186, "time": 201, "futex": 202, "sched_setaffinity": 203, "sched_getaffinity": 204,
    "getdents64": 217, "set_tid_address": 218, "restart_syscall": 219, "fadvise64": 221, "clock_gettime": 228,
    "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231, "epoll_wait": 232, "epoll_ctl": 233,
    "tgkill": 234, "openat": 257, "mkdirat": 258, "fchownat": 260, "newfstatat": 262, "unlinkat": 263,
    "renameat": 264, "readlinkat": 267, "fchmodat": 268, "faccessat": 269, "pselect6": 270, "ppoll": 271,
    "set_robust_list": 273, "utimensat": 280, "epoll_pwait": 281, "fallocate": 285, "accept4": 288, "eventfd2": 290,
    "epoll_create1": 291, "dup3": 292, "pipe2": 293, "prlimit64": 302, "getcpu": 309, "renameat2": 316,
    "seccomp": 317, "getrandom": 318, "memfd_create": 319, "execveat": 322, "membarrier": 324, "statx": 332,
    "rseq": 334, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "clone3": 435,
    "close_range": 436, "openat2": 437, "faccessat2": 439, "landlock_create_ruleset": 444, "landlock_add_rule": 445,
    "landlock_restrict_self": 446,
}  # fmt: skip

# linux/include/uapi/asm-generic/unistd.h; calls of old that this machine never had are missing
_AARCH64 = {
    "getcwd": 17, "eventfd2": 19, "epoll_create1": 20, "epoll_ctl": 21, "epoll_pwait": 22, "dup": 23, "dup3": 24,
    "fcntl": 25, "ioctl": 29, "flock": 32, "mkdirat": 34, "unlinkat": 35, "renameat": 38, "statfs": 43, "fstatfs": 44,
    "truncate": 45, "ftruncate": 46, "fallocate": 47, "faccessat": 48, "chdir": 49, "fchmod": 52, "fchmodat": 53,
    "fchownat": 54, "fchown": 55, "openat": 56, "close": 57, "pipe2": 59, "getdents64": 61, "lseek": 62, "read": 63,
    "write": 64, "readv": 65, "writev": 66, "pread64": 67, "pwrite64": 68, "pselect6": 72, "ppoll": 73,
    "readlinkat": 78, "newfstatat": 79, "fstat": 80, "fsync": 82, "fdatasync": 83, "utimensat": 88, "exit": 93,
    "exit_group": 94, "set_tid_address": 96, "futex": 98, "set_robust_list": 99, "nanosleep": 101,
    "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115, "ptrace": 117, "sched_setaffinity": 122,
    "sched_getaffinity": 123, "sched_yield": 124, "restart_syscall": 128, "kill": 129, "tgkill": 131,
    "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "getpriority": 141,
    "times": 153, "uname": 160, "getrusage": 165, "umask": 166, "prctl": 167, "getcpu": 168, "gettimeofday": 169,
    "getpid": 172, "getppid": 173, "getuid": 174, "geteuid": 175, "getgid": 176, "getegid": 177, "gettid": 178,
    "sysinfo": 179, "socket": 198, "bind": 200, "listen": 201, "accept": 202, "connect": 203, "shutdown": 210,
    "brk": 214, "munmap": 215, "mremap": 216, "clone": 220, "execve": 221, "mmap": 222, "fadvise64": 223,
    "mprotect": 226, "msync": 227, "mlock": 228, "munlock": 229, "mincore": 232, "madvise": 233, "accept4": 242,
    "prlimit64": 261, "renameat2": 276, "seccomp": 277, "getrandom": 278, "memfd_create": 279, "execveat": 281,
    "membarrier": 283, "statx": 291, "rseq": 293, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "clone3": 435, "close_range": 436, "openat2": 437, "faccessat2": 439,
    "landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446,
}  # fmt: skip

MACHINE = platform.machine()
TABLES = MappingProxyType({"x86_64": _X86_64, "aarch64": _AARCH64})
NUMBERS = TABLES.get(MACHINE, {})

COMPUTING = (
    "read", "write", "readv", "writev", "pread64", "lseek", "close", "fstat", "poll", "ppoll", "select", "pselect6",
    "munmap", "mremap", "madvise", "brk", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "futex",
    "sched_yield", "sched_getaffinity", "nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres",
    "gettimeofday", "time", "times", "getrusage", "getrandom", "getpid", "getppid", "gettid", "getuid", "geteuid",
    "getgid", "getegid", "getcpu", "uname", "sysinfo", "set_robust_list", "rseq", "membarrier", "restart_syscall",
    "exit", "exit_group",
)  # fmt: skip
"""What a process needs that reads, computes and answers through descriptors it already has."""

LOOKING_UP = (
    "stat", "lstat", "access", "faccessat", "newfstatat", "statx", "readlink", "readlinkat", "fstatfs", "getdents64",
    "fadvise64",
)  # fmt: skip
"""What finding font files takes, besides opening them."""

WRITING = (
    "openat", "open", "pwrite64", "ftruncate", "fallocate", "fsync", "fdatasync", "flock", "dup", "dup2", "dup3",
    "pipe", "pipe2", "getcwd", "chdir", "umask", "statfs", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename",
    "renameat", "renameat2", "fchmod", "close_range", "faccessat2",
)  # fmt: skip
"""What a program needs that works on files of its own; Landlock tells which.

Calls that it does not watch are missing: whoever changes rights, owners or times by a path could reach our own files,
and before its third version `truncate` could too.
"""

RUNNING = (
    "execve", "mmap", "mprotect", "mlock", "munlock", "mincore", "msync", "arch_prctl", "set_tid_address",
    "eventfd2", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "getpriority", "bind", "listen", "accept",
    "accept4", "shutdown",
)  # fmt: skip
"""What it takes to start a program and its threads, and to wait at a socket for nobody: none can be connected."""

UNKNOWN_TO_US = ("clone3", "openat2", "io_uring_setup", "io_uring_enter", "io_uring_register")
"""Answered as if the kernel were older: the C library then takes the call whose arguments a filter can see."""
