from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from extraction.choices import JobState, Lane, PageState, Provider, Source, sentence_of
from extraction.errors import LostLease
from extraction.models import Document, Extraction, PageRange, Parse, ParsedPage, ProviderAccount, Team, Template
from extraction.providers.embedded import EmbeddedParser
from extraction.services import overdue
from extraction.services.accounts import pause_account, resume_account
from extraction.services.documents import store_document
from extraction.services.jobs import Lease, claim, held, step
from extraction.services.overdue import end_overdue
from extraction.services.parses import read_again
from extraction.services.remote_work import keep_house
from extraction.services.templates import install_ready_made
from extraction.services.work import work_once
from tests import bad_files
from tests.services.remote_steps import make_account

PAUSED = {"code": "paused_by_person", "params": {}}
SENTENCE = (
    "It waited for 15 minutes, then it was given up: This account is paused. Its documents wait until it is resumed. "
    "Choose “Read again” after that."
)


@pytest.fixture
def template(team: Team) -> Template:
    install_ready_made(team)
    return Template.objects.get(team=team, slug="receipt")


@pytest.fixture
def account(team: Team) -> ProviderAccount:
    """It reads the team's documents."""
    account = make_account(team, Provider.SOMARK, "http://127.0.0.1:9/api/v1", "key")
    team.parse_account = account
    team.save()
    return account


def store(team: Team, source: Source = Source.DOCMAP, pages: int = 1, **values: Any) -> Document:
    file = ContentFile(bad_files.page_pdf(pages), name="letter.pdf")
    return store_document(team=team, file=file, by=None, source=source, **values)


def minutes_pass(minutes: float) -> None:
    """As if everything had been noted earlier."""
    for model in (PageRange, Extraction, Parse):
        for name in ("waiting_since", "started_at"):
            for row in model.objects.filter(**{f"{name}__isnull": False}):
                earlier = getattr(row, name) - timedelta(minutes=minutes)
                model.objects.filter(pk=row.pk).update(**{name: earlier})


def states(document: Document) -> tuple[str, str, str]:
    """Of its range, its parse and its extraction."""
    parse = document.parses.get()
    return parse.ranges.get().state, parse.state, parse.extractions.get().state


@pytest.mark.parametrize("source", [Source.SOMARK, Source.DOCMAP, Source.API])
def test_document_that_waits_for_its_account_for_15_minutes_fails_with_the_reason(
    team: Team, template: Template, account: ProviderAccount, source: Source
) -> None:
    pause_account(account=account, error=None)
    document = store(team, source, template=template)
    minutes_pass(14)
    early = end_overdue(), states(document)
    minutes_pass(1.1)

    ended = end_overdue()

    parse = document.parses.get()
    assert early == (0, ("waiting", "queued", "waiting"))
    assert (ended, states(document)) == (1, ("failed", "failed", "failed"))
    assert (parse.error_class, parse.error_params) == ("waited_too_long", {"why": PAUSED})
    assert sentence_of(parse.error_class, parse.error_params) == SENTENCE
    assert parse.extractions.get().error_class == "parse_failed"


def test_documents_of_people_wait_on(team: Team, account: ProviderAccount) -> None:
    pause_account(account=account, error=None)
    document = store(team, Source.DASHBOARD)
    minutes_pass(60)

    assert end_overdue() == 0
    assert document.parses.get().ranges.get().state == JobState.WAITING


def test_queued_documents_wait_from_the_moment_of_the_pause(team: Team, account: ProviderAccount) -> None:
    document = store(team)
    before = document.parses.get().ranges.get().waiting_since
    pause_account(account=account, error=None)
    since = document.parses.get().ranges.get().waiting_since
    resume_account(account=account)

    row = document.parses.get().ranges.get()
    assert before is None
    assert since is not None
    assert (row.state, row.waiting_since) == (JobState.QUEUED, None)


def test_document_of_a_provider_that_is_down_fails_after_15_minutes(team: Team, account: ProviderAccount) -> None:
    document = store(team)
    ProviderAccount.objects.update(breaker_failures=3, breaker_until=timezone.now() + timedelta(hours=1))
    keep_house()
    minutes_pass(16)

    keep_house()

    parse = document.parses.get()
    why = {"code": "provider_unavailable", "params": {}}
    assert (parse.state, parse.error_class, parse.error_params) == ("failed", "waited_too_long", {"why": why})


def test_outage_that_is_over_is_forgotten(team: Team, account: ProviderAccount) -> None:
    document = store(team)
    ProviderAccount.objects.update(breaker_failures=3)
    keep_house()
    minutes_pass(14)
    ProviderAccount.objects.update(breaker_failures=0)
    keep_house()

    row = document.parses.get().ranges.get()
    assert (row.state, row.waiting_since) == (JobState.QUEUED, None)


