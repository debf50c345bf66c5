"""The way of OpenAI's `/chat/completions`: bodies to send, and what its answers say of our fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from extraction.errors import InvalidReply
from extraction.types import Answer, Answers, CallUsage, ExtractRequest
from extraction.wire import scalars
from extraction.wire.chat_chunks import Chunk
from extraction.wire.chat_errors import Fault
from extraction.wire.chat_prompt import messages
from extraction.wire.chat_schema import answer_schema

_FENCE = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL | re.IGNORECASE)
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_LINE_ID = re.compile(r"(\d{1,5}):(\d{1,5})(?:\s*[-\u2013]\s*(?:(\d{1,5}):)?(\d{1,5}))?")
_MOST_LINES = 100
_MOST_ATTEMPTS = 50
# of one answer: what is more is no count, and no row could hold it
_MOST_TOKENS = 10**9


@dataclass(frozen=True, slots=True)
class Manner:
    """What a server takes: `json_schema`, else `json_object`, else nothing as its format; a temperature or none."""

    format: str = "json_schema"
    temperature: bool = True

    def without(self, fault: Fault) -> Manner | None:
        """The next simpler manner; None where there is none."""
        if fault is Fault.TEMPERATURE:
            return replace(self, temperature=False) if self.temperature else None
        if fault is Fault.FORMAT and self.format:
            return replace(self, format="json_object" if self.format == "json_schema" else "")
        return None


@dataclass(frozen=True, slots=True)
class ChunkReply:
    """A server's whole answer about a chunk; one that was cut short is kept for its costs and asked again in halves."""

    chunk: Chunk
    reply: Any
    is_superseded: bool = False


