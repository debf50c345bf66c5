from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from extraction.engine.sandbox import parser as parser_module
from extraction.engine.sandbox.parser import Parser
from extraction.engine.sandbox.process import Child
from extraction.engine.sandbox.program import ROOT
from extraction.errors import InvalidUpload, ParserCrashed, ReadingFailed
from extraction.types import FileKind
from tests import bad_files

CHILDREN = "tests.engine.sandbox.children"


@pytest.mark.parametrize("lie", ["silent", "early_end", "too_long", "no_json", "unnamed_error", "argument_named_twice"])
def test_child_that_answers_badly_counts_as_crashed(lie: str) -> None:
    child = Child(CHILDREN, {"lie": lie})

    with pytest.raises(ParserCrashed):
        child.ask("anything", timeout_seconds=1.0)

    assert child.process.returncode is not None


def test_reason_of_a_child_is_cut_to_what_a_row_can_hold() -> None:
    child = Child(CHILDREN, {"lie": "long_reason"})

    with pytest.raises(ReadingFailed) as caught:
        child.ask("anything", timeout_seconds=5.0)
    child.close()

    assert caught.value.params == {"reason": "?" + "a" * 198}


def test_child_that_tells_of_another_file_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(bad_files.page_pdf())
    monkeypatch.setitem(parser_module.MODULES, FileKind.PDF, "tests.engine.sandbox.another_file")

    with Parser(path, FileKind.PDF) as parser, pytest.raises(InvalidUpload) as caught:
        parser.probe()

    assert caught.value.code == "unreadable_file"


def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(bad_files.page_pdf())
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from {CHILDREN} import parent_of_a_parser as main; main()"
    parent = subprocess.Popen([sys.executable, "-I", "-c", start, str(path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_alive(child)

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    assert ends_within(child, seconds=2.0)


def test_children_outlive_the_thread_that_asked_for_them(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(bad_files.page_pdf())
    parser = Parser(path, FileKind.PDF)
    thread = threading.Thread(target=parser.probe)

    thread.start()
    thread.join()
    time.sleep(0.1)

    with parser:
        assert [parsed.failure for parsed in parser.read_pages(image_width=None)] == [None]


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    # a zombie waits for whoever adopted it
    return state not in ("Z", "X") and os.path.exists(f"/proc/{process}")


def ends_within(process: int, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not is_alive(process):
            return True
        time.sleep(0.01)
    return False
