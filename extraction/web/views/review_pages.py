"""Pages of a reading: the image with its boxes, the same blocks as a list, the words inside a region."""

from __future__ import annotations

import zlib
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from extraction.choices import BlockWord, JobState, PageState
from extraction.models import Parse, ParsedPage
from extraction.queries.page_states import PageShell, page_shells
from extraction.services.access import get_document, get_membership, may_read_pages
from extraction.services.block_pictures import PICTURED
from extraction.services.corrections import span_to_json
from extraction.services.pointing import page_of, reading_of, text_in_region
from extraction.services.readings import page_reading
from extraction.types import BBox, Block, PageReading, TableCell
from extraction.web.forms.reviews import RegionForm

_GROUPS = {
    "title": "heading",
    "figure_caption": "heading",
    "table_caption": "heading",
    "cate": "heading",
    "table": "table",
    "figure": "figure",
    "qrcode": "figure",
    "stamp": "figure",
    "cs": "figure",
    "header": "furniture",
    "footer": "furniture",
    "sider": "furniture",
    "footnote": "furniture",
}
_FRAGMENT = 3  # raise it when the fragment's HTML changes, so that no browser keeps the old one


@login_required
@require_GET
def review_page(request: HttpRequest, parse: int, number: int) -> HttpResponse:
    """The page's drawing; unchanged → 304."""
    reading = _parse(request, parse)
    page, shell = page_of(reading, number), _shell(reading, number)
    membership = get_membership(request.user, reading.document.team)
    may_read = may_read_pages(membership, reading.document) and not reading.is_trial
    # the look at the whole document changes pages that were read already
    content = zlib.crc32(page.content or b"") if page else 0
    tag = f'"{content:x}-{shell.mark}-{may_read:d}-{_FRAGMENT}-{get_language()}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    context = _page_context(reading, shell, page) | {"may_read_pages": may_read}
    response = render(request, "extraction/_review_page.html", context)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def _shell(reading: Parse, number: int) -> PageShell:
    shells = page_shells(reading, reading.document.page_count)
    if not 1 <= number <= len(shells):
        raise Http404
    return shells[number - 1]


def _page_context(parse: Parse, shell: PageShell, page: ParsedPage | None) -> dict[str, Any]:
    is_read = page is not None and page.state == PageState.DONE
    boxes = [box for block in page_reading(page).blocks for box in boxes_of(block)] if page and is_read else []
    return {"document": parse.document, "shell": shell, "boxes": boxes}


def boxes_of(block: Block) -> list[dict[str, Any]]:
    """What is drawn of a block: itself, and a table's cells above it."""
    drawn = [_box(block, cell) for cell in block.cells if cell.bbox]
    if block.bbox is None:
        return drawn
    return [_box(block, None), *drawn]


def texts_of(page: PageReading | None) -> list[dict[str, Any]]:
    """The page's blocks as a list, those without a place among them; empty for a page that was not read."""
    return [_box(block, None) | _shown(block, page) for block in page.blocks] if page else []


def is_read(parse: Parse) -> bool:
    """It can be taken away as Markdown."""
    return parse.state == JobState.DONE and not parse.is_trial


def _shown(block: Block, page: PageReading) -> dict[str, Any]:
    """What shows better than its text: a table's rows of cells, a figure's part of the page's image."""
    rows = groupby(sorted(block.cells, key=lambda cell: (cell.row, cell.column)), key=lambda cell: cell.row)
    is_cut = block.type in PICTURED and block.bbox is not None and not block.image
    return {"rows": [list(cells) for _, cells in rows], "page": page if is_cut else None}


def _box(block: Block, cell: TableCell | None) -> dict[str, Any]:
    word = BlockWord(block.type).label if block.type in BlockWord.values else block.type
    text = _text(block) if cell is None else cell.text
    return {
        "id": f"{block.idx}" if cell is None else f"{block.idx}-{cell.row}-{cell.column}",
        "idx": block.idx,
        **_edges(block.bbox if cell is None else cell.bbox),
        "group": _GROUPS.get(block.type, "text"),
        "outline": cell is None and bool(block.cells),
        "word": word,
        "text": text,
        "label": f"{word}: {text[:79]}…" if len(text) > 80 else f"{word}: {text}",
        "image": block.image or "",
        "percent": None if block.confidence is None else round(block.confidence * 100),
        "precision": "block" if cell is None else "cell",
    }


def _edges(box: BBox | None) -> dict[str, float]:
    if box is None:
        return {}
    return {name: round(value, 2) for name, value in zip("xywh", (box.x0, box.y0, box.width, box.height), strict=True)}


def _text(block: Block) -> str:
    if block.cells:
        return " ".join(cell.text for cell in block.cells if cell.text)
    return block.content


@login_required
@require_GET
def review_page_text(request: HttpRequest, parse: int, number: int) -> HttpResponse:
    """The page's blocks as a list: the same way for those who do not see the boxes."""
    reading = _parse(request, parse)
    page = reading_of(reading, number)
    blocks = texts_of(page)
    context = {
        "document": reading.document,
        "number": number,
        "blocks": blocks,
        "total": reading.document.page_count or 1,
        "is_read": is_read(reading),
    }
    return render(request, "extraction/_review_text.html", context)


@login_required
@require_GET
def review_region(request: HttpRequest, parse: int, number: int) -> JsonResponse:
    """The text of the words inside a region, and its place; an empty text where there is none."""
    form = RegionForm(request.GET)
    reading = _parse(request, parse)
    if not form.is_valid():
        return JsonResponse({"text": "", "spans": []}, status=400)
    span = text_in_region(reading, number, form.box)
    return JsonResponse({"text": span.text if span else "", "spans": [span_to_json(span)] if span else []})


@login_required
@require_GET
def review_words(request: HttpRequest, parse: int, number: int) -> JsonResponse:
    """The page's words as [text, x0, y0, x1, y1, block]."""
    page = reading_of(_parse(request, parse), number)
    if page is None:
        raise Http404
    return JsonResponse({"words": [[word.text, *word.bbox, word.block] for word in page.words]})


def _parse(request: HttpRequest, pk: int) -> Parse:
    parse = get_object_or_404(Parse, pk=pk)
    parse.document = get_document(request.user, parse.document_id)
    return parse
