"""Calls of our own interface, as a program makes them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from extraction.choices import Scope
from extraction.models import Team, User
from extraction.services.keys import create_key
from tests import bad_files
from tests.api.docmap_calls import SAMPLES

PREFIX = "/galley/v1"
RECEIPT = SAMPLES / "receipt-scan.jpg"


@dataclass
class Ours:
    """A caller with a key of a team; `text` is the key itself."""

    text: str
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True, raise_request_exception=False))

    def call(self, method: str, path: str, data: Any = None, **headers: str) -> HttpResponse:
        body = data if isinstance(data, bytes) else json.dumps(data).encode() if data is not None else b""
        return self.client.generic(
            method, PREFIX + path, body, content_type="application/json", headers=self.headers(**headers)
        )

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(PREFIX + path, query, headers=self.headers())

    def send(self, content: bytes | None = None, *, name: str = "letter.pdf", **fields: Any) -> HttpResponse:
        """A document; other capitals are headers."""
        headers = {key: fields.pop(key) for key in list(fields) if key[0].isupper()}
        file = SimpleUploadedFile(name, bad_files.page_pdf(1) if content is None else content)
        return self.client.post(f"{PREFIX}/documents", {"file": file} | fields, headers=self.headers(**headers))

    def document(self, content: bytes | None = None, **fields: Any) -> int:
        """The id of one that was taken."""
        answer = self.send(content, **fields)
        assert answer.status_code == 201, answer.content
        return answer.json()["id"]

    def headers(self, **headers: str) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {self.text}"} | named


def ours_of(team: Team, user: User | None, *scopes: Scope) -> Ours:
    _, text = create_key(team=team, name="A program", scopes=scopes or (Scope.ADMIN,), by=user)
    return Ours(text)


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def error_of(answer: HttpResponse) -> tuple[int, str]:
    """Status and code; the body is the envelope and nothing else, but for a conflict."""
    body = answer.json()
    assert set(body) - {"conflict"} == {"error"} and set(body["error"]) == {"code", "message"}, body
    return answer.status_code, body["error"]["code"]
