"""DocMap: sends a document once, finds it again by our own key, and asks until its fields are there."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from extraction.errors import (
    AccountRefused,
    AnswerLost,
    GalleyError,
    InvalidReply,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
)
from extraction.providers.http import Answer, Caller, retry_after
from extraction.types import AccountStatus, CallUsage, Endpoint, ExtractRequest, RawReply, Ticket, next_month
from extraction.wire.docmap import (
    MIME_TYPES,
    Record,
    RecordStatus,
    RemoteTemplate,
    dump_time,
    load_error,
    load_page,
    load_record,
    load_variables,
    run_frame,
)
from extraction.wire.docmap_accounts import load_usage

RUN = "/v1/extractions/run"
EXTRACTIONS = "/v1/extractions"
# their documents say 10 MB in one place and 11 MB in another
MAX_FILE_BYTES = 10_000_000
# what is at work for longer is taken for failed, since DocMap has no time-out of its own; looked at again later
PROCESSING_DEADLINE_SECONDS = 120
LATE_LOOKS_SECONDS = (600, 3600)
LONGEST_POLL_SECONDS = 8.0
# how many extractions `templates` looks back
HISTORY_PAGES, PAGE_RECORDS = 10, 100
TRANSIENT = (500, 502, 503, 504)
EXTRACTION_ERRORS = ("EXTRACTION_FAILED", "EXTRACTION_PARSE_ERROR")
# a multiple of three, so that pieces of base64 fit together
PIECE_BYTES = 3 * 64 * 1024
LONGEST_PROBLEM = 300


def poll_seconds(looks: int, *, chance: Callable[[], float] = random.random) -> float:
    """How long to wait after so many looks at an extraction: 1 s, half as much again each time, at most 8 s."""
    return min(LONGEST_POLL_SECONDS, 1.5 ** min(looks, 100)) * (1 - 0.2 * chance())


class DocmapExtractor:
    """`request.options["template"]` is the id of DocMap's own template; `submit_key` is sent as the run's id."""

    def __init__(self, endpoint: Endpoint, caller: Caller | None = None) -> None:
        self._key = endpoint.key
        self._caller = caller or Caller(endpoint)

    def close(self) -> None:
        self._caller.close()

    def submit(self, request: ExtractRequest, *, submit_key: str) -> Ticket:
        """Raises AnswerLost where DocMap may have the document: `find` it before it is sent again."""
        body = _RunBody.of(request, submit_key)
        try:
            answer = self._call("POST", RUN, params={"async": "true"}, content=body, length=body.length)
            if not 200 <= answer.status < 300:
                raise self._run_failure(answer, _template(request))
            reply = answer.json()
        except InvalidReply as exc:
            raise AnswerLost(f"DocMap took a document, but {exc}") from exc
        return Ticket(load_record(reply).id)

    def find(self, submit_key: str) -> Ticket | None:
        """The earliest extraction with this key; None where DocMap has none."""
        page = load_page(self._get(EXTRACTIONS, params={"runId": submit_key}))
        # a server that knows no such filter answers with all there is
        found = [record for record in page.records if record.run_id == submit_key]
        return Ticket(min(found, key=_age).id) if found else None

    def fetch(self, ticket: Ticket) -> RawReply | None:
        """Raises ProviderRejected for a failed extraction, whether its record or the answer itself says so."""
        answer = self._looked_at(ticket)
        record = load_record(_json(answer))
        if record.status is RecordStatus.FAILED:
            raise _failed(self._clean(record.error or ""))
        if record.status is not RecordStatus.COMPLETED:
            return None
        if record.extracted_data is None:
            raise InvalidReply(f"DocMap's {record.id} is completed without data")
        return RawReply(answer.body, CallUsage(extractions=1))

    def check(self) -> AccountStatus:
        """Whether DocMap is there and takes the key, and what the month's plan has left."""
        try:
            self._check_health()
            usage = load_usage(self._get("/v1/usage"))
        except GalleyError as exc:
            return AccountStatus(ok=False, message=str(exc), code=exc.code, params=exc.params)
        count = f"{usage.usage} / {usage.limit}"
        details = {"plan": usage.plan, "usage": count, "period": usage.period_key}
        if usage.remaining:
            return AccountStatus(ok=True, remaining=usage.remaining, details=details)
        return AccountStatus(
            ok=False, remaining=0, details=details, code="quota_used_up", params={"problem": f"{count}."}
        )

    def templates(self) -> tuple[RemoteTemplate, ...]:
        """Templates of the account's latest extractions, the last used one first: DocMap cannot list them."""
        newest: dict[str, Record] = {}
        for record in self._history():
            if record.template_id:
                newest.setdefault(record.template_id, record)
        return tuple(
            RemoteTemplate(record.template_id, record.template_name, load_variables(record.variables))
            for record in newest.values()
        )

    def _history(self) -> Iterator[Record]:
        """Records from the newest; the cursor is a time, so those of one millisecond are asked for twice."""
        seen: set[str] = set()
        params: dict[str, Any] = {"limit": PAGE_RECORDS}
        for _ in range(HISTORY_PAGES):
            page = load_page(self._get(EXTRACTIONS, params=params))
            new = [record for record in page.records if record.id not in seen]
            yield from new
            seen.update(record.id for record in new)
            oldest = page.records[-1].created_at if page.records else None
            if not page.has_more or oldest is None:
                return
            params["cursor"] = dump_time(oldest + timedelta(milliseconds=1 if new else 0))

    def _check_health(self) -> None:
        answer = self._caller.call("GET", "/health")
        if answer.status in TRANSIENT:
            raise self._failure(answer)
        try:
            alive = answer.status == 200 and answer.json()["status"] == "ok"
        except (InvalidReply, KeyError, TypeError):
            alive = False
        if not alive:
            raise _not_docmap(answer, ProviderRejected)

    def _looked_at(self, ticket: Ticket) -> Answer:
        answer = self._ask(f"{EXTRACTIONS}/{quote(ticket.remote_id, safe='')}")
        error = load_error(answer.body)
        if answer.status == 502 and error.code in EXTRACTION_ERRORS:
            raise _failed(self._problem(answer))
        if answer.status != 200:
            raise self._failure(answer)
        return answer

    def _get(self, path: str, *, params: Mapping[str, Any] | None = None) -> Any:
        answer = self._ask(path, params=params)
        if answer.status != 200:
            raise self._failure(answer)
        return _json(answer)

    def _ask(self, path: str, *, params: Mapping[str, Any] | None = None) -> Answer:
        """Only looks: an answer that got lost leaves nothing in doubt."""
        try:
            return self._call("GET", path, params=params)
        except AnswerLost as exc:
            raise ProviderUnavailable(str(exc)) from exc

    def _call(self, method: str, path: str, *, length: int | None = None, **content: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self._key}"}
        if length is not None:
            headers |= {"Content-Type": "application/json", "Content-Length": str(length)}
        return self._caller.call(method, path, headers=headers, **content)

    def _run_failure(self, answer: Answer, template: str) -> GalleyError:
        """As any failure, but the document may have arrived, also behind a proxy that answers 503 for DocMap.

        404 speaks of the template.
        """
        if answer.status in TRANSIENT:
            return AnswerLost(self._message(answer), retry_after=retry_after(answer.headers))
        if answer.status == 404 and load_error(answer.body).code:
            return ProviderRejected(self._message(answer), code="docmap_template_unknown", template=template)
        return self._failure(answer)

    def _failure(self, answer: Answer) -> GalleyError:
        code, wait, problem = load_error(answer.body).code, retry_after(answer.headers), self._problem(answer)
        message = self._message(answer)
        if answer.status == 401:
            return AccountRefused(message, code="key_refused", problem=problem)
        if answer.status == 429 and code == "USAGE_LIMIT_EXCEEDED":
            return AccountRefused(message, code="quota_used_up", resume_at=_resume_at(wait), problem=problem)
        if answer.status == 429:
            return ProviderBusy(message, retry_after=wait)
        if answer.status in TRANSIENT:
            return ProviderUnavailable(message, retry_after=wait)
        return ProviderRejected(message, problem=problem) if code else _not_docmap(answer, ProviderRejected)

    def _message(self, answer: Answer) -> str:
        return f"DocMap answered {answer.status}: {self._problem(answer)}"

    def _problem(self, answer: Answer) -> str:
        error = load_error(answer.body)
        return self._clean(error.message or error.code) or f"HTTP {answer.status}"

    def _clean(self, text: str) -> str:
        """Their sentence, without the key should they repeat it."""
        text = text.replace(self._key, "…") if self._key else text
        return text if len(text) <= LONGEST_PROBLEM else text[:LONGEST_PROBLEM] + "…"


