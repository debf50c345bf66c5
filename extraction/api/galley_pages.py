"""Pages of a document: their pictures, and what was read of them."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from ninja import Path, Query, Router
from ninja.responses import Status

from extraction.api.errors import Refusal
from extraction.api.galley_document_shapes import PageAnswer, page_answer
from extraction.api.galley_documents import document_of
from extraction.api.galley_openapi import told
from extraction.api.galley_requests import READ, RUN, not_found, once
from extraction.api.galley_shapes import RowId
from extraction.choices import JobState
from extraction.errors import ReadingFailed
from extraction.models import Document, Parse
from extraction.queries.page_states import PageShell, page_shells
from extraction.queries.progress import progress_of
from extraction.services.markdown import markdown_of
from extraction.services.page_images import image_file
from extraction.services.parses import read_page_again
from extraction.services.pointing import reading_of
from extraction.services.usage import require_room

router = Router(tags=["pages"])
PageNumber = Annotated[int, Path(ge=1, le=100_000, description="From 1.")]


@router.get(
    "/documents/{document_id}/pages/{number}",
    auth=READ,
    response=PageAnswer,
    operation_id="getPage",
    summary="Blocks and words of a page",
    openapi_extra=told(),
)
def get_page(request: HttpRequest, document_id: RowId, number: PageNumber) -> PageAnswer:
    """Blocks in reading order and the words under them; both are empty until the page was read."""
    document = document_of(request, document_id)
    parse = _latest_parse(document)
    shell = _shell(document, parse, number)
    return page_answer(shell, reading_of(parse, number) if parse else None)


def _latest_parse(document: Document) -> Parse | None:
    return progress_of([document])[document.pk].parse


def _shell(document: Document, parse: Parse | None, number: int) -> PageShell:
    shells = page_shells(parse, document.page_count) if parse else [PageShell(1)]
    if number > len(shells):
        raise not_found("page")
    return shells[number - 1]


@router.post(
    "/documents/{document_id}/pages/{number}/read-again",
    auth=RUN,
    response={202: PageAnswer},
    operation_id="readPageAgain",
    summary="Read a page again",
    openapi_extra=told(409, 422),
)
@once
def read_once_more(request: HttpRequest, document_id: RowId, number: PageNumber) -> Status[PageAnswer]:
    """One that failed, or one that was read wrongly; asked twice, it is read once.

    The answer is the page as it stands; its `work` is null once that is done. What was read before is shown until then,
    and after it where the page failed once more. Fields are not read anew by this: ask for another extraction.
    """
    document = document_of(request, document_id)
    parse = _latest_parse(document)
    _shell(document, parse, number)
    require_room(request.auth.team)
    read_page_again(document=document, number=number, by=request.auth.key.created_by)
    return Status(202, page_answer(_shell(document, parse, number), reading_of(parse, number) if parse else None))


@router.get(
    "/documents/{document_id}/pages/{number}/image",
    auth=READ,
    operation_id="getPageImage",
    summary="A page as a picture",
    openapi_extra=told(304, media_type="image/jpeg"),
)
def get_image(
    request: HttpRequest,
    document_id: RowId,
    number: PageNumber,
    size: Annotated[
        Literal["thumb", "image", "large"], Query(description="160, 1240 or 2000 pixels wide at most.")
    ] = "image",
) -> HttpResponseBase:
    """A JPEG, drawn at first sight; it has an ETag."""
    document = document_of(request, document_id)
    try:
        path = image_file(document, number, size)
        file = path.open("rb")
    except (ReadingFailed, FileNotFoundError) as exc:
        raise Http404 from exc
    headers = {"ETag": f'"{path.stem}"', "Cache-Control": "private, no-cache"}
    unchanged = get_conditional_response(request, etag=headers["ETag"], response=HttpResponse(headers=headers))
    if unchanged is not None and unchanged.status_code == 304:
        file.close()
        return unchanged
    return FileResponse(file, content_type="image/jpeg", headers=headers)


@router.get(
    "/documents/{document_id}/markdown",
    auth=READ,
    operation_id="getMarkdown",
    summary="A document as Markdown",
    openapi_extra=told(409, media_type="text/markdown"),
)
def get_markdown(
    request: HttpRequest,
    document_id: RowId,
    tables: Annotated[Literal["html", "markdown"], Query(description="How tables are written.")] = "html",
    join_pages: Annotated[bool, Query(description="Join paragraphs and tables that run over a page.")] = False,
) -> HttpResponse:
    """Everything that was read, in reading order; running heads and feet are left out.

    Tables as Markdown have no merged cells: these are split and repeat what they hold.
    """
    parse = _latest_parse(document_of(request, document_id))
    if parse is None or parse.state != JobState.DONE:
        raise Refusal(409, "NOT_READ", "This document is not read yet, or it could not be read.")
    text = markdown_of(parse, tables=tables, joins_pages=join_pages)
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")
