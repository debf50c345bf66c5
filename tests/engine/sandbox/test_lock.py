from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from typing import Any

import pytest

from extraction.engine.sandbox.lock import protection
from extraction.engine.sandbox.program import ROOT

pytestmark = pytest.mark.skipif(not protection({})["seccomp"], reason="this system has no system-call filter")

START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.engine.sandbox.attempts import main; main()"
UNKNOWN = {"clone3", "openat2", "io_uring"}


def run(
    attempt: str, *, ordinary: bool, locked: bool = True, policy: str = "compute", check: bool = True
) -> tuple[Any, int]:
    settings = {"attempt": attempt, "ordinary": ordinary, "locked": locked, "policy": policy}
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [sys.executable, "-I", "-c", START, json.dumps(settings)],
            stdout=output,
            stderr=subprocess.PIPE,
            timeout=20,
            check=check,
        )
    return (json.loads(done.stderr) if done.stderr else None), done.returncode


@pytest.fixture(params=["root", "ordinary"])
def ordinary(request: pytest.FixtureRequest) -> bool:
    if request.param == "root" and os.geteuid() != 0:
        pytest.skip("only root can test what root's children may")
    return bool(request.param == "ordinary")


def test_lock_refuses_every_escape(ordinary: bool) -> None:
    answers, _ = run("escapes", ordinary=ordinary)

    assert answers == {name: "ENOSYS" if name in UNKNOWN else "EPERM" for name in answers}


def test_escapes_succeed_without_the_lock() -> None:
    answers, _ = run("escapes", ordinary=True, locked=False)

    open_doors = {name for name, answer in answers.items() if answer == "done"}
    assert open_doors >= {
        "inet socket", "unix socket", "clone", "fork", "kill parent", "read passwords",
        "write file", "memory file", "new code", "changed code", "duplicate",
    }  # fmt: skip


def test_lock_for_fonts_reads_nothing_but_fonts(ordinary: bool) -> None:
    answers, _ = run("escapes", ordinary=ordinary, policy="read_fonts")

    assert answers.pop("read passwords") in ("EACCES", "EPERM")
    assert answers.pop("read environment") in ("EACCES", "EPERM")
    assert answers == {name: "ENOSYS" if name in UNKNOWN else "EPERM" for name in answers}


def test_lock_for_inference_allows_code_and_nothing_else(ordinary: bool) -> None:
    answers, _ = run("escapes", ordinary=ordinary, policy="infer")

    assert (answers.pop("new code"), answers.pop("changed code")) == ("done", "done")
    assert answers == {name: "ENOSYS" if name in UNKNOWN else "EPERM" for name in answers}


def test_lock_stops_a_big_file(ordinary: bool) -> None:
    answer, _ = run("write", ordinary=ordinary)

    assert answer == "EFBIG after 64 MiB"


def test_lock_stops_eating_memory(ordinary: bool) -> None:
    answer, _ = run("memory", ordinary=ordinary)

    assert answer == "ENOMEM"


def test_lock_stops_spinning() -> None:
    _, status = run("spin", ordinary=True, check=False)

    assert status == -signal.SIGXCPU & 0xFF


def test_lock_ends_the_child_when_its_parents_pipe_closes(ordinary: bool) -> None:
    _, status = run("outlive", ordinary=ordinary, check=False)

    assert status == -signal.SIGKILL & 0xFF


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has root to lose")
def test_lock_drops_root() -> None:
    answer, _ = run("identity", ordinary=False)

    assert answer == {"user": [65534, 65534], "group": [65534, 65534]}


def test_protection_needs_a_waiver_without_a_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    refused, waived = protection({}), protection({"GALLEY_ALLOW_UNSANDBOXED": "1"})

    assert (refused["parses"], waived["parses"]) == (False, True)
