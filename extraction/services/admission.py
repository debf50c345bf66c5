"""Who may call a provider now: an account's rate, its documents under way, its budget, and its rest after outages.

Everything stands on the account's row, since several processes share the account.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from extraction.choices import FINISHING, JobState, Lane, Provider
from extraction.errors import AccountRefused
from extraction.models import Extraction, PageRange, ProviderAccount
from extraction.services.accounts import pause_account
from extraction.services.budgets import is_spent
from extraction.types import next_month

# outages in a row after which an account rests
OUTAGES = 3
JITTER = 0.2
BUSY_SECONDS = 2.0
# no provider makes us wait for longer than this before we ask again
LONGEST_RETRY_SECONDS = 3600.0
_AT_WORK = (JobState.QUEUED, JobState.RUNNING)


def ready_accounts() -> QuerySet[ProviderAccount]:
    """Those that may be called now; one whose quota is used up for the documents that it has already."""
    now = timezone.now()
    return ProviderAccount.objects.filter(_may_call(now)).exclude(provider=Provider.EMBEDDED)


def _may_call(now: datetime) -> Q:
    awake = Q(breaker_until=None) | Q(breaker_until__lte=now)
    return Q(pause__in=("", *FINISHING), next_call_at__lte=now) & awake


def take_call(account: ProviderAccount, *, new: bool) -> bool:
    """Take the account's next call, for a `new` document only while it has room and budget; False: not now.

    In the transaction that then writes the job's `submit_key`, so that no two callers see the same last place.
    """
    if new and not _takes_new(account):
        return False
    with transaction.atomic():
        if not _take_slot(account, new):
            return False
        if new and under_way(account) >= account.parallel:
            transaction.set_rollback(True)
            return False
    return True


def _takes_new(account: ProviderAccount) -> bool:
    """Asked before anything is written."""
    try:
        account.refresh_from_db(fields=["pause", "monthly_budget", "parallel", "calls_per_second"])
    except ProviderAccount.DoesNotExist:
        return False
    if account.is_paused or under_way(account) >= account.parallel:
        return False
    if is_spent(account):
        resume_at = next_month(timezone.now())
        pause_account(account=account, error=AccountRefused(code="budget_spent", resume_at=resume_at))
        return False
    return True


def _take_slot(account: ProviderAccount, new: bool) -> bool:
    """Compare-and-set. After outages one call tries, and counts as failed until it is answered: the others rest."""
    now = timezone.now()
    row = ProviderAccount.objects.filter(_may_call(now), pk=account.pk)
    row = row.filter(pause="") if new else row
    next_call_at = now + timedelta(seconds=1 / account.calls_per_second)
    failures = row.values_list("breaker_failures", flat=True).first()
    if failures is None:
        return False
    seen = row.filter(breaker_failures=failures)
    if failures < OUTAGES:
        return seen.update(next_call_at=next_call_at) == 1
    rest = {"breaker_failures": failures + 1, "breaker_until": _later(_rest_seconds(failures + 1))}
    return seen.update(next_call_at=next_call_at, **rest) == 1


def under_way(account: ProviderAccount) -> int:
    """Documents that the provider has, or may have; those that wait for a person count no more."""
    at_work = {"account": account, "lane": Lane.REMOTE, "submit_key__isnull": False, "state__in": _AT_WORK}
    return sum(model.objects.filter(**at_work).count() for model in (PageRange, Extraction))


def note_answer(account: ProviderAccount) -> None:
    """The provider is there: whatever it said, its failures in a row are over."""
    failed = ProviderAccount.objects.filter(pk=account.pk, breaker_failures__gt=0)
    if failed.exists():
        failed.update(breaker_failures=0, breaker_until=None)


def note_outage(account: ProviderAccount, retry_after: float | None) -> datetime:
    """One more failure in a row, after some of which the account rests; gives the time at which to look again.

    While it rests, a failure tells nothing new: the call was under way before, or is the one that tried.
    """
    with transaction.atomic():
        row = ProviderAccount.objects.select_for_update(no_key=True).filter(pk=account.pk).first()
        if row is None:
            return _later(settings.GALLEY_BACKOFF_SECONDS, retry_after)
        if row.breaker_until is not None and row.breaker_until > timezone.now():
            return max(row.breaker_until, _at_least(retry_after))
        row.breaker_failures += 1
        wake_at = _later(_rest_seconds(row.breaker_failures), retry_after)
        row.breaker_until = wake_at if row.breaker_failures >= OUTAGES else None
        row.save(update_fields=["breaker_failures", "breaker_until"])
        return wake_at


def note_busy(account: ProviderAccount, retry_after: float | None) -> datetime:
    """The provider is there but asks to wait: all of the account's calls do; gives the time to look again."""
    note_answer(account)
    wake_at = _later(BUSY_SECONDS, retry_after)
    ProviderAccount.objects.filter(pk=account.pk, next_call_at__lt=wake_at).update(next_call_at=wake_at)
    return wake_at


def _rest_seconds(failures: int) -> float:
    return min(2.0 ** min(failures, 30), settings.GALLEY_BACKOFF_SECONDS)


def _later(seconds: float, retry_after: float | None = None) -> datetime:
    """With jitter, so that those who failed together do not come back together; never before a Retry-After."""
    seconds *= 1 + JITTER * random.uniform(-1, 1)
    return max(timezone.now() + timedelta(seconds=seconds), _at_least(retry_after))


def _at_least(retry_after: float | None) -> datetime:
    return timezone.now() + timedelta(seconds=min(retry_after or 0.0, LONGEST_RETRY_SECONDS))
