"""Parsed pages as the engine's values, and back."""

from __future__ import annotations

import json
import zlib
from typing import Any

from extraction.choices import PageState
from extraction.models import Parse, ParsedPage
from extraction.queries.pages import parsed_pages
from extraction.types import DocumentReading, PageReading
from extraction.wire.results import dump_page, load_page


def page_reading(page: ParsedPage) -> PageReading:
    """What was read of the page. Raises ValueError for a failed page, which has no content."""
    if page.content is None:
        raise ValueError(f"{page} was not read")
    return load_page(json.loads(zlib.decompress(page.content)))


def document_reading(parse: Parse) -> DocumentReading:
    """All pages of the parse; those that failed are named."""
    pages = list(parsed_pages(parse))
    return DocumentReading(
        pages=tuple(page_reading(page) for page in pages if page.state == PageState.DONE),
        failed=tuple((page.number, page.error_class) for page in pages if page.state == PageState.FAILED),
    )


def first_pages(parse: Parse, count: int) -> DocumentReading:
    """The first pages of the parse that could be read."""
    pages = parsed_pages(parse).filter(state=PageState.DONE)[:count]
    return DocumentReading(pages=tuple(map(page_reading, pages)))


def page_columns(reading: PageReading) -> dict[str, Any]:
    """A reading as the columns of its ParsedPage."""
    plain = json.dumps(dump_page(reading), ensure_ascii=False, separators=(",", ":")).encode()
    return {
        "state": PageState.DONE,
        "width": reading.width,
        "height": reading.height,
        "rotation": reading.rotation,
        "continues_previous": reading.continues_previous,
        "block_count": len(reading.blocks),
        "content": zlib.compress(plain, 6),
    }
