"""Real processes, really killed: every document reaches an end by itself, each exactly once."""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.management.running import (
    Galley,
    command_of,
    descendants,
    kill_hard,
    scratch_database,
    wait_until,
)

PAGES = 24
DOCUMENTS = 2
# to recover; what was left has to be read besides
RECOVERY_SECONDS = 30.0
LONGEST_READING_SECONDS = 90.0


@pytest.fixture(scope="module")
def galley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Galley]:
    with scratch_database(os.environ.get("DATABASE_URL", "")) as database:
        galley = Galley(tmp_path_factory.mktemp("galley"), database)
        galley.up()
        yield galley
        if galley.process.poll() is None:
            galley.stop()


@pytest.fixture(scope="module")
def reading_seconds(galley: Galley) -> float:
    """What the same documents take from the upload to their end when nobody disturbs them."""
    with galley.store(DOCUMENTS, pages=PAGES) as storing:
        assert storing.wait(timeout=60) == 0
        return wait_until(lambda: pending(galley) == 0, seconds=LONGEST_READING_SECONDS)


def workers_of(galley: Galley) -> list[int]:
    return [pid for pid, command in descendants(galley.process.pid).items() if command.endswith("manage.py worker")]


def store_and_wait_for_first_pages(galley: Galley) -> None:
    before = galley.count("extraction_parsedpage")
    with galley.store(DOCUMENTS, pages=PAGES) as storing:
        assert storing.wait(timeout=60) == 0
    wait_until(lambda: galley.count("extraction_parsedpage") > before, seconds=30)


def assert_all_end_once(galley: Galley, *, within_seconds: float) -> None:
    documents = galley.count("extraction_document")
    wait_until(
        lambda: galley.count("extraction_review") >= documents and pending(galley) == 0,
        seconds=within_seconds,
    )
    pages = galley.rows("SELECT sum(page_count) FROM extraction_document")[0][0]
    for table in ("extraction_parse", "extraction_extraction", "extraction_review"):
        assert galley.count(table) == documents
    assert galley.rows("SELECT DISTINCT state FROM extraction_parse") == [("done",)]
    assert galley.rows("SELECT DISTINCT state FROM extraction_pagerange") == [("done",)]
    assert galley.rows("SELECT DISTINCT state FROM extraction_extraction") == [("done",)]
    assert galley.rows("SELECT count(*), count(DISTINCT (parse_id * 1000 + number)) FROM extraction_parsedpage") == [
        (pages, pages)
    ]
    values = galley.rows("SELECT count(*) FROM extraction_fieldvalue GROUP BY extraction_id")
    assert len(values) == documents
    assert len(set(values)) == 1


def pending(galley: Galley) -> int:
    states = "WHERE state IN ('waiting', 'queued', 'running')"
    tables = ("extraction_parse", "extraction_pagerange", "extraction_extraction", "extraction_pageimages")
    return sum(galley.count(f"{table} {states}") for table in tables)


def ask(galley: Galley, path: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", galley.port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_up_serves_pages_and_starts_with_one_account(galley: Galley) -> None:
    assert ask(galley, "/health") == (200, b'{"status": "ok"}')
    assert galley.rows("SELECT email, is_staff FROM extraction_user") in (
        [("admin@localhost", 1)],
        [("admin@localhost", True)],
    )
    assert galley.count("extraction_template") == 4


def test_worker_killed_in_mid_document_loses_nothing(galley: Galley, reading_seconds: float) -> None:
    store_and_wait_for_first_pages(galley)

    kill_hard(workers_of(galley)[:1])

    assert_all_end_once(galley, within_seconds=RECOVERY_SECONDS + reading_seconds)


def test_all_workers_killed_in_mid_document_lose_nothing(galley: Galley, reading_seconds: float) -> None:
    store_and_wait_for_first_pages(galley)

    kill_hard(workers_of(galley))

    assert_all_end_once(galley, within_seconds=RECOVERY_SECONDS + reading_seconds)


def test_up_killed_leaves_no_process_and_goes_on_after_a_restart(galley: Galley, reading_seconds: float) -> None:
    store_and_wait_for_first_pages(galley)
    children = descendants(galley.process.pid)

    galley.kill()

    wait_until(lambda: not any(command_of(pid) == command for pid, command in children.items()), seconds=5)
    assert len(children) > 4
    galley.up()
    assert_all_end_once(galley, within_seconds=RECOVERY_SECONDS + reading_seconds)


def test_four_writers_and_the_workers_never_meet_a_locked_database(galley: Galley) -> None:
    blobs = galley.count("extraction_blob")
    writers = [galley.store(3, pages=2, same=same) for same in (True, True, False, False)]

    errors = [writer.communicate(timeout=90)[1] for writer in writers]

    assert errors == ["", "", "", ""]
    assert galley.count("extraction_blob") == blobs + 7
    assert_all_end_once(galley, within_seconds=LONGEST_READING_SECONDS)
    assert "locked" not in galley.log.read_text()
    assert "Traceback" not in galley.log.read_text()


def test_second_up_on_the_same_folder_says_so(galley: Galley) -> None:
    second = galley.run("manage.py", "up", "--port", "1")

    assert second.returncode == 1
    assert second.stderr.strip() == f"CommandError: Galley runs on the data folder {galley.folder} already"


def test_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = Galley(tmp_path).run("manage.py", "up", "--port", str(port))

    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        f"CommandError: nothing can listen at 127.0.0.1:{port} (Address already in use); try another --port"
    )


def test_data_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    refused = Galley(tmp_path).run("manage.py", "up", GALLEY_DATA=str(tmp_path / "file" / "data"))

    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        f"Galley cannot start: GALLEY_DATA: {tmp_path}/file/data cannot be made: Not a directory"
    )


def test_up_stops_with_all_its_children_and_gives_jobs_back(galley: Galley) -> None:
    store_and_wait_for_first_pages(galley)
    children = descendants(galley.process.pid)

    status = galley.stop()

    assert status == 0
    assert not any(command_of(pid) == command for pid, command in children.items())
    assert galley.count("extraction_pagerange WHERE state = 'running'") == 0
    assert galley.count("extraction_pagerange WHERE state = 'queued'") > 0
