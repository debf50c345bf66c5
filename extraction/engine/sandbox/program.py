"""Programs of ours as processes: started from a thread that lives, with a session and environment of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from extraction.engine.sandbox.lock import ALLOW_UNSANDBOXED

ROOT = Path(__file__).resolve().parents[3]
KEPT_VARIABLES = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", ALLOW_UNSANDBOXED)


def start_program(
    module: str, settings: dict[str, Any], *, stdin: int, stdout: int, inherited: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Run the `main` of a module, with plain values on its command line."""
    return _starter(os.getpid()).submit(_popen, module, settings, stdin, stdout, inherited).result()


@cache
def _starter(process: int) -> ThreadPoolExecutor:
    """One thread that lives as long as the process: a child is killed when the thread that started it ends."""
    return ThreadPoolExecutor(1, thread_name_prefix=f"children-of-{process}")


def _popen(
    module: str, settings: dict[str, Any], stdin: int, stdout: int, inherited: Sequence[int]
) -> subprocess.Popen[bytes]:
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from {module} import main; main()"
    # without -B: compiled modules are kept, or every start would compile them anew
    return subprocess.Popen(
        [sys.executable, "-I", "-c", start, json.dumps(settings)],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        close_fds=True,
        pass_fds=inherited,
        start_new_session=True,
        cwd="/",
        env=_environment(),
    )


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    return {"PATH": "/usr/bin:/bin", **kept, **threads}
