"""Rows are held in one order by people and workers: where the database locks rows, nobody waits in a circle."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from extraction.choices import JobState, Lane, PageState, Provider
from extraction.errors import AccountRefused
from extraction.models import (
    Document,
    Extraction,
    LearnedExample,
    PageImages,
    PageRange,
    Parse,
    ParsedPage,
    ProviderAccount,
    Review,
    ReviewEvent,
    Team,
    User,
)
from extraction.providers.embedded import EmbeddedParser
from extraction.services.accounts import delete_account, pause_account
from extraction.services.documents import delete_document
from extraction.services.extractions import extract_again
from extraction.services.jobs import Lease, claim
from extraction.services.learning import _make_version
from extraction.services.parses import lock_parse, lock_parses, read_again
from extraction.services.raw_replies import keep_reply
from extraction.services.remote_pages import finish_range
from extraction.services.teams import lock_team
from extraction.services.trials import start_trial
from extraction.services.usage import count_team_usage
from extraction.types import LearnedLayout, Lesson
from extraction.wire.learned import dump_lesson
from tests.factories import make_team, make_user
from tests.read_documents import make_read_document
from tests.services.account_rows import make_account, make_range
from tests.trials import embedded

pytestmark = pytest.mark.django_db(transaction=True)
# long enough for the other to come as far as it can
MOMENT = 0.5


class Beside(threading.Thread):
    """Work on a connection of its own, whose error is the test's."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self._work = work
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self._work()
        except Exception as exc:  # noqa: BLE001 - raised again by the test
            self._error = exc
        finally:
            connection.close()

    def wait_a_moment(self) -> None:
        self.join(MOMENT)

    def end(self) -> None:
        self.join()
        if self._error is not None:
            raise self._error


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def alice(team: Team) -> User:
    return make_user("alice")


@pytest.fixture
def document(team: Team) -> Document:
    review: Review = make_read_document(team)
    return review.extraction.parse.document


@pytest.mark.parametrize("begin", [extract_again, read_again])
def test_another_run_begins_while_somebody_deletes_the_document(
    document: Document, alice: User, begin: Callable[..., object]
) -> None:
    own = Document.objects.get(pk=document.pk)

    with transaction.atomic():
        lock_team(document.team_id)
        beside = Beside(lambda: begin(document=own, by=alice))
        beside.wait_a_moment()
        lock_parses(document)
        Document.objects.filter(pk=document.pk).update(run_id="still there")
        count_team_usage(document.team, documents=1)
    beside.end()

    assert Extraction.objects.filter(parse__document=document).count() == 2


def test_trial_begins_while_a_worker_ends_the_reading(document: Document, alice: User) -> None:
    parse = document.parses.get()
    version = parse.extractions.get().version
    engine = embedded(document.team)

    with transaction.atomic():
        lock_parse(parse.pk)
        beside = Beside(
            lambda: start_trial(
                document=document, parse_account=engine, extract_account=engine, version=version, by=alice
            )
        )
        beside.wait_a_moment()
        PageImages.objects.create(document=document)
    beside.end()

    assert parse.extractions.filter(is_trial=True).count() == 1


def test_document_is_deleted_while_somebody_cancels(document: Document, alice: User) -> None:
    with transaction.atomic():
        lock_parse(document.parses.get().pk)
        beside = Beside(lambda: delete_document(document=Document.objects.get(pk=document.pk), by=alice))
        beside.wait_a_moment()
        ReviewEvent.objects.create(team=document.team, who=alice, what="document_cancelled", subject="Lease")
    beside.end()

    assert not Document.objects.exists()


def test_account_is_deleted_while_a_worker_pauses_it(team: Team, alice: User) -> None:
    account = make_account(team)
    job = make_range(account)
    gone = ProviderAccount.objects.get(pk=account.pk)

    with transaction.atomic():
        ProviderAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        beside = Beside(lambda: delete_account(account=gone, by=alice))
        beside.wait_a_moment()
        pause_account(account=account, error=AccountRefused(code="key_refused"))
    beside.end()

    job.refresh_from_db()
    assert (job.account, job.state) == (None, JobState.QUEUED)


def test_reply_is_read_while_somebody_cancels(team: Team) -> None:
    account = make_account(team, provider=Provider.SOMARK)
    row = make_range(account, lane=Lane.CPU)
    document = row.parse.document
    pages = [{"page_num": number, "page_size": {"w": 100, "h": 100}, "blocks": []} for number in range(2)]
    PageRange.objects.update(raw_reply=keep_reply(document, json.dumps({"pages": pages}).encode()))
    ParsedPage.objects.create(parse=row.parse, number=1, state=PageState.DONE, width=100, height=100)
    lease = Lease(claim(PageRange.objects.due()))

    with transaction.atomic():
        lock_parse(row.parse_id)
        beside = Beside(lambda: finish_range(lease, EmbeddedParser(), document))
        beside.wait_a_moment()
        PageRange.objects.update(cancel_requested=True)
    beside.end()

    assert Parse.objects.get().warnings == [{"code": "pages_left_over", "params": {"pages": "2"}}]


def test_no_version_learns_from_a_document_that_is_being_deleted(team: Team, alice: User) -> None:
    review = make_read_document(team).extraction.reviews.get()
    template = review.extraction.version.template
    lesson = dump_lesson(Lesson(LearnedLayout((), ())))
    LearnedExample.objects.create(template=template, review=review, lesson=lesson)

    with transaction.atomic():
        delete_document(document=review.extraction.parse.document, by=alice)
        beside = Beside(lambda: _make_version(template.pk))
        beside.wait_a_moment()
    beside.end()

    assert {tuple(version.examples) for version in template.learned.all()} == {()}
