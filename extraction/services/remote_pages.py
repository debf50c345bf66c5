"""A provider's pages on this machine: its blocks, with the engine's own words laid under them, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from extraction.engine.page.underlay import lay_under
from extraction.errors import InvalidReply, LostLease, ParserCrashed, ReadingFailed
from extraction.models import Document, PageRange
from extraction.providers.embedded import EmbeddedParser
from extraction.services.jobs import Lease
from extraction.services.page_images import forget_if_gone
from extraction.services.ranges import (
    RangeReader,
    end_range,
    fail_pages,
    read_range,
    request_for,
    unread_pages,
)
from extraction.services.raw_replies import read_reply
from extraction.services.remote_ranges import warn
from extraction.types import PageReading
from extraction.wire import somark

LEFT_OUT = ReadingFailed("not in the provider's answer", code="page_left_out")


class UnderlayReader(RangeReader):
    """Keeps the provider's pages as the engine reads the words of each."""

    def __init__(self, lease: Lease[PageRange], document: Document, pages: Mapping[int, PageReading]) -> None:
        super().__init__(lease, document)
        self._provided = pages

    def on_page(self, page: PageReading) -> None:
        laid = lay_under(self._provided[page.number], page)
        if laid.rotation != page.rotation:
            # its picture lies otherwise; it is drawn by the job that draws what is missing
            self._drawn = [drawn for drawn in self._drawn if drawn.number != page.number]
        super().on_page(laid)

    def keep_bare(self, numbers: list[int]) -> None:
        """Pages whose words could not be read here are shown as the provider has them."""
        for number in numbers:
            page = self._provided[number]
            super().on_page(replace(page, warnings=(*page.warnings, "words_missing")))
        self.keep()


def read_pages(lease: Lease[PageRange], engine: EmbeddedParser) -> None:
    """Read what no earlier claim has read, then end the range, and with the last range the parse."""
    document = Document.objects.select_related("blob", "readable").get(parses=lease.job.parse_id)
    read = finish_range if lease.job.raw_reply else read_range
    try:
        read(lease, engine, document)
    except LostLease:
        forget_if_gone(document)
        raise
    end_range(lease)


def finish_range(lease: Lease[PageRange], engine: EmbeddedParser, document: Document) -> None:
    """Keep the pages of the raw reply that no earlier claim has kept. Raises InvalidReply."""
    job = lease.job
    lease.look()
    pages, left_over = provided_pages(job)
    unread = unread_pages(job)
    with transaction.atomic():
        if left_over:
            told = ", ".join(map(str, left_over))
            warn(job.parse_id, [{"code": "pages_left_over", "params": {"pages": told}}])
        # the parse before its range, as everybody holds them
        lease.renew()
        missing = [number for number in unread if number not in pages]
        fail_pages(job, dict.fromkeys(missing, LEFT_OUT))
    numbers = [number for number in unread if number in pages]
    if numbers:
        _lay_under(UnderlayReader(lease, document, pages), engine, document, numbers)


def provided_pages(job: PageRange) -> tuple[dict[int, PageReading], list[int]]:
    """The reply's pages by our numbers, their pictures by hash; and numbers of those that were not asked for."""
    try:
        reply = read_reply(job)
    except FileNotFoundError as exc:
        raise InvalidReply("the provider's answer is gone from the store") from exc
    reading = somark.load(reply)
    pages = {page.number + job.first - 1: page for page in reading.pages}
    left_over = [number for number in pages if number > job.last]
    ours = {
        number: _with_pictures(replace(page, number=number), job.pictures)
        for number, page in pages.items()
        if number <= job.last
    }
    return ours, left_over


def _with_pictures(page: PageReading, pictures: Mapping[str, str]) -> PageReading:
    """An address that was not copied leads nowhere by now."""
    blocks = tuple(replace(block, image=pictures.get(block.image)) if block.image else block for block in page.blocks)
    return replace(page, blocks=blocks)


def _lay_under(reader: UnderlayReader, engine: EmbeddedParser, document: Document, numbers: list[int]) -> None:
    """A page whose child died is tried once more first; then it is shown without words."""
    job = reader.job
    try:
        request = request_for(document, numbers)
        failed = engine.run(request, reader.on_page, on_image=reader.on_image).failed
    except ReadingFailed as exc:
        failed = tuple((number, exc.code) for number in reader.unread(numbers))
    finally:
        reader.keep()
    crashed = [number for number, code in failed if code == ParserCrashed.code]
    if crashed and not job.crashes:
        raise ParserCrashed(f"at pages {crashed}")
    reader.keep_bare([number for number, _ in failed])
