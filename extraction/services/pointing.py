"""What stands at a place of a parse, and where a text stands."""

from __future__ import annotations

from extraction.choices import PageState
from extraction.engine.fields import locate as find_places
from extraction.engine.pointing import is_misread, is_same_line, nearest, text_inside
from extraction.models import Parse, ParsedPage
from extraction.queries.pages import parsed_pages
from extraction.services.readings import page_reading
from extraction.types import AS_PRINTED, BBox, DocumentReading, FieldType, Notation, PageReading, Span

# a typed value is looked for on the field's own page and on those around it
_PAGES_AROUND = 2
# shorter texts stand everywhere: they count on the line of the old place only
_TELLING = 4


def page_of(parse: Parse, number: int) -> ParsedPage | None:
    """The page's latest version, None where it was not tried yet."""
    return parsed_pages(parse).filter(number=number).first()


def reading_of(parse: Parse, number: int) -> PageReading | None:
    """What was read of a page; None for one that failed or was not read yet."""
    page = page_of(parse, number)
    return page_reading(page) if page and page.state == PageState.DONE else None


def text_in_region(parse: Parse, number: int, region: BBox) -> Span | None:
    reading = reading_of(parse, number)
    return text_inside(reading, region) if reading else None


def locate(
    parse: Parse,
    text: str,
    *,
    kind: FieldType,
    old: Span | None,
    beside: Span | None = None,
    language: str = "",
    notation: Notation = AS_PRINTED,
) -> tuple[Span, ...]:
    """Where a typed text stands, nearest to the old place; that place itself where only a slip was mended.

    `beside` is another cell of its row: what stands in the same line comes first.
    """
    start = old or beside
    near = start.page if start else 1
    around = range(near - _PAGES_AROUND, near + _PAGES_AROUND + 1)
    pages = parsed_pages(parse).filter(number__in=around, state=PageState.DONE)
    for page in sorted(pages, key=lambda page: abs(page.number - near)):
        reading = DocumentReading((page_reading(page),))
        places = find_places(reading, text, type=kind, language=language, notation=notation)
        found = nearest(_in_line(_believable(places, text, start), beside), start)
        if found:
            return (found,)
    return (old,) if old and is_misread(text, old.text) else ()


def _in_line(spans: list[Span], beside: Span | None) -> list[Span]:
    return [span for span in spans if beside and is_same_line(span, beside)] or spans


def _believable(spans: tuple[Span, ...], text: str, old: Span | None) -> list[Span]:
    if len(text.strip()) >= _TELLING:
        return list(spans)
    return [span for span in spans if old and is_same_line(span, old)]
