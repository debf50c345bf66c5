from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from extraction.choices import JobState, ReviewState, Role
from extraction.models import (
    Detection,
    Extraction,
    FieldValue,
    Membership,
    PageRange,
    Parse,
    Review,
    ReviewEvent,
    Team,
    User,
)
from extraction.queries.dashboard import figures_of
from extraction.queries.queue_rows import QueueFilter, QueueState, queue_documents
from extraction.services.corrections import confirm_value, correct_value, reset_value
from extraction.templatetags.figures import clock, difference, percent, waited
from extraction.web.charts import bar_chart, sparkline
from tests.factories import make_document
from tests.read_documents import make_read_document, make_version

HTMX = {"HX-Request": "true"}
DASHBOARD = "/dashboard/"
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def finish(
    review: Review, by: User, *, state: str = "approved", at: datetime = NOW, seconds: int | None = 60
) -> Review:
    review.refresh_from_db()
    review.state, review.finished_by, review.finished_at = state, by, at
    review.opened_at = at - timedelta(seconds=seconds) if seconds is not None else None
    review.created_at = at - timedelta(hours=1)
    review.save()
    return review


def make_pending(team: Team, *, name: str, state: str = "running", done: int = 0) -> Extraction:
    document = make_document(team, name=name, sha256=f"{len(name):064}", page_count=300)
    parse = Parse.objects.create(
        document=document, state=state, error_class="corrupt_file" if state == "failed" else ""
    )
    PageRange.objects.create(parse=parse, first=1, last=300, state=state, progress_done=done)
    waiting = JobState.FAILED if state == "failed" else JobState.WAITING
    return Extraction.objects.create(parse=parse, version=make_version(team), state=waiting)


def value_of(review: Review, key: str) -> FieldValue:
    return FieldValue.objects.get(extraction=review.extraction, row=None, key=key)


def names(team: Team, **chosen: Any) -> list[str]:
    return [document.name for document in queue_documents(team, QueueFilter(**chosen))]


def test_the_queue_shows_what_is_unfinished_with_its_state(as_alice: Client, team: Team, alice: User) -> None:
    review = make_read_document(team, name="check.pdf")
    Review.objects.filter(pk=review.pk).update(to_check=5, party="Haiyue Precision", assignee=alice)
    ready = make_read_document(team, name="ready.pdf")
    Review.objects.filter(pk=ready.pk).update(to_check=0)
    make_pending(team, name="reading.pdf", done=214)
    make_pending(team, name="broken.pdf", state="failed")
    finish(make_read_document(team, name="done.pdf"), alice)

    html = as_alice.get(DASHBOARD).content.decode()

    for text in ("5 to check", "Ready", "Reading 214 / 300", "Unreadable", "Haiyue Precision"):
        assert text in html
    assert "done.pdf" not in html


def test_filters_let_the_right_documents_through(team: Team, alice: User, bob: User) -> None:
    first = make_read_document(team, name="first.pdf")
    Review.objects.filter(pk=first.pk).update(assignee=bob, party="Kessler Optik", to_check=1)
    second = make_read_document(team, name="second.pdf", rows=0)
    Review.objects.filter(pk=second.pk).update(to_check=0)
    make_pending(team, name="reading.pdf")
    finish(make_read_document(team, name="approved.pdf"), alice)
    finish(make_read_document(team, name="rejected.pdf"), alice, state=ReviewState.REJECTED)

    assert names(team, oldest_first=True) == ["first.pdf", "second.pdf", "reading.pdf"]
    assert names(team, state=QueueState.TO_CHECK) == ["first.pdf"]
    assert names(team, state=QueueState.READY) == ["second.pdf"]
    assert names(team, state=QueueState.READING) == ["reading.pdf"]
    assert names(team, state=QueueState.APPROVED) == ["approved.pdf"]
    assert names(team, state=QueueState.REJECTED) == ["rejected.pdf"]
    assert len(names(team, state=QueueState.ALL)) == 5
    assert names(team, assignee=str(bob.pk)) == ["first.pdf"]
    assert names(team, assignee="nobody", state=QueueState.READY) == ["second.pdf"]
    assert names(team, search="kessler") == ["first.pdf"]
    assert names(team, search="SECOND") == ["second.pdf"]
    assert names(team, template=first.extraction.version.template_id, state=QueueState.TO_CHECK) == ["first.pdf"]
    assert names(team, template=0) == []


def test_a_document_read_again_is_shown_by_its_new_reading(team: Team, alice: User) -> None:
    review = finish(make_read_document(team, name="again.pdf"), alice)
    parse = Parse.objects.create(document=review.extraction.parse.document, state=JobState.RUNNING)
    Extraction.objects.create(parse=parse, version=review.extraction.version, state=JobState.WAITING)

    assert names(team, state=QueueState.READING) == ["again.pdf"]
    assert names(team, state=QueueState.APPROVED) == []


