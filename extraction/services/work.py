"""What a worker does: claim the most urgent job, take its step, and say how it ended."""

from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, OperationalError, close_old_connections, transaction
from django.db.models import F
from django.utils import timezone

from extraction.choices import JobState, Lane
from extraction.errors import Cancelled, GalleyError, LostLease, ParserCrashed
from extraction.models import Detection, Extraction, Job, JobQuerySet, PageImages, PageRange, Parse, WebhookDelivery
from extraction.providers.embedded import EmbeddedParser
from extraction.services.finding_templates import end_detection_badly, find_template
from extraction.services.jobs import Heart, Lease, Stopped, claim, error_columns, held, move, seize, step
from extraction.services.page_images import draw_missing
from extraction.services.parses import lock_parse
from extraction.services.planning import end_plan_badly, plan_parse
from extraction.services.ranges import end_range_badly
from extraction.services.reading_fields import end_extraction_badly, read_fields
from extraction.services.remote_ends import put_off
from extraction.services.remote_pages import read_pages
from extraction.services.webhook_deliveries import deliver, end_delivery_badly

log = logging.getLogger("galley.work")

# tries of a transient error by its code, the first included
TRIES = {"disk_full": 6, "database": 20, "provider_unavailable": 20}
# of what is a bug of ours
BUG_TRIES = 2
BUGS = {
    Extraction: "extraction_failed",
    Detection: "detection_failed",
    Parse: "reading_failed",
    PageRange: "reading_failed",
    PageImages: "page_failed",
    WebhookDelivery: "webhook_failed",
}
LONGEST_WAIT_SECONDS = 60
CRASHES_ALLOWED = 1
# a job whose lease ran out so often takes its workers down with it
FAILURES_ALLOWED = 20

