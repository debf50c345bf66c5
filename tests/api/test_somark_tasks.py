from __future__ import annotations

import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from extraction.api import somark as somark_views
from extraction.choices import JobState
from extraction.models import Document, PageRange, Parse, Team, TeamUsage, User
from extraction.providers.embedded import EmbeddedParser
from extraction.services import somark_tasks
from extraction.services.documents import delete_document, store_document
from extraction.services.parses import cancel_document
from extraction.services.usage import count_team_usage
from tests import bad_files
from tests.api.docmap_calls import work_all, worker
from tests.api.somark_calls import EXTRACT, PARSE, Somark, somark_of, upload

ENDED = {"state": JobState.FAILED, "finished_at": timezone.now()}


@pytest.fixture
def somark(team: Team, alice: User) -> Somark:
    return somark_of(team, alice)


@pytest.fixture
def stranger(charlie: User) -> Somark:
    return somark_of(charlie.teams.get(), charlie)


def submitted(somark: Somark) -> tuple[str, Parse]:
    task_id = somark.task()
    return task_id, Parse.objects.get(public_id=task_id)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (JobState.WAITING, "QUEUING"),
        (JobState.QUEUED, "QUEUING"),
        (JobState.RUNNING, "PROCESSING"),
    ],
)
def test_task_that_is_not_over_has_no_result_yet(somark: Somark, state: JobState, status: str) -> None:
    task_id, parse = submitted(somark)
    Parse.objects.update(state=state)

    assert somark.check(task_id) == {
        "code": 0,
        "message": "ok",
        "data": {
            "record_id": parse.pk,
            "task_id": task_id,
            "status": status,
            "file_name": "letter.pdf",
            "metadata": {"page_num": 1, "file_type": ".pdf"},
            "result": None,
        },
    }


def test_task_that_failed_says_why(somark: Somark) -> None:
    task_id, _ = submitted(somark)
    Parse.objects.update(**ENDED, error_class="poison")

    body = somark.check(task_id)

    reason = body["message"]
    assert reason.startswith("Reading this document stopped the reader twice.")
    assert body == {
        "code": 0,
        "message": reason,
        "data": {
            "task_id": task_id,
            "status": "FAILED",
            "file_name": "letter.pdf",
            "metadata": {},
            "result": None,
            "error": reason,
            "message": reason,
        },
    }


def test_task_that_somebody_cancels_has_failed(somark: Somark, alice: User) -> None:
    task_id, parse = submitted(somark)

    cancel_document(document=parse.document, by=alice)

    assert somark.check(task_id)["data"]["status"] == "FAILED"


@pytest.mark.parametrize("task_id", ["", "nonsense", str(uuid.uuid4()), "\0", "9" * 500])
def test_unknown_task_is_1133_and_failed(somark: Somark, task_id: str) -> None:
    message = "No such task"
    assert somark.check(task_id) == {
        "code": 1133,
        "message": message,
        "data": {"task_id": task_id.strip(), "status": "FAILED", "error": message, "message": message},
        "warnings": [],
    }


@pytest.mark.parametrize("path", [PARSE[2], EXTRACT[2]])
def test_another_teams_task_is_unknown(somark: Somark, stranger: Somark, engine: EmbeddedParser, path: str) -> None:
    task_id = somark.task()
    work_all(engine)

    theirs = stranger.post(path, task_id=task_id)

    assert theirs == stranger.post(path, task_id=str(uuid.uuid4())) | {"data": theirs["data"]}
    assert (theirs["code"], theirs["data"]["status"]) == (1133, "FAILED")
    assert somark.post(path, task_id=task_id)["data"]["status"] == "SUCCESS"


def test_same_upload_of_another_team_is_another_task(somark: Somark, stranger: Somark) -> None:
    assert somark.task() != stranger.task()


def test_task_of_a_deleted_document_is_unknown(somark: Somark) -> None:
    task_id, parse = submitted(somark)

    delete_document(document=parse.document, by=None)

    assert somark.check(task_id)["code"] == 1133


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", [PARSE[0], EXTRACT[0]])
def test_sync_call_answers_with_the_result(somark: Somark, engine: EmbeddedParser, path: str) -> None:
    with worker(engine):
        body = somark.post(path, file=upload(), output_formats="markdown")

    parse = Parse.objects.get()
    assert body == {
        "code": 0,
        "message": "ok",
        "data": {
            "task_id": str(parse.public_id),
            "error": None,
            "metadata": {"page_num": 1, "file_type": ".pdf"},
            "result": {"file_name": "letter.pdf", "imgs": [], "outputs": {"markdown": "Page 1 of 1\n"}},
        },
    }
    assert somark.check(str(parse.public_id))["data"]["result"] == body["data"]["result"]


