"""Any model behind an OpenAI-compatible address: asked once for each part of a document."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extraction.engine.fields import number_lines
from extraction.errors import (
    AccountRefused,
    GalleyError,
    InvalidReply,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
)
from extraction.providers.http import Answer, Caller, retry_after
from extraction.types import AccountStatus, CallUsage, Endpoint, ExtractRequest, RawReply
from extraction.wire.chat import (
    ChunkReply,
    Manner,
    dump_probe,
    dump_raw,
    dump_request,
    is_cut_short,
    is_reply,
    load_models,
    load_usage,
)
from extraction.wire.chat_chunks import Chunk, cut, halves
from extraction.wire.chat_errors import Fault, fault_of, hidden_status, load_error

COMPLETIONS = "/chat/completions"
MODELS = "/models"
# a model writes a long table for minutes
READ_SECONDS = 300.0
MAX_REPLY_BYTES = 16 * 1024 * 1024
CHUNK_TOKENS = 12_000
LEAST_CHUNK_TOKENS, MOST_CHUNK_TOKENS = 500, 200_000
MOST_IMAGES = 8
MAX_IMAGE_BYTES = 2 * 1024 * 1024
# an answer that is cut short is asked again in halves, quarters, eighths, sixteenths
MOST_HALVINGS = 4
# what servers answer that do not list their models
NOT_THERE = (404, 405, 501)
# documents whose asking broke off: what was answered is not paid for again when they are asked once more
KEPT_DOCUMENTS = 32
TOKENS_UNKNOWN = "tokens_unknown"
IMAGES_LEFT_OUT = "images_left_out"


class ChatExtractor:
    """Options of a request: `instructions`, `images` (send those of the request), `chunk_tokens`.

    Threads may share it; it remembers what its server does not take.
    """

    def __init__(self, endpoint: Endpoint, caller: Caller | None = None) -> None:
        self._endpoint = endpoint
        self._caller = caller or Caller(endpoint)
        self._manner = Manner()
        self._kept: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def close(self) -> None:
        self._caller.close()

    def ask(self, request: ExtractRequest) -> RawReply:
        """Every part's answer, whole; those that were cut short too, since they cost as much."""
        images, left_out = _images(request)
        chunks = _chunks(request, images)
        key = self._document_key(request, chunks, images)
        asking = _Asking(request, images, len(chunks), self._taken_up(key))
        try:
            for number, chunk in enumerate(chunks, start=1):
                self._ask_chunk(asking, chunk, number, MOST_HALVINGS)
        except GalleyError:
            self._keep(key, asking.known)
            raise
        warnings = [IMAGES_LEFT_OUT] if left_out else []
        warnings += [TOKENS_UNKNOWN] if asking.uncounted else []
        return RawReply(dump_raw(asking.replies), asking.usage, warnings=tuple(warnings))

    def check(self) -> AccountStatus:
        """Whether the key is taken and the model is there; asks for one token where the server lists no models."""
        try:
            models = self._models()
            if self._endpoint.model not in models:
                self._probe()
        except GalleyError as exc:
            return AccountStatus(ok=False, message=str(exc), code=exc.code, params=exc.params)
        return AccountStatus(ok=True, details={"models": str(len(models))} if models else {})

    def _ask_chunk(self, asking: _Asking, chunk: Chunk, number: int, halvings: int) -> None:
        reply = self._reply(asking, chunk, number)
        parts = halves(chunk) if halvings and (reply is None or is_cut_short(reply)) else None
        if reply is None and parts is None:
            raise ProviderRejected("a part that cannot be made smaller is too long", code="model_prompt_too_long")
        if reply is not None:
            asking.add(ChunkReply(chunk, reply, is_superseded=parts is not None))
        for part in parts or ():
            self._ask_chunk(asking, part, number, halvings - 1)

    def _reply(self, asking: _Asking, chunk: Chunk, number: int) -> Any:
        """None where the part is too long for the model."""
        place = f"{chunk.pages}{[line.id for line in chunk.lines]}"
        if place not in asking.known:
            asking.known[place] = self._answered(asking, chunk, number)
        return asking.known[place]

    def _answered(self, asking: _Asking, chunk: Chunk, number: int) -> Any:
        """Asks more simply where the server says that it cannot be asked so; None where the part is too long."""
        manner = self._manner
        while True:
            answer = self._call("POST", COMPLETIONS, json=self._body(asking, chunk, number, manner))
            reply, fault = _read(answer)
            if fault is None:
                return reply
            simpler = manner.without(fault)
            if fault is Fault.TOO_LONG:
                return None
            if simpler is None:
                raise self._failure(answer, fault)
            manner = self._manner = simpler

    def _body(self, asking: _Asking, chunk: Chunk, number: int, manner: Manner) -> dict[str, Any]:
        images = {page: asking.images[page].read_bytes() for page in chunk.pages if page in asking.images}
        place = (number, asking.total)
        return dump_request(
            asking.request, chunk, model=self._endpoint.model, manner=manner, place=place, images=images
        )

    def _models(self) -> tuple[str, ...]:
        """Empty where the server does not list them."""
        answer = self._call("GET", MODELS, seconds=self._endpoint.read_seconds)
        if answer.status in NOT_THERE:
            return ()
        if answer.status != 200:
            raise self._failure(answer, fault_of(answer.status, load_error(answer.body)))
        try:
            return load_models(answer.json())
        except InvalidReply:
            return ()

    def _probe(self) -> None:
        """A limit of the answer's length is left out where the model knows it by another name."""
        answer = self._probed(limited=True)
        if answer.status == 400 and "max_tokens" in load_error(answer.body).problem:
            answer = self._probed(limited=False)
        _, fault = _read(answer)
        if fault is not None:
            raise self._failure(answer, fault)

    def _probed(self, *, limited: bool) -> Answer:
        body = dump_probe(self._endpoint.model, limited=limited)
        return self._call("POST", COMPLETIONS, json=body, seconds=self._endpoint.read_seconds)

    def _call(self, method: str, path: str, *, json: Any = None, seconds: float = READ_SECONDS) -> Answer:
        key = self._endpoint.key
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        seconds = max(seconds, self._endpoint.read_seconds)
        return self._caller.call(
            method, path, headers=headers, json=json, read_seconds=seconds, max_bytes=MAX_REPLY_BYTES
        )

    def _failure(self, answer: Answer, fault: Fault) -> GalleyError:
        wait = retry_after(answer.headers)
        problem = self._clean(load_error(answer.body).problem) or f"HTTP {answer.status}."
        message = f"the model's server answered {answer.status}"
        if fault is Fault.KEY:
            return AccountRefused(message, code="key_refused")
        if fault is Fault.QUOTA:
            return AccountRefused(message, code="quota_used_up", problem=problem)
        if fault is Fault.BUSY:
            return ProviderBusy(message, retry_after=wait)
        if fault is Fault.DOWN:
            return ProviderUnavailable(message, retry_after=wait)
        if fault is Fault.MODEL:
            return ProviderRejected(message, code="model_unknown", model=self._endpoint.model)
        if fault is Fault.ADDRESS:
            return ProviderRejected(message, code="model_address_wrong")
        return ProviderRejected(message, problem=problem)

    def _clean(self, problem: str) -> str:
        """A server's words without our key, which some repeat."""
        return problem.replace(self._endpoint.key, "…") if self._endpoint.key else problem

    def _document_key(self, request: ExtractRequest, chunks: Sequence[Chunk], images: Mapping[int, Path]) -> str:
        """The same for the same questions."""
        asked = [
            dump_request(request, chunk, model=self._endpoint.model, manner=Manner(), place=(number, len(chunks)))
            for number, chunk in enumerate(chunks, start=1)
        ]
        pictures = [[page, str(path), _size(path)] for page, path in images.items()]
        return hashlib.sha256(json.dumps([asked, pictures]).encode()).hexdigest()

    def _taken_up(self, key: str) -> dict[str, Any]:
        with self._lock:
            return self._kept.pop(key, {})

    def _keep(self, key: str, known: dict[str, Any]) -> None:
        with self._lock:
            if known:
                self._kept[key] = known
            while len(self._kept) > KEPT_DOCUMENTS:
                self._kept.popitem(last=False)


