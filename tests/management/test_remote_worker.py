"""Real workers, really killed while they speak with providers: nothing is lost, and nothing is paid twice."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import pytest

from tests.fakes.chat import FakeChat
from tests.fakes.docmap import FakeDocmap
from tests.fakes.somark import FakeSomark
from tests.management.running import Galley, wait_until

DOCUMENTS = 60
TASK_SECONDS = 15.0
KILLED_AFTER_SECONDS = 10.0
ALL_DONE_SECONDS = 45.0

pytestmark = pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="holds SQLite's lock to stop a commit")


@pytest.fixture(scope="module")
def galley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Galley]:
    """A database with a team, and workers for what this machine does."""
    settings = {"GALLEY_ALLOW_PRIVATE_PROVIDERS": "1", "GALLEY_BACKOFF_SECONDS": "5", "GALLEY_LEASE_SECONDS": "4"}
    galley = Galley(tmp_path_factory.mktemp("galley"), **settings)
    assert galley.run("manage.py", "migrate", "-v", "0").returncode == 0
    workers = [galley.start("manage.py", "worker") for _ in range(2)]
    yield galley
    for worker in workers:
        end(worker)


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def store(galley: Galley, *arguments: str) -> None:
    stored = galley.run("-m", "tests.management.store_remote", *arguments)
    assert stored.returncode == 0, stored.stderr


@contextmanager
def remote_worker(galley: Galley) -> Iterator[subprocess.Popen[bytes]]:
    process = galley.start("manage.py", "worker", "--lane", "remote")
    try:
        yield process
    finally:
        end(process)


def ranges(galley: Galley, url: str) -> list[tuple[str, str]]:
    return galley.rows(
        "SELECT job.state, job.error_class FROM extraction_pagerange job"
        f" JOIN extraction_provideraccount account ON account.id = job.account_id WHERE account.base_url = '{url}'"
    )


def extractions(galley: Galley, url: str) -> list[tuple[str, str]]:
    return galley.rows(
        "SELECT job.state, job.error_class FROM extraction_extraction job"
        f" JOIN extraction_provideraccount account ON account.id = job.account_id WHERE account.base_url = '{url}'"
    )


def test_sixty_documents_survive_a_killed_worker_and_are_sent_once_each(galley: Galley) -> None:
    with FakeSomark(seconds=TASK_SECONDS) as somark:
        store(galley, f"somark={somark.base_url}:{DOCUMENTS}")
        start = time.monotonic()
        with remote_worker(galley):
            time.sleep(KILLED_AFTER_SECONDS)
            sent = somark.submissions
        with remote_worker(galley):
            left = ALL_DONE_SECONDS - (time.monotonic() - start)
            done = [("done", "")] * DOCUMENTS
            wait_until(lambda: ranges(galley, somark.base_url) == done, seconds=left)

    assert (sent, somark.submissions) == (DOCUMENTS, DOCUMENTS)
    assert somark.counts["poll"] < 10 * DOCUMENTS


class Held:
    """Stops a fake where it has the request: `arrived` tells the test, which lets it go on by `go_on`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.arrived, self.go_on = threading.Event(), threading.Event()

    def hold(self) -> None:
        self.arrived.set()
        self.go_on.wait(30)


class HeldSomark(Held, FakeSomark):
    def submit(self, *values: Any) -> dict[str, Any]:
        answer = super().submit(*values)
        self.hold()
        return answer


class HeldDocmap(Held, FakeDocmap):
    def run(self, body: Any) -> dict[str, Any]:
        """The request is there, the record is not yet."""
        self.hold()
        return super().run(body)


class HeldChat(Held, FakeChat):
    def completion(self, *values: Any, **more: Any) -> dict[str, Any]:
        self.hold()
        return super().completion(*values, **more)


class Providers:
    """One of each, at addresses that stay the same."""

    def __init__(self, somark: FakeSomark, docmap: FakeDocmap, chat: FakeChat) -> None:
        self.somark, self.docmap, self.chat = somark, docmap, chat
        self.all = (somark, docmap, chat)
        self.urls = (somark.base_url, docmap.url, chat.base_url)

    def wait_for_requests(self) -> None:
        for fake in self.all:
            assert fake.arrived.wait(20)

    def let_go(self) -> None:
        for fake in self.all:
            fake.go_on.set()

    @property
    def paid(self) -> tuple[int, int, int]:
        return self.somark.submissions, sum(self.docmap.paid.values()), self.chat.calls