def test_sync_call_that_takes_too_long_is_1102_and_goes_on(
    somark: Somark, engine: EmbeddedParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(somark_views, "SYNC_SECONDS", 0.3)

    late = somark.post("parse/sync", file=upload())
    work_all(engine)
    again = somark.post("parse/sync", file=upload())

    assert (late["code"], set(late["data"])) == (1102, {"error", "task_id"})
    assert (again["code"], again["data"]["task_id"]) == (0, late["data"]["task_id"])
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    ("error_class", "code"),
    [("poison", 1137), ("corrupt_file", 1106), ("too_many_pages", 1132), ("cancelled", 1137), ("", 1137)],
)
def test_sync_call_whose_reading_fails_has_its_code(
    somark: Somark, monkeypatch: pytest.MonkeyPatch, error_class: str, code: int
) -> None:
    def fail(job: Parse, *, seconds: float) -> bool:
        Parse.objects.update(**ENDED, error_class=error_class, error_params={"pages": 301, "limit": 300})
        return True

    monkeypatch.setattr(somark_views, "wait_until_ended", fail)

    body = somark.post("parse/sync", file=upload())

    assert (body["code"], body["data"]["task_id"]) == (code, str(Parse.objects.get().public_id))


@pytest.mark.parametrize(
    "changed",
    [
        {"content": bad_files.page_pdf(2)},
        {"name": "other.pdf"},
        {"output_formats": "json"},
        {"feature_config": '{"keep_header_footer": true}'},
    ],
)
def test_same_upload_within_minutes_is_the_same_task(somark: Somark, changed: dict[str, Any]) -> None:
    first = somark.task()

    assert (somark.task(), somark.task(**changed) == first) == (first, False)
    assert (Document.objects.count(), TeamUsage.objects.get().documents) == (2, 2)


def test_same_upload_is_a_new_task_with_another_key_later_or_after_a_failure(somark: Somark, team: Team) -> None:
    first = somark.task()
    with_another_key = somark_of(team).task()
    Parse.objects.filter(public_id=first).update(**ENDED)
    after_failure = somark.task()
    Parse.objects.filter(public_id=after_failure).update(created_at=timezone.now() - timedelta(minutes=11))
    later = somark.task()

    assert len({first, with_another_key, after_failure, later}) == 4


def test_same_upload_twice_at_once_is_one_task(somark: Somark, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes store it before either knows of the other's."""
    first = somark.task()
    looked = somark_tasks._task_like
    calls: list[int] = []

    def blind_at_first(*args: Any) -> Parse | None:
        calls.append(1)
        return None if len(calls) == 1 else looked(*args)

    monkeypatch.setattr(somark_tasks, "_task_like", blind_at_first)
    second = somark.task()

    assert (second, Document.objects.count(), TeamUsage.objects.get().documents) == (first, 1, 1)
    assert PageRange.objects.count() == 1


def test_documents_of_the_upload_form_are_tasks_too(somark: Somark, team: Team, engine: EmbeddedParser) -> None:
    document = store_document(team=team, file=upload(), by=None)
    work_all(engine)

    body = somark.check(str(document.parses.get().public_id))

    assert set(body["data"]["result"]["outputs"]) == {"markdown", "json"}


@pytest.mark.django_db(transaction=True)
def test_polls_are_held_for_teams_that_want_it(somark: Somark, team: Team, engine: EmbeddedParser) -> None:
    task_id = somark.task()
    at_once = somark.check(task_id)
    Team.objects.filter(pk=team.pk).update(long_polling=True)

    with worker(engine):
        held = somark.check(task_id)

    assert (at_once["data"]["status"], held["data"]["status"]) == ("QUEUING", "SUCCESS")


def test_held_poll_ends_with_the_task_as_it_is(somark: Somark, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    Team.objects.filter(pk=team.pk).update(long_polling=True)
    monkeypatch.setattr(somark_views, "LONG_POLL_SECONDS", 0.3)
    task_id = somark.task()

    begin = time.monotonic()
    body = somark.check(task_id)

    assert body["data"]["status"] == "QUEUING"
    assert 0.3 <= time.monotonic() - begin < 5


def test_usage_tells_what_is_left_and_changes_nothing(somark: Somark, team: Team) -> None:
    unlimited = somark.post("usage")
    Team.objects.filter(pk=team.pk).update(monthly_pages=100)
    count_team_usage(team, pages=30)
    before = list(TeamUsage.objects.values("documents", "pages", "extractions"))

    limited = somark.post("usage")

    assert unlimited["data"]["remaining_free_pages_this_month"] == somark_views.MANY_PAGES
    assert limited == {
        "code": 0,
        "message": "",
        "data": {
            "remaining_paid_pages": 0,
            "remaining_free_pages_today": 70,
            "remaining_free_pages_this_month": 70,
            "dashboard_url": "http://testserver/",
        },
    }
    assert list(TeamUsage.objects.values("documents", "pages", "extractions")) == before


def test_usage_needs_a_key(somark: Somark) -> None:
    assert somark.post("usage", key="sk-wrong")["code"] == 1107