def dump_request(
    request: ExtractRequest,
    chunk: Chunk,
    *,
    model: str,
    manner: Manner,
    place: tuple[int, int] = (1, 1),
    images: Mapping[int, bytes] | None = None,
) -> dict[str, Any]:
    """The body to send; it offers no tools."""
    with_schema = manner.format != "json_schema"
    said = messages(request, chunk, place=place, images=images or {}, with_schema=with_schema)
    body: dict[str, Any] = {"messages": said, "stream": False}
    if model:
        body = {"model": model, **body}
    if manner.temperature:
        body["temperature"] = 0
    if manner.format == "json_schema":
        schema = {"name": "fields", "strict": True, "schema": answer_schema(request.fields)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif manner.format:
        body["response_format"] = {"type": manner.format}
    return body


def dump_probe(model: str, *, limited: bool) -> dict[str, Any]:
    """The cheapest question there is, its answer `limited` to one token."""
    body: dict[str, Any] = {"messages": [{"role": "user", "content": "1"}]}
    return ({"model": model} if model else {}) | body | ({"max_tokens": 1} if limited else {})


def dump_raw(replies: Sequence[ChunkReply]) -> bytes:
    """All answers about a document as they came, in one JSON."""
    chunks = [
        {
            "pages": list(reply.chunk.pages),
            "lines": [line.id for line in (*reply.chunk.lines[:1], *reply.chunk.lines[-1:])],
            "superseded": reply.is_superseded,
            "reply": reply.reply,
        }
        for reply in replies
    ]
    # half of a character is written as JSON escapes it
    return json.dumps({"chunks": chunks}, ensure_ascii=False).encode(errors="backslashreplace")


def is_reply(reply: Any) -> bool:
    """Whether it has a message at all."""
    return _choice(reply) is not None


def is_cut_short(reply: Any) -> bool:
    return (_choice(reply) or {}).get("finish_reason") == "length"


def load_usage(reply: Any) -> CallUsage | None:
    """None where the server does not count."""
    usage = reply.get("usage") if isinstance(reply, dict) else None
    if not isinstance(usage, dict):
        return None
    counts = [usage.get(key) for key in ("prompt_tokens", "completion_tokens")]
    if not any(_is_count(count) for count in counts):
        return None
    sent, written = (count if _is_count(count) else 0 for count in counts)
    return CallUsage(calls=1, input_tokens=sent or 0, output_tokens=written or 0)


def load_models(data: Any) -> tuple[str, ...]:
    """The names that `/models` lists."""
    models = data.get("data") if isinstance(data, dict) else None
    return tuple(str(model["id"]) for model in models or () if isinstance(model, dict) and "id" in model)


def load(raw: bytes) -> Answers:
    """What the model says by field, chunk after chunk.

    Raises InvalidReply where a chunk's answer is no JSON object: refused, cut short or something else.
    """
    chunks = scalars.mapping(scalars.parse(raw)).get("chunks")
    if not isinstance(chunks, list) or not all(isinstance(chunk, dict) for chunk in chunks):
        raise InvalidReply("the kept reply has no chunks")
    answers: dict[str, tuple[Answer, ...]] = {}
    for chunk in chunks:
        if not chunk.get("superseded"):
            for name, said in _content(chunk.get("reply")).items():
                answers[name] = (*answers.get(name, ()), *_answers(said))
    return answers


def _is_count(data: Any) -> bool:
    return isinstance(data, int) and not isinstance(data, bool) and 0 <= data <= _MOST_TOKENS


def _choice(reply: Any) -> dict[str, Any] | None:
    choices = reply.get("choices") if isinstance(reply, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    return choice if isinstance(choice, dict) and isinstance(choice.get("message"), dict) else None


def _content(reply: Any) -> dict[str, Any]:
    choice = _choice(reply)
    if choice is None:
        raise InvalidReply("an answer without a message")
    text = _text(choice["message"].get("content"))
    found = _json_in(text)
    if found is not None:
        return found
    if choice["message"].get("refusal") or choice.get("finish_reason") == "content_filter":
        raise InvalidReply("the model refused to answer", code="model_refused")
    if choice.get("finish_reason") == "length":
        raise InvalidReply("the model's answer was cut short", code="model_answer_cut")
    raise InvalidReply(f"{len(text)} signs without a JSON object", code="model_answer_unreadable")


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _json_in(text: str) -> dict[str, Any] | None:
    """The object that the text is, else the one in a ``` fence, else the first with anything around it."""
    text = _THOUGHT.sub("", text).strip()
    for candidate in (text, *_FENCE.findall(text)):
        found = _decoded(candidate.strip())
        if found is not None:
            return found
    return _first_object(text)


def _decoded(text: str) -> dict[str, Any] | None:
    try:
        found = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _first_object(text: str) -> dict[str, Any] | None:
    start = text.find("{")
    for _ in range(_MOST_ATTEMPTS):
        if start < 0:
            return None
        try:
            found, _end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        return found if isinstance(found, dict) else None
    return None


# numbers without drift; what is no number in JSON says nothing
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=lambda _: None)


def _answers(said: Any) -> Iterator[Answer]:
    """One for a plain field, one for each item of a list and each row of a table."""
    if isinstance(said, list):
        for item in said:
            yield from _answers(item)
    elif isinstance(said, dict) and isinstance(said.get("values"), dict):
        lines = _lines(said.get("lines"))
        yield Answer({name: _cell(cell) for name, cell in said["values"].items()}, lines)
    elif isinstance(said, dict) and isinstance(said.get("value"), list):
        for item in said["value"]:
            yield from (replace(answer, lines=answer.lines or _lines(said.get("lines"))) for answer in _answers(item))
    elif said is not None:
        yield _cell(said)


def _cell(said: Any) -> Answer:
    if not isinstance(said, dict) or "value" not in said:
        return Answer(said)
    quote = said.get("quote")
    return Answer(said["value"], _lines(said.get("lines")), quote if isinstance(quote, str) else "")


def _lines(data: Any) -> tuple[str, ...]:
    """Ids however they are written: "1:3", "[1:3]", 1:3-1:5, one text for all."""
    texts: Iterable[Any] = data if isinstance(data, list) else [data]
    ids = (id for text in texts if isinstance(text, str) for match in _LINE_ID.finditer(text) for id in _ids(match))
    return tuple(dict.fromkeys(ids))[:_MOST_LINES]


def _ids(match: re.Match[str]) -> Iterator[str]:
    page, first, other, last = (None if text is None else int(text) for text in match.groups())
    if first is None or last is None or (other or page) != page:
        yield f"{page}:{first}"
        if last is not None:
            yield f"{other}:{last}"
        return
    for number in range(first, min(last, first + _MOST_LINES) + 1):
        yield f"{page}:{number}"
