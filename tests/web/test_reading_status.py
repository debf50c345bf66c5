"""Documents looked at while they are read: pages as they come, pages that failed, and both read once more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from extraction.choices import JobState, Lane, PageState, Role
from extraction.models import (
    Document,
    Extraction,
    Membership,
    PageRange,
    Parse,
    ParsedPage,
    Review,
    ReviewEvent,
    Team,
    User,
)
from extraction.queries.page_states import page_shells
from extraction.queries.progress import progress_of
from extraction.services.readings import page_columns
from tests.factories import make_document
from tests.read_documents import draw_line, make_page, make_read_document

FRAGMENT = {"HX-Request": "true", "HX-Target": "review-progress"}


@pytest.fixture
def document(team: Team) -> Document:
    """Of six pages the first is read, the second failed, the third is being read, and the rest waits."""
    document = make_document(team, name="long.pdf", page_count=6)
    parse = Parse.objects.create(document=document, state=JobState.RUNNING)
    parse.ranges.create(first=1, last=4, state=JobState.RUNNING, progress_done=2)
    parse.ranges.create(first=5, last=6, state=JobState.QUEUED)
    ParsedPage.objects.create(parse=parse, number=1, **page_columns(make_page(1, [])))
    fail_page(parse, 2)
    return document


@pytest.fixture
def review(team: Team) -> Review:
    """Of a document whose second page failed."""
    review = make_read_document(team)
    ParsedPage.objects.filter(number=2).delete()
    fail_page(review.extraction.parse, 2)
    return review


def fail_page(parse: Parse, number: int, version: int = 1) -> ParsedPage:
    return ParsedPage.objects.create(
        parse=parse, number=number, version=version, state=PageState.FAILED, error_class="page_timeout"
    )


def read_page(review: Review, number: int) -> None:
    """As a worker does what was asked for."""
    job = PageRange.objects.get(first=number, version__gt=1)
    columns = page_columns(make_page(number, []))
    ParsedPage.objects.create(parse=job.parse, number=number, version=job.version, **columns)
    PageRange.objects.filter(pk=job.pk).update(state=JobState.DONE)


def html_of(client: Client, url: str, **data: Any) -> str:
    return client.get(url, data).content.decode()


def status_url(document: Document) -> str:
    return reverse("document-review-status", args=[document.pk])


def test_every_page_has_its_place_and_says_how_far_it_is(as_alice: Client, document: Document) -> None:
    html = html_of(as_alice, reverse("document-review", args=[document.pk]))
    drawings = [
        html_of(as_alice, reverse("review-page", args=[document.parses.get().pk, number])) for number in range(1, 5)
    ]

    shells = page_shells(document.parses.get(), 6)
    assert [shell.seen_as for shell in shells] == ["done", "failed", "reading", "waiting", "waiting", "waiting"]
    assert [f'data-page="{number}" data-state="{shells[number - 1].seen_as}"' in html for number in range(1, 7)] == [
        True
    ] * 6
    assert "Reading page 3 of 6…" in html and "1 of 6 pages could not be read." in html
    assert "<image " in drawings[0] and "Page 2 could not be read" in drawings[1]
    assert "Page 3 is being read" in drawings[2] and "Page 4 waits to be read" in drawings[3]


def test_pages_that_a_provider_has_are_read_together_and_those_that_wait_are_not(document: Document) -> None:
    parse = document.parses.get()
    parse.ranges.filter(first=1).update(lane=Lane.REMOTE, state=JobState.QUEUED, remote_id="task-1")
    parse.ranges.filter(first=5).update(lane=Lane.REMOTE, state=JobState.WAITING, error_class="key_refused")

    assert [shell.work for shell in page_shells(parse, 6)] == ["", "", "reading", "reading", "waiting", "waiting"]


def test_pages_that_a_cancel_left_out_say_so(document: Document) -> None:
    parse = document.parses.get()
    parse.ranges.update(state=JobState.CANCELLED)

    assert [shell.seen_as for shell in page_shells(parse, 6)] == ["done", "failed", "left", "left", "left", "left"]


def test_the_fragment_tells_only_what_changed_and_ends(as_alice: Client, document: Document) -> None:
    first = as_alice.get(status_url(document))
    unchanged = as_alice.get(status_url(document), {"seen": first.context["seen"]})
    parse = document.parses.get()
    for number in (3, 4, 5, 6):
        ParsedPage.objects.create(parse=parse, number=number, **page_columns(make_page(number, [])))
    one_more = as_alice.get(status_url(document), {"seen": first.context["seen"]})
    parse.ranges.update(state=JobState.DONE)
    Parse.objects.update(state=JobState.DONE)
    ended = as_alice.get(status_url(document), {"seen": one_more.context["seen"]})

    assert 'data-pages="done.1.. failed.1.. pending.0.reading. ' in first.content.decode()
    assert (unchanged.status_code, one_more.status_code) == (204, 200)
    assert 'hx-trigger="every 2s"' in one_more.content.decode()
    assert ended.status_code == 200 and "hx-trigger" not in ended.content.decode()


def test_the_first_review_opens_by_itself_and_a_later_one_is_offered(as_alice: Client, review: Review) -> None:
    document = review.extraction.parse.document
    Review.objects.update(state="approved")
    newer = Extraction.objects.create(parse=review.extraction.parse, version=review.extraction.version, state="done")
    newest = Review.objects.create(extraction=newer)

    without = as_alice.get(status_url(document))
    within = as_alice.get(status_url(document), {"review": review.pk})

    assert without["HX-Redirect"] == newest.get_absolute_url()
    assert "HX-Redirect" not in within
    assert f'id="open-newer" href="{newest.get_absolute_url()}"' in within.content.decode()


def test_the_text_of_pages_that_are_ready_can_be_read(as_alice: Client, document: Document) -> None:
    parse = document.parses.get()
    ParsedPage.objects.filter(parse=parse, number=1).delete()
    ParsedPage.objects.create(
        parse=parse, number=1, **page_columns(make_page(1, [draw_line(50, 50, 12, "Dear reader")]))
    )

    html = html_of(as_alice, reverse("document-review", args=[document.pk]), tab="text")

    assert "Dear reader" in html


def test_a_failed_page_is_named_and_read_again_in_its_place(as_alice: Client, review: Review, alice: User) -> None:
    document = review.extraction.parse.document
    before = html_of(as_alice, review.get_absolute_url())
    url = reverse("page-read-again", args=[document.pk, 2])

    answer = as_alice.post(url, {"review": review.pk}, headers=FRAGMENT).content.decode()
    twice = as_alice.post(url, {"next": review.get_absolute_url()})

    assert "1 of 2 pages could not be read." in before and "takes too long" in before and url in before
    assert "Reading page 2 again" in answer and 'hx-trigger="every 2s"' in answer and "could not be read" not in answer
    assert (twice.status_code, twice["Location"]) == (302, review.get_absolute_url())
    assert PageRange.objects.filter(version=2).count() == 1
    assert list(ReviewEvent.objects.filter(what="page_read_again").values_list("who", flat=True)) == [alice.pk]


def test_reading_a_page_again_can_be_cancelled_in_its_place(as_alice: Client, review: Review) -> None:
    document = review.extraction.parse.document
    as_alice.post(reverse("page-read-again", args=[document.pk, 2]))

    url = reverse("document-cancel", args=[document.pk])
    answer = as_alice.post(url, {"review": review.pk}, headers=FRAGMENT).content.decode()

    assert "hx-trigger" not in answer and "1 of 2 pages could not be read." in answer
    assert PageRange.objects.get().state == JobState.CANCELLED


def test_after_a_page_was_read_the_fields_can_be_read_again(as_alice: Client, review: Review) -> None:
    Extraction.objects.update(started_at=timezone.now() - timedelta(minutes=5))
    document = review.extraction.parse.document
    as_alice.post(reverse("page-read-again", args=[document.pk, 2]))
    while_reading = html_of(as_alice, status_url(document), review=review.pk)
    read_page(review, 2)
    offered = html_of(as_alice, review.get_absolute_url())

    url = reverse("review-fields-again", args=[review.pk])
    answers = [as_alice.post(url, {"review": review.pk}, headers=FRAGMENT).content.decode() for _ in range(2)]

    assert "Read the fields again" not in while_reading
    assert "Page 2 was read after the fields were." in offered and url in offered
    assert all("Extracting the fields" in answer and 'hx-trigger="every 2s"' in answer for answer in answers)
    assert Extraction.objects.get(keeps=review).state == JobState.QUEUED


def test_a_page_that_fails_once_more_keeps_what_was_read(as_alice: Client, review: Review) -> None:
    fail_page(review.extraction.parse, 1, version=2)

    html = html_of(as_alice, review.get_absolute_url())

    assert "Page 1 could not be read again; what was read before is still shown." in html
    assert "1 of 2 pages could not be read." in html


def test_any_page_is_read_again_by_its_number(as_alice: Client, review: Review) -> None:
    document = review.extraction.parse.document
    url = reverse("document-read-page", args=[document.pk])

    right = as_alice.post(url, {"number": 1})
    wrong = [as_alice.post(url, {"number": number}, follow=True).content.decode() for number in ("3", "0", "x", "")]

    assert right["Location"] == document.get_absolute_url()
    assert all("This document has no such page." in html for html in wrong)
    assert list(PageRange.objects.values_list("first", "last", "version")) == [(1, 1, 2)]


def test_a_drawing_follows_what_becomes_of_its_page(as_alice: Client, review: Review) -> None:
    parse = review.extraction.parse
    url = reverse("review-page", args=[parse.pk, 1])
    first = as_alice.get(url)
    as_alice.post(reverse("page-read-again", args=[parse.document_id, 1]))
    waiting = as_alice.get(url, headers={"If-None-Match": first["ETag"]})
    PageRange.objects.all().delete()
    ParsedPage.objects.filter(number=1).update(**page_columns(make_page(1, [])))
    changed = as_alice.get(url, headers={"If-None-Match": first["ETag"]})

    assert "Page 1 waits to be read again" in waiting.content.decode() and b"<image " in waiting.content
    assert changed.status_code == 200


def test_a_page_that_the_document_has_not_is_not_drawn(as_alice: Client, review: Review) -> None:
    urls = [reverse("review-page", args=[review.extraction.parse_id, number]) for number in (0, 3, 999_999_999)]

    assert [as_alice.get(url).status_code for url in urls] == [404, 404, 404]


def test_the_documents_page_shows_each_pages_state(as_alice: Client, document: Document) -> None:
    html = html_of(as_alice, document.get_absolute_url())

    assert [html.count(f'<li data-state="{state}">') for state in ("done", "failed", "reading", "waiting")] == [
        1,
        1,
        1,
        3,
    ]
    assert "1 of 6 pages could not be read." in html


def test_lists_name_the_pages_that_no_try_could_read(as_alice: Client, alice: User, review: Review) -> None:
    parse = review.extraction.parse
    Document.objects.update(uploaded_by=alice)
    pages = [parse.document.get_absolute_url(), reverse("document-list")]

    failed = [html_of(as_alice, url) for url in pages]
    fail_page(parse, 2, version=2)
    twice = progress_of([parse.document])[parse.document_id].pages_unread
    ParsedPage.objects.create(parse=parse, number=2, version=3, **page_columns(make_page(2, [])))
    read = [html_of(as_alice, url) for url in pages]

    assert twice == 1
    assert "2 pages, 1 could not be read" in failed[0] and "1 page unread" in failed[1]
    assert "could not be read" not in read[0] and "unread" not in read[1]


@pytest.mark.parametrize(
    ("place", "address"),
    [({"page": 1}, ""), ({"page": 2}, "#page-2"), ({"page": 1, "tab": "text"}, "?tab=text#page-1"), ({"tab": "x"}, "")],
)
def test_the_first_review_opens_where_the_person_is(
    as_alice: Client, review: Review, place: dict[str, Any], address: str
) -> None:
    answer = as_alice.get(status_url(review.extraction.parse.document), place)

    assert answer["HX-Redirect"] == review.get_absolute_url() + address


@pytest.mark.parametrize(("role", "status"), [(Role.READER, 403), (Role.UPLOADER, 403), (Role.REVIEWER, 302)])
def test_who_may_read_pages_and_fields_again(
    as_alice: Client, as_charlie: Client, alice: User, review: Review, role: Role, status: int
) -> None:
    Membership.objects.filter(user=alice).update(role=role)
    document = review.extraction.parse.document
    calls = [
        (reverse("review-fields-again", args=[review.pk]), {}),
        (reverse("page-read-again", args=[document.pk, 2]), {}),
        (reverse("document-read-page", args=[document.pk]), {"number": 2}),
    ]

    html = html_of(as_alice, review.get_absolute_url())

    assert [as_charlie.post(url, data).status_code for url, data in calls] == [404] * 3
    assert [as_alice.post(url, data).status_code for url, data in calls] == [status] * 3
    assert ("Read this page again" in html) == (role == Role.REVIEWER)


@pytest.mark.parametrize(("role", "status"), [(Role.READER, 403), (Role.UPLOADER, 302)])
def test_uploaders_read_pages_of_their_own_documents_again(
    as_alice: Client, alice: User, review: Review, role: Role, status: int
) -> None:
    Membership.objects.filter(user=alice).update(role=role)
    parse = review.extraction.parse
    Document.objects.update(uploaded_by=alice)
    addresses = [parse.document.get_absolute_url(), reverse("review-page", args=[parse.pk, 2])]

    offered = ["Read this page again" in html_of(as_alice, address) for address in addresses]
    answer = as_alice.post(reverse("page-read-again", args=[parse.document_id, 2]))

    assert offered == [status == 302] * 2
    assert answer.status_code == status
    assert [job.version for job in PageRange.objects.filter(first=2)] == [2] * (status == 302)


def test_a_review_of_another_document_is_no_place_to_ask_from(as_alice: Client, team: Team, review: Review) -> None:
    other = make_document(team, name="other.pdf", sha256="b" * 64)

    assert as_alice.get(status_url(other), {"review": review.pk}).status_code == 404


@pytest.mark.parametrize("pages", [1, 300])
def test_looking_takes_as_many_queries_for_many_pages(
    as_alice: Client, team: Team, pages: int, django_assert_max_num_queries: Any
) -> None:
    document = make_document(team, name="long.pdf", page_count=pages)
    parse = Parse.objects.create(document=document, state=JobState.RUNNING)
    parse.ranges.create(first=1, last=pages, state=JobState.RUNNING)

    with django_assert_max_num_queries(13):
        as_alice.get(status_url(document))
