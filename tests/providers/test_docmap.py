from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest

from extraction.errors import AnswerLost, InvalidReply, ProviderRejected, ProviderUnavailable
from extraction.providers.docmap import (
    LATE_LOOKS_SECONDS,
    MAX_FILE_BYTES,
    PROCESSING_DEADLINE_SECONDS,
    DocmapExtractor,
    poll_seconds,
)
from extraction.types import CallUsage, Endpoint, ExtractRequest, FileKind, Ticket, next_month
from extraction.wire.docmap import load_record
from tests.fakes.docmap import MESSAGES, FakeDocmap
from tests.fakes.docmap_account import KEY, SEED
from tests.providers.docmap_clients import SUBMIT_KEY, assert_sentence, client_of, request_of

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def fake() -> Iterator[FakeDocmap]:
    with FakeDocmap() as fake:
        yield fake


@pytest.fixture
def client(fake: FakeDocmap) -> Iterator[DocmapExtractor]:
    with client_of(fake) as client:
        yield client


@pytest.fixture
def invoice(tmp_path: Path) -> ExtractRequest:
    return request_of(tmp_path / "invoice.pdf", b"%PDF-1.7 an invoice")


# running


def test_a_document_is_run_and_fetched(fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest) -> None:
    ticket = client.submit(invoice, submit_key=SUBMIT_KEY)
    reply = client.fetch(ticket)

    assert ticket == Ticket("extract_0000000000000000")
    assert reply is not None
    assert reply.usage == CallUsage(extractions=1)
    record = load_record(json.loads(reply.data))
    assert (record.extracted_data, record.run_id, record.file_name) == (SEED["extractedData"], SUBMIT_KEY, "发票 1.pdf")
    assert fake.paid == {SUBMIT_KEY: 1}


@pytest.mark.parametrize("size", [0, 1, 2, 3 * 64 * 1024 - 5, 3 * 64 * 1024 - 4, MAX_FILE_BYTES - 5])
def test_the_file_arrives_whole(fake: FakeDocmap, client: DocmapExtractor, tmp_path: Path, size: int) -> None:
    content = b"%PDF-" + (bytes(range(251)) * (size // 251 + 1))[:size]

    client.submit(request_of(tmp_path / "a.pdf", content), submit_key=SUBMIT_KEY)

    assert fake.sha256 == [hashlib.sha256(content).hexdigest()]


def test_a_word_document_is_run(fake: FakeDocmap, client: DocmapExtractor, tmp_path: Path) -> None:
    request = request_of(tmp_path / "a.docx", b"PK\3\4", kind=FileKind.DOCX, name="")

    client.submit(request, submit_key=SUBMIT_KEY)

    assert [run.record["fileName"] for run in fake.runs] == ["a.docx"]


def test_a_run_that_is_answered_when_it_is_done_is_taken_too(
    fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest
) -> None:
    fake.settings.sync = True

    assert client.fetch(client.submit(invoice, submit_key=SUBMIT_KEY)) is not None


def test_what_is_at_work_has_no_reply_yet(fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest) -> None:
    fake.settings.seconds = 10**9

    ticket = client.submit(invoice, submit_key=SUBMIT_KEY)
    early = client.fetch(ticket)
    fake.finish()
    late = client.fetch(ticket)

    assert early is None
    assert late is not None
    assert load_record(json.loads(late.data)).extracted_data == SEED["extractedData"]


def test_an_unknown_status_is_one_of_work_that_goes_on(
    fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest
) -> None:
    ticket = client.submit(invoice, submit_key=SUBMIT_KEY)
    fake.runs[0].record["status"] = "queued"

    assert client.fetch(ticket) is None


# what is not sent at all


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"options": {}}, "docmap_template_missing"),
        ({"options": {"template": " "}}, "docmap_template_missing"),
        ({"options": {"template": None}}, "docmap_template_missing"),
        ({"kind": FileKind.PNG}, "docmap_kind"),
    ],
)
def test_what_docmap_cannot_take_is_not_sent(
    fake: FakeDocmap, client: DocmapExtractor, tmp_path: Path, more: dict[str, Any], code: str
) -> None:
    request = request_of(tmp_path / "a.pdf", b"%PDF-", **more)

    with pytest.raises(ProviderRejected) as caught:
        client.submit(request, submit_key=SUBMIT_KEY)

    assert (caught.value.code, fake.calls) == (code, {})
    assert_sentence(caught.value)


