"""Exports: what a team takes away as JSON, CSV or XLSX, of one document or of a filtered set."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import PurePath
from typing import Annotated, Any, Literal

from django.http import FileResponse, HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from ninja import Query, Router

from extraction.api.galley_documents import document_of
from extraction.api.galley_openapi import told
from extraction.api.galley_requests import READ, refusal_of
from extraction.api.galley_shapes import RowId
from extraction.errors import InvalidTemplate
from extraction.models import TemplateField
from extraction.queries.queue_rows import QueueFilter, QueueState
from extraction.services.export_files import csv_chunks, document_json, json_chunks
from extraction.services.export_sheets import write_xlsx
from extraction.services.exports import DocumentExport, ExportedDocument, columns_of, export_document
from extraction.services.templates import resolve_template

router = Router(tags=["exports"])
SPOOLED_BYTES = 8 * 1024**2
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Format = Annotated[Literal["json", "csv", "xlsx"], Query(description="The file's kind.")]
Bom = Annotated[bool, Query(description="Begin a CSV file with a byte order mark, as Excel likes it.")]
Set = Literal["check", "ready", "postponed", "escalated", "approved", "rejected", "all"]


def _files(example: dict[str, Any], *statuses: int) -> dict[str, Any]:
    """An answer of three media types."""
    extra = told(*statuses)
    extra["responses"][200] = {
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": example},
            "text/csv": {"schema": {"type": "string"}},
            XLSX: {"schema": {"type": "string", "contentMediaType": XLSX}},
        }
    }
    return extra


_DOCUMENT = {
    "id": 1,
    "document": "invoice.pdf",
    "extraction": "extract_6fc1a29d0b77",
    "state": "approved",
    "extractedData": {"invoice_number": "HY-2026-004817", "total": 7421.91},
    "evidence": {"total": {"value": 7421.91, "text": "7,421.91", "page": 1, "bbox": [500, 534, 548, 547]}},
}


@router.get(
    "/documents/{document_id}/export",
    auth=READ,
    operation_id="exportDocument",
    summary="Export a document",
    openapi_extra=_files(_DOCUMENT, 409),
)
def export_one(
    request: HttpRequest,
    document_id: RowId,
    format: Format = "json",
    bom: Bom = False,
    unapproved: Annotated[bool, Query(description="Also before its approval.")] = False,
) -> HttpResponseBase:
    """Its values as they stand, with their places."""
    document = document_of(request, document_id)
    exported = export_document(document, approved_only=not unapproved)
    name = f"{PurePath(document.name).stem or 'document'}.{format}"
    if format == "json":
        answer = JsonResponse(document_json(exported), json_dumps_params={"ensure_ascii": False, "indent": 2})
        return _named(answer, name)
    return _table([exported], columns_of([exported.extraction.pk]), format, bom, name)


@router.get(
    "/exports",
    auth=READ,
    operation_id="exportDocuments",
    summary="Export many documents",
    openapi_extra=_files({"documents": [_DOCUMENT]}),
)
def export_many(
    request: HttpRequest,
    format: Format = "json",
    bom: Bom = False,
    state: Annotated[Set, Query(description="Of their reviews.")] = "approved",
    template: Annotated[str, Query(max_length=100, description="Id or slug.")] = "",
    search: Annotated[str, Query(max_length=200, description="Part of the name, or of the supplier's.")] = "",
) -> HttpResponseBase:
    """The documents of the filter that have fields, the newest first, streamed."""
    team = request.auth.team
    found = DocumentExport(team, QueueFilter(search, _template(request, template), QueueState(state)))
    name = f"{team.slug}-{timezone.localdate().isoformat()}.{format}"
    if format == "json":
        return _named(StreamingHttpResponse(json_chunks(found), content_type="application/json"), name)
    return _table(found, found.columns(), format, bom, name)


def _template(request: HttpRequest, id_or_slug: str) -> int | None:
    """Raises Refusal."""
    try:
        return resolve_template(request.auth.team, id_or_slug).pk if id_or_slug else None
    except InvalidTemplate as exc:
        raise refusal_of(exc) from None


def _table(
    found: Iterable[ExportedDocument], columns: list[TemplateField], format: str, bom: bool, name: str
) -> HttpResponseBase:
    if format == "csv":
        lines = csv_chunks(found, columns, bom=bom)
        return _named(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), name)
    file = tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115, the response closes it
    write_xlsx(found, columns, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _named[R: HttpResponseBase](response: R, name: str) -> R:
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
