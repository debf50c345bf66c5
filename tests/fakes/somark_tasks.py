"""What a fake SoMark knows: its tasks, its limits, what it was told to do wrong, and what it was asked."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pypdfium2 import PdfiumError

from tests.fakes.somark_documents import made_up_pages, markdown_of, pages_of

KEY = "sk-right"
MESSAGES = {
    1101: "Requests are too frequent",
    1102: "Parsing timed out",
    1104: "Unsupported file type",
    1105: "Invalid parameter",
    1106: "Invalid or corrupt PDF",
    1107: "Invalid API key",
    1108: "No plan",
    1111: "File not found",
    1118: "The file is over 200 MB",
    1123: "Not enough pages",
    1124: "Concurrency limit reached",
    1131: "Today's quota is too small",
    1132: "Over 200 MB or 300 pages",
    1133: "Invalid parameter",
    1137: "Parsing failed",
    2000: "Invalid parameter",
}


@dataclass
class Settings:
    """May be changed while the fake runs.

    `seconds` a task takes, `queued_seconds` of them as QUEUING; `words` is the case of the status words; so many tasks
    are `parallel` and so many `calls_per_second` go before 1124 and 1101 (None: any); `pages` of so many `blocks` are
    made up instead of a document's own; `fails` is the reason with which every task fails.
    """

    seconds: float = 0.0
    queued_seconds: float = 0.0
    words: str = "upper"
    key: str = KEY
    parallel: int | None = None
    calls_per_second: float | None = None
    pages: int = 0
    blocks: int = 20
    fails: str = ""
    paid: int = 0
    free_today: int = 480
    free_this_month: int = 1930


@dataclass
class Fault:
    """Something to do wrong with the next `times` calls `on` submit, poll, usage, picture, head or any.

    `how`: drop_unread, drop (read, then closed), truncate, slow, html, redirect, code (a business error), http (a bare
    status), word (another status word), body (these bytes, as they are). A submission that `works` makes its task all
    the same.
    """

    on: str
    how: str
    times: int = 1
    works: bool = False
    code: int = 1137
    message: str = ""
    status: int = 200
    seconds: float = 0.0
    word: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class FakeTask:
    record_id: int
    task_id: str
    name: str
    data: bytes
    ends_at: float
    queued_until: float
    pages: list[dict[str, Any]] | None = None


class Refused(Exception):
    def __init__(self, code: int, message: str = "") -> None:
        self.code = code
        self.message = message or MESSAGES.get(code, f"Error {code}")
        super().__init__(self.message)


class Somark:
    """Answers as the real one's documents say; the socket is the server's."""

    url = ""

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.faults: list[Fault] = []
        self.tasks: dict[str, FakeTask] = {}
        self.forms: deque[dict[str, list[str]]] = deque(maxlen=100)
        self.names: deque[str] = deque(maxlen=1000)
        self.counts: Counter[str] = Counter()
        self._ids = itertools.count(4711)
        self._lock = threading.Lock()
        self._calls: deque[float] = deque()

    def misbehave(self, on: str, how: str, **more: Any) -> None:
        with self._lock:
            self.faults.append(Fault(on, how, **more))

    def fault(self, on: str) -> Fault | None:
        """What to do wrong now, if anything."""
        with self._lock:
            self.counts[on] += 1
            for fault in self.faults:
                if fault.on in (on, "any"):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.faults.remove(fault)
                    return fault
        return None

    @property
    def submissions(self) -> int:
        """Documents that were taken, each of which would be paid."""
        return len(self.tasks)

    def told(self) -> dict[str, Any]:
        with self._lock:
            done = sum(task.ends_at <= time.monotonic() for task in self.tasks.values())
            known = {"submissions": self.submissions, "done": done, "calls": dict(self.counts), "names": [*self.names]}
            return known | {"under_way": self.submissions - done}

    def check(self, form: dict[str, list[str]], *, rated: bool = True) -> None:
        """The key, and how fast the calls come."""
        if (form.get("api_key") or [""])[0] != self.settings.key:
            raise Refused(1107)
        rate = self.settings.calls_per_second
        if rated and rate is not None:
            with self._lock:
                now = time.monotonic()
                while self._calls and self._calls[0] < now - 1:
                    self._calls.popleft()
                if len(self._calls) >= rate:
                    raise Refused(1101)
                self._calls.append(now)

    def submit(self, form: dict[str, list[str]], name: str, data: bytes) -> dict[str, Any]:
        self.check(form)
        with self._lock:
            self.forms.append(form)
            now = time.monotonic()
            under_way = sum(task.ends_at > now for task in self.tasks.values())
            if self.settings.parallel is not None and under_way >= self.settings.parallel:
                raise Refused(1124)
            number = next(self._ids)
            task_id = f"9f0c{number:08x}"
            ends_at, queued_until = now + self.settings.seconds, now + self.settings.queued_seconds
            self.tasks[task_id] = FakeTask(number, task_id, name, data, ends_at, queued_until)
            self.names.append(name)
        return {"code": 0, "message": "ok", "data": {"task_id": task_id, "status": self.word("QUEUING")}}

    def poll(self, form: dict[str, list[str]], *, word: str = "") -> dict[str, Any]:
        self.check(form, rated=False)
        task_id = (form.get("task_id") or [""])[0]
        task = self.tasks.get(task_id)
        if task is None:
            message = "No such task"
            data = {"task_id": task_id, "status": "FAILED", "error": message, "message": message}
            return {"code": 1133, "message": message, "data": data, "warnings": []}
        now = time.monotonic()
        if word or now < task.ends_at:
            status = word or self.word("QUEUING" if now < task.queued_until else "PROCESSING")
            return _answer(self._head(task, status) | {"metadata": {"page_num": 0, "file_type": ""}, "result": None})
        if self.settings.fails:
            return self._failed(task, self.settings.fails)
        try:
            return self._done(task)
        except PdfiumError:
            return self._failed(task, MESSAGES[1106])

    def usage(self, form: dict[str, list[str]]) -> dict[str, Any]:
        self.check(form, rated=False)
        data = {
            "remaining_paid_pages": self.settings.paid,
            "remaining_free_pages_today": self.settings.free_today,
            "remaining_free_pages_this_month": self.settings.free_this_month,
            "dashboard_url": "https://somark.example/dashboard",
        }
        return {"code": 0, "message": "", "data": data}

    def word(self, status: str) -> str:
        return {"lower": status.lower(), "title": status.title()}.get(self.settings.words, status)

    def _head(self, task: FakeTask, status: str) -> dict[str, Any]:
        return {"record_id": task.record_id, "task_id": task.task_id, "status": status, "file_name": task.name}

    def _failed(self, task: FakeTask, reason: str) -> dict[str, Any]:
        data = self._head(task, self.word("FAILED")) | {"metadata": {}, "result": None}
        return _answer(data | {"error": reason, "message": reason}) | {"message": reason}

    def _done(self, task: FakeTask) -> dict[str, Any]:
        pages = self._pages(task)
        images = [block["img_url"] for page in pages for block in page["blocks"] if block["img_url"]]
        outputs = {"markdown": markdown_of(pages), "json": {"pages": pages}}
        result = {"file_name": task.name, "imgs": images, "outputs": outputs}
        kind = f".{task.name.rpartition('.')[2]}"
        metadata = {"page_num": len(pages), "file_type": kind}
        return _answer(self._head(task, self.word("SUCCESS")) | {"error": None, "metadata": metadata, "result": result})

    def _pages(self, task: FakeTask) -> list[dict[str, Any]]:
        if task.pages is None:
            settings = self.settings
            picture = f"{self.url}/pictures/{task.task_id}.png?sign=1"
            made_up = made_up_pages(settings.pages, settings.blocks) if settings.pages else None
            task.pages = made_up or pages_of(task.data, picture)
        return task.pages


def _answer(data: dict[str, Any]) -> dict[str, Any]:
    return {"code": 0, "message": "ok", "data": data}


def refusal(code: int, message: str = "") -> dict[str, Any]:
    said = message or MESSAGES.get(code, f"Error {code}")
    return {"code": code, "message": said, "data": {"error": said}, "warnings": []}
