from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extraction.engine.fields import ground
from extraction.errors import (
    AccountRefused,
    AnswerLost,
    GalleyError,
    InvalidReply,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
)
from extraction.providers.base import AskedExtractor
from extraction.providers.chat import MAX_IMAGE_BYTES, ChatExtractor
from extraction.types import (
    AccountStatus,
    Answer,
    CallUsage,
    DocumentReading,
    Endpoint,
    ExtractRequest,
    FieldSpec,
    FieldType,
)
from extraction.wire.chat import load
from tests.engine.fields import samples
from tests.engine.fields.readings import document, line, page
from tests.fakes.chat import FakeChat

KEY = "sk-galley-0123456789"
TOTAL = FieldSpec("total", FieldType.AMOUNT, label="Total due (EUR)")
NUMBER = FieldSpec("number", label="Invoice number")
DAY = FieldSpec("day", FieldType.DATE, label="Invoice date")
ITEMS = FieldSpec(
    "items",
    FieldType.TABLE,
    fields=(
        FieldSpec("description", label="Description"),
        FieldSpec("quantity", FieldType.NUMBER, label="Quantity"),
        FieldSpec("amount", FieldType.AMOUNT, label="Amount"),
    ),
)
FIELDS = (NUMBER, DAY, TOTAL, ITEMS)


@pytest.fixture
def fake() -> Iterator[FakeChat]:
    with FakeChat() as server:
        yield server


def client(fake: FakeChat, *, key: str = "", model: str = "small-model", seconds: float = 5.0) -> ChatExtractor:
    return ChatExtractor(Endpoint(fake.base_url, key, model=model, allow_private=True, read_seconds=seconds))


def request(*fields: FieldSpec, reading: DocumentReading | None = None, **options: Any) -> ExtractRequest:
    return ExtractRequest(reading or samples.invoice(), fields or FIELDS, options=options)


def long_document(count: int = 6) -> DocumentReading:
    """Each page has a row of its own, and 60 lines of text."""
    return document(
        *(
            page(
                number,
                line(20, (40, "Description"), (200, "Quantity"), (300, "Amount")),
                line(32, (40, f"Lamp no {number}"), (200, str(number)), (300, f"{number}.50")),
                *(line(50 + 12 * y, (40, f"{number} {y} some more words that say nothing at all")) for y in range(60)),
            )
            for number in range(1, count + 1)
        )
    )


def failure(fake: FakeChat, **endpoint: Any) -> GalleyError:
    with pytest.raises(GalleyError) as refusal:
        client(fake, **endpoint).ask(request(TOTAL))
    return refusal.value


def test_ask_brings_answers_that_stand_in_the_document(fake: FakeChat) -> None:
    extractor: AskedExtractor = client(fake)

    reply = extractor.ask(request())
    number, day, total, items = ground(load(reply.data), samples.invoice(), FIELDS)

    assert [(value.value, value.text) for value in (number, day, total)] == [
        ("INV-2026-0042", "INV-2026-0042"),
        ("2026-10-14", "14 October 2026"),
        (Decimal("400.80"), "400.80"),
    ]
    assert [[cell.text for cell in row] for row in items.rows] == [
        ["Desk lamp, brass", "2", "99.00"],
        ["Floor lamp", "1", "120.00"],
        ["Delivery to Hamburg", "1", "15.00"],
        ["Ceiling lamp", "10", "100.00"],
    ]
    assert (fake.calls, reply.warnings, reply.usage.calls) == (1, (), 1)


def test_ask_sends_the_key_only_in_its_header(fake: FakeChat) -> None:
    fake.settings.key = KEY

    client(fake, key=KEY).ask(request(TOTAL))
    fake.settings.key = ""
    client(fake).ask(request(TOTAL))

    assert [headers.get("Authorization") for headers in fake.headers] == [f"Bearer {KEY}", None]
    assert KEY not in json.dumps(fake.bodies)


