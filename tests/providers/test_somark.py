from __future__ import annotations

import json
import threading
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from extraction.errors import (
    AccountRefused,
    FateUnknown,
    GalleyError,
    InvalidReply,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
)
from extraction.providers import pictures
from extraction.providers.somark import SomarkParser
from extraction.types import AccountStatus, CallUsage, Endpoint, FileKind, ParseRequest, Ticket
from extraction.wire.somark import load
from tests.engine.printed import document, shown
from tests.fakes.somark import FakeSomark
from tests.fakes.somark_documents import picture
from tests.fakes.somark_tasks import KEY


@pytest.fixture
def fake() -> Iterator[FakeSomark]:
    with FakeSomark() as fake:
        yield fake


@pytest.fixture
def parser(fake: FakeSomark) -> SomarkParser:
    return parser_at(fake)


@pytest.fixture
def request_(tmp_path: Path) -> ParseRequest:
    path = tmp_path / "0f3a"
    path.write_bytes(b"%PDF-1.4 no real one")
    return ParseRequest(path, FileKind.PDF, "lease.pdf")


def parser_at(fake: FakeSomark, **more: Any) -> SomarkParser:
    endpoint = {"base_url": fake.base_url, "key": KEY, "allow_private": True, "read_seconds": 5.0} | more
    return SomarkParser(Endpoint(**endpoint))


def submitted(parser: SomarkParser, request: ParseRequest) -> Ticket:
    return parser.submit(request, submit_key="a1")


def made_up(fake: FakeSomark, parser: SomarkParser, request: ParseRequest) -> Ticket:
    fake.settings.pages, fake.settings.blocks = 2, 3
    return submitted(parser, request)


@pytest.mark.parametrize("family", ["parse", "extract"])
@pytest.mark.parametrize("words", ["upper", "lower", "title"])
def test_a_document_is_submitted_waited_for_and_read(
    fake: FakeSomark, request_: ParseRequest, family: str, words: str
) -> None:
    parser = parser_at(fake, path_family=family)
    fake.settings.words, fake.settings.seconds, fake.settings.queued_seconds = words, 0.4, 0.2

    ticket = made_up(fake, parser, request_)
    early = parser.fetch(ticket)
    time.sleep(0.25)
    later = parser.fetch(ticket)
    time.sleep(0.2)
    reply = parser.fetch(ticket)

    assert (early, later) == (None, None)
    assert reply is not None
    assert (reply.usage, reply.pictures, reply.warnings) == (CallUsage(calls=1, pages=2), {}, ())
    assert [len(page.blocks) for page in load(reply.data).pages] == [3, 3]
    assert fake.told()["calls"] | {"bytes": 0} == {"submit": 1, "poll": 3, "bytes": 0}


def test_a_submission_is_a_form_with_the_file_under_its_name(
    fake: FakeSomark, parser: SomarkParser, tmp_path: Path
) -> None:
    path = tmp_path / "0f3a"
    path.write_bytes(b"%PDF- the pages 3 and 4 of a longer one \r\n--\0")
    options = {"element_formats": {"table": "markdown"}, "feature_config": {"enable_title_level_recognition": True}}
    request = ParseRequest(path, FileKind.PDF, '/home/ann/租赁 "2026".docx', pages=(3, 4), options=options)

    ticket = submitted(parser, request)

    (task,) = fake.tasks.values()
    assert (ticket.remote_id, task.data) == (task.task_id, path.read_bytes())
    assert task.name == '租赁 "2026".docx.pdf'
    assert [*fake.forms] == [
        {
            "api_key": [KEY],
            "output_formats": ["markdown", "json"],
            "element_formats": ['{"table": "markdown"}'],
            "feature_config": ['{"enable_title_level_recognition": true}'],
        }
    ]


def test_a_server_of_ones_own_gets_no_key(fake: FakeSomark, request_: ParseRequest) -> None:
    fake.settings.key = ""

    submitted(parser_at(fake, key=""), request_)

    assert [*fake.forms] == [{"output_formats": ["markdown", "json"]}]


