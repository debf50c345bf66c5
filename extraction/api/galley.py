"""Our own interface: one router per noun, its description, and its addresses."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI

from extraction.addresses import base_url
from extraction.api import (
    galley_documents,
    galley_exports,
    galley_extractions,
    galley_keys,
    galley_pages,
    galley_reviews,
    galley_samples,
    galley_templates,
    galley_webhooks,
)
from extraction.api.galley_openapi import describe
from extraction.api.galley_requests import SoundParser, answer_errors, framed

NOUNS = (
    galley_documents,
    galley_pages,
    galley_samples,
    galley_templates,
    galley_extractions,
    galley_reviews,
    galley_exports,
    galley_webhooks,
    galley_keys,
)
TAGS = {
    "documents": "Send documents in, see how far they are, read them again, delete them.",
    "pages": "Pictures of pages, and the blocks and words that were read of them.",
    "templates": "What to look for in a kind of document: drafts, published versions, import and export.",
    "extractions": "One reading of a document's fields, with the place of every value.",
    "reviews": "Where people stand with an extraction; approvals and corrections in a person's name.",
    "exports": "Results as JSON, CSV and XLSX.",
    "webhooks": "Addresses that are told of events.",
    "keys": "API keys of the team.",
    "usage": "What the team used this month.",
}
DESCRIPTION = """Galley's own interface: everything that SoMark's and DocMap's interfaces lack.

Send an API key with every call: `Authorization: Bearer dm_live_…`. A key opens one team; its scopes are *read*, *run*
and *admin*, each including the ones before. Every answer but a file is JSON. Times are UTC, pages count from 1, boxes
are in the units of their page. Lists give at most 100 objects and a `next_cursor`.

Errors are `{"error": {"code", "message"}}`: match `code`, never the sentence. After 429 wait `Retry-After` seconds.
With an `Idempotency-Key` a POST is done once, however often it is sent within 24 hours."""

api = NinjaAPI(
    title="Galley",
    version="1.0.0",
    description=DESCRIPTION,
    urls_namespace="galley-api",
    openapi_url=None,
    docs_url=None,
    parser=SoundParser(),
    openapi_extra={"tags": [{"name": name, "description": text} for name, text in TAGS.items()]},
)
answer_errors(api)
for noun in NOUNS:
    api.add_router("", noun.router)


@cache
def description() -> dict[str, Any]:
    return describe(api)


def openapi(request: HttpRequest) -> JsonResponse:
    """Open to everybody: it holds nothing of any team."""
    return JsonResponse({**description(), "servers": [{"url": base_url(request)}]})


def _addresses() -> list[URLPattern]:
    operations = [
        path(pattern.pattern._route, framed(pattern.callback), name=pattern.name)
        for pattern in api.urls[0]
        if pattern.name != "api-root"
    ]
    return [path("openapi.json", framed(only_get(openapi))), *operations]


def only_get(view: Any) -> Any:
    """A view that answers GET alone."""

    def checked(request: HttpRequest) -> JsonResponse:
        if request.method == "GET":
            return view(request)
        return JsonResponse({}, status=405, headers={"Allow": "GET"})

    return checked


urlpatterns = _addresses()
