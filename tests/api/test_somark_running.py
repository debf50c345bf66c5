"""SoMark's interface of a Galley that really runs: its server's sockets, and a death of everything in mid-work."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import bad_files
from tests.api.somark_calls import MULTIPART, multipart, part
from tests.management.running import Galley, wait_until

CALLS = 50
END_SECONDS = 120.0


@pytest.fixture(scope="module")
def galley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Galley]:
    galley = Galley(tmp_path_factory.mktemp("galley"))
    galley.up()
    try:
        yield galley
    finally:
        if galley.process is not None and galley.process.poll() is None:
            galley.stop()


@pytest.fixture(scope="module")
def key(galley: Galley) -> str:
    made = galley.run("manage.py", "create_api_key", "--name", "Robot", "--scopes", "run")
    assert made.returncode == 0, made.stderr
    return made.stdout.splitlines()[-1]


def base_of(galley: Galley) -> str:
    return f"http://127.0.0.1:{galley.port}/api/v1"


def letter(number: int) -> bytes:
    """No two alike: the same bytes would be the same task."""
    return bad_files.page_pdf() + b"%% letter %d\n" % number


def submit(galley: Galley, key: str, content: bytes, path: str = "parse/async", **fields: Any) -> dict[str, Any]:
    files = {"file": ("letter.pdf", content, "application/octet-stream")}
    response = httpx.post(f"{base_of(galley)}/{path}", data={"api_key": key} | fields, files=files, timeout=120)
    assert response.status_code == 200
    return response.json()


def status_of(galley: Galley, key: str, task_id: str) -> str:
    response = httpx.post(f"{base_of(galley)}/parse/async_check", data={"api_key": key, "task_id": task_id}, timeout=30)
    return response.json()["data"]["status"]


def send(galley: Galley, *pieces: bytes, close: bool = True) -> dict[str, Any]:
    """What the server answers to these bytes; closing says that nothing more comes."""
    with socket.create_connection(("127.0.0.1", galley.port), timeout=60) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if close:
            connection.shutdown(socket.SHUT_WR)
        response = b""
        while piece := connection.recv(65536):
            response += piece
    head, _, body = response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), response[:300]
    return json.loads(body)


def head_of(path: str, *lines: str) -> bytes:
    fixed = [f"POST /api/v1/{path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Type: {MULTIPART}"]
    return "\r\n".join([*fixed, *lines, "", ""]).encode()


def test_body_in_chunks_is_taken(galley: Galley, key: str) -> None:
    body = multipart(part("file", letter(1), "letter.pdf"), part("api_key", key.encode()))
    pieces = [body[place : place + 500] for place in range(0, len(body), 500)]
    chunks = [f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces]

    told = send(galley, head_of("parse/async", "Transfer-Encoding: chunked"), *chunks, b"0\r\n\r\n", close=False)

    assert (told["code"], told["data"]["status"]) == (0, "QUEUING")


def test_body_that_breaks_off_is_answered_and_leaves_nothing(galley: Galley, key: str) -> None:
    body = multipart(part("api_key", key.encode()), part("file", letter(2), "letter.pdf"))

    told = send(galley, head_of("parse/async", f"Content-Length: {len(body)}"), body[: len(body) // 2])

    assert told["code"] in (1105, 1133)
    wait_until(lambda: not list((galley.folder / "incoming").iterdir()), seconds=10)


def test_file_over_the_limit_is_answered(galley: Galley, key: str) -> None:
    announced = head_of("parse/async", f"Content-Length: {300 << 20}")

    # as much as lies in the sockets on the way: who sends all of it reads the answer too
    told = send(galley, announced, part("api_key", key.encode()), bytes(1 << 20))

    assert told["code"] == 1118


def test_read_timeout_and_a_second_upload_are_one_task(galley: Galley, key: str) -> None:
    content = letter(3)
    before = galley.count("extraction_document")
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{base_of(galley)}/parse/sync",
            data={"api_key": key},
            files={"file": ("letter.pdf", content)},
            timeout=httpx.Timeout(0.01, connect=5, write=5),
        )

    told = submit(galley, key, content, "parse/sync")

    assert (told["code"], galley.count("extraction_document")) == (0, before + 1)


def test_all_tasks_end_after_everything_was_killed(galley: Galley, key: str) -> None:
    before = galley.count("extraction_document")
    letters = [letter(100 + number) for number in range(CALLS)]
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(submit, galley, key, content) for content in letters]
        wait_until(lambda: galley.count("extraction_document") >= before + CALLS // 2, seconds=END_SECONDS)
        galley.kill_everything()
        answered = [call.result()["data"]["task_id"] for call in calls if not call.exception()]
    galley.up()

    # whoever got no answer sends again; what was stored meanwhile is the same task
    tasks = [submit(galley, key, content)["data"]["task_id"] for content in letters]

    assert set(answered) <= set(tasks) and len(set(tasks)) == CALLS
    end = time.monotonic() + END_SECONDS
    while waiting := [task for task in tasks if status_of(galley, key, task) not in ("SUCCESS", "FAILED")]:
        assert time.monotonic() < end, f"{len(waiting)} still wait"
        time.sleep(1)
    assert {status_of(galley, key, task) for task in tasks} == {"SUCCESS"}
    assert galley.count("extraction_document") == before + CALLS


def test_nothing_of_a_key_is_in_the_log(galley: Galley, key: str) -> None:
    submit(galley, key, letter(4), "nothing")

    assert key not in galley.log.read_text()
    assert not [path for path in Path(galley.folder).rglob("*.part") if "incoming" in path.parts]