type EndBadly = Callable[[Any, JobState, GalleyError], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: which rows are due, the most urgent first; its step; and how it fails or is cancelled."""

    due: Callable[[Lane], JobQuerySet]
    run: Callable[[Lease[Any], EmbeddedParser], None]
    end_badly: EndBadly


def _images_end_badly(job: PageImages, state: JobState, error: GalleyError) -> None:
    step(job, state, **error_columns(error))


KINDS = {
    # new fields come before those that are read again
    Extraction: Kind(
        lambda lane: Extraction.objects.due().filter(lane=lane).order_by(F("keeps").asc(nulls_first=True), "pk"),
        lambda lease, engine: read_fields(lease),
        end_extraction_badly,
    ),
    Detection: Kind(
        lambda lane: Detection.objects.due().filter(lane=lane).order_by("pk"),
        lambda lease, engine: find_template(lease),
        end_detection_badly,
    ),
    Parse: Kind(
        lambda lane: Parse.objects.due().filter(lane=lane, ranges=None).order_by("turn", "pk"),
        lambda lease, engine: plan_parse(lease),
        end_plan_badly,
    ),
    # early pages of every document come before late pages of any, and the teams take turns
    PageRange: Kind(
        lambda lane: PageRange.objects.due().filter(lane=lane).order_by("first", "turn", "pk"),
        read_pages,
        end_range_badly,
    ),
    PageImages: Kind(
        lambda lane: PageImages.objects.due().filter(lane=lane).order_by("pk"),
        lambda lease, engine: draw_missing(lease),
        _images_end_badly,
    ),
    # claimed by the remote worker, by webhook (services.webhook_deliveries)
    WebhookDelivery: Kind(
        lambda lane: WebhookDelivery.objects.none(),
        lambda lease, engine: deliver(lease),
        end_delivery_badly,
    ),
}


def work_once(
    engine: EmbeddedParser,
    *,
    lane: Lane = Lane.CPU,
    stop: threading.Event | None = None,
    heart: Heart | None = None,
) -> bool:
    """Claim one job and take its step; False when nothing was due."""
    job = _claim_most_urgent(lane)
    if job is None:
        return False
    lease = Lease(job, stop=stop, has_to_yield=has_to_yield)
    with heart.beating(lease) if heart else nullcontext():
        perform(lease, engine)
    return True


def _claim_most_urgent(lane: Lane) -> Any:
    for model in _most_urgent_first(lane):
        job = claim(KINDS[model].due(lane))
        if job is not None:
            return job
    return None


def _most_urgent_first(lane: Lane) -> list[type[Any]]:
    """A document is laid out before pages are read, unless those are the first ones of an earlier turn.

    Fields that are read again, which may be those of thousands, wait for the first pages of every document.
    """
    kinds: list[type[Any]] = list(KINDS)
    plan = KINDS[Parse].due(lane).values_list("turn", flat=True).first()
    first_pages = PageRange.objects.due().filter(lane=lane, first=1)
    if plan is not None and first_pages.filter(turn__lt=plan).exists():
        kinds.remove(Parse)
        kinds.insert(kinds.index(PageRange) + 1, Parse)
    keeps = KINDS[Extraction].due(lane).values_list("keeps", flat=True).first()
    if keeps is not None and (plan is not None or first_pages.exists()):
        kinds.remove(Extraction)
        kinds.insert(kinds.index(PageImages), Extraction)
    return kinds


def has_to_yield(job: Job) -> bool:
    """Whether something more urgent is due; only pages, which are kept one by one, are worth an interruption."""
    if not isinstance(job, PageRange | PageImages):
        return False
    for model, kind in KINDS.items():
        due = kind.due(Lane(job.lane))
        if isinstance(job, model):
            return isinstance(job, PageRange) and due.filter(first__lt=job.first).exists()
        if isinstance(job, PageRange) and model is Parse and job.first == 1:
            due = due.filter(turn__lt=job.turn)
        if isinstance(job, PageRange) and model is Extraction and job.first == 1:
            due = due.filter(keeps=None)
        if due.exists():
            return True
    return False


def perform(lease: Lease[Any], engine: EmbeddedParser) -> None:
    """Take the claimed job's step on this machine and write how it ended."""
    perform_step(lease, lambda: KINDS[type(lease.job)].run(lease, engine))


def perform_step(lease: Lease[Any], run: Callable[[], None]) -> None:
    """Run the claimed job's step and write how it ended; where the claim is ours no more, nothing is written."""
    job = lease.job
    try:
        _begin(job)
        run()
    except LostLease as exc:
        log.info("%s", exc)
    except Exception as exc:  # noqa: BLE001 - whatever breaks a job must not break its worker
        _end_after(job, exc)


def _begin(job: Job) -> None:
    if job.failures > FAILURES_ALLOWED:
        raise ParserCrashed(f"{job.failures} failures", code="poison")
    if isinstance(job, PageRange):
        started = Parse.objects.filter(pk=job.parse_id, state=JobState.QUEUED)
        if started.exists():
            move(started, JobState.RUNNING, started_at=timezone.now())


def _end_after(job: Job, exc: Exception) -> None:
    try:
        # a document that was deleted meanwhile breaks its jobs in many ways
        if held(job).exists():
            _write_end(job, exc)
    except LostLease as lost:
        log.info("%s", lost)
    except DatabaseError:
        # the lease runs out, then somebody tries again
        log.exception("%s: could not write how it ended", job)
        close_old_connections()


def _write_end(job: Job, exc: Exception) -> None:
    if isinstance(exc, Stopped):
        step(job, JobState.QUEUED)
    elif isinstance(exc, Cancelled):
        KINDS[type(job)].end_badly(job, JobState.CANCELLED, exc)
    elif job.lane == Lane.REMOTE and put_off(job, exc):
        log.info("%s is put off: %s", job, exc)
    elif isinstance(exc, ParserCrashed) and exc.code == ParserCrashed.code:
        _after_crash(job, exc)
    elif (error := _transient(exc)) is not None:
        _after_failure(job, error, TRIES[error.code])
    elif isinstance(exc, GalleyError):
        KINDS[type(job)].end_badly(job, JobState.FAILED, exc)
    else:
        log.error("%s of %s", type(job).__name__, job, exc_info=exc)
        _after_failure(job, GalleyError(repr(exc), code=BUGS[type(job)]), BUG_TRIES)


def _transient(exc: Exception) -> GalleyError | None:
    """The error as one that may pass; None for one that stays."""
    if isinstance(exc, GalleyError):
        return exc if exc.code in TRIES else None
    if isinstance(exc, OSError) and exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return GalleyError(str(exc), code="disk_full")
    if isinstance(exc, OperationalError):
        return GalleyError(str(exc), code="database")
    return None


@transaction.atomic
def end_unclaimed(job: Any, state: JobState, error: GalleyError) -> bool:
    """End a job as its worker would, whoever has it; False where it has moved on."""
    if isinstance(job, PageRange):
        # the parse first, as whoever ends a range does
        lock_parse(job.parse_id)
    if not seize(job):
        return False
    KINDS[type(job)].end_badly(job, state, error)
    return True


def _after_crash(job: Job, exc: ParserCrashed) -> None:
    """Once more, and after the second time no more."""
    if job.crashes < CRASHES_ALLOWED:
        step(job, JobState.QUEUED, crashes=job.crashes + 1, error_text=str(exc)[:2000])
    else:
        KINDS[type(job)].end_badly(job, JobState.FAILED, ParserCrashed(str(exc), code="poison"))


def _after_failure(job: Job, error: GalleyError, tries: int) -> None:
    failures = job.failures + 1
    if failures >= tries:
        KINDS[type(job)].end_badly(job, JobState.FAILED, error)
        return
    wake_at = timezone.now() + timedelta(seconds=min(2**failures, LONGEST_WAIT_SECONDS))
    step(job, JobState.QUEUED, failures=failures, wake_at=wake_at, **error_columns(error))
