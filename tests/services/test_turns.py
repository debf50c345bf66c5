from __future__ import annotations

from typing import Any

import pytest

from extraction.choices import JobState, Lane, Provider
from extraction.models import Document, Extraction, PageRange, Parse, Team
from extraction.services.jobs import claim, step
from extraction.services.parses import start_parse
from extraction.services.turns import next_turn
from extraction.services.work import KINDS, _claim_most_urgent, has_to_yield
from tests.factories import make_document, make_team
from tests.read_documents import make_read_document
from tests.services.remote_steps import make_account


@pytest.fixture
def others(db: None) -> Team:
    return make_team("Others")


def queue(team: Team, count: int = 1, **columns: Any) -> list[Document]:
    documents = [make_document(team, **columns) for _ in range(count)]
    for document in documents:
        start_parse(document=document)
    return documents


def read_next() -> Document:
    """The document whose pages, or whose layout, a worker takes next; and it is done."""
    job = _claim_most_urgent(Lane.CPU)
    step(job, JobState.DONE)
    return job.document if isinstance(job, Parse) else job.parse.document


def docx(team: Team) -> dict[str, Any]:
    """Columns of a document that is laid out first."""
    document = make_document(team, sha256="d" * 64)
    document.blob.kind = "docx"
    document.blob.save()
    document.delete()
    return {"sha256": "d" * 64}


def test_single_document_of_a_team_is_among_the_next_three(team: Team, others: Team) -> None:
    queue(team, 200)
    for _ in range(20):
        read_next()
    [single] = queue(others)

    following = [read_next() for _ in range(3)]

    assert single in following


def test_teams_take_turns_document_by_document(team: Team, others: Team) -> None:
    theirs, ours = queue(team, 4), queue(others, 3)

    order = [read_next() for _ in range(7)]

    assert order == [theirs[0], ours[0], theirs[1], ours[1], theirs[2], ours[2], theirs[3]]


def test_team_that_comes_later_has_no_credit(team: Team, others: Team) -> None:
    theirs = queue(team, 10)
    for _ in range(6):
        read_next()
    ours = queue(others, 3)

    order = [read_next() for _ in range(6)]

    assert order == [theirs[6], ours[0], theirs[7], ours[1], theirs[8], ours[2]]


def test_early_pages_of_every_document_come_first(team: Team, others: Team) -> None:
    [long] = queue(team, page_count=5)
    [short] = queue(others)

    firsts = [(job.parse.document, job.first) for job in KINDS[PageRange].due(Lane.CPU)]

    assert firsts == [(long, 1), (short, 1), (long, 3)]


def test_layouts_and_readings_share_the_turns(team: Team, others: Team) -> None:
    laid_out = docx(team)
    theirs = queue(team, 3, **laid_out)
    [single] = queue(others)

    order = [read_next() for _ in range(4)]

    assert order == [theirs[0], single, theirs[1], theirs[2]]


def test_reading_of_an_earlier_turn_is_not_interrupted_by_a_layout(team: Team, others: Team) -> None:
    queue(team, 3, **docx(team))
    read_next()
    queue(others)
    job = claim(KINDS[PageRange].due(Lane.CPU))
    Parse.objects.filter(turn__lte=job.turn).update(turn=job.turn + 1)

    interrupted = has_to_yield(job)
    Parse.objects.update(turn=0)
    PageRange.objects.update(turn=1)
    job.turn = 1

    assert not interrupted
    assert has_to_yield(job)


def test_what_waits_for_an_account_holds_no_turn(team: Team, others: Team) -> None:
    account = make_account(team, Provider.SOMARK, "http://127.0.0.1:9/api/v1", "key")
    team.parse_account = account
    team.save()
    queue(team, 3)
    queue(others, 2)
    team.parse_account = None
    team.save()

    assert (next_turn(team.pk), next_turn(others.pk)) == (0, 2)


def test_each_document_has_the_next_turn(team: Team) -> None:
    first, second = queue(team, 2)

    turns = list(PageRange.objects.order_by("pk").values_list("parse__document", "turn"))

    assert turns == [(first.pk, 0), (second.pk, 1)]


def test_fields_of_many_documents_read_again_let_a_new_document_pass(team: Team) -> None:
    review = make_read_document(team)
    parse, version = review.extraction.parse, review.extraction.version
    again = [Extraction.objects.create(parse=parse, version=version, keeps=review) for _ in range(2)]
    [document] = queue(team)
    assert read_next() == document
    new = Extraction.objects.create(parse=parse, version=version)

    order = [_claim_most_urgent(Lane.CPU) for _ in range(3)]

    assert order == [new, *again]


def test_first_pages_do_not_yield_to_fields_that_are_read_again(team: Team) -> None:
    review = make_read_document(team)
    parse, version = review.extraction.parse, review.extraction.version
    Extraction.objects.create(parse=parse, version=version, keeps=review)
    queue(team, page_count=5)
    first = PageRange.objects.get(first=1)
    later = PageRange.objects.exclude(first=1).earliest("first")

    assert (has_to_yield(first), has_to_yield(later)) == (False, True)
    Extraction.objects.create(parse=parse, version=version)
    assert has_to_yield(first)
