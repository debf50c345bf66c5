"""The step of a parse whose pages are not counted yet: the file is looked at or laid out, its ranges made."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from extraction.choices import JobState
from extraction.engine.sandbox.parser import Parser
from extraction.errors import GalleyError
from extraction.models import Document, Parse
from extraction.services.blobs import Incoming, blob_path, keep_blob, receive
from extraction.services.extractions import wake_extractions
from extraction.services.jobs import Lease, error_columns, step
from extraction.services.parses import make_ranges
from extraction.services.teams import lock_team
from extraction.services.usage import count_team_usage, require_quota
from extraction.types import FileKind


def plan_parse(lease: Lease[Parse]) -> None:
    """Count the pages, and keep a copy to read where the file itself is none; the parse runs as long as its ranges."""
    document = Document.objects.select_related("blob", "readable").get(pk=lease.job.document_id)
    pages, pdf = _looked_at(document)
    if pdf is None:
        _keep(lease, document, None, pages)
        return
    with receive([pdf]) as readable:
        _keep(lease, document, readable, pages)


def _looked_at(document: Document) -> tuple[int, bytes | None]:
    """The pages, and the PDF of an Office document, or of a PDF that opens without password but not without a lock."""
    blob = document.readable or document.blob
    kind = FileKind(blob.kind)
    with Parser(blob_path(blob), kind, max_pages=settings.GALLEY_MAX_PAGES) as parser:
        if kind.is_office:
            pages = parser.page_count()
            return pages, parser.to_pdf()
        probe = parser.probe()
        return parser.page_count(), parser.decrypted_copy() if probe.encrypted else None


@transaction.atomic
def _keep(lease: Lease[Parse], document: Document, readable: Incoming | None, pages: int) -> None:
    """A running parse without a lease waits for its ranges."""
    team = lock_team(document.team_id)
    lease.renew()
    # nobody tells the new ranges of a cancel that came while the document was laid out
    lease.look()
    if document.page_count is None:
        require_quota(team, pages=pages)
        count_team_usage(team, pages=pages)
    blob = keep_blob(readable, team=team, kind=FileKind.PDF) if readable else document.readable
    Document.objects.filter(pk=document.pk).update(readable=blob, page_count=pages)
    make_ranges(lease.job, pages, turn=lease.job.turn or 0)
    Parse.objects.filter(pk=lease.job.pk).update(turn=None)
    lease.let_go()


def end_plan_badly(parse: Parse, state: JobState, error: GalleyError) -> None:
    with transaction.atomic():
        step(parse, state, **error_columns(error))
        wake_extractions(parse, state)
