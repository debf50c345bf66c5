"""An OpenAI-compatible server for tests: answers on a real socket and misbehaves as it is told to.

In a test: `with FakeChat(script={"total": 18.4}) as fake:`. As a process: `python -m tests.fakes.chat --port 8092`;
then `GET /fake` tells what was asked, and `POST /fake` takes `{"set": {…}, "faults": [{…}]}`. The model itself is in
`chat_model`: it reads the numbered lines of the prompt.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.fakes.chat_model import Prompt, answers

HTML = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


@dataclass(slots=True)
class Settings:
    """How the server is; `script` is the model's knowledge, `invented` the fields that it makes up.

    `wrap` is how the JSON is dressed: plain, fence, thought, parts or chat. A prompt of more than `context_tokens` is
    refused, an answer about more than `most_lines` lines is cut short. Everything may be set while it runs.
    """

    key: str = ""
    models: list[str] = field(default_factory=lambda: ["small-model"])
    lists_models: bool = True
    script: dict[str, Any] = field(default_factory=dict)
    invented: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=lambda: ["json_schema", "json_object"])
    temperature: bool = True
    counts_tokens: bool = True
    limits_length: bool = True
    wrap: str = "plain"
    context_tokens: int = 1_000_000
    most_lines: int = 1_000_000
    seconds: float = 0.0


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` completions, after letting `skip` pass.

    `how`: status (with `status`, `code`, `message`, `retry_after`), slow (`seconds`), drop (read, no answer), truncate,
    html, redirect, wrong_json, refusal, length, empty, error_inside (a 200 with an error in it).
    """

    how: str = "status"
    times: int = 1
    skip: int = 0
    status: int = 500
    code: str = ""
    message: str = "The server had an error while processing your request."
    retry_after: str = ""
    seconds: float = 1.0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/fake":
            self._send(200, self.server.fake.told())
        elif not self._is_known():
            self._error(401, "invalid_api_key", "Incorrect API key provided.")
        elif self.path == "/v1/models" and self.server.fake.settings.lists_models:
            self.server.fake.model_calls += 1
            names = self.server.fake.settings.models
            self._send(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in names]})
        else:
            self._error(404, "", "Not Found")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.path == "/fake":
            self.server.fake.tell(body)
            self._send(200, self.server.fake.told())
            return
        if self.path != "/v1/chat/completions":
            self._error(404, "", "Not Found")
            return
        fault = self.server.fake.asked(body, dict(self.headers))
        if not self._is_known():
            self._error(401, "invalid_api_key", "Incorrect API key provided.")
        elif fault is None:
            self._complete(body)
        else:
            self._misbehave(fault, body)

    def _is_known(self) -> bool:
        key = self.server.fake.settings.key
        return not key or self.headers.get("Authorization") == f"Bearer {key}"

    def _complete(self, body: Mapping[str, Any], **changes: Any) -> None:
        refused = self._refusal(body)
        if refused:
            self._error(*refused)
            return
        time.sleep(self.server.fake.settings.seconds)
        self._send(200, self.server.fake.completion(body, **changes))

    def _refusal(self, body: Mapping[str, Any]) -> tuple[int, str, str] | None:
        settings = self.server.fake.settings
        if body.get("model") not in settings.models:
            return 404, "model_not_found", f"The model '{body.get('model')}' does not exist."
        form = body.get("response_format", {}).get("type")
        if form and form not in settings.formats:
            return 400, "", f"Invalid parameter: 'response_format' of type '{form}' is not supported with this model."
        if "temperature" in body and not settings.temperature:
            return 400, "unsupported_value", "Unsupported value: 'temperature' does not support 0 with this model."
        if "max_tokens" in body and not settings.limits_length:
            return 400, "unsupported_parameter", "'max_tokens' is not supported, use 'max_completion_tokens' instead."
        if Prompt.of(body).tokens > settings.context_tokens:
            return 400, "context_length_exceeded", "This model's maximum context length is smaller than your messages."
        return None

    def _misbehave(self, fault: Fault, body: Mapping[str, Any]) -> None:
        wait = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        match fault.how:
            case "slow":
                time.sleep(fault.seconds)
                self._complete(body)
            case "drop":
                self.close_connection = True
            case "truncate":
                data = json.dumps(self.server.fake.completion(body)).encode()
                self._write(200, data, only=len(data) // 2)
            case "html":
                self._write(fault.status, HTML, wait, kind="text/html")
            case "redirect":
                self._write(302, b"", {"Location": "https://example.com/"})
            case "error_inside":
                code = fault.status
                self._send(200, {"error": {"message": fault.message, "code": code}, "choices": []})
            case "status":
                self._error(fault.status, fault.code, fault.message, wait)
            case how:
                self._complete(body, how=how)

    def _error(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        error = {"message": message, "type": "invalid_request_error", "param": None, "code": code or None}
        self._send(status, {"error": error}, headers)

    def _send(self, status: int, data: Any, headers: Mapping[str, str] | None = None) -> None:
        self._write(status, json.dumps(data).encode(), headers)

    def _write(
        self,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        kind: str = "application/json",
        only: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(body))} | dict(headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:only])
        self.close_connection = self.close_connection or only is not None


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, fake: FakeChat) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.fake = fake

    def handle_error(self, *args: Any) -> None:
        """A client that goes away is no news."""


