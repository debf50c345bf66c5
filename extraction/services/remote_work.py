"""What a remote worker takes: due jobs whose account may be called now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from django.db.models import Case, Count, F, Q, When

from extraction.choices import JobState, Lane
from extraction.errors import Cancelled
from extraction.models import Extraction, JobQuerySet, PageRange, ProviderAccount, WebhookDelivery
from extraction.services.accounts import resume_due_accounts
from extraction.services.admission import ready_accounts
from extraction.services.jobs import Lease, claim, free_resumed, hold_paused
from extraction.services.overdue import end_overdue
from extraction.services.remote_calls import Call, account_of
from extraction.services.remote_extractions import call_for_fields
from extraction.services.remote_ranges import call_for_range
from extraction.services.webhook_deliveries import claim_delivery, deliver
from extraction.services.work import end_unclaimed, perform_step

IS_SENT = Case(When(submit_key=None, then=0), default=1)
KINDS: dict[type[Any], Callable[[Any], None]] = {PageRange: call_for_range, Extraction: call_for_fields}
# ended in one sweep; the next one is near
AT_ONCE = 50


def claim_due(*, without: Collection[int] = ()) -> Any:
    """A job to call for, None when none is due; `without` are accounts that are about to be called already.

    Webhooks come first: they hold half of the threads at most, so that neither kind waits for the other.
    """
    delivery = claim_delivery()
    if delivery is not None:
        return delivery
    due = _callable(without)
    for model in KINDS:
        rows = model._default_manager.due().filter(due, lane=Lane.REMOTE)
        # new ones first, while there is room: looking at those that are there takes half of the calls at most
        job = claim(rows.order_by(IS_SENT, F("wake_at").asc(nulls_first=True), "pk"))
        if job is not None:
            return job
    return None


def _callable(without: Collection[int]) -> Q:
    """Jobs of accounts that may be called; new ones while the account has room. Those without account end."""
    ready = list(ready_accounts().exclude(pk__in=without))
    under_way = _under_way(ready)
    free = [account.pk for account in ready if not account.is_paused and under_way[account.pk] < account.parallel]
    is_new = Q(submit_key=None)
    return Q(account=None) | ~is_new & Q(account__in=[account.pk for account in ready]) | is_new & Q(account__in=free)


def _under_way(accounts: Collection[ProviderAccount]) -> Counter[int]:
    """Documents by account that the provider has, or that a thread is about to send."""
    counts: Counter[int] = Counter()
    sent = Q(submit_key__isnull=False, state=JobState.QUEUED) | Q(state=JobState.RUNNING)
    for model in KINDS:
        rows = model._default_manager.filter(sent, lane=Lane.REMOTE, account__in=accounts)
        counts.update(dict(rows.order_by().values_list("account").annotate(count=Count("pk"))))
    return counts


def perform_call(lease: Lease[Any], *, admitted: Callable[[], None]) -> None:
    """Take the claimed job's step at its provider, and write how it went."""
    if isinstance(lease.job, WebhookDelivery):
        perform_step(lease, lambda: deliver(lease))
        return
    perform_step(lease, lambda: KINDS[type(lease.job)](Call(lease, account_of(lease.job), admitted=admitted)))


def keep_house() -> None:
    """Every few seconds: accounts are resumed in time, and jobs follow their account's pauses or are given up.

    Jobs can miss a pause or its end: they were queued or set aside at that moment.
    """
    resume_due_accounts()
    for model in KINDS:
        _end_cancelled(model._default_manager.all())
        hold_paused(model._default_manager.all())
        free_resumed(model._default_manager.all())
    end_overdue()


def _end_cancelled(rows: JobQuerySet) -> None:
    """What was cancelled during a call and came back to wait: nobody would claim it soon, or ever."""
    idle = rows.filter(state__in=(JobState.WAITING, JobState.QUEUED), lane=Lane.REMOTE, cancel_requested=True)
    for job in idle.order_by("pk")[:AT_ONCE]:
        end_unclaimed(job, JobState.CANCELLED, Cancelled())