def test_a_large_file_is_sent_without_being_held(fake: FakeSomark, parser: SomarkParser, tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(30 * 1024 * 1024)
    fake.misbehave("submit", "drop_unread")

    tracemalloc.start()
    with pytest.raises(FateUnknown):
        submitted(parser, ParseRequest(path, FileKind.PNG, "large.png"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 8 * 1024 * 1024


def test_what_is_over_the_limits_is_not_sent(fake: FakeSomark, parser: SomarkParser, tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024 + 1)
    small = tmp_path / "small"
    small.write_bytes(b"%PDF")

    with pytest.raises(ProviderRejected) as large:
        submitted(parser, ParseRequest(path, FileKind.PDF, "huge.pdf"))
    with pytest.raises(ProviderRejected) as long:
        submitted(parser, ParseRequest(small, FileKind.PDF, "long.pdf", pages=tuple(range(1, 302))))
    with pytest.raises(ProviderRejected) as strange:
        submitted(parser, ParseRequest(small, "epub", "book.epub"))  # type: ignore[arg-type]

    assert (large.value.code, large.value.params) == ("too_large", {"limit": 200})
    assert (long.value.code, long.value.params) == ("too_many_pages", {"pages": 301, "limit": 300})
    assert strange.value.code == "kind_not_taken"
    assert fake.told()["calls"] == {}


# code -> what is raised, its code; on a submission and on a poll alike
REFUSALS = {
    1101: (ProviderBusy, "provider_busy"),
    1124: (ProviderBusy, "provider_busy"),
    1102: (ProviderUnavailable, "provider_timed_out"),
    1107: (AccountRefused, "key_refused"),
    1108: (AccountRefused, "quota_used_up"),
    1123: (AccountRefused, "quota_used_up"),
    1131: (AccountRefused, "quota_used_up"),
    **dict.fromkeys(
        (1104, 1105, 1106, 1111, 1118, 1120, 1132, 1133, 1137, 1138, 2000, 9999, -1),
        (ProviderRejected, "provider_rejected"),
    ),
}


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("on", ["submit", "poll"])
def test_every_code_says_what_to_do(
    fake: FakeSomark, parser: SomarkParser, request_: ParseRequest, on: str, code: int
) -> None:
    ticket = submitted(parser, request_)
    fake.misbehave(on, "code", code=code, message=f"No, {KEY}\nis not enough")

    with pytest.raises(GalleyError) as refused:
        _ = submitted(parser, request_) if on == "submit" else parser.fetch(ticket)

    assert (type(refused.value), refused.value.code) == REFUSALS[code]
    assert f"No, … is not enough ({code})" in str(refused.value)
    assert KEY not in repr((refused.value, refused.value.params))
    assert fake.submissions == 1


def test_a_daily_quota_ends_with_the_day(fake: FakeSomark, parser: SomarkParser, request_: ParseRequest) -> None:
    fake.misbehave("submit", "code", code=1131)
    fake.misbehave("submit", "code", code=1123)

    with pytest.raises(AccountRefused) as today:
        submitted(parser, request_)
    with pytest.raises(AccountRefused) as for_good:
        submitted(parser, request_)

    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    assert today.value.resume_at == datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)
    assert today.value.params == {"problem": "Today's quota is too small (1131)."}
    assert for_good.value.resume_at is None


def test_the_wrong_key_is_refused_and_never_shown(fake: FakeSomark, request_: ParseRequest) -> None:
    parser = parser_at(fake, key="sk-wrong-one")

    with pytest.raises(AccountRefused) as refused:
        submitted(parser, request_)

    assert refused.value.code == "key_refused"
    assert "sk-wrong-one" not in repr((refused.value, refused.value.params, parser.check()))


def test_limits_of_the_account_are_busy(fake: FakeSomark, parser: SomarkParser, request_: ParseRequest) -> None:
    fake.settings.parallel, fake.settings.seconds = 1, 5
    submitted(parser, request_)

    with pytest.raises(ProviderBusy):
        submitted(parser, request_)

    fake.settings.parallel, fake.settings.calls_per_second = None, 1
    submitted(parser, request_)
    with pytest.raises(ProviderBusy):
        submitted(parser, request_)
    assert fake.submissions == 2


# what the fake does with a submission -> what is raised, its code
UNHEARD = [
    ({"how": "drop_unread"}, FateUnknown, "fate_unknown"),
    ({"how": "drop", "works": True}, FateUnknown, "fate_unknown"),
    ({"how": "truncate"}, FateUnknown, "fate_unknown"),
    ({"how": "html", "works": True}, FateUnknown, "fate_unknown"),
    ({"how": "html", "works": True, "status": 500}, FateUnknown, "fate_unknown"),
    ({"how": "html", "works": True, "status": 502}, FateUnknown, "fate_unknown"),
    ({"how": "html", "works": True, "status": 504}, FateUnknown, "fate_unknown"),
    ({"how": "body", "works": True, "body": b'{"code": 0, "data": {'}, FateUnknown, "fate_unknown"),
    ({"how": "body", "works": True, "body": b'{"code": 0, "data": {}}'}, FateUnknown, "fate_unknown"),
    ({"how": "body", "works": True, "body": b'{"code": 0, "data": {"task_id": 0}}'}, FateUnknown, "fate_unknown"),
    ({"how": "body", "works": True, "body": b"null"}, FateUnknown, "fate_unknown"),
    ({"how": "body", "works": True, "body": b'{"code": 500}', "status": 500}, FateUnknown, "fate_unknown"),
    ({"how": "code", "code": 1107, "status": 500}, AccountRefused, "key_refused"),
    ({"how": "code", "code": 1124, "status": 429}, ProviderBusy, "provider_busy"),
    ({"how": "http", "status": 429}, ProviderBusy, "provider_busy"),
    ({"how": "html", "status": 503}, ProviderUnavailable, "provider_unavailable"),
    ({"how": "http", "status": 408}, ProviderUnavailable, "provider_unavailable"),
    ({"how": "html", "status": 404}, ProviderUnavailable, "provider_elsewhere"),
    ({"how": "redirect"}, ProviderUnavailable, "provider_elsewhere"),
    ({"how": "http", "status": 401}, AccountRefused, "key_refused"),
    ({"how": "http", "status": 403}, AccountRefused, "key_refused"),
    ({"how": "html", "status": 413}, ProviderRejected, "provider_rejected"),
]


@pytest.mark.parametrize(("fault", "error", "code"), UNHEARD)
def test_a_submission_whose_answer_is_lost_has_an_unknown_fate(
    fake: FakeSomark, parser: SomarkParser, request_: ParseRequest, fault: dict[str, Any], error: type, code: str
) -> None:
    fake.misbehave("submit", **fault)

    with pytest.raises(GalleyError) as raised:
        submitted(parser, request_)

    assert (type(raised.value), raised.value.code) == (error, code)
    assert fake.told()["calls"]["submit"] == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        *(({"how": how}, ProviderUnavailable) for how in ("drop_unread", "drop", "truncate", "html", "redirect")),
        *(({"how": "html", "status": status}, ProviderUnavailable) for status in (404, 408, 418, 500, 502, 503, 504)),
        ({"how": "http", "status": 429}, ProviderBusy),
        ({"how": "http", "status": 401}, AccountRefused),
        ({"how": "body", "body": b"not JSON"}, ProviderUnavailable),
        ({"how": "body", "body": b'{"error": "bad gateway"}'}, ProviderUnavailable),
        ({"how": "body", "body": b'{"code": 0, "data": null}'}, InvalidReply),
        ({"how": "word", "word": "LOST"}, InvalidReply),
    ],
)
def test_a_poll_that_fails_is_asked_again(
    fake: FakeSomark, parser: SomarkParser, request_: ParseRequest, fault: dict[str, Any], error: type
) -> None:
    ticket = made_up(fake, parser, request_)
    fake.misbehave("poll", **fault)

    with pytest.raises(GalleyError) as raised:
        parser.fetch(ticket)

    assert type(raised.value) is error
    assert parser.fetch(ticket) is not None
    assert fake.submissions == 1