@pytest.fixture
def providers() -> Iterator[Providers]:
    with HeldSomark() as somark, HeldDocmap() as docmap, HeldChat() as chat:
        providers = Providers(somark, docmap, chat)
        yield providers
        providers.let_go()


def store_one_each(galley: Galley, urls: tuple[str, str, str]) -> None:
    store(galley, *(f"{name}={url}:1" for name, url in zip(("somark", "docmap", "chat"), urls, strict=True)))


def ends(galley: Galley, urls: tuple[str, str, str]) -> list[tuple[str, str]]:
    somark, docmap, chat = urls
    return [*ranges(galley, somark), *extractions(galley, docmap), *extractions(galley, chat)]


ENDS = [("waiting", "fate_unknown"), ("done", ""), ("done", "")]


def wait_for_ends(galley: Galley, urls: tuple[str, str, str]) -> None:
    with remote_worker(galley):
        wait_until(lambda: ends(galley, urls) == ENDS, seconds=40)


def test_worker_killed_before_it_sends(galley: Galley) -> None:
    with ExitStack() as deaf:
        ports = [deaf.enter_context(deaf_port()) for _ in range(3)]
        urls = (
            f"http://127.0.0.1:{ports[0]}/api/v1",
            f"http://127.0.0.1:{ports[1]}",
            f"http://127.0.0.1:{ports[2]}/v1",
        )
        store_one_each(galley, urls)
        with remote_worker(galley):
            wait_until(lambda: keys_of(galley, urls) == 3, seconds=20)
    with FakeSomark(port=ports[0]) as somark, FakeDocmap(port=ports[1]) as docmap, FakeChat(port=ports[2]) as chat:
        wait_for_ends(galley, urls)

    assert Providers(somark, docmap, chat).paid == (0, 1, 1)


@contextmanager
def deaf_port() -> Iterator[int]:
    """Nobody can connect to it and nobody is told so: its queue is full."""
    with socket.socket() as listener, ExitStack() as queue:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            caller = queue.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def keys_of(galley: Galley, urls: tuple[str, str, str]) -> int:
    """How many jobs are about to be sent."""
    accounts = f"SELECT id FROM extraction_provideraccount WHERE base_url IN {urls}"
    sent = f"submit_key IS NOT NULL AND account_id IN ({accounts})"
    return galley.count(f"extraction_pagerange WHERE {sent}") + galley.count(f"extraction_extraction WHERE {sent}")


def test_worker_killed_after_it_has_sent(galley: Galley, providers: Providers) -> None:
    store_one_each(galley, providers.urls)
    with remote_worker(galley):
        providers.wait_for_requests()
    providers.let_go()

    wait_for_ends(galley, providers.urls)

    assert providers.paid == (1, 1, 2)


def test_worker_killed_after_the_answer_came(galley: Galley, providers: Providers) -> None:
    store_one_each(galley, providers.urls)
    with remote_worker(galley) as worker:
        providers.wait_for_requests()
        worker.send_signal(signal.SIGSTOP)
        providers.let_go()
        time.sleep(0.5)

    wait_for_ends(galley, providers.urls)

    assert providers.paid == (1, 1, 2)


def test_worker_killed_before_it_commits_the_answer(galley: Galley, providers: Providers) -> None:
    store_one_each(galley, providers.urls)
    with remote_worker(galley) as worker:
        providers.wait_for_requests()
        with closing(sqlite3.connect(galley.folder / "galley.sqlite3", timeout=20, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            providers.let_go()
            time.sleep(1.0)
            end(worker)

    wait_for_ends(galley, providers.urls)

    assert providers.paid == (1, 1, 2)


def test_provider_that_is_down_keeps_documents_waiting_with_a_reason(galley: Galley) -> None:
    with FakeSomark(seconds=2) as somark:
        store(galley, f"somark={somark.base_url}:5")
        down = threading.Thread(target=somark.down, args=(12.0,))
        down.start()
        with remote_worker(galley):
            reasons = {("queued", "provider_unavailable")}
            wait_until(lambda: reasons & set(ranges(galley, somark.base_url)) == reasons, seconds=11)
            down.join()
            wait_until(lambda: ranges(galley, somark.base_url) == [("done", "")] * 5, seconds=25)

    assert somark.submissions == 5