def test_outage_is_one_wait_however_often_a_call_tries(team: Team, account: ProviderAccount) -> None:
    document = store(team)
    ProviderAccount.objects.update(breaker_failures=3)
    keep_house()
    minutes_pass(10)
    job = claim(PageRange.objects.due())
    step(job, JobState.QUEUED, error_class="provider_unavailable")
    minutes_pass(6)

    keep_house()

    assert document.parses.get().error_class == "waited_too_long"


def test_document_that_waits_for_a_decision_fails_and_can_be_read_again(
    team: Team, template: Template, account: ProviderAccount
) -> None:
    document = store(team, template=template)
    job = claim(PageRange.objects.due())
    step(job, JobState.WAITING, error_class="fate_unknown")
    minutes_pass(16)

    end_overdue()

    failed = document.parses.get()
    again = read_again(document=document, by=None)
    assert failed.error_params == {"why": {"code": "fate_unknown", "params": {}}}
    assert (failed.state, again.state, again.extractions.get().state) == ("failed", "queued", "waiting")


def running_range(document: Document, *, seconds: float) -> PageRange:
    job: PageRange = claim(PageRange.objects.due().filter(parse__document=document))
    started_at = timezone.now() - timedelta(seconds=seconds)
    PageRange.objects.filter(pk=job.pk).update(started_at=started_at)
    job.started_at = started_at
    return job


@pytest.mark.parametrize(("seconds", "state"), [(120 + 3 * 2 - 3, "running"), (120 + 3 * 2 + 1, "failed")])
def test_work_for_docmap_has_120_seconds_and_3_a_page(
    team: Team, template: Template, seconds: float, state: str
) -> None:
    document = store(team, pages=2, template=template)
    running_range(document, seconds=seconds)

    end_overdue()

    assert document.parses.get().ranges.get().state == state


def test_long_documents_hide_none_that_is_overdue(
    team: Team, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overdue, "AT_ONCE", 1)
    long, short = store(team, pages=30, template=template), store(team, template=template)
    for document in (long, short):
        running_range(document, seconds=150)

    ended = end_overdue()

    assert (ended, long.parses.get().state, states(short)) == (1, "queued", ("failed", "failed", "failed"))


def test_other_documents_have_no_deadline(team: Team) -> None:
    document = store(team, Source.SOMARK)
    running_range(document, seconds=1000)

    assert end_overdue() == 0


def test_late_result_of_the_engine_is_dropped(team: Team, template: Template) -> None:
    document = store(team, template=template)
    job = running_range(document, seconds=1000)
    end_overdue()

    with pytest.raises(LostLease):
        Lease(job).renew(progress_done=1)
    with pytest.raises(LostLease):
        step(job, JobState.DONE)
    page = ParsedPage.objects.get()
    assert (page.state, page.error_class, page.error_params) == (PageState.FAILED, "took_too_long", {"seconds": 123})
    assert states(document) == ("failed", "failed", "failed")


def test_extraction_that_works_too_long_fails(team: Team, template: Template, engine: EmbeddedParser) -> None:
    document = store(team, template=template)
    while not Extraction.objects.due().exists():
        work_once(engine)
    claim(Extraction.objects.due())
    minutes_pass(3)

    end_overdue()

    extraction = document.parses.get().extractions.get()
    assert (extraction.state, extraction.error_class) == ("failed", "took_too_long")
    assert document.parses.get().state == "done"


def test_trial_has_no_deadline(team: Team, template: Template, engine: EmbeddedParser) -> None:
    store(team, template=template)
    while not Extraction.objects.due().exists():
        work_once(engine)
    claim(Extraction.objects.due())
    Extraction.objects.update(is_trial=True)
    minutes_pass(3)

    assert end_overdue() == 0
    assert Extraction.objects.get().state == "running"


def test_time_in_the_queue_and_without_a_worker_is_no_work(team: Team, template: Template) -> None:
    store(team, template=template)
    step(claim(PageRange.objects.due()), JobState.QUEUED)
    minutes_pass(10)
    again = claim(PageRange.objects.due())
    after_queue = end_overdue()
    PageRange.objects.update(lease_until=timezone.now())
    minutes_pass(10)
    PageRange.objects.update(lease_until=timezone.now() - timedelta(minutes=10))
    unled = end_overdue()
    third = claim(PageRange.objects.due())

    assert (after_queue, unled, end_overdue()) == (0, 0, 0)
    assert (timezone.now() - again.started_at).total_seconds() < 5
    assert (timezone.now() - third.started_at).total_seconds() < 5
    assert held(third).get().waiting_since is None


def test_provider_that_never_ends_has_the_same_deadline(
    team: Team, template: Template, account: ProviderAccount
) -> None:
    document = store(team, template=template)
    PageRange.objects.update(
        lane=Lane.REMOTE,
        remote_id="task",
        started_at=timezone.now() - timedelta(seconds=200),
        wake_at=timezone.now() + timedelta(seconds=3),
    )

    end_overdue()

    assert states(document) == ("failed", "failed", "failed")


def test_sweep_is_cheap(team: Team, account: ProviderAccount, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        store(team)

    with django_assert_max_num_queries(9):
        end_overdue()
