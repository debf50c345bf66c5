"""What waits for an account or a person ends all the same when it is cancelled or given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django.fixtures import Settings

from extraction.choices import JobState, PageState, Provider, Source
from extraction.models import Document, Extraction, PageRange, Parse, ParsedPage, ProviderAccount, Team, Template, User
from extraction.queries.progress import progress_of
from extraction.services.accounts import pause_account, resume_account
from extraction.services.documents import store_document
from extraction.services.jobs import Lease
from extraction.services.parses import cancel_document
from extraction.services.remote_work import claim_due, keep_house, perform_call
from extraction.services.templates import install_ready_made
from tests import bad_files
from tests.fakes.somark import FakeSomark
from tests.fakes.somark_tasks import KEY
from tests.services.remote_steps import make_account


@pytest.fixture
def somark(settings: Settings) -> Iterator[FakeSomark]:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True
    with FakeSomark() as fake:
        yield fake


@pytest.fixture
def account(team: Team, somark: FakeSomark) -> ProviderAccount:
    return make_account(team, Provider.SOMARK, somark.base_url, KEY, max_pages=1)


@pytest.fixture
def template(team: Team) -> Template:
    install_ready_made(team)
    return Template.objects.get(team=team, slug="receipt")


def store(account: ProviderAccount, pages: int = 1, **values: object) -> Document:
    file = ContentFile(bad_files.page_pdf(pages), name="letter.pdf")
    return store_document(team=account.team, file=file, by=None, parse_account=account, **values)


def step_of(document: Document) -> str:
    return progress_of([Document.objects.get(pk=document.pk)])[document.pk].step


@pytest.mark.parametrize("waits_for", ["a person", "its account"])
def test_document_that_is_cancelled_during_a_call_waits_for_nobody(
    account: ProviderAccount, somark: FakeSomark, template: Template, bob: User, waits_for: str
) -> None:
    document = store(account, template=template)
    lease = Lease(claim_due())
    if waits_for == "a person":
        somark.misbehave("submit", "drop", works=True)
    else:
        somark.settings.key = "sk-another"
    lease.look = lambda: cancel_document(document=document, by=bob)  # the moment after the worker looked
    perform_call(lease, admitted=lambda: None)
    between = PageRange.objects.get().state

    keep_house()

    assert (between, step_of(document)) == (JobState.WAITING, "cancelled")
    assert Extraction.objects.get().state == JobState.CANCELLED


def test_job_of_a_killed_worker_waits_with_its_paused_account(account: ProviderAccount) -> None:
    document = store(account)
    claim_due()
    pause_account(account=account, error=None)
    with_its_worker = PageRange.objects.get().state
    PageRange.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    keep_house()

    waiting = step_of(document)
    resume_account(account=account)
    assert (with_its_worker, waiting) == (JobState.RUNNING, "waiting")
    assert PageRange.objects.get().state == JobState.QUEUED


def test_document_whose_last_part_is_given_up_is_read_as_far_as_it_goes(
    account: ProviderAccount, somark: FakeSomark, template: Template
) -> None:
    document = store(account, pages=2, source=Source.API, template=template)
    read, unknown = PageRange.objects.order_by("first")
    ParsedPage.objects.create(parse=read.parse, number=1, state=PageState.DONE, width=100, height=100)
    PageRange.objects.filter(pk=read.pk).update(state=JobState.DONE)
    somark.misbehave("submit", "drop", works=True)
    perform_call(Lease(claim_due()), admitted=lambda: None)
    waiting = Parse.objects.get().state
    long_ago = timezone.now() - timedelta(minutes=16)
    PageRange.objects.filter(pk=unknown.pk).update(waiting_since=long_ago)

    keep_house()

    assert waiting == JobState.WAITING
    assert (Parse.objects.get().state, Extraction.objects.get().state) == (JobState.DONE, JobState.QUEUED)
    assert step_of(document) == "extracting"
