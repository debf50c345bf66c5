"""The step of a page range: its pages are read one by one, each kept as soon as it is there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from extraction.choices import JobState, PageState, Provider
from extraction.engine.page.layout import finish_document
from extraction.engine.raw import Pixels
from extraction.errors import GalleyError, LostLease, ParserCrashed, ReadingFailed
from extraction.models import Document, PageRange, Parse, ParsedPage
from extraction.providers.embedded import EmbeddedParser
from extraction.queries.pages import parsed_pages
from extraction.services.blobs import blob_path
from extraction.services.jobs import Lease, error_columns, step
from extraction.services.page_images import Drawn, draw, forget_drawn, keep_drawn
from extraction.services.parses import LASTING, end_parse_if_over, lock_parse
from extraction.services.readings import page_columns, page_reading
from extraction.types import FileKind, PageReading, ParseRequest

KEEP_SECONDS = 1.0
POISON = ParserCrashed(code="poison")


class RangeReader:
    """Keeps pages and pictures as the engine tells of them: the first at once, then once a second."""

    def __init__(self, lease: Lease[PageRange], document: Document) -> None:
        self._lease, self._document = lease, document
        self.job = lease.job
        self._pages: list[ParsedPage] = []
        self._drawn: list[Drawn] = []
        self._kept_at = 0.0

    def on_image(self, number: int, pixels: Pixels) -> None:
        self._drawn.append(draw(self._document, number, pixels))

    def on_page(self, page: PageReading) -> None:
        self._pages.append(_row(self.job, page.number, page_columns(page)))
        if time.monotonic() - self._kept_at >= KEEP_SECONDS:
            self.keep()
        self._lease.look()

    def unread(self, numbers: Sequence[int]) -> list[int]:
        """Those that were not told of yet."""
        told = {page.number for page in self._pages}
        return [number for number in unread_pages(self.job) if number in numbers and number not in told]

    def keep(self) -> None:
        if not self._pages:
            return
        with transaction.atomic():
            self._lease.renew(progress_done=F("progress_done") + len(self._pages))
            ParsedPage.objects.bulk_create(self._pages)
            if self.job.version > 1:
                # read again, a page can stand otherwise
                forget_drawn(self._document, [page.number for page in self._pages])
            keep_drawn(self._document, self._drawn)
        self._pages, self._drawn, self._kept_at = [], [], time.monotonic()


def read_range(lease: Lease[PageRange], engine: EmbeddedParser, document: Document) -> None:
    """Read what no earlier claim has read."""
    if unread := unread_pages(lease.job):
        _read(lease, engine, document, unread)


def unread_pages(job: PageRange) -> list[int]:
    tried = ParsedPage.objects.filter(parse=job.parse_id, version=job.version, number__range=(job.first, job.last))
    return sorted(set(range(job.first, job.last + 1)) - set(tried.values_list("number", flat=True)))


def _read(lease: Lease[PageRange], engine: EmbeddedParser, document: Document, numbers: Sequence[int]) -> None:
    reader = RangeReader(lease, document)
    try:
        reading = engine.run(request_for(document, numbers), reader.on_page, on_image=reader.on_image)
    finally:
        # also before a crash or the worker's end is seen to: what is read is read
        reader.keep()
    _keep_failed(lease, reading.failed)


def request_for(document: Document, numbers: Sequence[int]) -> ParseRequest:
    blob = document.readable or document.blob
    source = blob_path(document.blob) if document.readable and document.blob.kind == FileKind.DOCX else None
    return ParseRequest(
        blob_path(blob), FileKind(blob.kind), document.name, pages=tuple(numbers), max_pages=None, source=source
    )


def _keep_failed(lease: Lease[PageRange], failed: Sequence[tuple[int, str]]) -> None:
    """Pages that failed are told; those whose child died are tried once more first."""
    job = lease.job
    crashed = [number for number, code in failed if code == ParserCrashed.code]
    final = [pair for pair in failed if job.crashes or pair[0] not in crashed]
    with transaction.atomic():
        lease.renew(progress_done=F("progress_done") + len(final))
        fail_pages(job, {number: POISON if number in crashed else ReadingFailed(code=code) for number, code in final})
    if crashed and not job.crashes:
        raise ParserCrashed(f"at pages {crashed}")


def end_range(lease: Lease[PageRange]) -> None:
    """The last range of a parse first sees to what only the whole document tells."""
    job = lease.job
    with transaction.atomic():
        parse = _locked(job)
        if parse.ranges.pending().exclude(pk=job.pk).exists():
            step(job, JobState.DONE)
            return
    # what a provider says of its pages stays as it is
    changed, warnings = _finished(parse) if parse.provider == Provider.EMBEDDED else ([], _warnings_of(parse))
    with transaction.atomic():
        parse = _locked(job)
        lease.renew()
        ParsedPage.objects.bulk_update(changed, ["content", "block_count", "continues_previous"], batch_size=50)
        parse.warnings = [*(told for told in parse.warnings if told["code"] in LASTING), *warnings]
        step(job, JobState.DONE)
        end_parse_if_over(parse)


def _locked(job: PageRange) -> Parse:
    parse = lock_parse(job.parse_id)
    if parse is None:
        raise LostLease(f"{job} is gone")
    return parse


def _finished(parse: Parse) -> tuple[list[ParsedPage], list[dict[str, Any]]]:
    """Pages that the look at the whole document changed, and the document's warnings."""
    rows = {page.number: page for page in parsed_pages(parse).filter(state=PageState.DONE)}
    before = [page_reading(row) for row in rows.values()]
    reading = finish_document(before)
    pairs = zip(reading.pages, before, strict=True)
    changed = [_changed(rows[page.number], page) for page, old in pairs if page != old]
    codes = dict.fromkeys(code for page in reading.pages for code in page.warnings)
    return changed, [{"code": code, "params": {}} for code in (*codes, *reading.warnings)]


def _warnings_of(parse: Parse) -> list[dict[str, Any]]:
    """Those of its pages, each once; one page at a time, since a provider's can be many and large."""
    rows = parsed_pages(parse).filter(state=PageState.DONE).iterator(chunk_size=10)
    codes = dict.fromkeys(code for row in rows for code in page_reading(row).warnings)
    return [{"code": code, "params": {}} for code in codes]


def _changed(row: ParsedPage, page: PageReading) -> ParsedPage:
    for name, value in page_columns(page).items():
        setattr(row, name, value)
    return row


def end_range_badly(job: PageRange, state: JobState, error: GalleyError) -> None:
    """Failed or cancelled: pages that were not read say why, and the parse ends if this was its last range."""
    with transaction.atomic():
        parse = _locked(job)
        step(job, state, **error_columns(error))
        if state is JobState.FAILED:
            fail_pages(job, dict.fromkeys(unread_pages(job), error))
        end_parse_if_over(parse)


def fail_pages(job: PageRange, errors: Mapping[int, GalleyError]) -> None:
    """In the caller's transaction."""
    ParsedPage.objects.bulk_create(
        _row(job, number, {"state": PageState.FAILED, "error_class": error.code, "error_params": error.params})
        for number, error in errors.items()
    )


def _row(job: PageRange, number: int, columns: dict[str, Any]) -> ParsedPage:
    return ParsedPage(parse_id=job.parse_id, number=number, version=job.version, **columns)
