"""What webhooks tell: which row changed and where to read it; never its values.

An event can arrive a day late, more than once and out of order, and its row outlives the document by weeks: whoever is
told fetches what holds then, with a key that can be revoked.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation

from extraction.choices import JobState, ReviewState, WebhookEvent, sentence_of
from extraction.models import Detection, Extraction, Parse, Review
from extraction.services.records import problem_of
from extraction.services.webhooks import emit, wanting

_OF_PARSE = {JobState.DONE: WebhookEvent.DOCUMENT_READ, JobState.FAILED: WebhookEvent.DOCUMENT_FAILED}
_OF_EXTRACTION = {
    JobState.DONE: WebhookEvent.EXTRACTION_COMPLETED,
    JobState.FAILED: WebhookEvent.EXTRACTION_FAILED,
}
_OF_REVIEW = {
    ReviewState.APPROVED: WebhookEvent.REVIEW_APPROVED,
    ReviewState.REJECTED: WebhookEvent.REVIEW_REJECTED,
}


def tell_of_parse(pk: int) -> None:
    """In the transaction that ended it; nothing of a trial, nor where another reading has begun since."""
    parse = Parse.objects.select_related("document").get(pk=pk)
    event = _OF_PARSE.get(JobState(parse.state))
    if event is None or parse.is_trial or parse.document.parses.filter(is_trial=False, pk__gt=pk).exists():
        return
    if hooks := wanting(parse.document.team_id, event):
        error = _error(parse.error_class, parse.error_params) if parse.state == JobState.FAILED else None
        emit(hooks, event, _data(parse, None, status=parse.state, error=error))


def tell_of_detection(pk: int) -> None:
    """In the transaction that found no template."""
    parse = Detection.objects.select_related("parse__document").get(pk=pk).parse
    event = WebhookEvent.DOCUMENT_UNFAMILIAR
    if hooks := wanting(parse.document.team_id, event):
        emit(hooks, event, _data(parse, None, status="unfamiliar"))


def tell_of_extraction(pk: int) -> None:
    """In the transaction that ended it; nothing of a trial, nor of one that another took over from."""
    related = ("parse__document", "version")
    extraction = Extraction.objects.select_related(*related).get(pk=pk)
    event = _OF_EXTRACTION.get(JobState(extraction.state))
    if event is None or extraction.is_trial or extraction.listed_at is None:
        return
    if hooks := wanting(extraction.parse.document.team_id, event):
        error = _error(*problem_of(extraction)) if extraction.state == JobState.FAILED else None
        emit(hooks, event, _data(extraction.parse, extraction, status=extraction.state, error=error))


def tell_of_review(review: Review) -> None:
    """In the transaction that finished it."""
    event = _OF_REVIEW.get(ReviewState(review.state))
    extraction = review.extraction
    if event is None:
        return
    if hooks := wanting(extraction.parse.document.team_id, event):
        emit(hooks, event, _data(extraction.parse, extraction, status=review.state))


def _data(
    parse: Parse, extraction: Extraction | None, *, status: str, error: dict[str, str] | None = None
) -> dict[str, Any]:
    document = parse.document
    return {
        "document_id": document.pk,
        "name": document.name,
        "source": document.source,
        "run_id": document.run_id or None,
        "parse_id": str(parse.public_id),
        "extraction_id": extraction.public_id if extraction else None,
        "template_id": extraction.version.template_id if extraction else document.template_id,
        "status": str(status),
        "error": error,
        "links": _links(document.pk, document.get_absolute_url(), extraction),
    }


def _links(document: int, page: str, extraction: Extraction | None) -> dict[str, str]:
    """Without host where nobody has configured a public address."""
    links = {"document": f"/galley/v1/documents/{document}", "page": page}
    if extraction is not None:
        links["extraction"] = f"/galley/v1/extractions/{extraction.public_id}"
    return {name: f"{settings.GALLEY_BASE_URL}{path}" for name, path in links.items()}


def _error(code: str, params: dict[str, Any]) -> dict[str, str]:
    """As the interfaces tell it: in English."""
    with translation.override("en"):
        return {"code": code, "message": sentence_of(code, params)}
