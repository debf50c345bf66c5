"""What becomes of a job whose call went wrong: it tries again later, or waits for its account or for a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from extraction.choices import JobState
from extraction.errors import (
    AccountRefused,
    FateUnknown,
    InvalidReply,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
    StepNotAllowed,
)
from extraction.models import Document, Extraction, Job, PageRange, Parse, ReviewEvent, User
from extraction.services.accounts import pause_account
from extraction.services.admission import note_answer, note_busy, note_outage
from extraction.services.jobs import NO_ERROR, error_columns, hold_paused, move, step
from extraction.services.parses import lock_parse, lock_parses
from extraction.services.remote_calls import NotNow, account_of, later

# SoMark's codes 1101 and 1124: 1·2ⁿ seconds, at most 10, for 10 minutes (contract)
LONGEST_BUSY_PAUSE_SECONDS = 10.0
BUSY_SECONDS = 600.0
NOT_NOW_SECONDS = 1.0
REFUSED_SECONDS = 15.0
TIMED_OUT = "provider_timed_out"
# the provider is there, whatever it says
ANSWERS = (AccountRefused, ProviderRejected, InvalidReply)


def put_off(job: Job, error: Exception) -> bool:
    """Write that the job goes on later, and say so; False for an error that ends it."""
    if isinstance(error, ANSWERS) and job.account is not None:
        note_answer(job.account)
    if isinstance(error, NotNow):
        _put_back(job)
    elif isinstance(error, FateUnknown):
        _leave_to_a_person(job, error)
    elif isinstance(error, AccountRefused):
        _wait_for_account(job, error)
    elif isinstance(error, ProviderBusy):
        return _after_busy(job, error)
    elif isinstance(error, ProviderUnavailable):
        return _once_more(job, error) if error.code == TIMED_OUT else _after_outage(job, error)
    else:
        return False
    return True


def _put_back(job: Job) -> None:
    """With the reason it had, if any."""
    step(job, JobState.QUEUED, wake_at=later(NOT_NOW_SECONDS))
    hold_paused(type(job)._default_manager.filter(pk=job.pk))


def _leave_to_a_person(job: Job, error: FateUnknown) -> None:
    with transaction.atomic():
        if isinstance(job, PageRange) and lock_parse(job.parse_id):
            move(Parse.objects.filter(pk=job.parse_id), JobState.WAITING, **error_columns(error))
        step(job, JobState.WAITING, **error_columns(error))


def _wait_for_account(job: Job, error: AccountRefused) -> None:
    """Where the account was mended while the call went on, or still answers for what it has, try again soon."""
    pause_account(account=job.account or account_of(job), error=error)
    step(job, JobState.QUEUED, wake_at=later(REFUSED_SECONDS), **error_columns(error))
    hold_paused(type(job)._default_manager.filter(pk=job.pk))


def _after_busy(job: Job, error: ProviderBusy) -> bool:
    """How often, and since when, stands beside the reason; a provider that names a time begins anew."""
    tries, since = _busy_before(job)
    if error.retry_after is not None:
        since = timezone.now()
    if timezone.now() - since > timedelta(seconds=BUSY_SECONDS):
        return False
    pause = min(1.0 * 2**tries, LONGEST_BUSY_PAUSE_SECONDS)
    wake_at = max(note_busy(account_of(job), error.retry_after), later(pause))
    columns = error_columns(error) | {"error_params": {"tries": tries + 1, "since": since.isoformat()}}
    step(job, JobState.QUEUED, wake_at=wake_at, **columns)
    return True


def _busy_before(job: Job) -> tuple[int, datetime]:
    before: dict[str, Any] = job.error_params if job.error_class == ProviderBusy.code else {}
    try:
        return int(before["tries"]), datetime.fromisoformat(before["since"])
    except (KeyError, TypeError, ValueError):
        return 0, timezone.now()


def _after_outage(job: Job, error: ProviderUnavailable) -> bool:
    wake_at = note_outage(account_of(job), error.retry_after)
    step(job, JobState.QUEUED, wake_at=wake_at, **error_columns(error))
    return True


def _once_more(job: Job, error: ProviderUnavailable) -> bool:
    """The provider gave up on the document: it is sent a second time, and no third."""
    note_answer(account_of(job))
    if job.failures:
        return False
    unsent = {"submit_key": None, "remote_id": "", "failures": job.failures + 1}
    step(job, JobState.QUEUED, wake_at=None, **unsent, **error_columns(error))
    return True


@transaction.atomic
def send_again(*, document: Document, by: User | None) -> None:
    """What the provider may have or not is sent once more, as a person decided. Raises StepNotAllowed."""
    lock_parses(document)
    kinds = (PageRange, Extraction)
    unknown = [
        model.objects.filter(parse__document=document, state=JobState.WAITING, error_class=FateUnknown.code)
        for model in kinds
    ]
    unsent: dict[str, Any] = {"submit_key": None, "remote_id": "", "failures": 0, "crashes": 0}
    if not sum([move(rows, JobState.QUEUED, **unsent, **NO_ERROR) for rows in unknown]):
        raise StepNotAllowed("nobody waits for a decision")
    waiting = Parse.objects.filter(document=document, error_class=FateUnknown.code)
    move(waiting.filter(state=JobState.WAITING), JobState.QUEUED, **NO_ERROR)
    for model in kinds:
        hold_paused(model.objects.filter(parse__document=document))
    ReviewEvent.objects.create(
        team_id=document.team_id, document=document, who=by, what="document_sent_again", subject=document.name
    )