@dataclass(slots=True)
class _Asking:
    """A document while it is asked; `known` are answers by the part they are about."""

    request: ExtractRequest
    images: Mapping[int, Path]
    total: int
    known: dict[str, Any]
    replies: list[ChunkReply] = field(default_factory=list)
    usage: CallUsage = field(default_factory=CallUsage)
    uncounted: bool = False

    def add(self, reply: ChunkReply) -> None:
        self.replies.append(reply)
        counted = load_usage(reply.reply)
        self.usage += counted or CallUsage(calls=1)
        self.uncounted = self.uncounted or counted is None


def _chunks(request: ExtractRequest, images: Mapping[int, Path]) -> tuple[Chunk, ...]:
    """Empty for a document in which there is nothing to read."""
    lines = number_lines(request.reading)
    budget = request.options.get("chunk_tokens")
    budget = budget if isinstance(budget, int) and not isinstance(budget, bool) else CHUNK_TOKENS
    budget = min(max(budget, LEAST_CHUNK_TOKENS), MOST_CHUNK_TOKENS)
    return cut(lines, budget=budget, pictured=tuple(images), most_images=MOST_IMAGES)


def _images(request: ExtractRequest) -> tuple[dict[int, Path], bool]:
    """JPEG files by page where they are asked for, and whether one was too large or missing."""
    if not request.options.get("images"):
        return {}, False
    images = {page: path for page, path in request.images if 0 < _size(path) <= MAX_IMAGE_BYTES}
    return images, len(images) < len({page for page, _ in request.images})


def _size(path: Path) -> int:
    """0 for a file that is gone."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _read(answer: Answer) -> tuple[Any, Fault | None]:
    """The reply, or what is wrong. Raises InvalidReply for an answer that is neither."""
    if answer.status != 200:
        return None, fault_of(answer.status, load_error(answer.body))
    reply = answer.json()
    if is_reply(reply):
        return reply, None
    status = hidden_status(reply)
    if status is None:
        raise InvalidReply("an answer without a message", code="model_answer_unreadable")
    return None, fault_of(status, load_error(answer.body))
