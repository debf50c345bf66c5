"""One way to call a provider: time-outs, a cap on its answer, a pinned address, and errors that say what was sent."""

from __future__ import annotations

import ipaddress
import json as json_format
import math
import ssl
import time
import weakref
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

from extraction.errors import AccountRefused, AnswerLost, InvalidReply, ProviderRejected, ProviderUnavailable
from extraction.providers.addresses import resolve
from extraction.providers.bodies import MEBIBYTE, beginning_of, body_of
from extraction.providers.deadlines import ending_within
from extraction.types import Endpoint

__all__ = ["MAX_BYTES", "MEBIBYTE", "Answer", "Caller", "check_address", "retry_after"]

MAX_BYTES = 64 * MEBIBYTE
# shorter than servers keep an idle connection, so that calls do not meet a closed one
IDLE_SECONDS = 4.0
# addresses of a provider change now and then
PIN_SECONDS = 300.0
HEADERS = {"User-Agent": "Galley", "Accept": "*/*", "Accept-Encoding": "gzip"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer of any status; the names of `headers` match in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises InvalidReply where the body is not JSON."""
        try:
            return json_format.loads(self.body)
        except (ValueError, RecursionError) as exc:
            raise InvalidReply(f"an answer {self.status} of {len(self.body)} bytes that is not JSON") from exc


@dataclass(frozen=True, slots=True)
class _Pin:
    """An address that was checked and took a connection, kept until a moment of the monotonic clock."""

    address: str
    until: float


class Caller:
    """Calls one account's provider; any number of threads may share it.

    The name in the URL is resolved once, its address checked and kept for some minutes or until a connection to it
    fails. No message holds a header, a body or a query, where a key could be.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._tls = httpx.create_ssl_context()
        self._pinned: dict[tuple[str, int], _Pin] = {}
        self._keeping = self._client(keep=True)
        # a submission takes a connection of its own: one that the server closes meanwhile would leave its fate unknown
        self._fresh = self._client(keep=False)
        self._close = weakref.finalize(self, _close_all, self._keeping, self._fresh)

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        content: Iterable[bytes] | None = None,
        read_seconds: float | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> Answer:
        """Any status is an Answer, a redirect too. `content` is a body that is read while it is sent, perhaps twice.

        Raises ProviderUnavailable (nothing was sent), AnswerLost (it may have arrived), ProviderRejected (this
        address is not called, or the answer is too large).
        """
        url = _url(f"{self._endpoint.base_url.rstrip('/')}/{path.lstrip('/')}")
        client = self._keeping if json is None and files is None and content is None else self._fresh
        parts = {"headers": headers, "params": params, "json": json, "data": data, "files": files, "content": content}
        with self._answer(client, method, url, read_seconds, parts) as response:
            body = b"".join(body_of(response, max_bytes))
        return Answer(response.status_code, response.headers, body)

    def download(self, url: str, *, max_bytes: int, path: Path | None = None) -> bytes:
        """The file at an address of any host, which gets no key; written to `path` if given, and then b"".

        Raises as `call` does, and ProviderRejected or ProviderUnavailable where the answer is not a file.
        """
        client = self._client(keep=False)
        try:
            with self._answer(client, "GET", _url(url), None, {}) as response:
                _check_download(response, _url(url).host)
                if path is None:
                    return b"".join(body_of(response, max_bytes))
                with path.open("wb") as file:
                    file.writelines(body_of(response, max_bytes))
                return b""
        finally:
            client.close()

    def post(
        self, url: str, content: bytes, *, headers: Mapping[str, str], within_seconds: float, first_bytes: int
    ) -> Answer:
        """To an address of any host, which gets no key: the answer of any status, with the beginning of its body.

        The whole call ends in time, however slowly the answer drips in. Raises as `call` does.
        """
        client = self._client(keep=False)
        try:
            with ending_within(within_seconds) as deadline:
                parts = {"headers": headers, "content": content, "extensions": {"trace": deadline.watch}}
                with self._answer(client, "POST", _url(url), within_seconds, parts) as response:
                    return Answer(response.status_code, response.headers, beginning_of(response, first_bytes))
        finally:
            client.close()

    def close(self) -> None:
        self._close()

    def _client(self, *, keep: bool) -> httpx.Client:
        seconds = self._endpoint.read_seconds
        connect = self._endpoint.connect_seconds
        return httpx.Client(
            verify=self._tls,
            trust_env=False,
            follow_redirects=False,
            headers=HEADERS,
            timeout=httpx.Timeout(seconds, connect=connect, pool=connect),
            limits=httpx.Limits(max_keepalive_connections=8 if keep else 0, keepalive_expiry=IDLE_SECONDS),
        )

    @contextmanager
    def _answer(
        self,
        client: httpx.Client,
        method: str,
        url: httpx.URL,
        read_seconds: float | None,
        content: Mapping[str, Any],
    ) -> Iterator[httpx.Response]:
        """The answer's head, its body still to be read; closed at the end, and lost where reading it fails."""
        seconds = self._endpoint.read_seconds if read_seconds is None else read_seconds
        response = self._connected(client, method, url, seconds, content)
        try:
            yield response
        except (httpx.HTTPError, httpx.StreamError, zlib.error) as exc:
            raise AnswerLost(f"{url.host}: {type(exc).__name__} within the answer") from None
        finally:
            response.close()

    def _connected(
        self, client: httpx.Client, method: str, url: httpx.URL, seconds: float, content: Mapping[str, Any]
    ) -> httpx.Response:
        """Tries the address that worked before, then every address of the name resolved anew."""
        place = _place(url)
        failure: Exception | None = None
        for address in self._addresses(place):
            try:
                response = _send(client, method, url, address, seconds, content)
            except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
                failure = exc
                continue
            self._pinned[place] = _Pin(address, time.monotonic() + PIN_SECONDS)
            return response
        raise _unconnected(failure, url.host) from None

    def _addresses(self, place: tuple[str, int]) -> Iterator[str]:
        pin = self._pinned.get(place)
        tried = pin.address if pin is not None and time.monotonic() < pin.until else None
        if tried is not None:
            yield tried
        try:
            resolved = resolve(*place, allow_private=self._endpoint.allow_private)
        except ProviderRejected as exc:
            if pin is None or exc.code != "address_unknown":
                raise
            # a container's name goes with the container: what was there before is only down
            raise ProviderUnavailable(f"{place[0]} cannot be resolved any more") from exc
        yield from (address for address in resolved if address != tried)


def check_address(url: str, *, allow_private: bool) -> None:
    """Raises ProviderRejected where it may not be called, ProviderUnavailable where the resolver does not answer."""
    resolve(*_place(_url(url)), allow_private=allow_private)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the `Retry-After` header has them, in seconds or as a date; None without a usable one."""
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    try:
        seconds = float(text)
    except ValueError:
        return _seconds_until(text)
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _seconds_until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _close_all(*clients: httpx.Client) -> None:
    for client in clients:
        client.close()


def _url(text: str) -> httpx.URL:
    """Raises ProviderRejected for what is no plain http or https address; user and password do not belong in one."""
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError):
        raise ProviderRejected("not an address", code="address_invalid") from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or not 0 < _place(url)[1] < 65536:
        raise ProviderRejected("not an http address without user and password", code="address_invalid")
    return url


def _place(url: httpx.URL) -> tuple[str, int]:
    port = url.port if url.port is not None else {"https": 443, "http": 80}[url.scheme]
    return url.raw_host.decode("ascii"), port


def _send(
    client: httpx.Client, method: str, url: httpx.URL, address: str, seconds: float, content: Mapping[str, Any]
) -> httpx.Response:
    """Raises httpx's errors of connecting as they are: another address may do."""
    try:
        request = _request(client, method, url, address, seconds, content)
        return client.send(request, stream=True)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise
    except httpx.PoolTimeout:
        raise ProviderUnavailable(f"{url.host}: too many calls at once") from None
    except httpx.TransportError as exc:
        raise AnswerLost(f"{url.host}: {type(exc).__name__}") from None


def _request(
    client: httpx.Client, method: str, url: httpx.URL, address: str, seconds: float, content: Mapping[str, Any]
) -> httpx.Request:
    """To the address, with the name in `Host` and, for TLS and its certificate, in SNI."""
    headers = {**(content.get("headers") or {}), "Host": url.netloc.decode("ascii")}
    _check_headers(headers)
    named = not _is_address(url.host)
    connect = client.timeout.connect
    extensions = {"sni_hostname": url.raw_host.decode("ascii")} if named else {}
    return client.build_request(
        method,
        url.copy_with(host=address),
        **{**content, "headers": headers, "extensions": {**content.get("extensions", {}), **extensions}},
        timeout=httpx.Timeout(seconds, connect=connect, pool=connect),
    )


def _check_headers(headers: Mapping[str, str]) -> None:
    """Only a key can make a header that cannot be sent, and httpx's own message would show it."""
    if any(not (value.isascii() and value.isprintable() and value == value.strip()) for value in headers.values()):
        raise AccountRefused("the key does not fit into a header", code="key_refused")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _unconnected(failure: BaseException | None, host: str) -> ProviderUnavailable | ProviderRejected:
    """Why no address could be connected to, the last one's reason; a certificate is refused for good."""
    cause = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            message = f"{host}: {cause.verify_message}"
            return ProviderRejected(message, code="certificate_refused", host=host)
        cause = cause.__cause__ or cause.__context__
    return ProviderUnavailable(f"{host}: {type(failure).__name__ if failure else 'no address'}")


def _check_download(response: httpx.Response, host: str) -> None:
    status = response.status_code
    if status == 429 or status >= 500:
        raise ProviderUnavailable(f"{host} answered {status}", retry_after=retry_after(response.headers))
    if status != 200:
        raise ProviderRejected(f"{host} answered {status}", code="download_refused", host=host, status=status)
