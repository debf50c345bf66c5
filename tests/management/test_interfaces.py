"""DocMap's interface of a Galley that really runs: everything is killed while programs call, and every call ends."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests import bad_files
from tests.management.running import Galley, wait_until

CALLS = 50
END_SECONDS = 90.0


@pytest.fixture(scope="module")
def galley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Galley]:
    galley = Galley(tmp_path_factory.mktemp("galley"))
    galley.up()
    try:
        yield galley
    finally:
        if galley.process.poll() is None:
            galley.stop()


@pytest.fixture(scope="module")
def program(galley: Galley) -> Iterator[httpx.Client]:
    made = galley.run("manage.py", "create_api_key", "--name", "ERP")
    assert made.returncode == 0, made.stderr
    key = made.stdout.splitlines()[-1]
    with httpx.Client(
        base_url=f"http://127.0.0.1:{galley.port}", headers={"Authorization": f"Bearer {key}"}, timeout=60
    ) as client:
        yield client


def run(program: httpx.Client, number: int, query: str = "?async=true") -> httpx.Response:
    """The same number is the same document, under the same idempotency key."""
    content = bad_files.page_pdf() + b"%% letter %d\n" % number
    body = {
        "templateId": "receipt",
        "fileName": f"letter-{number}.pdf",
        "pdfBase64": base64.b64encode(content).decode(),
        "mimeType": "application/pdf",
        "runId": "killed",
    }
    return program.post(f"/v1/extractions/run{query}", json=body, headers={"Idempotency-Key": f"letter-{number}"})


def accepted(program: httpx.Client, number: int) -> str:
    answer = run(program, number)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["data"]["id"])


def records(program: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.get("/v1/extractions", params={"runId": "killed"}).json()["data"]
    return found


def test_all_runs_end_after_everything_was_killed(galley: Galley, program: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(accepted, program, number) for number in range(CALLS)]
        wait_until(lambda: galley.count("extraction_document") >= CALLS // 2, seconds=END_SECONDS)
        galley.kill_everything()
        told = {number: call.result() for number, call in enumerate(calls) if not call.exception()}
    galley.up()
    start = time.monotonic()

    # who got no answer calls again; who got one gets the same record
    ids = {number: accepted(program, number) for number in range(CALLS)}

    assert told.items() <= ids.items()
    assert len(set(ids.values())) == CALLS
    left = END_SECONDS - (time.monotonic() - start)
    wait_until(lambda: all(record["status"] != "processing" for record in records(program)), seconds=left)
    ended = {record["id"]: record["status"] for record in records(program)}
    assert {ended[public_id] for public_id in ids.values()} == {"completed"}
    states = "WHERE state IN ('waiting', 'queued', 'running')"
    assert [galley.count(f"extraction_{job} {states}") for job in ("parse", "pagerange", "extraction")] == [0, 0, 0]
    assert galley.count("extraction_document") == len(ended) == CALLS == galley.count("extraction_review")


def test_read_timeout_of_a_sync_run_and_the_same_call_again_are_one_job(galley: Galley, program: httpx.Client) -> None:
    before = galley.count("extraction_document")
    impatient = httpx.Timeout(60, read=0.05)
    client = httpx.Client(base_url=program.base_url, headers=program.headers, timeout=impatient)
    with client, pytest.raises(httpx.ReadTimeout):
        run(client, CALLS, query="")
    wait_until(lambda: run(program, CALLS, query="").status_code == 200, seconds=30)

    assert galley.count("extraction_document") == before + 1
