"""Documents: sent in, listed, looked at, read again, deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, JsonResponse
from ninja import Query, Router
from ninja.responses import Status

from extraction.api.errors import Refusal
from extraction.api.galley_document_shapes import (
    DocumentAnswer,
    DocumentDetail,
    DocumentList,
    document_detail,
    documents,
)
from extraction.api.galley_document_shapes import Status as DocumentStatus
from extraction.api.galley_openapi import told
from extraction.api.galley_requests import (
    READ,
    RUN,
    UPLOAD,
    idempotency_key,
    not_found,
    once,
    refusal_of,
)
from extraction.api.galley_shapes import Cursor, Limit, RowId, cut
from extraction.api.galley_uploads import UPLOAD_BODY, Upload, read_upload
from extraction.choices import Source
from extraction.errors import InvalidTemplate
from extraction.models import Document, Team, Template
from extraction.queries.documents import documents_of
from extraction.queries.page_states import page_shells
from extraction.queries.progress import progress_of
from extraction.services.blobs import blob_path
from extraction.services.documents import delete_document
from extraction.services.idempotency import remembered
from extraction.services.parses import cancel_document, read_again
from extraction.services.submissions import submit_document
from extraction.services.templates import resolve_template
from extraction.services.usage import require_quota, require_room

router = Router(tags=["documents"])


def documents_at_hand(team: Team) -> QuerySet[Document]:
    return Document.objects.filter(team=team).select_related("team", "blob", "readable", "template", "uploaded_by")


def document_of(request: HttpRequest, pk: int) -> Document:
    """The team's. Raises Refusal."""
    document = documents_at_hand(request.auth.team).filter(pk=pk).first()
    if document is None:
        raise not_found("document")
    return document


def template_named(team: Team, id_or_slug: str) -> Template:
    """A published one that documents can be extracted with, named in a body. Raises Refusal."""
    try:
        template = resolve_template(team, id_or_slug)
    except InvalidTemplate as exc:
        raise refusal_of(exc) from None
    if template.published is None or template.is_archived:
        message = f"{template.name} has no published version, or it is archived."
        raise Refusal(422, "TEMPLATE_NOT_USABLE", message)
    return template


@router.post(
    "/documents",
    auth=UPLOAD,
    response={201: DocumentAnswer},
    operation_id="createDocument",
    summary="Send a document in",
    openapi_extra=told(400, 413, 415, 422, 503, body=UPLOAD_BODY),
)
def create_document(request: HttpRequest) -> JsonResponse:
    """Store the file durably and have it read; with a template its fields are extracted too.

    With the template `auto` the one that fits is found; where none does, the document is `unfamiliar` and waits until
    an extraction is started with one of its suggestions or another. The answer comes before the reading. Ask for the
    document until its `status` is no longer `pending`, or have a webhook tell you.
    """
    upload = read_upload(request)
    team = request.auth.team
    with remembered(team, request.path_info, idempotency_key(request), upload.digest) as memory:
        if memory.status is None:
            _submit(request, upload, lambda document: memory.keep(201, _told(team, document)))
        return JsonResponse(memory.answer, status=memory.status)


def _submit(request: HttpRequest, upload: Upload, remember: Callable[[Document], None]) -> None:
    team: Team = request.auth.team
    is_named = upload.template.strip() and not upload.detects
    template = template_named(team, upload.template) if is_named else None
    submit_document(
        team=team,
        key=request.auth.key,
        file=upload.file,
        source=Source.API,
        template=template,
        detects=upload.detects,
        run_id=upload.run_id,
        password=upload.password,
        remember=remember,
    )


def _told(team: Team, document: Document) -> dict[str, Any]:
    return documents([documents_at_hand(team).get(pk=document.pk)])[0].model_dump(mode="json")


@router.get(
    "/documents",
    auth=READ,
    response=DocumentList,
    operation_id="listDocuments",
    summary="List documents",
    openapi_extra=told(),
)
def list_documents(
    request: HttpRequest,
    status: DocumentStatus | None = None,
    search: Annotated[str, Query(max_length=200, description="Part of the name.")] = "",
    run_id: Annotated[str, Query(max_length=200)] = "",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> DocumentList:
    """The newest first."""
    rows = documents_of(request.auth.team, search=search, state=status or "").select_related("blob")
    if run_id:
        rows = rows.filter(run_id=run_id)
    if cursor:
        rows = rows.filter(pk__lt=int(cursor))
    found, has_more = cut(list(rows.order_by("-pk")[: limit + 1]), limit)
    return DocumentList(data=documents(found), next_cursor=str(found[-1].pk) if has_more else None)


@router.get(
    "/documents/{document_id}",
    auth=READ,
    response=DocumentDetail,
    operation_id="getDocument",
    summary="Look at a document",
    openapi_extra=told(),
)
def get_document(request: HttpRequest, document_id: RowId) -> DocumentDetail:
    """How far it is, page by page."""
    return _detail(document_of(request, document_id))


def _detail(document: Document) -> DocumentDetail:
    progress = progress_of([document])[document.pk]
    shells = page_shells(progress.parse, document.page_count) if progress.parse else []
    return document_detail(document, progress, shells)


@router.delete(
    "/documents/{document_id}",
    auth=RUN,
    response={204: None},
    operation_id="deleteDocument",
    summary="Delete a document",
    openapi_extra=told(),
)
def remove_document(request: HttpRequest, document_id: RowId) -> Status[None]:
    """With everything that was read of it; the audit keeps who deleted it and when."""
    delete_document(document=document_of(request, document_id), by=request.auth.key.created_by)
    return Status(204, None)


@router.get(
    "/documents/{document_id}/file",
    auth=READ,
    operation_id="getDocumentFile",
    summary="Download the original",
    openapi_extra=told(media_type="application/octet-stream"),
)
def get_file(request: HttpRequest, document_id: RowId) -> HttpResponseBase:
    """The upload as it came."""
    document = document_of(request, document_id)
    try:
        file = blob_path(document.blob).open("rb")
    except FileNotFoundError as exc:
        raise Http404 from exc
    return FileResponse(file, as_attachment=True, filename=document.name, content_type="application/octet-stream")


@router.post(
    "/documents/{document_id}/cancel",
    auth=RUN,
    response=DocumentDetail,
    operation_id="cancelDocument",
    summary="Stop the work on a document",
    openapi_extra=told(409, 422),
)
@once
def cancel(request: HttpRequest, document_id: RowId) -> Status[DocumentDetail]:
    """What nobody works at ends now, the rest between two pages."""
    document = document_of(request, document_id)
    cancel_document(document=document, by=request.auth.key.created_by)
    return Status(200, _detail(document))


@router.post(
    "/documents/{document_id}/read",
    auth=RUN,
    response={201: DocumentDetail},
    operation_id="readDocumentAgain",
    summary="Read a document again",
    openapi_extra=told(409, 422),
)
@once
def read_once_more(request: HttpRequest, document_id: RowId) -> Status[DocumentDetail]:
    """A new reading, with a new extraction where there was one; what was read before stays."""
    document = document_of(request, document_id)
    require_quota(request.auth.team, pages=document.page_count or 1)
    require_room(request.auth.team)
    read_again(document=document, by=request.auth.key.created_by)
    return Status(201, _detail(document))