def test_ask_counts_what_the_server_counts(fake: FakeChat) -> None:
    reply = client(fake).ask(request(TOTAL))

    usage = json.loads(reply.data)["chunks"][0]["reply"]["usage"]
    assert reply.usage == CallUsage(
        calls=1, input_tokens=usage["prompt_tokens"], output_tokens=usage["completion_tokens"]
    )


def test_ask_makes_no_tokens_up(fake: FakeChat) -> None:
    fake.settings.counts_tokens = False

    reply = client(fake).ask(request(TOTAL))

    assert (reply.usage, reply.warnings) == (CallUsage(calls=1), ("tokens_unknown",))


def test_ask_cuts_long_documents_and_joins_their_tables(fake: FakeChat) -> None:
    reading = long_document()

    reply = client(fake).ask(request(ITEMS, reading=reading, chunk_tokens=2_200))
    (items,) = ground(load(reply.data), reading, (ITEMS,))

    assert fake.calls == 3
    lines = [id for prompt in fake.prompts for id, _ in prompt.lines]
    assert len(lines) == len(set(lines)) == 6 * 62
    assert ["part 2 of 3" in prompt.text for prompt in fake.prompts] == [False, True, False]
    assert [[cell.text for cell in row] for row in items.rows] == [
        [f"Lamp no {number}", str(number), f"{number}.50"] for number in range(1, 7)
    ]
    assert reply.usage.calls == 3 and reply.usage.input_tokens == sum(prompt.tokens for prompt in fake.prompts)


def test_ask_asks_nothing_about_an_empty_document(fake: FakeChat) -> None:
    reply = client(fake).ask(request(TOTAL, reading=document(page(1))))

    assert (load(reply.data), reply.usage, fake.calls) == ({}, CallUsage(), 0)


def test_ask_splits_what_was_cut_short_and_counts_every_try(fake: FakeChat) -> None:
    fake.settings.most_lines = 140
    reading = long_document(4)

    reply = client(fake).ask(request(ITEMS, reading=reading))
    (items,) = ground(load(reply.data), reading, (ITEMS,))

    assert [len(prompt.lines) for prompt in fake.prompts] == [248, 124, 124]
    assert reply.usage.calls == 3
    assert len(items.rows) == 4


def test_ask_gives_up_splitting_in_the_end(fake: FakeChat) -> None:
    fake.settings.most_lines = 0

    reply = client(fake).ask(request(TOTAL))

    assert fake.calls == 31
    with pytest.raises(InvalidReply) as refusal:
        load(reply.data)
    assert refusal.value.code == "model_answer_cut"


def test_ask_splits_what_is_too_long_for_the_model(fake: FakeChat) -> None:
    fake.settings.context_tokens = 1_500
    reading = long_document(4)

    reply = client(fake).ask(request(ITEMS, reading=reading))

    assert len(load(reply.data)["items"]) == 4
    assert json.loads(reply.data)["chunks"][0]["superseded"] is False


def test_ask_refuses_a_document_whose_smallest_part_is_too_long(fake: FakeChat) -> None:
    fake.settings.context_tokens = 1

    assert (type(error := failure(fake)), error.code) == (ProviderRejected, "model_prompt_too_long")


def test_client_remembers_what_its_server_does_not_take(fake: FakeChat) -> None:
    fake.settings.formats = []
    fake.settings.temperature = False
    extractor = client(fake)

    answers = [load(extractor.ask(request(TOTAL)).data) for _ in range(2)]

    assert answers[0] == answers[1] == {"total": (Answer(Decimal("400.8"), ("2:6",), "400.80"),)}
    forms = [(body.get("response_format", {}).get("type"), body.get("temperature")) for body in fake.bodies]
    assert forms == [("json_schema", 0), ("json_object", 0), (None, 0), (None, None), (None, None)]
    assert '"additionalProperties": false' in fake.prompts[-1].text


@pytest.mark.parametrize("wrap", ["fence", "thought", "parts", "chat"])
def test_answers_are_read_however_they_are_dressed(fake: FakeChat, wrap: str) -> None:
    fake.settings.wrap = wrap

    answers = load(client(fake).ask(request(TOTAL)).data)

    assert answers["total"][0].value == Decimal("400.8")


