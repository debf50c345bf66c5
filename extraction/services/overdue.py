"""An interface's documents always end: those that wait for too long, and DocMap's whose work takes too long, fail.

The team can run them again. What a worker still reads of one that was given up is dropped: it has lost its claim.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from extraction.choices import INTERFACES, JobState, Lane, Source
from extraction.errors import GalleyError, ProviderUnavailable
from extraction.models import Extraction, PageRange, Parse
from extraction.services.admission import OUTAGES
from extraction.services.jobs import begun_after
from extraction.services.work import end_unclaimed

log = logging.getLogger("galley.jobs")
# of DocMap's rules for servers
LONGEST_WAIT = timedelta(minutes=15)
WORK_SECONDS, WORK_SECONDS_A_PAGE = 120, 3
# in one sweep; the next one is near
AT_ONCE = 50

_QUEUED_AT_PROVIDER = Q(state=JobState.QUEUED, lane=Lane.REMOTE)
_IS_DOWN = Q(account__breaker_failures__gte=OUTAGES)


def end_overdue() -> int:
    """Every few seconds: note which jobs wait, fail those that waited or worked for too long, and say how many."""
    for model in (PageRange, Extraction):
        _note_waits(model.objects.all())
    late: list[tuple[Parse | PageRange | Extraction, GalleyError]]
    late = [(job, _waited(job)) for job in _waiting_too_long()]
    late += [(job, _took(job)) for job in _working_too_long()]
    return sum(_give_up(job, error) for job, error in late)


def _note_waits(rows: QuerySet[Any]) -> None:
    """A job in the queue of a provider waits too while it has a reason, or while its account's provider is down."""
    has_reason = Q(error_class__gt="")
    waiting = rows.filter(Q(state=JobState.WAITING) & has_reason | _QUEUED_AT_PROVIDER & (has_reason | _IS_DOWN))
    unnoted = waiting.filter(waiting_since=None)
    if unnoted.exists():
        unnoted.update(waiting_since=timezone.now())
    going_on = rows.filter(_QUEUED_AT_PROVIDER, error_class="", waiting_since__isnull=False).exclude(_IS_DOWN)
    if going_on.exists():
        going_on.filter(started_at__isnull=False).update(started_at=begun_after("waiting_since"), waiting_since=None)
        going_on.update(waiting_since=None)


def _waiting_too_long() -> Iterator[PageRange | Extraction]:
    """Those that wait for their reading have no `waiting_since`: they end with it."""
    waits = Q(state=JobState.WAITING) | _QUEUED_AT_PROVIDER
    for model in (PageRange, Extraction):
        rows = _asked_for(model, INTERFACES).filter(waits, waiting_since__lte=timezone.now() - LONGEST_WAIT)
        yield from rows.select_related("account").order_by("pk")[:AT_ONCE]


def _waited(job: PageRange | Extraction) -> GalleyError:
    code, params = job.error_class, job.error_params
    if not code:
        code, params = ProviderUnavailable.code, {}
    return GalleyError("waited for 15 minutes", code="waited_too_long", why={"code": code, "params": params})


def _working_too_long() -> Iterator[Parse | PageRange | Extraction]:
    """Somebody works at them, or has asked the provider lately: what merely queues is not looked at.

    A lease that ran out is no work; who takes the job over gets the time back.
    """
    now = timezone.now()
    has_worker = Q(state=JobState.RUNNING, lease_until__gt=now)
    at_provider = _QUEUED_AT_PROVIDER & Q(wake_at__gt=now, waiting_since=None) & ~Q(remote_id="")
    for model in (Parse, PageRange, Extraction):
        rows = _asked_for(model, (Source.DOCMAP,)).filter(has_worker | at_provider)
        rows = rows.filter(started_at__lt=now - timedelta(seconds=WORK_SECONDS))
        jobs = rows.select_related("document" if model is Parse else "parse__document").order_by("pk").iterator()
        yield from islice((job for job in jobs if now - job.started_at > timedelta(seconds=_seconds_for(job))), AT_ONCE)


def _asked_for(model: type[Parse | PageRange | Extraction], sources: Collection[Source]) -> QuerySet[Any]:
    """Those of documents from there; people wait for trials, and no program."""
    document = "document" if model is Parse else "parse__document"
    is_trial = "parse__is_trial" if model is PageRange else "is_trial"
    return model._default_manager.filter(**{f"{document}__source__in": sources, is_trial: False})


def _seconds_for(job: Parse | PageRange | Extraction) -> int:
    document = job.document if isinstance(job, Parse) else job.parse.document
    return WORK_SECONDS + WORK_SECONDS_A_PAGE * (document.page_count or 1)


def _took(job: Parse | PageRange | Extraction) -> GalleyError:
    return GalleyError("took too long", code="took_too_long", seconds=_seconds_for(job))


def _give_up(job: Parse | PageRange | Extraction, error: GalleyError) -> bool:
    """Whoever waits for it hears of it; False where it has moved on."""
    is_over = end_unclaimed(job, JobState.FAILED, error)
    if is_over:
        log.info("%s is given up: %s", job, error)
    return is_over
