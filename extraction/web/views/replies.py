"""What a provider sent, as it came: its whole answers as downloads, the pictures that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path, PurePath

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from extraction.models import Document, Extraction, PageRange
from extraction.services.access import get_document
from extraction.services.raw_replies import picture_path, picture_type, raw_reply_path

_CHUNK = 256 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


@login_required
@require_safe
def parse_reply(request: HttpRequest, pk: int, parse: int) -> HttpResponseBase:
    """The answer as it came; a document that was sent in parts has an array of them, in the order of the pages."""
    document = get_document(request.user, pk)
    ranges = PageRange.objects.filter(parse=parse, parse__document=document).exclude(raw_reply="")
    paths = [raw_reply_path(job) for job in ranges.select_related("parse__document").order_by("first", "version", "pk")]
    return _download(document, [path for path in paths if path])


@login_required
@require_safe
def extraction_reply(request: HttpRequest, pk: int, extraction: int) -> HttpResponseBase:
    document = get_document(request.user, pk)
    jobs = Extraction.objects.select_related("parse__document")
    path = raw_reply_path(get_object_or_404(jobs, pk=extraction, parse__document=document))
    return _download(document, [path] if path else [])


def _download(document: Document, paths: list[Path]) -> HttpResponseBase:
    """Never shown as a page of ours: nobody knows what a provider writes."""
    if not paths:
        raise Http404
    name = f"{PurePath(document.name).stem or 'document'}.json"
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    kind = "application/json; charset=utf-8"
    if len(paths) == 1:
        return FileResponse(paths[0].open("rb"), as_attachment=True, filename=name, content_type=kind, headers=headers)
    headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return StreamingHttpResponse(_joined(paths), content_type=kind, headers=headers)


def _joined(paths: list[Path]) -> Iterator[bytes]:
    with ExitStack() as files:
        for number, path in enumerate(paths):
            yield b"," if number else b"["
            file = files.enter_context(path.open("rb"))
            while chunk := file.read(_CHUNK):
                yield chunk
        yield b"]"


@login_required
@require_safe
def document_picture(request: HttpRequest, pk: int, digest: str) -> HttpResponseBase:
    """A picture that a reading of this document names; its type is what its bytes are."""
    document = get_document(request.user, pk)
    if not _DIGEST.fullmatch(digest) or digest not in _named(document):
        raise Http404
    try:
        data = picture_path(document, digest).read_bytes()
    except FileNotFoundError as exc:
        raise Http404 from exc
    kind = picture_type(data)
    if not kind:
        raise Http404
    headers = {"Cache-Control": "private, max-age=60", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=kind, headers=headers)


def _named(document: Document) -> set[str]:
    rows = PageRange.objects.filter(parse__document=document).exclude(pictures={})
    return {digest for pictures in rows.values_list("pictures", flat=True) for digest in pictures.values()}