def test_an_invented_value_is_only_a_suggestion(fake: FakeChat) -> None:
    fake.settings.invented = ["total", "number"]

    reply = client(fake).ask(request(NUMBER, TOTAL))
    number, total = ground(load(reply.data), samples.invoice(), (NUMBER, TOTAL))

    assert [(value.value, value.flag, value.spans) for value in (number, total)] == [
        ("Nowhere & Sons Unlimited", "not_located", ()),
        (Decimal("98765.43"), "not_located", ()),
    ]
    assert {value.confidence for value in (number, total)} == {0.3}
    assert [other.value for other in total.alternatives] == [Decimal("400.80")]


def test_images_go_along_only_when_they_are_asked_for(fake: FakeChat, tmp_path: Path) -> None:
    small, large = tmp_path / "1.jpg", tmp_path / "2.jpg"
    small.write_bytes(b"\xff\xd8small")
    large.write_bytes(b"\xff\xd8" + bytes(MAX_IMAGE_BYTES))
    images = ((1, small), (2, large), (3, tmp_path / "gone.jpg"))
    reading, extractor = samples.invoice(), client(fake)

    without = extractor.ask(ExtractRequest(reading, (TOTAL,), images=images))
    along = extractor.ask(ExtractRequest(reading, (TOTAL,), images=images, options={"images": True}))

    assert [prompt.images for prompt in fake.prompts] == [0, 1]
    assert (without.warnings, along.warnings) == ((), ("images_left_out",))


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        ({"status": 401}, AccountRefused, "key_refused"),
        ({"status": 403}, AccountRefused, "key_refused"),
        ({"status": 402}, AccountRefused, "quota_used_up"),
        ({"status": 429, "code": "insufficient_quota"}, AccountRefused, "quota_used_up"),
        ({"status": 429}, ProviderBusy, "provider_busy"),
        ({"status": 404, "code": "model_not_found"}, ProviderRejected, "model_unknown"),
        ({"status": 404, "message": "Not Found"}, ProviderRejected, "model_address_wrong"),
        ({"status": 400}, ProviderRejected, "provider_rejected"),
        ({"status": 500}, ProviderUnavailable, "provider_unavailable"),
        ({"status": 503}, ProviderUnavailable, "provider_unavailable"),
        ({"how": "html", "status": 502}, ProviderUnavailable, "provider_unavailable"),
        ({"how": "html", "status": 200}, InvalidReply, "invalid_reply"),
        ({"how": "redirect"}, ProviderRejected, "provider_rejected"),
        ({"how": "drop"}, AnswerLost, "answer_lost"),
        ({"how": "truncate"}, AnswerLost, "answer_lost"),
        ({"how": "error_inside", "status": 429}, ProviderBusy, "provider_busy"),
        ({"how": "error_inside", "status": 502}, ProviderUnavailable, "provider_unavailable"),
    ],
)
def test_errors_say_what_to_do_next(fake: FakeChat, fault: dict[str, Any], error: type[GalleyError], code: str) -> None:
    fake.fail(**{"how": "status", **fault})

    raised = failure(fake)

    assert (type(raised), raised.code, fake.calls) == (error, code, 1)


def test_errors_name_the_model_and_the_servers_reason_but_never_the_key(fake: FakeChat) -> None:
    fake.fail(status=402, message=f"Your key {KEY} has no credits left.")
    fake.fail(status=429, retry_after="7")

    quota = failure(fake, key=KEY)
    busy = failure(fake)
    unknown = failure(fake, model="big-model")

    assert quota.params == {"problem": "Your key … has no credits left."}
    assert isinstance(busy, ProviderBusy) and busy.retry_after == 7.0
    assert (unknown.code, unknown.params) == ("model_unknown", {"model": "big-model"})
    assert KEY not in f"{quota} {quota.params}"


