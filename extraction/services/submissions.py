"""Documents that come through an interface: admitted, stored, found again, and waited for."""

from __future__ import annotations

import io
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.files.base import File

from extraction.choices import JOB_ENDED, Source
from extraction.engine.read.kind import sniff
from extraction.errors import InvalidUpload, TooManySyncCalls
from extraction.models import ApiKey, Document, Extraction, Parse, Team, Template
from extraction.queries.records import listed_extractions
from extraction.services.documents import Sent, store_document
from extraction.services.usage import require_quota, require_room
from extraction.types import FileKind

# the other half of a process's threads answers polls and pages
SYNC_CALLS = settings.GALLEY_WEB_THREADS // 2
POLL_SECONDS, LONGEST_POLL_SECONDS = 0.1, 0.5

_slots = threading.BoundedSemaphore(SYNC_CALLS)
_own = threading.local()


def submit_document(
    *,
    team: Team,
    key: ApiKey | None,
    file: File[bytes],
    source: Source,
    template: Template | None = None,
    detects: bool = False,
    run_id: str = "",
    asked: dict[str, Any] | None = None,
    password: str = "",
    kind: FileKind | None = None,
    looks_inside: bool = True,
    remember: Callable[[Document], None] | None = None,
) -> Document:
    """Stored durably with its reading queued before this returns; `kind`, `looks_inside`, `remember` as in Sent.

    Raises QuotaUsedUp, TooManyAtOnce, InvalidUpload, and StepNotAllowed for a template that was never published.
    """
    if looks_inside:
        # before the work of it; under the team's row they are looked at again
        require_quota(team, pages=1, extractions=1 if template or detects else 0)
        require_room(team)
    by, sent = key.created_by if key else None, Sent(run_id, asked or {}, kind, looks_inside, remember)
    return store_document(
        team=team, file=file, by=by, source=source, template=template, detects=detects, password=password, sent=sent
    )


def is_of_kind(data: bytes, kind: FileKind) -> bool:
    """By the content."""
    try:
        return sniff(io.BytesIO(data)) is kind
    except InvalidUpload:
        return False


def extraction_of(team: Team, public_id: str) -> Extraction | None:
    """The team's, trials left out; with its document and template."""
    return listed_extractions(team).filter(public_id=public_id).first()


def parse_of(team: Team, public_id: str) -> Parse | None:
    """The team's, trials left out; with its document."""
    try:
        wanted = uuid.UUID(public_id)
    except ValueError:
        return None
    rows = Parse.objects.filter(document__team=team, is_trial=False)
    return rows.select_related("document").filter(public_id=wanted).first()


@contextmanager
def sync_call() -> Iterator[None]:
    """Hold one of the threads that may wait for results, before anything is stored. Raises TooManySyncCalls."""
    if getattr(_own, "holds", False):
        yield
        return
    if not _slots.acquire(blocking=False):
        raise TooManySyncCalls(f"{SYNC_CALLS} calls wait")
    _own.holds = True
    try:
        yield
    finally:
        _own.holds = False
        _slots.release()


def wait_until_ended(job: Extraction | Parse, *, seconds: float) -> bool:
    """Whether it ended in time; whoever takes over from a failed job does so under its public id.

    Raises TooManySyncCalls where the caller is not in a `sync_call` and no thread is free for it.
    """
    with sync_call():
        end, pause = time.monotonic() + seconds, POLL_SECONDS
        while not _has_ended(job):
            left = end - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(pause, left))
            pause = min(LONGEST_POLL_SECONDS, pause * 1.2)
    return True


def _has_ended(job: Extraction | Parse) -> bool:
    """A job that is gone has ended too."""
    states = type(job).objects.filter(public_id=job.public_id).values_list("state", flat=True)
    state = states.first()
    return state is None or state in JOB_ENDED
