from __future__ import annotations

import gzip
import io
import logging
import socket
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from extraction.errors import AccountRefused, AnswerLost, InvalidReply, ProviderRejected, ProviderUnavailable
from extraction.providers.http import Caller, retry_after
from extraction.types import Endpoint
from tests.providers.certificates import Certificates
from tests.providers.sockets import Wire, answering, hang_up, once, reply, serving, silent

KEY = "sk-very-secret-0123456789"
SUBMIT = {"json": {"file": "…"}}


def caller(url: str, **columns: Any) -> Caller:
    return Caller(Endpoint(url, key=KEY, **{"allow_private": True, "connect_seconds": 2, "read_seconds": 2} | columns))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names that the resolver knows besides the real ones; every question for one is noted under `asked`."""
    known: dict[str, list[str]] = {"asked": []}
    real = socket.getaddrinfo

    def resolver(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in known:
            return real(host, port, *args, **kwargs)
        known["asked"].append(host)
        if not known[host]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [found for address in known[host] for found in real(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return known


def test_a_call_sends_what_it_was_given_to_the_base_url_and_path() -> None:
    with serving(answering(reply(b'{"data": [1]}', X_Trace="t1"))) as wire:
        answer = caller(wire.url + "/").call("POST", "/run", params={"async": "true"}, json={"a": 1})

    head, _, body = wire.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/run?async=true HTTP/1.1\r\n")
    assert f"host: localhost:{wire.port}".encode() in head.lower()
    assert body == b'{"a":1}'
    assert (answer.status, answer.headers["x-trace"], answer.json()) == (200, "t1", {"data": [1]})


def test_a_file_is_streamed_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "发票.pdf"
    path.write_bytes(b"x" * 300_000)

    with serving(answering(reply())) as wire, path.open("rb") as file:
        caller(wire.url).call("POST", "/parse", data={"api_key": KEY}, files={"file": (path.name, file)})

    body = wire.requests[0].partition(b"\r\n\r\n")[2]
    assert b"x" * 300_000 in body
    assert KEY.encode() in body


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_an_answer_and_is_not_followed(status: str) -> None:
    with serving(answering(reply())) as other, serving(answering(reply(b"", status, Location=other.url))) as wire:
        answer = caller(wire.url).call("GET", "/usage")

    assert answer.status == int(status[:3])
    assert other.connections == 0


@pytest.mark.parametrize("status", ["400 Bad Request", "429 Too Many Requests", "503 Service Unavailable"])
def test_refusals_are_answers(status: str) -> None:
    with serving(answering(reply(b"no", status))) as wire:
        answer = caller(wire.url).call("GET", "/usage")

    assert (answer.status, answer.body) == (int(status[:3]), b"no")


@pytest.mark.parametrize("body", [b"<html>busy</html>", b"", b'{"a": ', b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_an_invalid_reply(body: bytes) -> None:
    with serving(answering(reply(body))) as wire:
        answer = caller(wire.url).call("GET", "/usage")

    with pytest.raises(InvalidReply):
        answer.json()


def test_nobody_there_means_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(ProviderUnavailable) as caught:
        caller(f"http://localhost:{port}").call("POST", "/parse", **SUBMIT)

    assert not isinstance(caught.value, AnswerLost)


def test_a_connection_that_does_not_come_about_means_that_nothing_was_sent() -> None:
    # a listener whose queue is full leaves further ones waiting
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, socket.socket() as one, socket.socket() as two:
        for waiting in (one, two):
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        with pytest.raises(ProviderUnavailable) as caught:
            caller(f"http://localhost:{listener.getsockname()[1]}", connect_seconds=0.2).call("POST", "/", **SUBMIT)

    assert not isinstance(caught.value, AnswerLost)


def test_a_handshake_that_fails_means_that_nothing_was_sent() -> None:
    with serving(once(reply())) as wire, pytest.raises(ProviderUnavailable) as caught:
        caller(wire.url.replace("http:", "https:"), connect_seconds=0.3).call("POST", "/parse", **SUBMIT)

    assert not isinstance(caught.value, AnswerLost)


@pytest.mark.parametrize(
    "script",
    [
        silent,
        hang_up,
        once(b""),
        once(b"HTTP/1.1 200 OK\r\nContent-Le"),
        once(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
        once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"),
        once(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        once(reply(gzip.compress(b"{}" * 500)[:-12], Content_Encoding="gzip")),
        once(reply(b"no gzip at all", Content_Encoding="gzip")),
    ],
    ids=["silent", "hung up", "dropped", "cut head", "cut body", "cut chunk", "no HTTP", "cut gzip", "no gzip"],
)
def test_once_sending_began_the_answer_is_lost(script: Any) -> None:
    with serving(script) as wire, pytest.raises(AnswerLost) as caught:
        caller(wire.url, read_seconds=0.3).call("POST", "/parse", **SUBMIT)

    assert wire.connections == 1
    assert "localhost" in str(caught.value)


def test_a_call_may_wait_longer_than_others() -> None:
    def slow(wire: Wire, client: socket.socket) -> None:
        threading.Event().wait(0.5)
        once(reply())(wire, client)

    with serving(slow) as wire:
        answer = caller(wire.url, read_seconds=0.1).call("GET", "/", read_seconds=3)

    assert answer.status == 200


def test_looking_calls_share_a_connection_and_submissions_have_their_own() -> None:
    with serving(answering(reply())) as wire:
        shared = caller(wire.url)
        for _ in range(3):
            shared.call("POST", "/check", data={"id": "1"})
        looked = wire.connections
        for _ in range(2):
            shared.call("POST", "/parse", **SUBMIT)
        submitted = wire.connections - looked
        shared.close()

    assert (looked, submitted) == (1, 2)


def test_a_closed_idle_connection_is_not_used_again() -> None:
    with serving(once(reply())) as wire:
        shared = caller(wire.url)
        for _ in range(3):
            assert shared.call("GET", "/usage").status == 200
            assert wire.closed.acquire(timeout=5)
        shared.close()

    assert wire.connections == 3


def test_threads_share_a_caller() -> None:
    answers: list[int] = []
    with serving(answering(reply())) as wire:
        shared = caller(wire.url)
        work = [threading.Thread(target=lambda: answers.append(shared.call("GET", "/").status)) for _ in range(16)]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
        shared.close()

    assert answers == [200] * 16


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_an_answer_over_the_cap_is_refused_while_it_comes(encoding: str) -> None:
    body = b"0" * 5_000_000
    packed = reply(gzip.compress(body), Content_Encoding="gzip") if encoding else reply(body)

    with serving(once(packed)) as wire, pytest.raises(ProviderRejected) as caught:
        caller(wire.url).call("GET", "/", max_bytes=1024 * 1024)

    assert (caught.value.code, caught.value.params) == ("reply_too_large", {"limit": 1})


def test_a_packed_answer_is_unpacked() -> None:
    body = b'{"pages": [' + b'"0",' * 500_000 + b'"1"]}'

    with serving(once(reply(gzip.compress(body), Content_Encoding="gzip"))) as wire:
        answer = caller(wire.url).call("GET", "/")

    assert answer.body == body


def test_an_answer_packed_twice_is_not_unpacked() -> None:
    body = gzip.compress(gzip.compress(b"{}"))

    with serving(once(reply(body, Content_Encoding="gzip, gzip"))) as wire, pytest.raises(InvalidReply):
        caller(wire.url).call("GET", "/")


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd00::1",
    "fec0::1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
]
NO_HOST = [
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "fe80::1",
    "ff02::1",
    "::",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
]


@pytest.mark.parametrize("address", PRIVATE + NO_HOST)
def test_private_addresses_are_refused(address: str) -> None:
    host = f"[{address}]" if ":" in address else address

    with pytest.raises(ProviderRejected) as caught:
        caller(f"http://{host}:9", allow_private=False).call("GET", "/")

    assert caught.value.code == ("private_address" if address in PRIVATE else "address_refused")
    assert caught.value.params == {"host": address}


@pytest.mark.parametrize("address", NO_HOST)
def test_some_addresses_are_refused_even_where_private_ones_are_allowed(address: str) -> None:
    host = f"[{address}]" if ":" in address else address

    with pytest.raises(ProviderRejected) as caught:
        caller(f"http://{host}:9").call("GET", "/")

    assert caught.value.code == "address_refused"


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "127.1"])
def test_names_and_odd_spellings_of_private_addresses_are_refused(host: str) -> None:
    with serving(answering(reply())) as wire, pytest.raises(ProviderRejected) as caught:
        caller(f"http://{host}:{wire.port}", allow_private=False).call("GET", "/")

    assert caught.value.code == "private_address"
    assert wire.connections == 0


def test_one_private_address_among_public_ones_is_enough(names: dict[str, list[str]]) -> None:
    names["provider.test"] = ["93.184.216.34", "192.168.0.7"]

    with pytest.raises(ProviderRejected) as caught:
        caller("http://provider.test", allow_private=False).call("GET", "/")

    assert (caught.value.code, caught.value.params) == ("private_address", {"host": "provider.test"})


def test_a_download_follows_the_same_rules_and_gets_no_key() -> None:
    with serving(answering(reply(b"PNG"))) as wire:
        data = caller("http://provider.test").download(f"http://localhost:{wire.port}/1.png?sign=1", max_bytes=10)
        with pytest.raises(ProviderRejected) as caught:
            caller("http://provider.test", allow_private=False).download(wire.url, max_bytes=10)

    assert data == b"PNG"
    assert KEY.encode() not in wire.requests[0]
    assert caught.value.code == "private_address"


def test_a_download_is_written_to_a_path(tmp_path: Path) -> None:
    path = tmp_path / "1.png"

    with serving(answering(reply(b"PNG"))) as wire:
        data = caller(wire.url).download(wire.url, max_bytes=10, path=path)

    assert (data, path.read_bytes()) == (b"", b"PNG")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("302 Found", ProviderRejected),
        ("403 Forbidden", ProviderRejected),
        ("404 Not Found", ProviderRejected),
        ("429 Too Many Requests", ProviderUnavailable),
        ("500 Internal Server Error", ProviderUnavailable),
    ],
)
def test_a_download_that_is_no_file_raises(status: str, error: type[Exception]) -> None:
    with serving(answering(reply(b"?", status))) as wire, pytest.raises(error):
        caller(wire.url).download(wire.url, max_bytes=10)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "somark.ai/api/v1",
        "ftp://localhost/",
        "file:///etc/passwd",
        "http://",
        "http://user:password@localhost/",
        "http://user@localhost/",
        "http://localhost:99999/",
        "http://[::1/",
    ],
)
def test_only_plain_http_addresses_are_called(url: str) -> None:
    with pytest.raises(ProviderRejected) as caught:
        caller(url).call("GET", "/")

    assert caught.value.code == "address_invalid"
    assert "password" not in str(caught.value).replace("without user and password", "")


def test_an_unknown_name_is_told_by_name(names: dict[str, list[str]]) -> None:
    names["provider.test"] = []

    with pytest.raises(ProviderRejected) as caught:
        caller("http://provider.test").call("GET", "/")

    assert (caught.value.code, caught.value.params) == ("address_unknown", {"host": "provider.test"})


def test_a_resolver_that_does_not_answer_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolver(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", resolver)

    with pytest.raises(ProviderUnavailable):
        caller("http://provider.test").call("GET", "/")


def test_a_name_is_resolved_once_and_its_address_kept(names: dict[str, list[str]]) -> None:
    names["provider.test"] = ["127.0.0.1"]

    with serving(once(reply())) as wire:
        shared = caller(f"http://provider.test:{wire.port}")
        shared.call("GET", "/")
        names["provider.test"] = ["127.0.0.2"]
        for _ in range(3):
            shared.call("POST", "/", **SUBMIT)
        shared.close()

    assert names["asked"] == ["provider.test"]
    assert all(f"host: provider.test:{wire.port}".encode() in request.lower() for request in wire.requests)


def test_a_name_is_resolved_anew_when_its_address_is_gone(names: dict[str, list[str]]) -> None:
    with socket.create_server(("127.0.0.2", 0)) as listener:
        port = listener.getsockname()[1]
        names["provider.test"] = ["127.0.0.2"]
        shared = caller(f"http://provider.test:{port}", read_seconds=0.2)
        with pytest.raises(AnswerLost):
            shared.call("GET", "/")
    names["provider.test"] = ["127.0.0.3"]

    with serving(once(reply()), at=("127.0.0.3", port)):
        answer = shared.call("GET", "/")

    assert answer.status == 200
    shared.close()


def test_a_known_name_that_is_gone_is_an_outage(names: dict[str, list[str]]) -> None:
    names["provider.test"] = ["127.0.0.1"]
    with serving(once(reply())) as wire:
        shared = caller(f"http://provider.test:{wire.port}")
        shared.call("GET", "/")
    names["provider.test"] = []

    with pytest.raises(ProviderUnavailable):
        shared.call("GET", "/")


def test_a_second_address_is_tried_when_the_first_takes_no_connection(names: dict[str, list[str]]) -> None:
    names["provider.test"] = ["127.0.0.9", "127.0.0.1"]

    with serving(once(reply())) as wire:
        answer = caller(f"http://provider.test:{wire.port}").call("GET", "/")

    assert answer.status == 200


@pytest.fixture
def certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    made = Certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority_path))
    return made


def test_tls_checks_the_name_and_not_the_address(certificates: Certificates, names: dict[str, list[str]]) -> None:
    names["provider.test"] = names["other.test"] = ["127.0.0.1"]

    with serving(once(reply()), tls=certificates.server_context("provider.test")) as wire:
        answer = caller(f"https://provider.test:{wire.port}").call("GET", "/")
        with pytest.raises(ProviderRejected) as caught:
            caller(f"https://other.test:{wire.port}").call("GET", "/")

    assert answer.status == 200
    assert certificates.asked == ["provider.test", "other.test"]
    assert (caught.value.code, caught.value.params) == ("certificate_refused", {"host": "other.test"})


def test_a_certificate_of_an_unknown_authority_is_refused(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    server = certificates.server_context("localhost")
    with serving(once(reply()), tls=server) as wire, pytest.raises(ProviderRejected) as caught:
        caller(wire.url.replace("http:", "https:")).call("GET", "/")

    assert caught.value.code == "certificate_refused"


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering(reply())) as proxy, serving(answering(reply())) as wire:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        caller(wire.url).call("GET", "/")

    assert (proxy.connections, wire.connections) == (0, 1)


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.mark.parametrize("script", [silent, hang_up, once(b"nonsense\r\n\r\n"), once(reply(b"x" * 100))])
def test_no_key_stands_in_an_error_or_a_log(everything_logged: pytest.LogCaptureFixture, script: Any) -> None:
    with serving(script) as wire, pytest.raises((AnswerLost, ProviderRejected)) as caught:
        caller(wire.url, read_seconds=0.2).call(
            "POST", "/", headers={"Authorization": f"Bearer {KEY}"}, data={"api_key": KEY}, max_bytes=10
        )

    told = "".join(traceback.format_exception(caught.value)) + everything_logged.text
    assert KEY not in told


@pytest.mark.parametrize("key", ["秘密-0123456789", "secret\n0123456789", "secret-0123456789 "])
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(key: str) -> None:
    with serving(answering(reply())) as wire, pytest.raises(AccountRefused) as caught:
        caller(wire.url).call("GET", "/", headers={"Authorization": f"Bearer {key}"})

    assert caught.value.code == "key_refused"
    assert "0123456789" not in "".join(traceback.format_exception(caught.value))


def test_a_body_is_read_while_it_is_sent() -> None:
    with serving(answering(reply())) as wire:
        caller(wire.url).call("POST", "/", content=io.BytesIO(b"piece"), headers={"Content-Length": "5"})

    assert wire.requests[0].endswith(b"\r\n\r\npiece")


def test_retry_after_in_seconds_or_as_a_date() -> None:
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)

    assert retry_after({"Retry-After": "7"}) == 7.0
    assert 55 < (retry_after({"retry-after": in_a_minute}) or 0) <= 60
    assert retry_after({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0


@pytest.mark.parametrize("text", ["", "soon", "-1", "inf", "nan"])
def test_retry_after_that_says_nothing_is_none(text: str) -> None:
    assert retry_after({"Retry-After": text}) is None


def test_retry_after_is_none_without_the_header() -> None:
    assert retry_after({}) is None


def test_a_moved_name_is_found_behind_a_certificate_of_somebody_else(
    certificates: Certificates, names: dict[str, list[str]]
) -> None:
    names["provider.test"] = ["127.0.0.1"]
    with serving(once(reply()), tls=certificates.server_context("provider.test")) as wire:
        shared = caller(f"https://provider.test:{wire.port}")
        shared.call("GET", "/")
    taken_over = certificates.server_context("somebody.test")
    moved = certificates.server_context("provider.test")
    names["provider.test"] = ["127.0.0.3"]

    with (
        serving(once(reply()), tls=taken_over, at=("127.0.0.1", wire.port)),
        serving(once(reply()), tls=moved, at=("127.0.0.3", wire.port)),
    ):
        answer = shared.call("GET", "/")
        shared.close()

    assert answer.status == 200
