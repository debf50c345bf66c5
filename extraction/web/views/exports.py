from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePath

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from extraction.choices import Action, sentence_of
from extraction.errors import StepNotAllowed
from extraction.models import TemplateField
from extraction.queries.queue_rows import QueueState
from extraction.services.access import get_document, require
from extraction.services.export_files import csv_chunks, document_json, json_chunks
from extraction.services.export_sheets import write_xlsx
from extraction.services.exports import DocumentExport, ExportedDocument, columns_of, export_document
from extraction.web.forms.dashboard import QueueFilterForm
from extraction.web.forms.exports import ExportForm, ExportFormat

_SPOOLED = 8 * 1024 * 1024
_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_GET
def document_export(request: HttpRequest, pk: int, format: str) -> HttpResponseBase:
    document = get_document(request.user, pk)
    form = _form(request, format)
    try:
        exported = export_document(document, approved_only=not form.cleaned_data["unapproved"])
    except StepNotAllowed as exc:
        messages.warning(request, sentence_of(exc.code, exc.params))
        return redirect(document)
    name = f"{PurePath(document.name).stem or 'document'}.{format}"
    if format == ExportFormat.JSON:
        text = json.dumps(document_json(exported), ensure_ascii=False, indent=2)
        return _named(HttpResponse(text, content_type="application/json; charset=utf-8"), name)
    return _file([exported], columns_of([exported.extraction.pk]), form, name)


@login_required
@require_GET
def export_list(request: HttpRequest, format: str) -> HttpResponseBase:
    """The filtered queue's documents; without a chosen state, the approved ones."""
    if request.team is None:
        raise Http404
    require(request.user, request.team, Action.READ)
    form = _form(request, format)
    chosen = QueueFilterForm(request.GET, team=request.team, user=request.user).chosen
    if chosen.state == QueueState.UNFINISHED:
        chosen = replace(chosen, state=QueueState.APPROVED)
    documents = DocumentExport(request.team, chosen)
    name = f"{request.team.slug}-{timezone.localdate().isoformat()}.{format}"
    if format == ExportFormat.JSON:
        return _named(StreamingHttpResponse(json_chunks(documents), content_type="application/json"), name)
    return _file(documents, documents.columns(), form, name)


def _form(request: HttpRequest, format: str) -> ExportForm:
    form = ExportForm(request.GET.dict() | {"format": format})
    if not form.is_valid():
        raise Http404
    return form


def _file(
    documents: Iterable[ExportedDocument], columns: list[TemplateField], form: ExportForm, name: str
) -> HttpResponseBase:
    if form.cleaned_data["format"] == ExportFormat.CSV:
        lines: Iterator[str] = csv_chunks(documents, columns, bom=form.cleaned_data["bom"])
        return _named(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), name)
    file = tempfile.SpooledTemporaryFile(max_size=_SPOOLED)  # noqa: SIM115, the response closes it
    write_xlsx(documents, columns, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=_XLSX_TYPE)


def _named(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
