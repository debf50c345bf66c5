"""DocMap's run: a document comes in, its record goes out, at once or when it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from django.core.files.base import File
from django.http import HttpRequest, JsonResponse

from extraction.api.auth import Caller
from extraction.api.docmap_requests import json_body, not_found, query_of, refused
from extraction.choices import Source
from extraction.errors import InvalidTemplate
from extraction.models import Document, Extraction, Template
from extraction.services.idempotency import MOST_LETTERS, remembered
from extraction.services.records import problem_of, record_of
from extraction.services.submissions import (
    extraction_of,
    is_of_kind,
    submit_document,
    sync_call,
    wait_until_ended,
)
from extraction.services.templates import resolve_template
from extraction.wire.docmap import RecordStatus
from extraction.wire.docmap_requests import RunRequest, dump_answer, load_include, load_run

RUN_PATH = "/v1/extractions/run"
# DocMap's documented time-out is two minutes: its callers wait for that long
SYNC_SECONDS = 100.0
# what an extraction fails with, in DocMap's words; all else is EXTRACTION_FAILED
CODES = {"invalid_reply": "EXTRACTION_PARSE_ERROR", "sandbox_unavailable": "NOT_CONFIGURED"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A run as it was asked for: `key` and `digest` of the body are empty without an Idempotency-Key."""

    run: RunRequest
    template: Template
    key: str
    digest: str


def run_extraction(request: HttpRequest, caller: Caller) -> JsonResponse:
    query = query_of(request)
    with_evidence = load_include(query)
    asked = _asked(request, caller)
    if query.get("async") == "true":
        told = record_of(_begun(caller, asked), with_evidence=with_evidence)
        return JsonResponse(dump_answer(told.record, told.evidence), status=202)
    with sync_call():
        extraction = _begun(caller, asked)
        # nobody needs the file while the result is waited for
        del asked
        return _ended(extraction, caller, with_evidence=with_evidence)


def _asked(request: HttpRequest, caller: Caller) -> _Asked:
    """Raises Refusal and RequestRefused, in the documented order."""
    key = request.headers.get("Idempotency-Key", "").strip()
    body = json_body(request)
    digest = hashlib.sha256(body).hexdigest() if key else ""
    run = load_run(body)
    if len(key) > MOST_LETTERS:
        raise refused("VALIDATION_ERROR", f"Idempotency-Key has more than {MOST_LETTERS} characters.")
    if not is_of_kind(run.content, run.kind):
        raise refused("INVALID_MIME_TYPE", "The content of pdfBase64 is not what mimeType says.")
    return _Asked(run, _template(caller, run.template_id), key, digest)


def _template(caller: Caller, template_id: str) -> Template:
    """One that was never published is not there for an interface."""
    try:
        template = resolve_template(caller.team, template_id)
    except InvalidTemplate:
        raise not_found("template") from None
    if template.published is None:
        raise not_found("published template")
    return template


def _begun(caller: Caller, asked: _Asked) -> Extraction:
    """Stored, its work queued: from here on nothing is lost."""
    with remembered(caller.team, RUN_PATH, asked.key, asked.digest) as memory:
        if memory.status is None:
            _submit(caller, asked, lambda document: memory.keep(202, {"extraction": _public_id(document)}))
        public_id = memory.answer["extraction"]
    extraction = extraction_of(caller.team, public_id)
    if extraction is None:
        raise not_found("extraction")
    return extraction


def _submit(caller: Caller, asked: _Asked, remember: Callable[[Document], None]) -> None:
    submit_document(
        team=caller.team,
        key=caller.key,
        file=File(BytesIO(asked.run.content), name=asked.run.file_name),
        source=Source.DOCMAP,
        template=asked.template,
        run_id=asked.run.run_id,
        kind=asked.run.kind,
        looks_inside=False,
        remember=remember,
    )


def _public_id(document: Document) -> str:
    return Extraction.objects.values_list("public_id", flat=True).get(
        parse__document=document, is_trial=False, listed_at__isnull=False
    )


def _ended(extraction: Extraction, caller: Caller, *, with_evidence: bool) -> JsonResponse:
    public_id = extraction.public_id
    if not wait_until_ended(extraction, seconds=SYNC_SECONDS):
        message = f"{public_id} takes longer than {SYNC_SECONDS:g} seconds and goes on: ask for it later."
        raise refused("EXTRACTION_FAILED", message)
    ended = extraction_of(caller.team, public_id)
    if ended is None:
        raise not_found("extraction any more")
    told = record_of(ended, with_evidence=with_evidence)
    if told.record.status is RecordStatus.FAILED:
        code = CODES.get(problem_of(ended)[0], "EXTRACTION_FAILED")
        raise refused(code, f"{public_id}: {told.record.error}")
    return JsonResponse(dump_answer(told.record, told.evidence))
