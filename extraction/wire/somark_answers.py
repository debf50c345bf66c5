"""SoMark's answers around the pages: tasks, refusals and quota, as our client reads and our server writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from extraction.errors import InvalidReply
from extraction.types import DocumentReading
from extraction.wire import scalars


class Status(StrEnum):
    QUEUING = "QUEUING"
    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


class Code(IntEnum):
    """The documented business codes; HTTP is 200 for all of them."""

    OK = 0
    TOO_FREQUENT = 1101
    TIMED_OUT = 1102
    UNSUPPORTED_TYPE = 1104
    INVALID_PARAMETER = 1105
    CORRUPT_FILE = 1106
    INVALID_KEY = 1107
    NO_PLAN = 1108
    FILE_NOT_FOUND = 1111
    FILE_TOO_LARGE = 1118
    NOT_ENOUGH_PAGES = 1123
    TOO_MANY_AT_ONCE = 1124
    QUOTA_OF_TODAY = 1131
    OVER_THE_LIMITS = 1132
    INVALID_REQUEST = 1133
    PARSING_FAILED = 1137
    INVALID_VALUE = 2000


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is around every answer; `code` 0 is no refusal."""

    code: int
    message: str
    data: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands: `pages` of its document, `reason` where it failed."""

    task_id: str
    status: Status
    reason: str = ""
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """Pages left; None where it is not told."""

    paid: int | None = None
    free_today: int | None = None
    free_this_month: int | None = None
    dashboard_url: str = ""

    @property
    def remaining(self) -> int | None:
        """What can be read today."""
        free = min((count for count in (self.free_today, self.free_this_month) if count is not None), default=None)
        known = [count for count in (self.paid, free) if count is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class TaskHead:
    """What our server tells of every task: `file_type` with its dot, `pages` None while they are not counted."""

    record_id: int
    task_id: str
    file_name: str
    file_type: str = ""
    pages: int | None = None


def load_envelope(body: Any) -> Envelope:
    """Raise InvalidReply for JSON that is not SoMark's."""
    code = scalars.whole(body.get("code")) if isinstance(body, Mapping) else None
    if code is None:
        raise InvalidReply("an answer without a code")
    data = scalars.mapping(body.get("data"))
    said = (scalars.text(shape.get(key)) for shape, key in ((body, "message"), (data, "error"), (data, "message")))
    message = next(filter(None, said), "")
    return Envelope(code, message, data, tuple(map(scalars.text, scalars.sequence(body.get("warnings")))))


def load_task(envelope: Envelope) -> Task:
    """Raise InvalidReply for a status that is not documented."""
    data = envelope.data
    word = scalars.text(data.get("status")).strip().upper()
    if word not in [*Status]:
        raise InvalidReply(f"a task of status {word!r:.40}")
    status = Status(word)
    told = scalars.text(data.get("error")) or scalars.text(data.get("message")) or envelope.message
    reason = told if status is Status.FAILED else ""
    pages = scalars.whole(scalars.mapping(data.get("metadata")).get("page_num")) or len(_pages(data))
    return Task(scalars.text(data.get("task_id")), status, reason, max(pages, 0))


def load_quota(envelope: Envelope) -> Quota:
    data = envelope.data
    return Quota(
        scalars.whole(data.get("remaining_paid_pages")),
        scalars.whole(data.get("remaining_free_pages_today")),
        scalars.whole(data.get("remaining_free_pages_this_month")),
        scalars.text(data.get("dashboard_url")),
    )


def picture_addresses(envelope: Envelope) -> tuple[str, ...]:
    """Addresses of all images of a finished task, each once, in the order of the pages."""
    images = scalars.sequence(scalars.mapping(envelope.data.get("result")).get("imgs"))
    named = [*_block_images(_pages(envelope.data)), *images]
    return tuple(dict.fromkeys(address for address in named if isinstance(address, str) and address))


def _pages(data: Mapping[str, Any]) -> list[Any]:
    outputs = scalars.mapping(scalars.mapping(data.get("result")).get("outputs"))
    return scalars.sequence(scalars.mapping(outputs.get("json")).get("pages"))


