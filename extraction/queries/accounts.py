"""Provider accounts as people look at them: their month, and how many documents wait for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from extraction.choices import JOB_PENDING, JobState, Pause, Provider
from extraction.models import AccountUsage, Extraction, PageRange, ProviderAccount, Team
from extraction.types import month_of

# what may stand in a waiting job's error when it waits for its account, and not for a person's decision
_PAUSES = {"state": JobState.WAITING, "error_class__in": Pause.values}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with its current month (UTC); `waiting` counts the documents that its pause holds up."""

    account: ProviderAccount
    used: AccountUsage
    waiting: int

    @property
    def used_units(self) -> int:
        return self.used.units

    @property
    def cost(self) -> Decimal | None:
        """The month's tokens at the account's prices; None without prices."""
        return cost_of(self.account, self.used.input_tokens, self.used.output_tokens)


def cost_of(account: ProviderAccount | None, input_tokens: int, output_tokens: int) -> Decimal | None:
    """In the account's currency; None where it has no prices."""
    if account is None or account.input_price is None and account.output_price is None:
        return None
    prices = (account.input_price or Decimal(0)) * input_tokens + (account.output_price or Decimal(0)) * output_tokens
    return prices / 1_000_000


def accounts_of(team: Team) -> list[AccountRow]:
    """All of the team but the embedded engine, by name; two queries."""
    accounts = list(with_waiting(ProviderAccount.objects.filter(team=team)).exclude(provider=Provider.EMBEDDED))
    months = AccountUsage.objects.filter(account__in=accounts, month=month_of(timezone.now())).select_related("account")
    used = {usage.account_id: usage for usage in months}
    return [
        AccountRow(account, used.get(account.pk) or AccountUsage(account=account), account.waiting)
        for account in accounts
    ]


def with_waiting(accounts: QuerySet[ProviderAccount]) -> QuerySet[ProviderAccount]:
    """Each with `waiting`: documents that its pause holds up, in their reading or in their extraction."""
    return accounts.annotate(
        waiting=_documents(PageRange.objects.filter(**_PAUSES), "parse__document")
        + _documents(Extraction.objects.filter(**_PAUSES), "parse__document")
    )


def _documents(jobs: QuerySet[Any], document: str) -> Coalesce:
    counted = (
        jobs.filter(account=OuterRef("pk"))
        .order_by()
        .values("account")
        .annotate(documents=Count(document, distinct=True))
        .values("documents")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def paused_accounts(team: Team) -> list[ProviderAccount]:
    """Those whose documents wait, with `waiting`; one query, and jobs are only counted where one is paused."""
    return list(with_waiting(ProviderAccount.objects.filter(team=team)).exclude(pause=""))


def unfinished_documents(account: ProviderAccount) -> int:
    """Documents that the account is still to read or to extract."""
    pending = {"account": account, "state__in": JOB_PENDING}
    reading = PageRange.objects.filter(**pending).values_list("parse__document", flat=True)
    extracting = Extraction.objects.filter(**pending).values_list("parse__document", flat=True)
    return len(set(reading) | set(extracting))


def chosen_accounts(team: Team, providers: Collection[str]) -> QuerySet[ProviderAccount]:
    """Those of the team that can do the work, the embedded engine first."""
    accounts = ProviderAccount.objects.filter(team=team, provider__in=providers)
    return accounts.order_by(Case(When(provider=Provider.EMBEDDED, then=0), default=1), "name", "pk")
