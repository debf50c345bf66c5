"""A page range at a provider: its pages are sent as one file, and asked for until they are read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from extraction.engine.sandbox.parser import Parser
from extraction.errors import FateUnknown, ProviderRejected
from extraction.models import Document, PageRange, Parse
from extraction.services.admission import under_way
from extraction.services.blobs import blob_path, receive
from extraction.services.clients import parser_client
from extraction.services.parses import REMOTE_RANGE_PAGES, lock_parse
from extraction.services.raw_replies import keep_pictures
from extraction.services.remote_calls import Call
from extraction.types import FileKind, ParseRequest, RawReply, Ticket
from extraction.wire.somark import passed_on

FIRST_LOOK_SECONDS = 3.0
# pictures of other kinds become a PDF: not every provider takes them
SENT_AS_THEY_ARE = (FileKind.PDF, FileKind.PNG, FileKind.JPEG, FileKind.TIFF)
# looks at documents under way take at most this part of an account's calls
SHARE_OF_LOOKS = 0.5
# children that cut files, in one process
_SCISSORS = threading.BoundedSemaphore(2)


def call_for_range(call: Call[PageRange]) -> None:
    """One step: send the pages, or ask for them. Raises FateUnknown where nobody knows whether they were sent."""
    call.lease.look()
    if call.job.remote_id:
        _fetch(call)
    elif call.job.submit_key:
        raise FateUnknown("the connection broke while the document was sent")
    else:
        _submit(call)


def _submit(call: Call[PageRange]) -> None:
    job = call.job
    parse = Parse.objects.select_related("document__blob", "document__readable").get(pk=job.parse_id)
    client = parser_client(call.account)
    with file_of(parse.document, job.first, job.last) as (path, kind):
        pages = tuple(range(1, job.last - job.first + 2))
        options = passed_on(parse.settings.get("options") or {}, parse.asked)
        request = ParseRequest(path, kind, parse.document.name, pages=pages, max_pages=None, options=options)
        key = call.send()
        with call.unsent_on_refusal(submit_key=None):
            ticket = client.submit(request, submit_key=key)
    call.sent(ticket.remote_id, seconds=_pause(call))


@contextmanager
def file_of(document: Document, first: int, last: int) -> Iterator[tuple[Path, FileKind]]:
    """The readable copy, or a PDF of those pages. Raises ProviderRejected for a document over the limits."""
    pages = document.page_count or 1
    if pages > REMOTE_RANGE_PAGES:
        raise ProviderRejected(f"{pages} pages", code="too_many_pages", pages=pages, limit=REMOTE_RANGE_PAGES)
    blob = document.readable or document.blob
    kind = FileKind(blob.kind)
    if (first, last) == (1, pages) and kind in SENT_AS_THEY_ARE:
        yield blob_path(blob), kind
        return
    with receive([_cut(blob_path(blob), kind, first, last)]) as part:
        yield part.path, FileKind.PDF


def _cut(path: Path, kind: FileKind, first: int, last: int) -> bytes:
    """A picture becomes a PDF first."""
    with _SCISSORS:
        if kind is FileKind.PDF:
            return _subset(path, first, last)
        with receive([as_pdf(path, kind)]) as whole:
            return _subset(whole.path, first, last)


def _subset(path: Path, first: int, last: int) -> bytes:
    with Parser(path, FileKind.PDF, max_pages=None) as parser:
        return parser.subset_pdf(first, last)


def as_pdf(path: Path, kind: FileKind) -> bytes:
    with Parser(path, kind, max_pages=None) as parser:
        return parser.image_pdf()


def _fetch(call: Call[PageRange]) -> None:
    client = parser_client(call.account)
    call.ask()
    reply = client.fetch(Ticket(call.job.remote_id))
    if reply is None:
        call.still_at_work(seconds=_pause(call))
    else:
        _keep(call, reply)


def _keep(call: Call[PageRange], reply: RawReply) -> None:
    document = Document.objects.get(parses=call.job.parse_id)
    pictures = keep_pictures(document, reply.pictures)
    codes = dict.fromkeys(reply.warnings)
    if len(pictures) < len(reply.pictures):
        codes["pictures_missing"] = None
    warnings = [{"code": code, "params": {}} for code in codes]
    call.answered(document, reply, also=lambda: warn(call.job.parse_id, warnings), pictures=pictures)


def warn(parse: int, warnings: list[dict[str, Any]]) -> None:
    """Add what the parse does not say yet; in the caller's transaction."""
    row = lock_parse(parse) if warnings else None
    if row is not None:
        row.warnings = [*row.warnings, *(warning for warning in warnings if warning not in row.warnings)]
        row.save(update_fields=["warnings"])


def _pause(call: Call[PageRange]) -> float:
    """Every few seconds, and more seldom while many documents share the account's calls."""
    looks_a_second = call.account.calls_per_second * SHARE_OF_LOOKS
    return max(FIRST_LOOK_SECONDS, under_way(call.account) / looks_a_second)
