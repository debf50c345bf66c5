"""What a chat server means by an error: servers agree on the statuses, hardly on the words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from extraction.wire import scalars

_QUOTA = ("insufficient_quota", "billing_hard_limit_reached", "insufficient_balance", "insufficient_credits")
_TOO_LONG = re.compile(
    r"context[ _](?:length|window|size)|(?:prompt|input|request|message)s? (?:is |are )?too (?:long|large)"
    r"|maximum (?:context|input|prompt)|too many (?:input )?tokens|exceeds? the (?:maximum|limit)[^.]*tokens"
    r"|token count[^.]*exceeds",
    re.IGNORECASE,
)
_FORMAT = re.compile(
    r"response_format|json_schema|json_object|json mode|structured output|guided|grammar", re.IGNORECASE
)
_TEMPERATURE = re.compile(r"temperature", re.IGNORECASE)
_MODEL = re.compile(r"\bmodel\b", re.IGNORECASE)
_LONGEST_PROBLEM = 300


class Fault(StrEnum):
    KEY = "key"
    QUOTA = "quota"
    BUSY = "busy"
    TOO_LONG = "too_long"
    MODEL = "model"
    ADDRESS = "address"
    FORMAT = "format"
    TEMPERATURE = "temperature"
    REFUSED = "refused"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class ChatError:
    """`problem` is the server's own sentence, `words` all it says of the kind of error."""

    problem: str
    words: str


def load_error(body: bytes) -> ChatError:
    """Of OpenAI's shape or any of its relatives'; a page of HTML says nothing that people could use."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ChatError("", "")
    data = data[0] if isinstance(data, list) and data else data
    error = data.get("error", data) if isinstance(data, dict) else data
    if not isinstance(error, dict):
        return ChatError(_text(error), "")
    words = " ".join(_text(error.get(key)) for key in ("code", "type", "param", "status"))
    return ChatError(_text(error.get("message") or error.get("detail")), words)


def hidden_status(reply: Any) -> int | None:
    """The status of an error that came as 200, as routers of models send it; None where it is none."""
    error = reply.get("error") if isinstance(reply, dict) else None
    if not error:
        return None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 502


def _text(data: Any) -> str:
    return " ".join(scalars.text(data).split())[:_LONGEST_PROBLEM]


def fault_of(status: int, error: ChatError) -> Fault:
    """What to do about an answer that is not 200."""
    if status == 402 or any(word in error.words for word in _QUOTA):
        return Fault.QUOTA
    if status in (401, 403):
        return Fault.KEY
    if status == 429:
        return Fault.BUSY
    if status == 413 or status in (400, 422) and _is_too_long(error):
        return Fault.TOO_LONG
    if status == 404 or "model_not_found" in error.words:
        is_model = "model" in error.words or _MODEL.search(error.problem)
        return Fault.MODEL if is_model else Fault.ADDRESS
    if status in (400, 422, 501):
        return _refusal(error)
    return Fault.DOWN if status == 408 or status >= 500 else Fault.REFUSED


def _is_too_long(error: ChatError) -> bool:
    return "context_length_exceeded" in error.words or bool(_TOO_LONG.search(f"{error.words} {error.problem}"))


def _refusal(error: ChatError) -> Fault:
    said = f"{error.words} {error.problem}"
    if _FORMAT.search(said):
        return Fault.FORMAT
    return Fault.TEMPERATURE if _TEMPERATURE.search(said) else Fault.REFUSED
