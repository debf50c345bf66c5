"""What an account used in a calendar month (UTC), against what it may."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone

from extraction.models import AccountUsage, ProviderAccount
from extraction.types import CallUsage, month_of

_COUNTED = ("calls", "pages", "extractions", "input_tokens", "output_tokens")


def is_spent(account: ProviderAccount) -> bool:
    """Whether the month's budget is used up; never without a budget."""
    return account.monthly_budget is not None and used_units(account) >= account.monthly_budget


def used_units(account: ProviderAccount) -> int:
    """In the present month and the account's budget unit."""
    rows = AccountUsage.objects.filter(account=account, month=month_of(timezone.now()))
    usage = rows.select_related("account").first()
    return usage.units if usage is not None else 0


def count_usage(account: ProviderAccount, usage: CallUsage) -> None:
    """Add to the row of the present month."""
    row, _ = AccountUsage.objects.get_or_create(account=account, month=month_of(timezone.now()))
    added = {name: F(name) + getattr(usage, name) for name in _COUNTED if getattr(usage, name)}
    if added:
        AccountUsage.objects.filter(pk=row.pk).update(**added)