def _block_images(pages: Sequence[Any]) -> Iterator[Any]:
    for page in pages:
        for block in scalars.sequence(scalars.mapping(page).get("blocks")):
            yield scalars.mapping(block).get("img_url")


def dump_submitted(task_id: str, *, warnings: Sequence[str] = ()) -> dict[str, Any]:
    return _accepted({"task_id": task_id, "status": Status.QUEUING.value}, warnings)


def dump_waiting(head: TaskHead, status: Status) -> dict[str, Any]:
    return _accepted({**_head(head, status), "metadata": _metadata(head), "result": None})


def dump_done(head: TaskHead, result: Mapping[str, Any], *, warnings: Sequence[str] = ()) -> dict[str, Any]:
    """The finished check; `result` is dump_result's."""
    shape = {**_head(head, Status.SUCCESS), "error": None, "metadata": _metadata(head), "result": dict(result)}
    return _accepted(shape, warnings)


def dump_sync(head: TaskHead, result: Mapping[str, Any], *, warnings: Sequence[str] = ()) -> dict[str, Any]:
    """The answer to a synchronous call."""
    shape = {"task_id": head.task_id, "error": None, "metadata": _metadata(head), "result": dict(result)}
    return _accepted(shape, warnings)


def dump_result(
    file_name: str,
    *,
    images: Sequence[str] = (),
    pages: Mapping[str, Any] | None = None,
    markdown: str | None = None,
    zip_url: str | None = None,
) -> dict[str, Any]:
    """`outputs` holds what is given: dump_pages' pages, Markdown, the address of a ZIP file."""
    given = {"markdown": markdown, "json": pages, "zip": zip_url}
    outputs = {name: output for name, output in given.items() if output is not None}
    return {"file_name": file_name, "imgs": list(images), "outputs": outputs}


def image_addresses(reading: DocumentReading) -> tuple[str, ...]:
    """The `imgs` of a reading: its blocks' images, each once."""
    images = (block.image for page in reading.pages for block in page.blocks)
    return tuple(dict.fromkeys(image for image in images if image))


def dump_failed(task_id: str, file_name: str, reason: str) -> dict[str, Any]:
    """A task that failed is told with code 0."""
    shape: dict[str, Any] = {
        "task_id": task_id,
        "status": Status.FAILED.value,
        "file_name": file_name,
        "metadata": {},
        "result": None,
        "error": reason,
        "message": reason,
    }
    return _accepted(shape) | {"message": reason}


def dump_unknown_task(task_id: str, message: str = "No such task") -> dict[str, Any]:
    """Also with a status: scripts that read only that one stop at once."""
    body = dump_refused(Code.INVALID_REQUEST, message)
    shape = {"task_id": task_id, "status": Status.FAILED.value, "error": message, "message": message}
    return body | {"data": shape}


def dump_refused(
    code: int, message: str, *, task_id: str | None = None, warnings: Sequence[str] = ()
) -> dict[str, Any]:
    """A business error; one with a `task_id` goes on and can be asked for later."""
    data = {"error": message} if task_id is None else {"error": message, "task_id": task_id}
    return {"code": int(code), "message": message, "data": data, "warnings": list(warnings)}


def dump_quota(quota: Quota) -> dict[str, Any]:
    shape = {
        "remaining_paid_pages": quota.paid or 0,
        "remaining_free_pages_today": quota.free_today or 0,
        "remaining_free_pages_this_month": quota.free_this_month or 0,
        "dashboard_url": quota.dashboard_url,
    }
    return {"code": 0, "message": "", "data": shape}


def _accepted(data: Mapping[str, Any], warnings: Sequence[str] = ()) -> dict[str, Any]:
    body: dict[str, Any] = {"code": 0, "message": "ok", "data": dict(data)}
    return body | {"warnings": list(warnings)} if warnings else body


def _head(head: TaskHead, status: Status) -> dict[str, Any]:
    return {
        "record_id": head.record_id,
        "task_id": head.task_id,
        "status": status.value,
        "file_name": head.file_name,
    }


def _metadata(head: TaskHead) -> dict[str, Any]:
    return {"page_num": head.pages or 0, "file_type": head.file_type}
