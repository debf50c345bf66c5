from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from extraction.engine.sandbox.forking import ForkServer, end_server, fork_server
from extraction.engine.sandbox.lock import NOBODY
from extraction.engine.sandbox.parser import Parser
from extraction.engine.sandbox.program import ROOT
from extraction.errors import InvalidUpload, ParserCrashed
from extraction.types import FileKind
from tests import bad_files
from tests.engine.sandbox.children import parent_of_a_parser
from tests.engine.sandbox.test_process import ends_within, is_alive


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.pdf"
    path.write_bytes(bad_files.page_pdf(2))
    return path


@pytest.fixture
def server() -> Iterator[ForkServer]:
    """A server of this test's own."""
    end_server()
    yield fork_server()
    end_server()


def status_of(process: int) -> dict[str, str]:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def descriptors_of(process: int) -> set[str]:
    return {os.readlink(link) for link in Path(f"/proc/{process}/fd").iterdir()}


def run_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def words(parser: Parser) -> list[list[str]]:
    pages = parser.read_pages(image_width=None)
    return [[word.text for word in parsed.page.words] for parsed in pages if parsed.page]


def test_children_come_from_one_server_and_are_locked(page: Path, server: ForkServer) -> None:
    with Parser(page, FileKind.PDF) as one, Parser(page, FileKind.PDF) as other:
        for parser in (one, other):
            parser.probe()
        states = [status_of(parser._child.process.pid) for parser in (one, other) if parser._child]

    assert [state["PPid"] for state in states] == [str(server.pid)] * 2
    # a filter, and no way to more rights
    assert [(state["Seccomp"], state["NoNewPrivs"]) for state in states] == [("2", "1")] * 2
    if os.geteuid() == 0:
        assert [state["Uid"].split() for state in states] == [[str(NOBODY)] * 4] * 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root sees what a locked process holds")
def test_child_holds_nothing_but_its_own_pipes_and_file(page: Path, server: ForkServer) -> None:
    with Parser(page, FileKind.PDF) as one, Parser(page, FileKind.PDF) as other:
        for parser in (one, other):
            parser.probe()
        held, others = (descriptors_of(parser._child.process.pid) for parser in (one, other) if parser._child)

    assert not any(name.startswith("socket:") for name in held)
    assert len({name for name in held if name.startswith("pipe:")}) == 3
    assert not {name for name in held & others if name.startswith("pipe:")}


def test_server_holds_no_pipe_or_file_of_its_children(page: Path, server: ForkServer) -> None:
    with Parser(page, FileKind.PDF) as parser:
        parser.probe()

        names = descriptors_of(server.pid)

    assert sorted(name.partition(":")[0] for name in names) == ["/dev/null", "socket"]


def test_child_that_dies_takes_neither_the_server_nor_others(page: Path, server: ForkServer) -> None:
    with Parser(page, FileKind.PDF) as one, Parser(page, FileKind.PDF) as other:
        for parser in (one, other):
            parser.probe()
        assert one._child is not None
        os.kill(one._child.process.pid, signal.SIGSEGV)

        with pytest.raises(ParserCrashed, match=f"status -{signal.SIGSEGV:d}"):
            one.render(1, 100)
        read = words(one), words(other)

    assert read == ([["Page", "1", "of", "2"], ["Page", "2", "of", "2"]],) * 2
    assert fork_server() is server


def test_server_that_is_lost_takes_its_children_and_another_starts(page: Path, server: ForkServer) -> None:
    with Parser(page, FileKind.PDF) as parser:
        parser.probe()
        assert parser._child is not None
        child = parser._child.process.pid

        os.kill(server.pid, signal.SIGKILL)

        assert ends_within(child, seconds=2.0)
        with pytest.raises(ParserCrashed):
            parser.render(1, 100)
        assert words(parser) == [["Page", "1", "of", "2"], ["Page", "2", "of", "2"]]
    assert fork_server().pid != server.pid


def test_server_and_children_die_with_a_killed_parent(page: Path) -> None:
    main = f"from {parent_of_a_parser.__module__} import parent_of_a_parser as main"
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {main}; main()"
    parent = subprocess.Popen([sys.executable, "-I", "-c", start, str(page)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    server = int(status_of(child)["PPid"])
    assert is_alive(server) and server != parent.pid

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    assert ends_within(server, seconds=2.0)
    assert ends_within(child, seconds=2.0)


def test_server_ends_with_an_orderly_parent(page: Path) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from extraction.engine.sandbox.forking import fork_server\n"
        "print(fork_server().pid)"
    )
    server = int(subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, check=True).stdout)

    assert not is_alive(server)


def test_threads_that_find_the_server_lost_share_the_next(page: Path, server: ForkServer) -> None:
    os.kill(server.pid, signal.SIGKILL)
    together = threading.Barrier(12)
    read: list[list[list[str]]] = []

    def read_all() -> None:
        together.wait()
        with Parser(page, FileKind.PDF) as parser:
            read.append(words(parser))

    run_all([threading.Thread(target=read_all) for _ in range(12)])

    assert read == [[["Page", "1", "of", "2"], ["Page", "2", "of", "2"]]] * 12


def test_children_leave_nothing_behind(page: Path, server: ForkServer) -> None:
    picture = page.with_name("no.png")
    picture.write_bytes(b"no picture")
    with Parser(page, FileKind.PDF) as parser:
        parser.probe()
    held = [len(os.listdir(f"/proc/{process}/fd")) for process in (os.getpid(), server.pid)]

    for _ in range(20):
        with Parser(page, FileKind.PDF) as parser:
            parser.probe()
        with Parser(picture, FileKind.PNG) as parser, pytest.raises(InvalidUpload):
            parser.probe()

    assert [len(os.listdir(f"/proc/{process}/fd")) for process in (os.getpid(), server.pid)] == held
    assert Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text() == ""


def test_threads_share_the_server(page: Path, server: ForkServer) -> None:
    read: list[list[list[str]]] = []

    def read_all() -> None:
        for _ in range(5):
            with Parser(page, FileKind.PDF) as parser:
                read.append(words(parser))

    run_all([threading.Thread(target=read_all) for _ in range(4)])

    assert read == [[["Page", "1", "of", "2"], ["Page", "2", "of", "2"]]] * 20
    assert Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text() == ""
