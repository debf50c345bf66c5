from __future__ import annotations

import pytest

from extraction.models import LearnedExample, LearnedVersion, Review, Team, Template
from extraction.services.learning import _make_version, forget
from extraction.types import LearnedLayout, Lesson, Option, Ranking, Trial
from extraction.wire.learned import dump_lesson, load_learned
from tests.read_documents import make_read_document, make_version

_OPTIONS = (
    Option(0.8, "", (("left", 0.9),), False, (1, 1, 500, 0, 5)),
    Option(0.7, "", (("left", 0.1),), True, (1, 1, 60, 0, 5)),
)
LESSON = Lesson(LearnedLayout((), ()), trials=(Trial("invoice_number", 0.45, False, _OPTIONS),))


@pytest.fixture
def template(team: Team) -> Template:
    return make_version(team, (), slug="invoice-0").template


def approve_more(template: Template, count: int) -> list[Review]:
    """As `teach` leaves them."""
    first = LearnedExample.objects.count()
    reviews = [
        make_read_document(template.team, name=f"{number}.pdf", fields=(), rows=0, pages=1)
        for number in range(first, first + count)
    ]
    for review in reviews:
        LearnedExample.objects.create(review=review, template=template, lesson=dump_lesson(LESSON))
    _make_version(template.pk)
    return reviews


def newest(template: Template) -> LearnedVersion:
    return template.learned.latest("number")


def ranking_of(version: LearnedVersion) -> Ranking:
    ranking = load_learned(version.data or []).ranking
    assert ranking is not None
    return ranking


def test_a_ranking_is_fitted_anew_once_in_a_while(template: Template) -> None:
    documents = []
    for count in (20, 1, 1):
        approve_more(template, count)
        documents.append(ranking_of(newest(template)).documents)

    assert documents == [20, 20, 22]
    assert ranking_of(template.learned.get(number=2)).fields == ranking_of(template.learned.get(number=1)).fields


def test_a_ranking_goes_with_any_document_that_it_was_fitted_to(
    template: Template, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    monkeypatch.setattr("extraction.services.learning._MOST_EXAMPLES", 20)
    first = approve_more(template, 20)[0]
    approve_more(template, 1)
    assert len(newest(template).examples) == 21

    with django_capture_on_commit_callbacks(execute=True):
        forget(reviews=[first.pk])

    assert [version.data for version in template.learned.exclude(pk=newest(template).pk)] == [None, None]
    assert (len(newest(template).examples), ranking_of(newest(template)).documents) == (20, 20)
