"""Polls of finished work: kept answers, remembered keys, and what ends both."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from extraction.models import ApiKey, Extraction, PageRange, Parse, ParsedPage, Team, Template, User
from extraction.providers.embedded import EmbeddedParser
from extraction.services.keys import revoke_key
from extraction.services.parses import read_page_again
from extraction.services.readings import page_columns
from extraction.types import PageReading
from tests.api.docmap_calls import Program, work_all
from tests.api.somark_calls import Somark, somark_of

POLL_QUERIES = 1


@pytest.fixture
def somark(team: Team, alice: User) -> Somark:
    return somark_of(team, alice)


@pytest.fixture
def remembering(settings: Settings) -> None:
    settings.KEY_MEMORY_SECONDS = 60.0


def test_poll_of_a_finished_extraction_asks_the_database_once(
    program: Program, engine: EmbeddedParser, remembering: None, django_assert_num_queries: Any
) -> None:
    public_id = program.started()
    work_all(engine)
    first = program.get(f"/v1/extractions/{public_id}")

    with django_assert_num_queries(POLL_QUERIES):
        second = program.get(f"/v1/extractions/{public_id}")

    assert (second.status_code, second["Content-Type"]) == (200, "application/json")
    assert second.content == first.content
    assert second["Cache-Control"] == "no-store"


def test_poll_of_a_finished_task_asks_the_database_once(
    somark: Somark, engine: EmbeddedParser, remembering: None, django_assert_num_queries: Any
) -> None:
    task = somark.task(output_formats="markdown")
    work_all(engine)
    first = somark.check(task)

    with django_assert_num_queries(POLL_QUERIES):
        second = somark.check(task)

    assert second == first
    assert second["data"]["status"] == "SUCCESS"


def test_answer_follows_the_templates_name(program: Program, engine: EmbeddedParser) -> None:
    public_id = program.started()
    work_all(engine)
    before = program.record(public_id)
    Template.objects.filter(slug="receipt").update(name="Bill")

    assert program.record(public_id) == before | {"templateName": "Bill"}


def test_answer_follows_a_page_that_is_read_again(somark: Somark, engine: EmbeddedParser) -> None:
    task = somark.task(output_formats="json")
    work_all(engine)
    before = somark.check(task)
    parse = Parse.objects.get()
    read_page_again(document=parse.document, number=1, by=None)
    ParsedPage.objects.create(parse=parse, number=1, version=2, **page_columns(PageReading(1, 595, 842, (), ())))
    PageRange.objects.all().delete()

    after = somark.check(task)

    (read,) = before["data"]["result"]["outputs"]["json"]["pages"]
    (read_again,) = after["data"]["result"]["outputs"]["json"]["pages"]
    assert (len(read["blocks"]), read_again["blocks"]) == (1, [])


def test_answer_keeps_a_page_whose_later_reading_failed(somark: Somark, engine: EmbeddedParser) -> None:
    task = somark.task(output_formats="json")
    work_all(engine)
    before = somark.check(task)
    ParsedPage.objects.create(parse=Parse.objects.get(), number=1, version=2, state="failed", error_class="poison")

    after = somark.check(task)

    assert after["data"]["result"] == before["data"]["result"]


def test_kept_answer_is_its_teams_alone(
    program: Program, stranger: Program, somark: Somark, engine: EmbeddedParser
) -> None:
    public_id = program.started()
    work_all(engine)
    program.record(public_id)

    answer = stranger.get(f"/v1/extractions/{public_id}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_deleted_record_is_told_no_more(program: Program, engine: EmbeddedParser) -> None:
    public_id = program.started()
    work_all(engine)
    program.record(public_id)
    Extraction.objects.all().delete()

    assert program.get(f"/v1/extractions/{public_id}").status_code == 404


def test_revoked_key_opens_nothing_from_the_next_call_on(program: Program, remembering: None) -> None:
    before = program.get("/v1/usage").status_code
    revoke_key(key=ApiKey.objects.get(), by=None)

    assert (before, program.get("/v1/usage").status_code) == (200, 401)


def test_key_revoked_by_another_process_opens_for_as_long_as_it_is_remembered(
    program: Program, settings: Settings
) -> None:
    settings.KEY_MEMORY_SECONDS = 60.0
    program.get("/v1/usage")
    ApiKey.objects.update(revoked_at=timezone.now())
    remembered = program.get("/v1/usage").status_code
    settings.KEY_MEMORY_SECONDS = 0.0

    assert (remembered, program.get("/v1/usage").status_code) == (200, 401)