@pytest.mark.parametrize("seconds", ["7", "7.0"])
def test_how_long_to_wait_is_taken_from_the_header(
    fake: FakeSomark, parser: SomarkParser, request_: ParseRequest, seconds: str
) -> None:
    fake.misbehave("submit", "http", status=503, headers={"Retry-After": seconds})
    fake.misbehave("submit", "code", code=1101, headers={"Retry-After": seconds})

    for kind in (ProviderUnavailable, ProviderBusy):
        with pytest.raises(kind) as raised:
            submitted(parser, request_)
        assert raised.value.retry_after == 7.0


def test_slow_answers_are_lost_after_the_time_out(fake: FakeSomark, request_: ParseRequest) -> None:
    parser = parser_at(fake, read_seconds=0.3)
    ticket = submitted(parser, request_)
    fake.misbehave("any", "slow", seconds=1.0, times=2)

    with pytest.raises(FateUnknown):
        submitted(parser, request_)
    with pytest.raises(ProviderUnavailable):
        parser.fetch(ticket)


def test_a_server_that_is_down_has_taken_nothing(
    fake: FakeSomark, parser: SomarkParser, request_: ParseRequest
) -> None:
    ticket = made_up(fake, parser, request_)
    down = threading.Thread(target=fake.down, args=(0.5,))
    down.start()
    time.sleep(0.2)

    for call in (lambda: submitted(parser, request_), lambda: parser.fetch(ticket)):
        with pytest.raises(ProviderUnavailable) as raised:
            call()
        assert type(raised.value) is ProviderUnavailable
    down.join()

    assert parser.fetch(ticket) is not None
    assert fake.submissions == 1


