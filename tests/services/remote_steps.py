"""A remote worker's steps one after the other, in the test's own thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from extraction.models import Document, Extraction, PageRange, Parse, ProviderAccount, Team
from extraction.providers.embedded import EmbeddedParser
from extraction.services.jobs import Lease
from extraction.services.remote_work import claim_due, keep_house, perform_call
from extraction.services.secrets import encrypt
from extraction.services.work import work_once


def make_account(team: Team, provider: str, base_url: str, key: str, **columns: Any) -> ProviderAccount:
    """Its limits let everything go at once."""
    limits = {"calls_per_second": 1000.0, "parallel": 100}
    name = columns.pop("name", f"Our {provider}")
    return ProviderAccount.objects.create(
        team=team, provider=provider, name=name, base_url=base_url, secret=encrypt(key), **limits | columns
    )


def call_once() -> bool:
    """Claim what may be called for and take its step; False when nothing is due."""
    keep_house()
    job = claim_due()
    if job is not None:
        perform_call(Lease(job), admitted=lambda: None)
    return job is not None


def wake_all() -> None:
    """What sleeps is due now, as if the time had passed."""
    ProviderAccount.objects.update(breaker_until=None, next_call_at=timezone.now())
    for model in (PageRange, Extraction, Parse):
        model.objects.filter(state="queued").update(wake_at=None)


def work_until(engine: EmbeddedParser, is_over: Callable[[], bool], *, seconds: float = 20.0) -> None:
    """Both lanes, without waiting for what sleeps."""
    deadline = time.monotonic() + seconds
    while not is_over():
        assert time.monotonic() < deadline, f"not over within {seconds} s"
        wake_all()
        if not call_once() and not work_once(engine):
            time.sleep(0.02)


def finish(engine: EmbeddedParser, document: Document) -> None:
    """Until no worker has anything left to do for the document by itself."""
    rows = (
        PageRange.objects.filter(parse__document=document),
        Parse.objects.filter(document=document, ranges=None),
        Extraction.objects.filter(parse__document=document),
        document.image_jobs.all(),
    )
    work_until(engine, lambda: not any(jobs.filter(state__in=("queued", "running")).exists() for jobs in rows))
