"""A DocMap for tests: answers on a real socket as its documents say, and misbehaves as it is told to.

In a test: `with FakeDocmap(seconds=1) as fake:`. As a process: `python -m tests.fakes.docmap --port 8091 --seconds 1`;
then `GET /fake` tells what was called and paid, and `POST /fake` takes `{"set": {…}, "faults": [{…}], "finish": true}`.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.docmap_account import EXPIRED_KEY, KEY, REPLIES, TEMPLATE, Docmap, Fault, Refused

HTML = (REPLIES / "bad_gateway.html").read_bytes()
MESSAGES = {
    body["error"]["code"]: body["error"]["message"] for body in json.loads((REPLIES / "errors.json").read_text())
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._handle()

    do_POST = do_GET

    def log_message(self, *args: Any) -> None:
        pass

    def _handle(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/fake":
            self._control()
            return
        on = self._noun(url.path)
        fault = self.server.docmap.fault(on)
        if fault is not None and fault.how == "drop_unread":
            self.close_connection = True
            return
        body = self._body()
        if fault is None or fault.works:
            answer = self._answer(on, url.path, {key: values[0] for key, values in parse_qs(url.query).items()}, body)
        else:
            answer = (fault.status, b"{}", {})
        self._send(*answer) if fault is None else self._misbehave(fault, answer)

    def _noun(self, path: str) -> str:
        known = {"/health": "health", "/v1/usage": "usage", "/v1/extractions": "list", "/v1/extractions/run": "run"}
        return known.get(path, "get" if path.startswith("/v1/extractions/") else "unknown")

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, on: str, path: str, query: dict[str, str], body: bytes) -> tuple[int, bytes, dict[str, str]]:
        try:
            status, reply = self._result(on, path, query, body)
            return status, json.dumps(reply).encode(), {}
        except Refused as refused:
            return refused.status, error_body(refused.code), refused.headers

    def _result(self, on: str, path: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        docmap = self.server.docmap
        if on == "health":
            return 200, {"status": "ok"}
        self._check_key()
        if on == "run" and self.command == "POST":
            record = docmap.run(_json(body))
            return 202 if query.get("async") == "true" and not docmap.settings.sync else 200, {"data": record}
        if on == "list":
            return 200, docmap.listed(query)
        if on == "usage":
            return 200, {"data": docmap.usage()}
        if on == "get":
            return 200, {"data": docmap.get(unquote(path.removeprefix("/v1/extractions/")))}
        raise Refused(404, "NOT_FOUND")

    def _check_key(self) -> None:
        key = self.headers.get("Authorization", "")
        if key == f"Bearer {EXPIRED_KEY}":
            raise Refused(401, "KEY_EXPIRED")
        if key != f"Bearer {KEY}":
            raise Refused(401, "UNAUTHORIZED")

    def _misbehave(self, fault: Fault, answer: tuple[int, bytes, dict[str, str]]) -> None:
        wait = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        match fault.how:
            case "slow":
                time.sleep(fault.seconds)
                self._send(*answer)
            case "drop":
                self.close_connection = True
            case "truncate":
                self._send(*answer, only=len(answer[1]) // 2)
            case "html":
                self._send(fault.status, HTML, wait, kind="text/html")
            case "redirect":
                self._send(302, b"", {"Location": "/elsewhere"})
            case "error":
                self._send(fault.status, error_body(fault.code), wait)

    def _send(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str],
        *,
        kind: str = "application/json",
        only: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:only])
        self.close_connection = self.close_connection or only is not None

    def _control(self) -> None:
        docmap = self.server.docmap
        if self.command == "POST":
            told = _json(self._body())
            for name, value in told.get("set", {}).items():
                setattr(docmap.settings, name, value)
            docmap.faults += [Fault(**fault) for fault in told.get("faults", [])]
            if told.get("finish"):
                docmap.finish()
        self._send(200, json.dumps(docmap.told()).encode(), {})


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, docmap: Docmap) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.docmap = docmap

    def handle_error(self, *args: Any) -> None:
        """A client that goes away is no news."""


class FakeDocmap(Docmap):
    """The fake on a socket of its own, in a thread."""

    def __init__(self, *, port: int = 0, **settings: Any) -> None:
        super().__init__(**settings)
        self._server = Server(port, self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.01)

    def misbehave(self, on: str, how: str, **more: Any) -> None:
        self.faults.append(Fault(on, how, **more))


def error_body(code: str) -> bytes:
    return json.dumps({"error": {"code": code, "message": MESSAGES.get(code, code)}}).encode()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise Refused(400, "VALIDATION_ERROR") from None


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--seconds", type=float, default=0.0, help="that an extraction takes")
    parser.add_argument("--fails", choices=["", "record", "answer", "nothing"], default="")
    parser.add_argument("--sync", action="store_true", help="answer async runs when they are done")
    parser.add_argument("--limit", type=int, default=2500, help="extractions a month")
    arguments = vars(parser.parse_args())
    fake = FakeDocmap(**arguments)
    print(f"{fake.url} takes {KEY} and template {TEMPLATE}", flush=True)
    fake.serve()


if __name__ == "__main__":
    main()