def test_a_file_over_the_limit_is_not_sent(fake: FakeDocmap, client: DocmapExtractor, tmp_path: Path) -> None:
    request = request_of(tmp_path / "a.pdf", b"%PDF-" + bytes(MAX_FILE_BYTES - 4))

    with pytest.raises(ProviderRejected) as caught:
        client.submit(request, submit_key=SUBMIT_KEY)

    assert (caught.value.code, caught.value.params, fake.calls) == ("docmap_too_large", {"limit": 10}, {})
    assert_sentence(caught.value)


# both faces of failure


def test_a_failed_record_is_a_failed_extraction(
    fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest
) -> None:
    fake.settings.fails = "record"
    ticket = client.submit(invoice, submit_key=SUBMIT_KEY)

    with pytest.raises(ProviderRejected) as caught:
        client.fetch(ticket)

    assert (caught.value.code, caught.value.params) == ("docmap_failed", {"problem": "The model did not answer."})
    assert_sentence(caught.value)


def test_a_failed_run_is_found_as_its_failed_record(
    fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest
) -> None:
    fake.settings.fails = "answer"

    with pytest.raises(AnswerLost):
        client.submit(invoice, submit_key=SUBMIT_KEY)
    ticket = client.find(SUBMIT_KEY)
    assert ticket is not None
    with pytest.raises(ProviderRejected) as caught:
        client.fetch(ticket)

    assert caught.value.code == "docmap_failed"
    assert fake.paid == {SUBMIT_KEY: 1}


def test_a_failed_run_without_a_record_may_be_sent_again(
    fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest
) -> None:
    fake.settings.fails = "nothing"

    with pytest.raises(AnswerLost):
        client.submit(invoice, submit_key=SUBMIT_KEY)

    assert client.find(SUBMIT_KEY) is None


@pytest.mark.parametrize("code", ["EXTRACTION_FAILED", "EXTRACTION_PARSE_ERROR"])
def test_an_answer_that_says_that_the_extraction_failed_ends_it(
    fake: FakeDocmap, client: DocmapExtractor, code: str
) -> None:
    fake.misbehave("get", "error", status=502, code=code)

    with pytest.raises(ProviderRejected) as caught:
        client.fetch(Ticket("extract_1"))

    assert (caught.value.code, caught.value.params) == ("docmap_failed", {"problem": MESSAGES[code]})


def test_a_completed_record_without_data_is_no_empty_result(
    fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest
) -> None:
    fake.settings.data = None
    ticket = client.submit(invoice, submit_key=SUBMIT_KEY)

    with pytest.raises(InvalidReply):
        client.fetch(ticket)


# nothing is paid twice


