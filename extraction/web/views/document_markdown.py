"""A document as Markdown, and the pictures that it links to."""

from __future__ import annotations

from pathlib import PurePath

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from extraction.addresses import base_url
from extraction.choices import JobState
from extraction.errors import ReadingFailed
from extraction.models import Document, ParsedPage
from extraction.services.access import get_document
from extraction.services.block_pictures import picture_of
from extraction.services.markdown import markdown_of


@login_required
@require_safe
def document_markdown(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest reading as a download, what runs over a page made whole."""
    document = get_document(request.user, pk)
    parse = document.parses.filter(is_trial=False).order_by("-pk").first()
    if parse is None or parse.state != JobState.DONE:
        messages.warning(request, _("This document is not read yet, or it could not be read."))
        return redirect(document)
    text = markdown_of(parse, joins_pages=True, address=lambda name: _picture_address(request, document, name))
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    name = f"{PurePath(document.name).stem or 'document'}.md"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _picture_address(request: HttpRequest, document: Document, name: str) -> str:
    page, _hyphen, idx = name.partition("-")
    return base_url(request) + reverse("block-picture", args=[document.pk, page, idx])


@login_required
@require_safe
def block_picture(request: HttpRequest, pk: int, page: int, idx: int) -> HttpResponse:
    """A block as it looks on its page; `page` is the parsed page's key."""
    row = get_object_or_404(ParsedPage, pk=page, parse__document=get_document(request.user, pk))
    try:
        picture = picture_of(row.pk, idx)
    except ReadingFailed as exc:
        raise Http404 from exc
    if picture is None:
        raise Http404
    headers = {"Cache-Control": "private, max-age=60", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(picture.path.read_bytes(), content_type=picture.media_type, headers=headers)
