"""What a fake DocMap keeps: its records, its settings, and what was called and paid."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

KEY = "dm_live_" + "0123456789abcdef" * 4
EXPIRED_KEY = "dm_live_" + "fedcba9876543210" * 4
REPLIES = Path(__file__).parent.parent / "replies" / "docmap"
SEED = json.loads((REPLIES / "completed.json").read_text())["data"]
TEMPLATE = SEED["templateId"]
PDF = "application/pdf"
MAGIC = {PDF: b"%PDF-", "application/vnd.openxmlformats-officedocument.wordprocessingml.document": b"PK"}


@dataclass
class Fault:
    """What happens to the next `times` calls of `on` (run, get, list, usage, health).

    `how` is drop_unread (the socket closes before the body is read), or what becomes of the answer: slow (it comes
    after `seconds`), drop, truncate; or what stands in its place: html, redirect, error (`status` and `code`), and then
    the work is done only if `taken`.
    """

    on: str
    how: str
    status: int = 502
    code: str = ""
    retry_after: str = ""
    taken: bool = False
    seconds: float = 0.0
    times: int = 1

    @property
    def works(self) -> bool:
        return self.taken or self.how in ("slow", "drop", "truncate")


@dataclass
class Settings:
    """How long an extraction takes, and how all of them go.

    `fails` is record (one that failed), answer (502 with such a record behind it) or nothing (502 without one); `sync`
    finishes a run before it is answered; with `tick_ms` 0 all records are of one time; `no_filter` knows no runId.
    """

    seconds: float = 0.0
    fails: str = ""
    sync: bool = False
    limit: int = 2500
    tick_ms: int | None = None
    no_filter: bool = False
    data: dict[str, Any] | None = field(default_factory=lambda: SEED["extractedData"])
    templates: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {TEMPLATE: {"name": SEED["templateName"], "variables": SEED["variables"]}}
    )


@dataclass
class Run:
    """A record and when it ends; `number` orders those of one time."""

    number: int
    record: dict[str, Any]
    started: float
    ends: float

    def seen(self) -> dict[str, Any]:
        now = time.monotonic()
        if now < self.ends:
            return self.record | {
                "status": "processing",
                "extractedData": None,
                "error": None,
                "processingTimeMs": None,
            }
        return self.record


class Refused(Exception):
    def __init__(self, status: int, code: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.headers = status, code, headers or {}


class Docmap:
    """What the fake keeps: one account, its records, what was called and how often each runId was paid.

    `sha256` are the hashes of the files that came whole.
    """

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.runs: list[Run] = []
        self.faults: list[Fault] = []
        self.calls: Counter[str] = Counter()
        self.paid: Counter[str] = Counter()
        self.sha256: list[str] = []
        self.lock = threading.Lock()
        self.began = datetime.now(UTC)

    def fault(self, on: str) -> Fault | None:
        with self.lock:
            self.calls[on] += 1
            for fault in self.faults:
                if fault.on == on and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    def run(self, body: Any) -> dict[str, Any]:
        """Checks in the documented order, then one paid extraction."""
        self._check(body)
        with self.lock:
            if len(self.runs) >= self.settings.limit:
                raise Refused(429, "USAGE_LIMIT_EXCEEDED")
            self.paid[body.get("runId") or ""] += 1
            if self.settings.fails == "nothing":
                raise Refused(502, "EXTRACTION_FAILED")
            run = self._started(body)
            self.runs.append(run)
        if self.settings.fails == "answer":
            raise Refused(502, "EXTRACTION_FAILED")
        return run.seen()

    def get(self, id: str) -> dict[str, Any]:
        for run in self.runs:
            if run.record["id"] == id:
                return run.seen()
        raise Refused(404, "NOT_FOUND")

    def listed(self, query: dict[str, str]) -> dict[str, Any]:
        """Newest first; the cursor is a time, and leaves out what has just that time."""
        runs = sorted(self.runs, key=lambda run: (run.record["createdAt"], run.number), reverse=True)
        records = [run.seen() for run in runs if query.get("templateId") in (None, run.record["templateId"])]
        if "runId" in query and not self.settings.no_filter:
            return {"data": [record for record in records if record["runId"] == query["runId"]], "hasMore": False}
        older = [record for record in records if "cursor" not in query or record["createdAt"] < query["cursor"]]
        limit = min(100, int(query.get("limit", 50)))
        return {"data": older[:limit], "hasMore": len(older) > limit}

    def usage(self) -> dict[str, Any]:
        period = datetime.now(UTC).strftime("%Y-%m")
        return {"plan": "core", "usage": len(self.runs), "limit": self.settings.limit, "periodKey": period}

    def finish(self) -> None:
        """End what is still at work."""
        for run in self.runs:
            run.ends = min(run.ends, time.monotonic())

    def told(self) -> dict[str, Any]:
        return {"calls": self.calls, "paid": self.paid, "records": [run.seen() for run in self.runs]}

    def _check(self, body: Any) -> None:
        if not isinstance(body, dict) or not all(body.get(key) for key in ("templateId", "fileName", "pdfBase64")):
            raise Refused(400, "VALIDATION_ERROR")
        if body.get("mimeType") not in MAGIC:
            raise Refused(400, "INVALID_MIME_TYPE")
        try:
            file = base64.b64decode(body["pdfBase64"], validate=True)
        except binascii.Error:
            raise Refused(400, "VALIDATION_ERROR") from None
        if len(file) > 10 * 1024 * 1024:
            raise Refused(400, "FILE_TOO_LARGE")
        if not file.startswith(MAGIC[body["mimeType"]]):
            raise Refused(400, "INVALID_MIME_TYPE")
        if body["templateId"] not in self.settings.templates:
            raise Refused(404, "NOT_FOUND")
        self.sha256.append(hashlib.sha256(file).hexdigest())

    def _started(self, body: dict[str, Any]) -> Run:
        number, settings, now = len(self.runs), self.settings, time.monotonic()
        tick = settings.tick_ms
        created = datetime.now(UTC) if tick is None else self.began + timedelta(milliseconds=tick * number)
        template = settings.templates[body["templateId"]]
        failed = bool(settings.fails)
        record = SEED | {
            "id": f"extract_{number:016d}",
            "templateId": body["templateId"],
            "templateName": template["name"],
            "fileName": body["fileName"],
            "status": "failed" if failed else "completed",
            "extractedData": None if failed else settings.data,
            "error": "The model did not answer." if failed else None,
            "variables": template["variables"],
            "runId": body.get("runId"),
            "processingTimeMs": int(settings.seconds * 1000),
            "createdAt": created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        return Run(number, record, now, now if settings.sync else now + settings.seconds)