@pytest.mark.parametrize(
    "fault",
    [
        {"how": "drop"},
        {"how": "truncate"},
        {"how": "slow", "seconds": 1.0},
        {"how": "html", "taken": True},
        {"how": "html", "status": 200, "taken": True},
        {"how": "error", "status": 500, "code": "INTERNAL_ERROR", "taken": True},
        {"how": "error", "status": 502, "code": "EXTRACTION_FAILED", "taken": True},
        {"how": "error", "status": 504, "taken": True},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_a_run_whose_answer_is_lost_is_found_and_paid_once(
    fake: FakeDocmap, invoice: ExtractRequest, fault: dict[str, Any]
) -> None:
    fake.misbehave("run", **fault)

    with client_of(fake, read_seconds=0.3) as client:
        with pytest.raises(AnswerLost):
            client.submit(invoice, submit_key=SUBMIT_KEY)
        ticket = client.find(SUBMIT_KEY)

    assert ticket == Ticket(fake.runs[0].record["id"])
    assert fake.paid == {SUBMIT_KEY: 1}


@pytest.mark.parametrize(
    "fault", [{"how": "drop_unread"}, {"how": "html"}, {"how": "error", "status": 500, "code": "INTERNAL_ERROR"}]
)
def test_a_run_that_never_arrived_is_not_found_and_sent_again(
    fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest, fault: dict[str, Any]
) -> None:
    fake.misbehave("run", **fault)

    with pytest.raises(AnswerLost):
        client.submit(invoice, submit_key=SUBMIT_KEY)
    found = client.find(SUBMIT_KEY)
    client.submit(invoice, submit_key=SUBMIT_KEY)

    assert found is None
    assert fake.paid == {SUBMIT_KEY: 1}


def test_a_connection_that_breaks_within_a_large_file_leaves_it_in_doubt(
    fake: FakeDocmap, client: DocmapExtractor, tmp_path: Path
) -> None:
    fake.misbehave("run", "drop_unread")

    with pytest.raises(AnswerLost):
        client.submit(request_of(tmp_path / "a.pdf", b"%PDF-" + bytes(9_000_000)), submit_key=SUBMIT_KEY)


def test_of_several_runs_with_one_key_the_earliest_is_adopted(
    fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest
) -> None:
    fake.settings.tick_ms = 5
    first = client.submit(invoice, submit_key=SUBMIT_KEY)
    client.submit(invoice, submit_key=SUBMIT_KEY)

    assert client.find(SUBMIT_KEY) == first


def test_no_strangers_run_is_adopted(fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest) -> None:
    fake.settings.no_filter = True
    client.submit(invoice, submit_key="another")

    assert client.find(SUBMIT_KEY) is None


def test_a_run_that_nobody_listens_to_was_not_sent(invoice: ExtractRequest) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = Endpoint(f"http://127.0.0.1:{unused.getsockname()[1]}", KEY, allow_private=True)
        client = DocmapExtractor(endpoint)

        with pytest.raises(ProviderUnavailable) as caught:
            client.submit(invoice, submit_key=SUBMIT_KEY)

    assert not isinstance(caught.value, AnswerLost)


# times


def test_polls_are_further_and_further_apart() -> None:
    waits = [poll_seconds(looks, chance=lambda: 0.0) for looks in range(8)]

    assert waits == [1.0, 1.5, 2.25, 3.375, 5.0625, 7.59375, 8.0, 8.0]
    assert poll_seconds(10**9, chance=lambda: 0.0) == 8.0
    assert poll_seconds(0, chance=lambda: 1.0) == 0.8


def test_what_takes_longer_than_two_minutes_is_looked_at_twice_more() -> None:
    assert (PROCESSING_DEADLINE_SECONDS, LATE_LOOKS_SECONDS) == (120, (600, 3600))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 11, 22, 3, 4, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 12, 1, 6, tzinfo=timezone(timedelta(hours=8))), datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
def test_a_month_is_one_of_utc(now: datetime, then: datetime) -> None:
    assert next_month(now) == then


# the fake as a process


def test_the_fake_runs_as_a_process(invoice: ExtractRequest) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    command = [sys.executable, "-m", "tests.fakes.docmap", "--port", str(port), "--fails", "record"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[0]
            client = DocmapExtractor(Endpoint(url, KEY, allow_private=True))
            httpx.post(f"{url}/fake", json={"set": {"fails": ""}, "faults": [{"on": "run", "how": "drop"}]})

            with pytest.raises(AnswerLost):
                client.submit(invoice, submit_key=SUBMIT_KEY)
            ticket = client.find(SUBMIT_KEY)
            client.close()

            told = httpx.get(f"{url}/fake").json()
            assert (told["paid"], told["calls"]) == ({SUBMIT_KEY: 1}, {"run": 1, "list": 1})
            assert [record["id"] for record in told["records"]] == [ticket and ticket.remote_id]
        finally:
            process.kill()
