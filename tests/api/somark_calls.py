"""Calls of SoMark's interface, as a program makes them: forms with the key among their fields."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from extraction.models import Team, User
from extraction.services.keys import create_key
from tests import bad_files

BOUNDARY = "a-boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
PARSE, EXTRACT = (
    ("parse/sync", "parse/async", "parse/async_check"),
    (
        "extract/acc_sync",
        "extract/async",
        "extract/async_check",
    ),
)


@dataclass
class Somark:
    """A caller with a key of a team; `text` is the key itself."""

    text: str
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True, raise_request_exception=False))

    def post(self, path: str, *, key: str | None = None, **fields: Any) -> dict[str, Any]:
        form = {"api_key": self.text if key is None else key} | fields
        return answered(self.client.post(f"/api/v1/{path}", form))

    def raw(self, path: str, body: bytes, content_type: str = MULTIPART, **more: Any) -> dict[str, Any]:
        return answered(self.client.generic("POST", f"/api/v1/{path}", body, content_type=content_type, **more))

    def submit(self, content: bytes | None = None, *, name: str = "letter.pdf", **fields: Any) -> dict[str, Any]:
        return self.post("parse/async", file=upload(content, name), **fields)

    def task(self, content: bytes | None = None, **fields: Any) -> str:
        """The id of a task that was taken."""
        body = self.submit(content, **fields)
        assert body["code"] == 0, body
        return body["data"]["task_id"]

    def check(self, task_id: str, **fields: Any) -> dict[str, Any]:
        return self.post("parse/async_check", task_id=task_id, **fields)


def answered(response: HttpResponse) -> dict[str, Any]:
    """Every answer is JSON with HTTP 200 that says code and message, and nothing in it is a redirect."""
    assert (response.status_code, response["Content-Type"]) == (200, "application/json"), response.content[:300]
    body = json.loads(response.content)
    assert isinstance(body["code"], int) and isinstance(body["message"], str) and isinstance(body["data"], dict)
    return body


def upload(content: bytes | None = None, name: str = "letter.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, bad_files.page_pdf() if content is None else content, "application/octet-stream")


def part(name: str, value: bytes, file_name: str | None = None) -> bytes:
    named = f'; filename="{file_name}"' if file_name is not None else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + value + b"\r\n"


def multipart(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def somark_of(team: Team, by: User | None = None, *, scopes: tuple[str, ...] = ("run",)) -> Somark:
    return Somark(create_key(team=team, name="Robot", scopes=scopes, by=by)[1])
