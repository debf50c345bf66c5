"""Extractions: started on a document, looked at with their evidence, cancelled, run again."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from ninja.responses import Status
from pydantic import Field

from extraction.api.galley_documents import document_of, template_named
from extraction.api.galley_extraction_shapes import (
    ExtractionAnswer,
    ExtractionDetail,
    ExtractionList,
    State,
    extraction_columns,
    extraction_detail,
)
from extraction.api.galley_openapi import told
from extraction.api.galley_requests import READ, RUN, not_found, once
from extraction.api.galley_shapes import Asked, Cursor, Limit, PublicId, RowId, Shape, cut
from extraction.api.galley_templates import TemplateId, template_of
from extraction.errors import InvalidTemplate
from extraction.models import Extraction, Review, Team
from extraction.queries.records import listed_extractions
from extraction.services.extractions import cancel_extraction, extract_again, published_version
from extraction.services.fields_of_many import Wish, read_fields_of_many
from extraction.services.submissions import extraction_of
from extraction.services.templates import resolve_template
from extraction.services.usage import require_room

router = Router(tags=["extractions"])


class ExtractionBody(Asked):
    template: str = Field(min_length=1, max_length=100, description="Id or slug of a published template.")


class AgainBody(Asked):
    current: bool = Field(default=False, description="Those that have the newest version's fields too.")
    finished: bool = Field(default=False, description="Approved and rejected ones too; they go back to the review.")
    documents: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] | None = Field(
        default=None, max_length=10_000, description="Only these of the template's documents."
    )


class AskedAgain(Shape):
    started: int = Field(description="Documents whose fields are read again.", examples=[200])
    in_hand: int = Field(description="Documents left as they are, since somebody works on them.", examples=[0])


def extraction_named(team: Team, public_id: str) -> Extraction:
    """The team's. Raises Refusal."""
    extraction = extraction_of(team, public_id)
    if extraction is None:
        raise not_found("extraction")
    return extraction


def latest_review(extraction: Extraction) -> Review | None:
    people = ("assignee", "locked_by", "finished_by")
    return extraction.reviews.select_related(*people).order_by("-pk").first()


def _detail(extraction: Extraction) -> ExtractionDetail:
    return extraction_detail(extraction, latest_review(extraction))


@router.post(
    "/documents/{document_id}/extractions",
    auth=RUN,
    response={201: ExtractionDetail},
    operation_id="createExtraction",
    summary="Extract a document's fields",
    openapi_extra=told(409, 422),
)
@once
def create_extraction(request: HttpRequest, document_id: RowId, body: ExtractionBody) -> Status[ExtractionDetail]:
    """With the template's newest published version; it waits for the reading where that is not done yet.

    An unfamiliar document goes on with it, without being read again.
    """
    team = request.auth.team
    document, template = document_of(request, document_id), template_named(team, body.template)
    require_room(team)
    extraction = extract_again(document=document, version=published_version(template), by=request.auth.key.created_by)
    return Status(201, _detail(extraction_named(team, extraction.public_id)))


@router.post(
    "/templates/{template_id}/extractions",
    auth=RUN,
    response={202: AskedAgain},
    operation_id="extractTemplateAgain",
    summary="Extract a template's documents again",
    openapi_extra=told(409, 422),
)
@once
def extract_template_again(request: HttpRequest, template_id: TemplateId, body: AgainBody) -> Status[AskedAgain]:
    """With its newest published version, where they have the fields of an older one or none; no page is read for that.

    What people changed stays. Documents that are under way are left alone.
    """
    wish = Wish(current=body.current, finished=body.finished, documents=body.documents)
    by = request.auth.key.created_by
    asked = read_fields_of_many(template=template_of(request, template_id), by=by, wish=wish)
    return Status(202, AskedAgain(started=asked.started, in_hand=asked.in_hand))


@router.get(
    "/extractions",
    auth=READ,
    response=ExtractionList,
    operation_id="listExtractions",
    summary="List extractions",
    openapi_extra=told(),
)
def list_extractions(
    request: HttpRequest,
    document: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    template: Annotated[str, Query(max_length=100, description="Id or slug.")] = "",
    state: State | None = None,
    run_id: Annotated[str, Query(max_length=200)] = "",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ExtractionList:
    """The newest first, without their values."""
    team = request.auth.team
    wanted = {"parse__document": document, "state": state, "parse__document__run_id": run_id or None}
    rows = listed_extractions(team).filter(**{name: value for name, value in wanted.items() if value is not None})
    if template:
        try:
            rows = rows.filter(version__template=resolve_template(team, template))
        except InvalidTemplate:
            rows = rows.none()
    if cursor:
        rows = rows.filter(pk__lt=int(cursor))
    found, has_more = cut(list(rows.order_by("-pk")[: limit + 1]), limit)
    reviews = {review.extraction_id: review for review in Review.objects.filter(extraction__in=found).order_by("pk")}
    data = [ExtractionAnswer(**extraction_columns(row, reviews.get(row.pk))) for row in found]
    return ExtractionList(data=data, next_cursor=str(found[-1].pk) if has_more else None)


@router.get(
    "/extractions/{extraction_id}",
    auth=READ,
    response=ExtractionDetail,
    operation_id="getExtraction",
    summary="Look at an extraction",
    openapi_extra=told(),
)
def get_extraction(request: HttpRequest, extraction_id: PublicId) -> ExtractionDetail:
    """Values with people's changes, and of each the places, the confidence, the runners-up and the doubts."""
    return _detail(extraction_named(request.auth.team, extraction_id))


@router.post(
    "/extractions/{extraction_id}/cancel",
    auth=RUN,
    response=ExtractionDetail,
    operation_id="cancelExtraction",
    summary="Stop an extraction",
    openapi_extra=told(409, 422),
)
@once
def cancel(request: HttpRequest, extraction_id: PublicId) -> Status[ExtractionDetail]:
    """What nobody works at ends now; the reading of the document goes on."""
    team = request.auth.team
    cancel_extraction(extraction=extraction_named(team, extraction_id), by=request.auth.key.created_by)
    return Status(200, _detail(extraction_named(team, extraction_id)))


@router.post(
    "/extractions/{extraction_id}/run",
    auth=RUN,
    response={201: ExtractionDetail},
    operation_id="runExtractionAgain",
    summary="Run an extraction again",
    openapi_extra=told(409, 422),
)
@once
def run_again(request: HttpRequest, extraction_id: PublicId) -> Status[ExtractionDetail]:
    """A new extraction of the document's latest reading, with the newest version of the same template."""
    team = request.auth.team
    extraction = extraction_named(team, extraction_id)
    require_room(team)
    version = published_version(extraction.version.template)
    again = extract_again(document=extraction.parse.document, version=version, by=request.auth.key.created_by)
    return Status(201, _detail(extraction_named(team, again.public_id)))
