"""DocMap's extractions as JSON: the record and its list, a run, and what an error says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from extraction.errors import InvalidReply, InvalidTemplate
from extraction.types import FieldSpec, FileKind
from extraction.wire import template_json
from extraction.wire.scalars import number, plain, sequence, text

MIME_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
STATUS_OF_ERROR = {
    "UNAUTHORIZED": 401,
    "KEY_EXPIRED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "VALIDATION_ERROR": 400,
    "INVALID_MIME_TYPE": 400,
    "FILE_TOO_LARGE": 400,
    "MAX_KEYS_REACHED": 400,
    "USAGE_LIMIT_EXCEEDED": 429,
    "RATE_LIMITED": 429,
    "INTERNAL_ERROR": 500,
    "NOT_CONFIGURED": 501,
    "EXTRACTION_FAILED": 502,
    "EXTRACTION_PARSE_ERROR": 502,
}


class RecordStatus(StrEnum):
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Record:
    """One extraction; `variables` are their definitions as they came, since people may see types that we do not know.

    `extracted_data` and `error` are None where the other says what happened, `processing_time_ms` while it goes on.
    """

    id: str
    user_id: str
    template_id: str
    template_name: str
    file_name: str
    status: RecordStatus
    extracted_data: Mapping[str, Any] | None
    error: str | None
    variables: tuple[Mapping[str, Any], ...]
    source: str
    run_id: str | None
    processing_time_ms: float | None
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Records from the newest to the oldest; more are older than the last one if `has_more`."""

    records: tuple[Record, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class RemoteError:
    """DocMap's word for what went wrong, and its sentence; both empty where the answer was no JSON of theirs."""

    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class RemoteTemplate:
    """A template of theirs as its newest extraction shows it."""

    id: str
    name: str
    variables: tuple[FieldSpec, ...]


def load_record(data: Any) -> Record:
    """Read a record, alone or as an answer's `data`; keys of theirs that we do not know are left out.

    Raises InvalidReply.
    """
    record = _object(data, "a record")
    record = _object(record["data"], "a record") if "data" in record else record
    if not text(record.get("id")):
        raise InvalidReply("DocMap's record has no id")
    return Record(
        id=text(record["id"]),
        user_id=text(record.get("userId")),
        template_id=text(record.get("templateId")),
        template_name=text(record.get("templateName")),
        file_name=text(record.get("fileName")),
        status=_load_status(record.get("status")),
        extracted_data=_load_extracted(record.get("extractedData")),
        error=text(record["error"]) if record.get("error") is not None else None,
        variables=tuple(entry for entry in sequence(record.get("variables")) if isinstance(entry, dict)),
        source=text(record.get("source")),
        run_id=text(record["runId"]) if record.get("runId") is not None else None,
        processing_time_ms=_load_number(record.get("processingTimeMs")),
        created_at=load_time(record.get("createdAt")),
    )


def dump_record(record: Record) -> dict[str, Any]:
    """Exactly the 13 documented keys, always all of them."""
    return {
        "id": record.id,
        "userId": record.user_id,
        "templateId": record.template_id,
        "templateName": record.template_name,
        "fileName": record.file_name,
        "status": record.status.value,
        "extractedData": None if record.extracted_data is None else dict(record.extracted_data),
        "error": record.error,
        "variables": [dict(variable) for variable in record.variables],
        "source": record.source,
        "runId": record.run_id,
        "processingTimeMs": record.processing_time_ms,
        "createdAt": dump_time(record.created_at),
    }


def public_part(record: Record) -> Record:
    """The part of a record that its JSON carries: times to the millisecond, in UTC."""
    return replace(record, created_at=load_time(dump_time(record.created_at)))


def load_page(data: Any) -> RecordPage:
    """Read a page of the list, where `hasMore` may be missing: then there may be more.

    Raises InvalidReply.
    """
    page = _object(data, "a list")
    if not isinstance(page.get("data"), list):
        raise InvalidReply("DocMap's list has no data")
    records = tuple(load_record(entry) for entry in page["data"])
    return RecordPage(records, bool(page.get("hasMore", records)))


def dump_page(page: RecordPage) -> dict[str, Any]:
    return {"data": [dump_record(record) for record in page.records], "hasMore": page.has_more}


def load_error(body: bytes) -> RemoteError:
    """What an answer says went wrong; nothing is raised for a page that is no JSON."""
    try:
        error = json.loads(body)["error"]
        return RemoteError(text(error.get("code")), text(error.get("message")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return RemoteError()


def dump_error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def run_frame(*, template_id: str, file_name: str, kind: FileKind, run_id: str) -> tuple[bytes, bytes]:
    """The JSON of a run before and after the file's base64, which is sent between them without being copied."""
    head = {"templateId": template_id, "fileName": file_name, "mimeType": MIME_TYPES[kind], "runId": run_id}
    return json.dumps(head)[:-1].encode() + b', "pdfBase64": "', b'"}'


def load_variables(variables: Iterable[Any]) -> tuple[FieldSpec, ...]:
    """Fields for their definitions, by whatever we understand of each; a type that we do not know is text.

    Of two with one name the first counts, and what has no name is left out.
    """
    understood = [_understood(name, variable) for name, variable in _named(variables).items()]
    return tuple(field for variable in understood for field in _fields_of(variable))


def dump_variables(fields: Sequence[FieldSpec]) -> list[dict[str, Any]]:
    variables: list[dict[str, Any]] = template_json.dump(template_json.TemplateDefinition("", tuple(fields)))[
        "variables"
    ]
    return variables


def load_time(value: Any) -> datetime | None:
    """None for what is no time; one without a zone is UTC."""
    try:
        time = datetime.fromisoformat(value)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def dump_time(time: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds and Z."""
    if time is None:
        return None
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _named(variables: Iterable[Any]) -> dict[str, dict[str, Any]]:
    named: dict[str, dict[str, Any]] = {}
    for variable in variables:
        if isinstance(variable, dict) and (name := text(variable.get("name")).strip()):
            named.setdefault(name, variable)
    return named


def _understood(name: str, variable: dict[str, Any]) -> dict[str, Any]:
    """The variable as a template takes it: with the columns that it takes, else as a text."""
    columns = [_understood_column(key, column) for key, column in _named(sequence(variable.get("fields"))).items()]
    whole = variable | {"fields": columns}
    return whole if _fits(whole) else _as_text(name, variable)


def _understood_column(name: str, column: dict[str, Any]) -> dict[str, Any]:
    table = {"name": "table", "type": "array", "fields": [column]}
    return column if _fits(table) else _as_text(name, column)


def _fits(variable: dict[str, Any]) -> bool:
    try:
        return bool(_fields_of(variable))
    except InvalidTemplate:
        return False


def _as_text(name: str, variable: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "type": "string", "description": text(variable.get("description"))}


def _fields_of(variable: dict[str, Any]) -> tuple[FieldSpec, ...]:
    return template_json.load({"name": "DocMap", "variables": [variable]}).fields


def _load_status(value: Any) -> RecordStatus:
    """A status that we do not know is one of work that goes on."""
    return RecordStatus(value) if value in [*RecordStatus] else RecordStatus.PROCESSING


def _load_extracted(value: Any) -> Mapping[str, Any] | None:
    return None if value is None else _object(value, "extractedData")


def _load_number(value: Any) -> float | None:
    found = number(value)
    return None if found is None else plain(found)


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidReply(f"DocMap's {what} is no JSON object")
    return value
