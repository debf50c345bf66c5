"""A template from a document that was read, as a draft."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status
from pydantic import ConfigDict, Field

from extraction.api.errors import Refusal
from extraction.api.galley_documents import document_of
from extraction.api.galley_openapi import told
from extraction.api.galley_requests import ADMIN, once
from extraction.api.galley_shapes import Asked, RowId
from extraction.api.galley_template_shapes import TemplateDetail
from extraction.api.galley_templates import template_answer
from extraction.choices import JobState
from extraction.queries.progress import progress_of
from extraction.services.proposals import Suggested, draft_from_document, suggest_template

router = Router(tags=["templates"])


class SampleBody(Asked):
    """How to make the draft; nothing has to be said."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Delivery note"}})

    name: str | None = Field(None, min_length=1, max_length=100, description="Without one the document's.")
    doubtful: bool = Field(False, description="Also take the fields that Galley is not sure of.")


@router.post(
    "/documents/{document_id}/template",
    auth=ADMIN,
    response={201: TemplateDetail},
    operation_id="makeTemplateFromDocument",
    summary="Make a template from a document",
    openapi_extra=told(409, 422),
)
@once
def make_template_from_document(request: HttpRequest, document_id: RowId, body: SampleBody) -> Status[TemplateDetail]:
    """A draft with the fields and tables that the document shows: labels, types and columns; edit and publish it.

    409 while the document is not read; 422 `NOTHING_PROPOSED` where no label stands beside a value.
    """
    document = document_of(request, document_id)
    parse = progress_of([document])[document.pk].parse
    if parse is None or parse.state != JobState.DONE:
        raise Refusal(409, "NOT_READ_YET", "This document is not read. Wait until it is, or have it read again.")
    suggested = suggest_template(parse)
    fields = tuple(one.spec for one in suggested.proposals if one.is_likely or body.doubtful)
    if not fields:
        raise Refusal(422, "NOTHING_PROPOSED", _nothing(suggested, body))
    template = draft_from_document(
        document=document,
        name=body.name or suggested.name,
        language=suggested.language,
        fields=fields,
        by=request.auth.key.created_by,
    )
    return Status(201, template_answer(request, template))


def _nothing(suggested: Suggested, body: SampleBody) -> str:
    if suggested.proposals and not body.doubtful:
        return "All fields of this document are doubtful: send doubtful true to take them."
    return "No label stands beside a value in this document. Write the template yourself."