def test_a_refused_key_is_told(fake: FakeChat) -> None:
    fake.settings.key = KEY

    assert (type(error := failure(fake, key="sk-wrong")), error.code) == (AccountRefused, "key_refused")


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("wrong_json", "model_answer_unreadable"),
        ("empty", "model_answer_unreadable"),
        ("refusal", "model_refused"),
    ],
)
def test_wrong_answers_are_kept_and_refused_when_they_are_read(fake: FakeChat, how: str, code: str) -> None:
    fake.fail(how)

    reply = client(fake).ask(request(TOTAL))

    assert reply.usage.calls == 1
    with pytest.raises(InvalidReply) as refusal:
        load(reply.data)
    assert refusal.value.code == code


def test_a_server_that_is_not_there_was_asked_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        endpoint = Endpoint(f"http://127.0.0.1:{taken.getsockname()[1]}/v1", model="m", allow_private=True)

        with pytest.raises(ProviderUnavailable) as refusal:
            ChatExtractor(endpoint).ask(request(TOTAL))

    assert type(refusal.value) is ProviderUnavailable


def test_a_slow_model_has_minutes(fake: FakeChat) -> None:
    fake.fail("slow", seconds=1.5)

    assert load(client(fake, seconds=0.3).ask(request(TOTAL)).data)["total"]


def test_parts_that_were_answered_are_not_asked_again(fake: FakeChat) -> None:
    fake.fail(status=503, skip=2)
    extractor, asked = client(fake), request(ITEMS, reading=long_document(), chunk_tokens=2_200)

    with pytest.raises(ProviderUnavailable):
        extractor.ask(asked)
    reply = extractor.ask(asked)
    again = extractor.ask(asked)

    assert [prompt.lines[0][0] for prompt in fake.prompts] == ["1:1", "3:1", "5:1", "5:1", "1:1", "3:1", "5:1"]
    assert reply.usage.calls == again.usage.calls == 3
    assert len(load(reply.data)["items"]) == 6 + 3


def test_threads_share_a_client(fake: FakeChat) -> None:
    fake.settings.seconds = 0.2
    extractor, found = client(fake), []

    def ask(number: int) -> None:
        spec = FieldSpec(f"total_{number}", FieldType.AMOUNT, label="Total due (EUR)")
        found.append(list(load(extractor.ask(request(spec)).data)))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [[f"total_{number}"] for number in range(8)]
    assert time.monotonic() - started < 1.4


def test_check_asks_for_the_list_of_models(fake: FakeChat) -> None:
    fake.settings.models = ["small-model", "other"]

    status = client(fake).check()

    assert (status, fake.calls) == (AccountStatus(ok=True, details={"models": "2"}), 0)


def test_check_asks_for_one_token_where_models_are_not_listed(fake: FakeChat) -> None:
    fake.settings.lists_models = False
    fake.settings.limits_length = False

    status = client(fake).check()

    assert (status.ok, fake.calls, "max_tokens" in fake.bodies[0], "max_tokens" in fake.bodies[1]) == (
        True,
        2,
        True,
        False,
    )


def test_check_says_what_is_wrong(fake: FakeChat) -> None:
    fake.settings.key = KEY
    unknown = client(fake, key=KEY, model="big-model").check()
    refused = client(fake, key="sk-wrong").check()
    elsewhere = ChatExtractor(Endpoint(fake.base_url[:-3], KEY, model="small-model", allow_private=True)).check()
    private = ChatExtractor(Endpoint(fake.base_url, KEY, model="small-model")).check()

    found = [(status.ok, status.code, dict(status.params)) for status in (unknown, refused, elsewhere, private)]
    assert found == [
        (False, "model_unknown", {"model": "big-model"}),
        (False, "key_refused", {}),
        (False, "model_address_wrong", {}),
        (False, "private_address", {"host": "127.0.0.1"}),
    ]


def test_fake_serves_as_a_process() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.chat", "--port", "0", "--model", "m"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        extractor = ChatExtractor(Endpoint(base_url, model="m", allow_private=True))

        answers = load(extractor.ask(request(TOTAL)).data)

        with urllib.request.urlopen(base_url.replace("/v1", "/fake")) as told:
            assert json.load(told)["calls"] == 1
        assert answers["total"][0].value == Decimal("400.8")
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