@dataclass(frozen=True, slots=True)
class _RunBody:
    """The JSON of a run in pieces, its file read and encoded while it is sent; can be sent again."""

    head: bytes
    path: Path
    tail: bytes
    length: int

    @classmethod
    def of(cls, request: ExtractRequest, submit_key: str) -> _RunBody:
        if request.path is None or request.kind not in MIME_TYPES:
            raise ProviderRejected(f"DocMap takes no {request.kind}", code="docmap_kind")
        size = request.path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise ProviderRejected(f"{size} bytes", code="docmap_too_large", limit=MAX_FILE_BYTES // 1_000_000)
        head, tail = run_frame(
            template_id=_template(request),
            file_name=request.name or request.path.name,
            kind=request.kind,
            run_id=submit_key,
        )
        return cls(head, request.path, tail, len(head) + 4 * -(-size // 3) + len(tail))

    def __iter__(self) -> Iterator[bytes]:
        yield self.head
        with self.path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield base64.b64encode(piece)
        yield self.tail


def _template(request: ExtractRequest) -> str:
    template = str(request.options.get("template") or "").strip()
    if not template:
        raise ProviderRejected("no template of DocMap", code="docmap_template_missing")
    return template


def _json(answer: Answer) -> Any:
    """A page that is no JSON comes from something between us and DocMap: it says nothing about the document."""
    try:
        return answer.json()
    except InvalidReply:
        raise _not_docmap(answer, ProviderUnavailable) from None


def _not_docmap(answer: Answer, error: type[GalleyError]) -> GalleyError:
    return error(f"an answer {answer.status} that is not DocMap's", code="not_docmap", status=answer.status)


def _failed(problem: str) -> ProviderRejected:
    return ProviderRejected(f"DocMap's extraction failed: {problem}", code="docmap_failed", problem=problem)


def _resume_at(wait: float | None) -> datetime:
    now = datetime.now(UTC)
    return next_month(now) if wait is None else now + timedelta(seconds=wait)


def _age(record: Record) -> datetime:
    return record.created_at or datetime.max.replace(tzinfo=UTC)
