"""What callers ask of DocMap's interface, checked; and the frames of the answers."""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from extraction.types import FileKind
from extraction.wire.docmap import MIME_TYPES, Record, RecordPage, dump_page, dump_record, load_time
from extraction.wire.scalars import text

MOST_FILE_BYTES = 10 * 1024**2
MOST_BODY_BYTES = 15 * 1024**2
DEFAULT_LIMIT, MOST_LIMIT = 50, 100
MOST_RUN_ID, MOST_NAME = 200, 100
EXPIRIES = ("30d", "60d", "90d", "1y", "never")
EVIDENCE = "evidence"
_KINDS = {mime: kind for kind, mime in MIME_TYPES.items()}
_DATA_PREFIX = re.compile(r"\s*data:[^,]{0,200},", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class RequestRefused(Exception):
    """One of DocMap's codes and a sentence that names the field."""

    def __init__(self, problem: str, message: str) -> None:
        super().__init__(message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A document to extract from; `run_id` is empty where there is none."""

    template_id: str
    file_name: str
    content: bytes
    kind: FileKind
    run_id: str


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Empty or None where nothing is asked; `before` is the cursor or the end of the last day, whichever is earlier."""

    template_id: str = ""
    run_id: str = ""
    limit: int | None = DEFAULT_LIMIT
    since: datetime | None = None
    before: datetime | None = None


def load_run(body: bytes) -> RunRequest:
    """Raises RequestRefused; the file's size and kind are checked, its kind by what is said of it alone."""
    data = _load_object(body)
    texts = {name: _required(data, name) for name in ("templateId", "fileName", "pdfBase64", "mimeType")}
    run_id = _optional(data, "runId", MOST_RUN_ID)
    del data
    kind = _KINDS.get(texts["mimeType"])
    if kind is None:
        raise RequestRefused("INVALID_MIME_TYPE", f"mimeType must be one of {', '.join(_KINDS)}.")
    content = _decode(texts.pop("pdfBase64"))
    return RunRequest(texts["templateId"], texts["fileName"], content, kind, run_id)


def load_list(query: Mapping[str, str]) -> ListRequest:
    """Raises RequestRefused. With a run id neither limit nor cursor counts."""
    run_id, template_id = query.get("runId", ""), query.get("templateId", "")
    for name, value in (("runId", run_id), ("templateId", template_id)):
        _check_text(name, value)
    since, end = _load_day(query, "dateFrom"), _load_day(query, "dateTo")
    limit, cursor = _load_limit(query), _load_cursor(query)
    if end is not None:
        end = end + timedelta(days=1) if end.date() < date.max else None
    if run_id:
        return ListRequest(template_id, run_id, None, since, end)
    before = min((moment for moment in (cursor, end) if moment is not None), default=None)
    return ListRequest(template_id, run_id, limit, since, before)


def load_include(query: Mapping[str, str]) -> bool:
    """Whether places are asked for. Raises RequestRefused."""
    asked = {part.strip() for part in query.get("include", "").split(",")} - {""}
    if asked - {EVIDENCE}:
        raise _invalid(f"include can only be {EVIDENCE}.")
    return bool(asked)


def load_new_key(body: bytes) -> tuple[str, str]:
    """A name, and one of EXPIRIES. Raises RequestRefused."""
    data = _load_object(body)
    name = _required(data, "name").strip()
    if not 1 <= len(name) <= MOST_NAME:
        raise _invalid(f"name must have 1 to {MOST_NAME} characters.")
    if data.get("expiresIn") not in [*EXPIRIES]:
        raise _invalid(f"expiresIn must be one of {', '.join(EXPIRIES)}.")
    return name, data["expiresIn"]


def dump_answer(record: Record, evidence: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"data": _beside(dump_record(record), evidence)}


def dump_list(page: RecordPage, evidences: Sequence[Mapping[str, Any] | None]) -> dict[str, Any]:
    """One of the evidences for each record."""
    answer = dump_page(page)
    pairs = zip(answer["data"], evidences, strict=True)
    return answer | {"data": [_beside(record, evidence) for record, evidence in pairs]}


def dump_success() -> dict[str, Any]:
    return {"success": True}


def _beside(record: dict[str, Any], evidence: Mapping[str, Any] | None) -> dict[str, Any]:
    """The 13 keys, and ours only for those who asked for it."""
    return record if evidence is None else record | {EVIDENCE: dict(evidence)}


def _invalid(message: str) -> RequestRefused:
    return RequestRefused("VALIDATION_ERROR", message)


def _load_object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise _invalid("The body must be JSON.") from None
    if not isinstance(data, dict):
        raise _invalid("The body must be a JSON object.")
    return data


def _required(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise _invalid(f"{name} must be a text that is not empty.")
    # a file of 10 MB is told from other texts by its decoding
    return value if name == "pdfBase64" else _check_text(name, value)


def _optional(data: Mapping[str, Any], name: str, most: int) -> str:
    value = data.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > most):
        raise _invalid(f"{name} must be a text of at most {most} characters.")
    return _check_text(name, value or "")


def _check_text(name: str, value: str) -> str:
    if text(value) != value:
        raise _invalid(f"{name} holds characters that cannot be stored.")
    return value


def _decode(encoded: str) -> bytes:
    prefix = _DATA_PREFIX.match(encoded)
    if prefix is not None:
        encoded = encoded[prefix.end() :]
    try:
        content = _strict(encoded)
    except ValueError:
        raise _invalid("pdfBase64 is not base64.") from None
    if not content:
        raise _invalid("pdfBase64 holds no file.")
    if len(content) > MOST_FILE_BYTES:
        raise RequestRefused("FILE_TOO_LARGE", f"pdfBase64 holds more than {MOST_FILE_BYTES // 1024**2} MiB.")
    return content


def _strict(encoded: str) -> bytes:
    """White space is looked for only where it must be there: a copy of a large file costs more than a second try."""
    try:
        return binascii.a2b_base64(encoded, strict_mode=True)
    except ValueError:
        return binascii.a2b_base64("".join(encoded.split()), strict_mode=True)


def _load_limit(query: Mapping[str, str]) -> int:
    asked = query.get("limit")
    if asked is None:
        return DEFAULT_LIMIT
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and 1 <= int(asked) <= MOST_LIMIT):
        raise _invalid(f"limit must be a number from 1 to {MOST_LIMIT}.")
    return int(asked)


def _load_cursor(query: Mapping[str, str]) -> datetime | None:
    if "cursor" not in query:
        return None
    # a plus sign that nobody escaped arrives as a space
    moment = load_time(query["cursor"].strip().replace(" ", "+") if "T" in query["cursor"] else query["cursor"])
    if moment is None:
        raise _invalid("cursor must be the createdAt of the last record.")
    return moment


def _load_day(query: Mapping[str, str], name: str) -> datetime | None:
    """The beginning of that day in UTC."""
    asked = query.get(name)
    if asked is None:
        return None
    try:
        if not _DAY.fullmatch(asked):
            raise ValueError(asked)
        return datetime.combine(date.fromisoformat(asked), time.min, tzinfo=UTC)
    except ValueError:
        raise _invalid(f"{name} must be a day such as 2026-11-20.") from None
