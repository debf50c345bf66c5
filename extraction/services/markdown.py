"""A reading as Markdown, for whoever takes it away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from extraction.choices import PageState
from extraction.engine.joining import joined
from extraction.engine.markdown import Style, TableForm, to_markdown
from extraction.models import Parse, ParsedPage
from extraction.queries.pages import parsed_pages
from extraction.services.block_pictures import is_pictured
from extraction.services.readings import page_reading
from extraction.types import DocumentReading, PageReading

type PictureAddress = Callable[[str], str]
"""Makes a picture's address of its name: its page's key, a hyphen, its block's idx."""


def markdown_of(
    parse: Parse, *, tables: str = "html", joins_pages: bool = False, address: PictureAddress | None = None
) -> str:
    """Pages that failed are left out; `tables` is "html" or "markdown".

    `joins_pages` makes whole what runs over a page. Figures, stamps and codes are links where there is an `address`.
    """
    reading = DocumentReading(tuple(_page(row) for row in parsed_pages(parse).filter(state=PageState.DONE)))
    return to_markdown(joined(reading) if joins_pages else reading, Style(TableForm(tables), address=address))


def _page(row: ParsedPage) -> PageReading:
    page = page_reading(row)
    names = ((block, f"{row.pk}-{block.idx}" if is_pictured(block) else None) for block in page.blocks)
    return replace(page, blocks=tuple(replace(block, image=name) for block, name in names))
