"""Calls of DocMap's interface, as a program makes them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client

from extraction.models import Team, User
from extraction.providers.embedded import EmbeddedParser
from extraction.services.keys import create_key
from extraction.services.work import work_once
from tests import bad_files

SAMPLES = Path(__file__).parents[2] / "extraction" / "samples"
INVOICE = "invoice-hy-2026-004817.pdf"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KEYS = [
    "id",
    "userId",
    "templateId",
    "templateName",
    "fileName",
    "status",
    "extractedData",
    "error",
    "variables",
    "source",
    "runId",
    "processingTimeMs",
    "createdAt",
]


@dataclass
class Program:
    """A caller with a key of a team; `text` is the key itself."""

    text: str
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True, raise_request_exception=True))

    def call(self, method: str, path: str, data: Any = None, **headers: str) -> HttpResponse:
        body = data if isinstance(data, bytes) else json.dumps(data).encode() if data is not None else b""
        named = {"Authorization": f"Bearer {self.text}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self.client.generic(method, path, body, content_type="application/json", headers=named)

    def get(self, path: str, **query: str) -> HttpResponse:
        return self.client.get(path, query, headers={"Authorization": f"Bearer {self.text}"})

    def run(self, *, query: str = "?async=true", headers: dict[str, str] | None = None, **changes: Any) -> HttpResponse:
        return self.call("POST", f"/v1/extractions/run{query}", run_body(**changes), **(headers or {}))

    def started(self, **changes: Any) -> str:
        """The id of a document that was taken."""
        answer = self.run(**changes)
        assert answer.status_code == 202, answer.content
        return answer.json()["data"]["id"]

    def record(self, public_id: str, **query: str) -> dict[str, Any]:
        return self.get(f"/v1/extractions/{public_id}", **query).json()["data"]


def run_body(content: bytes | None = None, **changes: Any) -> dict[str, Any]:
    """A change to None leaves the key out."""
    encoded = base64.b64encode(bad_files.page_pdf() if content is None else content).decode()
    body = {"templateId": "receipt", "fileName": "letter.pdf", "pdfBase64": encoded, "mimeType": PDF} | changes
    return {name: value for name, value in body.items() if value is not None}


def program_of(team: Team, by: User | None = None, *, scopes: tuple[str, ...] = ("admin",)) -> Program:
    return Program(create_key(team=team, name="ERP", scopes=scopes, by=by)[1])


def work_all(engine: EmbeddedParser) -> None:
    while work_once(engine):
        pass


@contextmanager
def worker(engine: EmbeddedParser) -> Iterator[None]:
    """Works beside the test, as a worker's process does."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            if not work_once(engine):
                stop.wait(0.05)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def error_of(answer: HttpResponse) -> tuple[int, str]:
    """Status and code of the envelope, which holds nothing else."""
    body = answer.json()
    assert list(body) == ["error"] and set(body["error"]) == {"code", "message"} and body["error"]["message"]
    return answer.status_code, body["error"]["code"]