def test_a_task_that_failed_says_why(fake: FakeSomark, parser: SomarkParser, request_: ParseRequest) -> None:
    ticket = submitted(parser, request_)
    fake.settings.fails, fake.settings.words = f"The PDF is damaged, {KEY}", "lower"

    with pytest.raises(ProviderRejected) as rejected:
        parser.fetch(ticket)

    assert rejected.value.params == {"problem": "The PDF is damaged, …"}


def test_a_task_that_is_not_known_is_rejected(parser: SomarkParser) -> None:
    with pytest.raises(ProviderRejected) as rejected:
        parser.fetch(Ticket("gone"))

    assert rejected.value.params == {"problem": "No such task (1133)"}


def test_a_result_without_pages_is_no_reading(fake: FakeSomark, parser: SomarkParser, request_: ParseRequest) -> None:
    ticket = submitted(parser, request_)
    fake.misbehave("poll", "body", body=b'{"code": 0, "data": {"status": "SUCCESS", "result": {"outputs": {}}}}')

    reply = parser.fetch(ticket)

    assert reply is not None
    with pytest.raises(InvalidReply):
        load(reply.data)


def test_warnings_of_the_answer_are_told(fake: FakeSomark, parser: SomarkParser, request_: ParseRequest) -> None:
    ticket = submitted(parser, request_)
    fake.misbehave("poll", "body", body=b'{"code": 0, "data": {"status": "SUCCESS"}, "warnings": ["no such option"]}')

    reply = parser.fetch(ticket)

    assert reply is not None
    assert reply.warnings == ("options_ignored",)


@pytest.fixture
def printed(tmp_path: Path) -> ParseRequest:
    """A page of 300 × 400 points with a large title, a paragraph and a table of three columns."""
    table = [("Item", "Pieces", "Price"), ("Bolt", "20", "4.00")]
    lines = [
        shown("Invoice 2026-114", x=30, y=360, size=20),
        shown("To be paid within", x=30, y=320),
        shown("thirty days.", x=30, y=308),
        *(shown(cell, x=30 + 90 * i, y=250 - 14 * j) for j, row in enumerate(table) for i, cell in enumerate(row)),
    ]
    path = tmp_path / "printed"
    with document("".join(lines)) as pdf:
        pdf.save(path)
    return ParseRequest(path, FileKind.PDF, "invoice.pdf")


def test_a_result_brings_its_pictures(fake: FakeSomark, parser: SomarkParser, printed: ParseRequest) -> None:
    ticket = submitted(parser, printed)

    reply = parser.fetch(ticket)

    assert reply is not None
    (page,) = load(reply.data).pages
    address = f"{fake.url}/pictures/{ticket.remote_id}.png?sign=1"
    assert (page.width, page.height) == (625, 833)
    assert [(block.type, block.content, block.image) for block in page.blocks] == [
        ("title", "Invoice 2026-114", None),
        ("text", "To be paid within\nthirty days.", None),
        (
            "table",
            "<table><tr><td>Item</td><td>Pieces</td><td>Price</td></tr><tr><td>Bolt</td><td>20</td><td>4.00</td></tr></table>",
            None,
        ),
        ("figure", "", address),
    ]
    assert all(block.bbox for block in page.blocks)
    assert (dict(reply.pictures), reply.warnings) == ({address: picture()}, ())


