"""A SoMark for tests: answers on a real socket as its documents say, and misbehaves as it is told to.

In a test: `with FakeSomark(seconds=1) as fake:`, whose `base_url` is an account's. As a process:
`python -m tests.fakes.somark --port 8092 --seconds 15`; then `GET /_log` tells what was asked and taken, and
`POST /_control` takes `{"settings": {…}, "faults": [{…}], "down": 60}`.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.somark_documents import picture
from tests.fakes.somark_tasks import Fault, Refused, Somark, refusal

BASE = "/api/v1"
NOUNS = {
    f"{BASE}/parse/async": "submit",
    f"{BASE}/extract/async": "submit",
    f"{BASE}/parse/async_check": "poll",
    f"{BASE}/extract/async_check": "poll",
    f"{BASE}/usage": "usage",
    BASE: "head",
}
HTML = b"<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>"

type Reply = tuple[int, bytes, str]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        if self.server.is_down:
            self.close_connection = True
            return
        url = urlsplit(self.path)
        if url.path.startswith("/_"):
            self._control(url.path)
            return
        on = "picture" if url.path.startswith("/pictures/") else NOUNS.get(url.path.rstrip("/") or "/", "unknown")
        fault = self.server.somark.fault(on)
        if fault is not None and fault.how == "drop_unread":
            self.close_connection = True
            return
        body = self._body()
        self.server.somark.counts["bytes"] += len(body)
        if fault is None:
            self._send(*self._reply(on, body))
        else:
            self._misbehave(fault, on, body)

    do_GET = do_HEAD = do_POST

    def log_message(self, *args: Any) -> None:
        pass

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _reply(self, on: str, body: bytes, *, word: str = "") -> Reply:
        if on == "picture":
            return 200, picture(), "image/png"
        if on == "head" and self.command in ("GET", "HEAD"):
            return 404, b"{}", "application/json"
        if on in ("unknown", "head") or self.command != "POST":
            return 404, HTML, "text/html"
        try:
            answer = self._answered(on, body, word)
        except Refused as refused:
            answer = refusal(refused.code, refused.message)
        return 200, json.dumps(answer).encode(), "application/json"

    def _answered(self, on: str, body: bytes, word: str) -> dict[str, Any]:
        somark = self.server.somark
        form, file = read_form(self.headers.get("Content-Type", ""), body)
        if on == "usage":
            return somark.usage(form)
        if on == "poll":
            return somark.poll(form, word=word)
        if file is None:
            raise Refused(1105, "No file")
        return somark.submit(form, *file)

    def _misbehave(self, fault: Fault, on: str, body: bytes) -> None:
        honest = fault.works or fault.how in ("slow", "truncate", "word")
        status, reply, kind = self._reply(on, body, word=fault.word) if honest else (200, b"{}", "application/json")
        match fault.how:
            case "drop":
                self.close_connection = True
            case "slow":
                time.sleep(fault.seconds)
                self._send(status, reply, kind)
            case "truncate":
                self._send(status, reply, kind, only=len(reply) // 2)
            case "html":
                self._send(fault.status, HTML, "text/html", fault.headers)
            case "redirect":
                self._send(302, b"", "text/html", {"Location": "/elsewhere"})
            case "code":
                told = json.dumps(refusal(fault.code, fault.message)).encode()
                self._send(fault.status, told, "application/json", fault.headers)
            case "http":
                self._send(fault.status, b"", "text/plain", fault.headers)
            case "word":
                self._send(status, reply, kind)
            case "body":
                self._send(fault.status, fault.body, "application/json", fault.headers)
            case other:
                raise ValueError(other)

    def _send(self, status: int, body: bytes, kind: str, headers: Any = (), *, only: int | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(body))} | dict(headers)).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:only])
        self.close_connection = self.close_connection or only is not None

    def _control(self, path: str) -> None:
        fake = self.server.somark
        told = json.loads(self._body() or b"{}")
        for name, value in told.get("settings", {}).items():
            setattr(fake.settings, name, value)
        for fault in told.get("faults", []):
            fake.misbehave(**fault | ({"body": fault["body"].encode()} if "body" in fault else {}))
        self._send(200, json.dumps(fake.told()).encode(), "application/json")
        if told.get("down") and isinstance(fake, FakeSomark):
            threading.Thread(target=fake.down, args=(told["down"],), daemon=True).start()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    is_down = False

    def __init__(self, port: int, somark: Somark) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.somark = somark

    def handle_error(self, *args: Any) -> None:
        """A client that goes away is no news."""


class FakeSomark(Somark):
    """The fake on a socket of its own, in a thread."""

    def __init__(self, *, port: int = 0, **settings: Any) -> None:
        super().__init__(**settings)
        self._server = Server(port, self)
        self._port = self._server.server_port
        self.url = f"http://127.0.0.1:{self._port}"
        self.base_url = self.url + BASE

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def down(self, seconds: float) -> None:
        """Refuse connections for so long, then go on with the same tasks; waits until it is up again."""
        self._stop()
        time.sleep(seconds)
        self._server = Server(self._port, self)
        self._listen()

    def serve(self) -> None:
        """Until the process ends."""
        self._listen()
        threading.Event().wait()

    def _listen(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def _stop(self) -> None:
        """Connections that are kept open end too."""
        if not self._server.is_down:
            self._server.is_down = True
            self._server.shutdown()
            self._server.server_close()


def read_form(kind: str, body: bytes) -> tuple[dict[str, list[str]], tuple[str, bytes] | None]:
    """Fields by name and the file with its name; both kinds of forms."""
    boundary = re.search(r'boundary="?([^";]+)', kind)
    if boundary is None:
        return parse_qs(body.decode(), keep_blank_values=True), None
    form: dict[str, list[str]] = {}
    file = None
    for part in body.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(r'name="([^"]*)"', head.decode())
        file_name = re.search(r'filename="([^"]*)"', head.decode())
        if file_name is not None:
            file = unquote(file_name[1]), content
        elif name is not None:
            form.setdefault(name[1], []).append(content.decode())
    return form, file


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8092)
    parser.add_argument("--seconds", type=float, default=0.0, help="that a task takes")
    parser.add_argument("--parallel", type=int, help="tasks at once, before 1124")
    parser.add_argument("--calls-per-second", type=float, help="submissions a second, before 1101")
    parser.add_argument("--pages", type=int, default=0, help="make up every document with so many pages")
    parser.add_argument("--blocks", type=int, default=20, help="a made-up page")
    parser.add_argument("--words", choices=["upper", "lower", "title"], default="upper", help="case of the statuses")
    parser.add_argument("--fails", default="", help="the reason with which every task fails")
    fake = FakeSomark(**vars(parser.parse_args()))
    print(f"{fake.base_url} takes {fake.settings.key}", flush=True)
    fake.serve()


if __name__ == "__main__":
    main()
