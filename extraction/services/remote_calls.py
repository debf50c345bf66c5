"""A claim's turn at a provider: admitted by the account, and what came back kept before the row says so."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from extraction.choices import JobState, Lane
from extraction.errors import (
    AccountRefused,
    AnswerLost,
    FateUnknown,
    GalleyError,
    LostLease,
    ProviderUnavailable,
)
from extraction.models import Document, Job, PageRange, ProviderAccount
from extraction.services.admission import note_answer, take_call
from extraction.services.budgets import count_usage
from extraction.services.jobs import NO_ERROR, Lease, step
from extraction.services.page_images import forget_if_gone
from extraction.services.raw_replies import keep_reply
from extraction.services.turns import next_turn
from extraction.types import RawReply


class NotNow(ProviderUnavailable):
    """The account takes no call at the moment, which is no outage: the job goes back into the queue."""


class Call[J: Job]:
    """One claim's step at a provider; `admitted` is told once, as soon as the account has taken the call or not."""

    def __init__(self, lease: Lease[J], account: ProviderAccount, *, admitted: Callable[[], None]) -> None:
        self.lease, self.account = lease, account
        self.job = lease.job
        # as it was called: what is said of it counts only while it is the same
        self.job.account = account
        self._admitted = admitted

    def ask(self) -> None:
        """Take a call for a document that the provider has. Raises NotNow."""
        if not take_call(self.account, new=False):
            raise NotNow
        self._admitted()

    def send(self, **columns: Any) -> str:
        """Take a call for a new document; its submit key is committed with it. Raises NotNow."""
        key = uuid.uuid4()
        with transaction.atomic():
            taken = take_call(self.account, new=True)
            if taken:
                self.lease.renew(submit_key=key, started_at=timezone.now(), **columns)
        if not taken:
            raise NotNow
        self.job.submit_key, self.job.started_at = key, timezone.now()
        self._admitted()
        return str(key)

    @contextmanager
    def unsent_on_refusal(self, **before: Any) -> Iterator[None]:
        """Around a submission: where the provider has not taken it, the row is as `before`, no fate in doubt."""
        try:
            yield
        except (AnswerLost, FateUnknown):
            raise
        except (ProviderUnavailable, AccountRefused):
            self.lease.renew(**before)
            raise

    def sent(self, remote_id: str, *, seconds: float) -> None:
        """The provider has the document; look again after so many seconds."""
        note_answer(self.account)
        step(self.job, JobState.QUEUED, remote_id=remote_id, wake_at=later(seconds), **NO_ERROR)

    def still_at_work(self, *, seconds: float) -> None:
        note_answer(self.account)
        step(self.job, JobState.QUEUED, wake_at=later(seconds), **NO_ERROR)

    def answered(
        self, document: Document, reply: RawReply, *, also: Callable[[], None] | None = None, **columns: Any
    ) -> None:
        """Keep the whole answer, then hand the job to this machine's lane; `also` runs in that transaction.

        Raises LostLease.
        """
        note_answer(self.account)
        columns |= NO_ERROR | {"raw_reply": keep_reply(document, reply.data), "failures": 0, "crashes": 0}
        if isinstance(self.job, PageRange):
            columns["turn"] = next_turn(document.team_id)
        try:
            with transaction.atomic():
                if also is not None:
                    also()
                step(self.job, JobState.QUEUED, lane=Lane.CPU, wake_at=None, **columns)
                count_usage(self.account, reply.usage)
        except LostLease:
            forget_if_gone(document)
            raise


def later(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def seconds_since_sent(job: Job) -> float:
    """Since the job's last submission was begun."""
    return (timezone.now() - (job.started_at or job.created_at)).total_seconds()


def account_of(job: Job) -> ProviderAccount:
    """As it stood when the claim first asked for it. Raises GalleyError where it was deleted before."""
    account: ProviderAccount | None = job.account
    if account is None:
        raise GalleyError("the account is gone", code="account_missing")
    return account