class FakeChat:
    """The server in a thread; `bodies` and `headers` are of every completion that was asked for."""

    def __init__(self, *, port: int = 0, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.faults: list[Fault] = []
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.model_calls = 0
        self._lock = threading.Lock()
        self._server = Server(port, self)

    @property
    def calls(self) -> int:
        return len(self.bodies)

    @property
    def prompts(self) -> list[Prompt]:
        return [Prompt.of(body) for body in self.bodies]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self) -> None:
        """Until the process is ended."""
        self._server.serve_forever()

    def fail(self, how: str = "status", **fault: Any) -> None:
        self.faults.append(Fault(how, **fault))

    def tell(self, told: Mapping[str, Any]) -> None:
        for name, value in told.get("set", {}).items():
            setattr(self.settings, name, value)
        self.faults += [Fault(**fault) for fault in told.get("faults", [])]

    def told(self) -> dict[str, Any]:
        lines = [[id for id, _ in prompt.lines] for prompt in self.prompts]
        return {"calls": self.calls, "model_calls": self.model_calls, "lines": lines, "settings": asdict(self.settings)}

    def asked(self, body: dict[str, Any], headers: dict[str, str]) -> Fault | None:
        """Keep the call; what is to go wrong with it."""
        with self._lock:
            self.bodies.append(body)
            self.headers.append(headers)
            fault = self.faults[0] if self.faults else None
            if fault is None:
                return None
            if fault.skip:
                fault.skip -= 1
                return None
            fault.times -= 1
            if fault.times <= 0:
                self.faults.pop(0)
            return fault

    def completion(self, body: Mapping[str, Any], how: str = "") -> dict[str, Any]:
        prompt = Prompt.of(body)
        text = json.dumps(answers(prompt, self.settings.script, set(self.settings.invented)), ensure_ascii=False)
        is_cut = how == "length" or len(prompt.lines) > self.settings.most_lines
        message: dict[str, Any] = {
            "role": "assistant",
            "content": self._dressed(text[: len(text) // 2] if is_cut else text),
        }
        if how == "wrong_json":
            message["content"] = '{"total": 18.4, "oops": '
        elif how == "empty":
            message["content"] = None
        elif how == "refusal":
            message |= {"content": None, "refusal": "I cannot help with that."}
        reply: dict[str, Any] = {
            "id": f"chatcmpl-{self.calls}",
            "object": "chat.completion",
            "model": body.get("model"),
            "choices": [{"index": 0, "message": message, "finish_reason": "length" if is_cut else "stop"}],
        }
        if self.settings.counts_tokens:
            sent, written = prompt.tokens, len(text) // 4
            reply["usage"] = {"prompt_tokens": sent, "completion_tokens": written, "total_tokens": sent + written}
        return reply

    def _dressed(self, text: str) -> Any:
        match self.settings.wrap:
            case "fence":
                return f"```json\n{text}\n```"
            case "thought":
                return f"<think>The total {{maybe}} is there.</think>\n{text}"
            case "parts":
                return [{"type": "text", "text": text}]
            case "chat":
                return f"Here are the fields:\n{text}\nLet me know {{if}} you need more!"
        return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8092)
    parser.add_argument("--key", default="")
    parser.add_argument("--model", default="small-model")
    parser.add_argument("--seconds", type=float, default=0.0)
    told = parser.parse_args()
    fake = FakeChat(port=told.port, key=told.key, models=[told.model], seconds=told.seconds)
    print(fake.base_url, flush=True)
    fake.serve()


if __name__ == "__main__":
    main()