@pytest.mark.parametrize("fault", [{"how": "drop_unread"}, {"how": "html", "status": 502}, {"how": "truncate"}])
def test_a_picture_is_asked_for_a_few_times(
    fake: FakeSomark, parser: SomarkParser, printed: ParseRequest, fault: dict[str, Any]
) -> None:
    ticket = submitted(parser, printed)
    fake.misbehave("picture", **fault, times=2)

    reply = parser.fetch(ticket)

    assert reply is not None
    assert (len(reply.pictures), reply.warnings) == (1, ())


@pytest.mark.parametrize(
    "fault",
    [
        {"how": "http", "status": 502, "times": 9},
        {"how": "http", "status": 404},
        {"how": "html"},
        {"how": "redirect"},
        {"how": "body", "body": b"\x89PNG\r\n" + bytes(pictures.MAX_PICTURE_BYTES)},
    ],
)
def test_a_picture_that_does_not_come_is_a_warning(
    fake: FakeSomark, parser: SomarkParser, printed: ParseRequest, fault: dict[str, Any]
) -> None:
    ticket = submitted(parser, printed)
    fake.misbehave("picture", **fault)

    reply = parser.fetch(ticket)

    assert reply is not None
    assert (dict(reply.pictures), reply.warnings) == ({}, ("pictures_missing",))
    assert fake.told()["calls"]["picture"] == (3 if fault.get("status") == 502 else 1)


def test_pictures_are_given_up_when_many_do_not_come(
    fake: FakeSomark, parser: SomarkParser, request_: ParseRequest
) -> None:
    ticket = submitted(parser, request_)
    images = [f"{fake.url}/pictures/{number}.png" for number in range(200)]
    odd = ["data:image/png;base64,AA", "/pictures/relative.png", 7, None, images[0]]
    body = {"code": 0, "data": {"status": "SUCCESS", "result": {"imgs": images + odd}}}
    for _ in range(2):
        fake.misbehave("poll", "body", body=json.dumps(body).encode())

    whole = parser.fetch(ticket)
    fake.misbehave("picture", "http", status=500, times=10_000)
    given_up = parser.fetch(ticket)

    assert whole is not None and given_up is not None
    assert (len(whole.pictures), whole.warnings) == (200, ("pictures_missing",))
    assert (dict(given_up.pictures), given_up.warnings) == ({}, ("pictures_missing",))
    assert fake.told()["calls"]["picture"] < 250


def test_the_check_tells_what_is_left(fake: FakeSomark, parser: SomarkParser) -> None:
    fake.settings.paid = 1000

    assert parser.check() == AccountStatus(
        ok=True,
        remaining=1480,
        details={
            "paid": "1000",
            "free_today": "480",
            "free_this_month": "1930",
            "dashboard_url": "https://somark.example/dashboard",
        },
    )


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"how": "code", "code": 1107}, "key_refused"),
        ({"how": "code", "code": 1108}, "quota_used_up"),
        ({"how": "code", "code": 1101}, "provider_busy"),
        ({"how": "code", "code": 1137}, "check_refused"),
        ({"how": "html", "status": 200}, "provider_elsewhere"),
        ({"how": "html", "status": 404}, "provider_elsewhere"),
        ({"how": "redirect"}, "provider_elsewhere"),
        ({"how": "drop", "times": 9}, "provider_unavailable"),
        ({"how": "html", "status": 503, "times": 9}, "provider_unavailable"),
    ],
)
def test_the_check_says_what_is_wrong(fake: FakeSomark, parser: SomarkParser, fault: dict[str, Any], code: str) -> None:
    fake.misbehave("any", **fault)

    status = parser.check()

    assert (status.ok, status.code) == (False, code)
    assert KEY not in repr(status)


@pytest.mark.parametrize(
    ("address", "code"),
    [("http://127.0.0.1:1/api/v1", "provider_unavailable"), ("not an address", "address_invalid")],
)
def test_the_check_of_a_wrong_address_raises_nothing(address: str, code: str) -> None:
    status = SomarkParser(Endpoint(address, KEY, allow_private=True, connect_seconds=1)).check()

    assert (status.ok, status.code) == (False, code)


def test_the_check_of_a_private_address_says_so() -> None:
    status = SomarkParser(Endpoint("http://127.0.0.1:1/api/v1", KEY)).check()

    assert (status.code, status.params) == ("private_address", {"host": "127.0.0.1"})