@pytest.mark.parametrize("address", [DASHBOARD, "/reviews/"])
def test_the_number_of_queries_does_not_grow(
    as_alice: Client, team: Team, alice: User, django_assert_max_num_queries: Any, address: str
) -> None:
    counts = []
    for count in (1, 3):
        while Review.objects.count() < count * 2:
            number = Review.objects.count()
            review = make_read_document(team, name=f"{number}.pdf", rows=0)
            Review.objects.filter(pk=review.pk).update(assignee=alice)
            finish(make_read_document(team, name=f"done-{number}.pdf", rows=0), alice, at=timezone.now())
        as_alice.get(address)
        with django_assert_max_num_queries(60) as queries:
            as_alice.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_documents_whose_template_is_looked_for_are_being_read(team: Team) -> None:
    parse = Parse.objects.create(document=make_document(team), state=JobState.RUNNING)
    Detection.objects.create(parse=parse, state=JobState.WAITING)

    assert figures_of(team, timezone.now()).being_read == 1


def test_long_queues_have_pages(as_alice: Client, team: Team) -> None:
    version = make_version(team)
    for number in range(26):
        document = make_document(team, name=f"{number:02}.pdf")
        parse = Parse.objects.create(document=document, state=JobState.DONE)
        extraction = Extraction.objects.create(parse=parse, version=version, state=JobState.DONE)
        Review.objects.create(extraction=extraction)

    first, last = (as_alice.get("/reviews/", {"order": "oldest", "page": page}) for page in (1, 99))

    assert "Page 1 of 2" in first.content.decode()
    assert re.findall(r"\d\d\.pdf(?=</a>)", last.content.decode()) == ["25.pdf"]


def test_values_that_make_no_sense_filter_nothing(as_alice: Client, team: Team) -> None:
    make_read_document(team, name="here.pdf")

    answer = as_alice.get("/reviews/", {"template": "x", "state": "?", "assignee": "-1", "page": "no", "order": "x"})

    assert "here.pdf" in answer.content.decode()


