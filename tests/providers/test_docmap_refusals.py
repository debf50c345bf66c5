from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from extraction.errors import (
    AccountRefused,
    AnswerLost,
    GalleyError,
    InvalidReply,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
)
from extraction.providers.docmap import DocmapExtractor
from extraction.types import ExtractRequest, Ticket, next_month
from tests.fakes.docmap import MESSAGES, FakeDocmap
from tests.fakes.docmap_account import EXPIRED_KEY, KEY
from tests.providers.docmap_clients import SUBMIT_KEY, assert_sentence, client_of, request_of


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


@pytest.mark.parametrize(
    ("fault", "error", "code", "wait"),
    [
        ({"status": 401, "code": "UNAUTHORIZED"}, AccountRefused, "key_refused", None),
        ({"status": 401, "code": "KEY_EXPIRED"}, AccountRefused, "key_refused", None),
        ({"status": 401, "code": ""}, AccountRefused, "key_refused", None),
        ({"status": 403, "code": "FORBIDDEN"}, ProviderRejected, "provider_rejected", None),
        ({"status": 404, "code": "NOT_FOUND"}, ProviderRejected, "docmap_template_unknown", None),
        ({"status": 400, "code": "VALIDATION_ERROR"}, ProviderRejected, "provider_rejected", None),
        ({"status": 400, "code": "INVALID_MIME_TYPE"}, ProviderRejected, "provider_rejected", None),
        ({"status": 400, "code": "FILE_TOO_LARGE"}, ProviderRejected, "provider_rejected", None),
        ({"status": 400, "code": "MAX_KEYS_REACHED"}, ProviderRejected, "provider_rejected", None),
        ({"status": 418, "code": "NEVER_HEARD_OF"}, ProviderRejected, "provider_rejected", None),
        ({"status": 429, "code": "RATE_LIMITED", "retry_after": "7"}, ProviderBusy, "provider_busy", 7.0),
        ({"status": 429, "code": ""}, ProviderBusy, "provider_busy", None),
        ({"status": 500, "code": "INTERNAL_ERROR"}, AnswerLost, "answer_lost", None),
        ({"status": 501, "code": "NOT_CONFIGURED"}, ProviderRejected, "provider_rejected", None),
        ({"status": 502, "code": "EXTRACTION_FAILED"}, AnswerLost, "answer_lost", None),
        ({"status": 502, "code": "EXTRACTION_PARSE_ERROR"}, AnswerLost, "answer_lost", None),
        ({"status": 503, "code": "", "retry_after": "30"}, AnswerLost, "answer_lost", 30.0),
        ({"status": 504, "code": "", "retry_after": "9"}, AnswerLost, "answer_lost", 9.0),
        ({"status": 404, "how": "html"}, ProviderRejected, "not_docmap", None),
        ({"status": 413, "how": "html"}, ProviderRejected, "not_docmap", None),
        ({"status": 429, "how": "html", "retry_after": "3"}, ProviderBusy, "provider_busy", 3.0),
        ({"status": 502, "how": "html"}, AnswerLost, "answer_lost", None),
        ({"status": 503, "how": "html"}, AnswerLost, "answer_lost", None),
        ({"how": "redirect"}, ProviderRejected, "not_docmap", None),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_a_refused_run_says_what_to_do_next(
    fake: FakeDocmap,
    client: DocmapExtractor,
    invoice: ExtractRequest,
    fault: dict[str, Any],
    error: type[GalleyError],
    code: str,
    wait: float | None,
) -> None:
    fake.misbehave("run", **({"how": "error"} | fault))

    with pytest.raises(error) as caught:
        client.submit(invoice, submit_key=SUBMIT_KEY)

    assert type(caught.value) is error
    assert (caught.value.code, getattr(caught.value, "retry_after", None)) == (code, wait)
    assert_sentence(caught.value)
    assert fake.paid == {}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("how", ["error", "html"])
def test_an_outage_while_looking_is_one_to_wait_for(
    fake: FakeDocmap, client: DocmapExtractor, status: int, how: str
) -> None:
    fake.misbehave("get", how, status=status, code="INTERNAL_ERROR", retry_after="11")
    fake.misbehave("list", how, status=status, code="INTERNAL_ERROR", retry_after="11")

    for look in (lambda: client.fetch(Ticket("extract_1")), lambda: client.find(SUBMIT_KEY)):
        with pytest.raises(ProviderUnavailable) as caught:
            look()
        assert type(caught.value) is ProviderUnavailable
        assert caught.value.retry_after == 11.0


@pytest.mark.parametrize("fault", [{"how": "drop"}, {"how": "truncate"}, {"how": "slow", "seconds": 1.0}])
def test_an_answer_lost_while_looking_leaves_nothing_in_doubt(
    fake: FakeDocmap, invoice: ExtractRequest, fault: dict[str, Any]
) -> None:
    with client_of(fake, read_seconds=0.3) as client:
        ticket = client.submit(invoice, submit_key=SUBMIT_KEY)
        fake.misbehave("get", **fault)

        with pytest.raises(ProviderUnavailable) as caught:
            client.fetch(ticket)

        assert type(caught.value) is ProviderUnavailable
        assert client.fetch(ticket) is not None


@pytest.mark.parametrize("how", ["get", "list"])
def test_a_page_that_is_no_json_is_waited_out(fake: FakeDocmap, client: DocmapExtractor, how: str) -> None:
    fake.misbehave(how, "html", status=200)

    with pytest.raises(ProviderUnavailable) as caught:
        client.fetch(Ticket("extract_1")) if how == "get" else client.find(SUBMIT_KEY)

    assert (caught.value.code, caught.value.params) == ("not_docmap", {"status": 200})
    assert_sentence(caught.value)


def test_json_that_is_no_record_is_not_sent_again(
    fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest
) -> None:
    fake.misbehave("run", "error", status=200, code="INTERNAL_ERROR")

    with pytest.raises(InvalidReply):
        client.submit(invoice, submit_key=SUBMIT_KEY)


def test_a_record_that_is_gone_ends_the_job(client: DocmapExtractor) -> None:
    with pytest.raises(ProviderRejected) as caught:
        client.fetch(Ticket("../usage?x=1"))

    assert caught.value.params == {"problem": MESSAGES["NOT_FOUND"]}


def test_a_used_up_quota_rests_the_account_until_next_month(
    fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest
) -> None:
    fake.settings.limit = 0

    with pytest.raises(AccountRefused) as caught:
        client.submit(invoice, submit_key=SUBMIT_KEY)

    assert caught.value.code == "quota_used_up"
    assert caught.value.params == {"problem": MESSAGES["USAGE_LIMIT_EXCEEDED"]}
    assert caught.value.resume_at == next_month(datetime.now(UTC))
    assert_sentence(caught.value)


def test_a_used_up_quota_rests_the_account_for_as_long_as_docmap_says(
    fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest
) -> None:
    fake.misbehave("run", "error", status=429, code="USAGE_LIMIT_EXCEEDED", retry_after="3600")

    with pytest.raises(AccountRefused) as caught:
        client.submit(invoice, submit_key=SUBMIT_KEY)

    assert caught.value.resume_at is not None
    assert abs(caught.value.resume_at - datetime.now(UTC) - timedelta(hours=1)) < timedelta(seconds=10)


@pytest.mark.parametrize("key", ["dm_live_wrong", EXPIRED_KEY, "two\nlines", "键"])
def test_a_wrong_key_rests_the_account(fake: FakeDocmap, invoice: ExtractRequest, key: str) -> None:
    with client_of(fake, key=key) as client:
        with pytest.raises(AccountRefused) as caught:
            client.submit(invoice, submit_key=SUBMIT_KEY)

        assert client.check().code == "key_refused"

    assert (caught.value.code, caught.value.resume_at) == ("key_refused", None)


def test_a_key_that_they_repeat_is_not_passed_on(
    fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest
) -> None:
    fake.misbehave("run", "error", status=403, code=f"{KEY} is not allowed")

    with pytest.raises(ProviderRejected) as caught:
        client.submit(invoice, submit_key=SUBMIT_KEY)

    assert caught.value.params == {"problem": "… is not allowed"}
    assert KEY not in str(caught.value)