def seen_in(html: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', html)
    assert found
    return found[1]


def test_an_unchanged_dashboard_answers_204(as_alice: Client, team: Team) -> None:
    make_read_document(team, name="one.pdf")
    seen = seen_in(as_alice.get(DASHBOARD).content.decode())

    same = as_alice.get(DASHBOARD, {"seen": seen}, headers=HTMX)
    make_read_document(team, name="two.pdf")
    changed = as_alice.get(DASHBOARD, {"seen": seen}, headers=HTMX)

    assert (same.status_code, same.content) == (204, b"")
    assert same["X-Galley-Time"]
    html = changed.content.decode()
    assert changed.status_code == 200
    assert html.startswith('<div id="dashboard-live"') and "two.pdf" in html and "<html" not in html


def test_going_back_gets_the_whole_page(as_alice: Client, team: Team) -> None:
    headers = HTMX | {"HX-History-Restore-Request": "true"}

    assert "<html" in as_alice.get(DASHBOARD, headers=headers).content.decode()


def test_chosen_documents_become_mine(as_bob: Client, bob: User, team: Team) -> None:
    first, second = (make_read_document(team, name=f"{number}.pdf", rows=0) for number in (1, 2))
    document = first.extraction.parse.document

    answer = as_bob.post(
        reverse("review-assign"), {"documents": [document.pk], "query": "state=check", "page-name": "review-list"}
    )

    first.refresh_from_db()
    second.refresh_from_db()
    assert answer["Location"] == "/reviews/?state=check"
    assert (first.assignee, second.assignee) == (bob, None)
    events = ReviewEvent.objects.filter(what="assigned").values_list("review", "who", "after")
    assert list(events) == [(first.pk, bob.pk, {"assignee": bob.pk})]


def test_readers_assign_nothing_and_strangers_cannot_reach_it(
    as_bob: Client, as_charlie: Client, bob: User, team: Team
) -> None:
    review = make_read_document(team, rows=0)
    Membership.objects.filter(user=bob).update(role=Role.READER)
    data = {"documents": [review.extraction.parse.document_id]}

    assert as_bob.post(reverse("review-assign"), data).status_code == 403
    as_charlie.post(reverse("review-assign"), data)

    review.refresh_from_db()
    assert review.assignee is None


def test_strangers_see_an_empty_queue(as_charlie: Client, team: Team) -> None:
    make_read_document(team, name="secret.pdf")

    html = as_charlie.get(DASHBOARD).content.decode()

    assert "secret.pdf" not in html
    assert "The queue is empty" in html


def test_figures_without_reviews_are_dashes(as_alice: Client, team: Team) -> None:
    html = as_alice.get(DASHBOARD).content.decode()

    today = figures_of(team, NOW).today
    assert (today.reviewed, today.median_seconds, today.straight_share, today.corrected_share) == (0, None, None, None)
    assert html.count("<dd>–</dd>") == 3


def test_figures_count_the_reviews_of_the_day(team: Team, alice: User, bob: User) -> None:
    untouched = make_read_document(team, name="a.pdf")
    confirm_value(review=untouched, value=value_of(untouched, "po_number"), by=alice, version=1)
    corrected = make_read_document(team, name="b.pdf")
    correct_value(review=corrected, value=value_of(corrected, "total"), text="1.00", by=alice, version=1)
    set_back = make_read_document(team, name="c.pdf")
    correct_value(review=set_back, value=value_of(set_back, "total"), text="1.00", by=alice, version=1)
    reset_value(review=set_back, value=value_of(set_back, "total"), by=alice, version=2)
    rejected = make_read_document(team, name="d.pdf")
    yesterday = make_read_document(team, name="e.pdf")
    make_read_document(team, name="waiting.pdf")
    for review, seconds in ((untouched, 30), (corrected, 90), (set_back, 100)):
        finish(review, alice, seconds=seconds)
    finish(rejected, bob, state=ReviewState.REJECTED, seconds=None)
    finish(yesterday, bob, at=NOW - timedelta(days=1), seconds=20)

    figures = figures_of(team, NOW)

    today = figures.today
    assert (today.approved, today.rejected, today.unchanged, today.with_changes) == (3, 1, 2, 2)
    assert (today.median_seconds, today.fields, today.corrected) == (90, 3 * 14, 1)
    assert [(one.user, one.reviewed) for one in figures.reviewers] == [(alice, 3), (bob, 1)]
    assert (figures.days[-2].approved, figures.week_before.median_seconds) == (1, 20)


def test_several_changes_in_one_table_count_as_one_field(team: Team, alice: User) -> None:
    review = make_read_document(team)
    cells = FieldValue.objects.filter(extraction=review.extraction, key="article")[:3]
    for version, cell in enumerate(cells, start=1):
        correct_value(review=review, value=cell, text="X", by=alice, version=version)
    finish(review, alice)

    assert figures_of(team, NOW).today.corrected == 1


def test_days_are_those_of_the_team(team: Team, alice: User) -> None:
    late = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    finish(make_read_document(team), alice, at=late)

    assert figures_of(team, late).today.approved == 1
    team.time_zone = "Asia/Shanghai"
    figures = figures_of(team, datetime(2026, 3, 11, 12, tzinfo=UTC))
    assert (figures.today.day.isoformat(), figures.today.approved) == ("2026-03-11", 1)


def test_waiting_is_compared_with_midnight(team: Team, alice: User) -> None:
    old = make_read_document(team, name="old.pdf", rows=0)
    Review.objects.filter(pk=old.pk).update(created_at=NOW - timedelta(days=2))
    new = make_read_document(team, name="new.pdf", rows=0)
    Review.objects.filter(pk=new.pk).update(created_at=NOW - timedelta(hours=1))
    gone = finish(make_read_document(team, name="gone.pdf", rows=0), alice)
    Review.objects.filter(pk=gone.pk).update(created_at=NOW - timedelta(days=2))

    figures = figures_of(team, NOW)

    assert (figures.waiting, figures.waiting_at_midnight) == (2, 2)


def test_times_and_shares_are_written_for_people() -> None:
    since = [NOW - timedelta(minutes=minutes) for minutes in (0, 12, 64, 24 * 60 * 3)]

    assert [waited(at, NOW) for at in (*since, None)] == ["0 min", "12 min", "1 h 04", "3 d", "–"]
    assert [clock(seconds) for seconds in (None, 0, 102, 3661)] == ["–", "0:00", "1:42", "1:01:01"]
    assert [percent(share) for share in (None, 0, 0.634, 1)] == ["–", "0%", "63%", "100%"]
    assert percent(0.031, 1) == "3.1%"
    assert [difference(1, 3), difference(3, 1), difference(2, 2)] == ["−2", "+2", "±0"]


def test_sparklines_leave_gaps_where_nothing_is_known() -> None:
    assert sparkline([0, 1, None, 1, 1]).line == "M0.0 24.0L21.0 2.0 M63.0 2.0L84.0 2.0"
    assert sparkline([None, 1, None]).line == ""


def test_bars_stand_on_each_other_within_the_chart(team: Team, alice: User) -> None:
    finish(make_read_document(team, name="a.pdf", rows=0), alice)
    finish(make_read_document(team, name="b.pdf", rows=0), alice, state=ReviewState.REJECTED)

    chart = bar_chart(figures_of(team, NOW).days)

    bars = chart.days[-1].bars
    assert [(bar.kind, bar.y, bar.height) for bar in bars] == [("auto", "137.5", "41.5"), ("rev", "95.0", "41.5")]
    assert [line.value for line in chart.grid] == [0, 1, 2, 3, 4]
