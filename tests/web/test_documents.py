from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from extraction.choices import JobState, PageState, ReviewState, Role, VersionState
from extraction.models import (
    Detection,
    Document,
    Extraction,
    PageRange,
    Parse,
    ParsedPage,
    Review,
    Team,
    Template,
    TemplateVersion,
    User,
)
from extraction.queries.documents import FILTERS, documents_of
from extraction.queries.progress import progress_of
from extraction.services.documents import store_document
from tests import bad_files
from tests.factories import join, make_document, make_user


def stored(team: Team, by: User, name: str = "letter.pdf", pages: int = 1, **columns: Any) -> Document:
    return store_document(team=team, file=SimpleUploadedFile(name, bad_files.page_pdf(pages)), by=by, **columns)


def read(document: Document, state: str = JobState.DONE) -> Parse:
    PageRange.objects.filter(parse__document=document).update(state=state)
    Parse.objects.filter(document=document).update(state=state)
    return document.parses.get()


def make_version(team: Team, slug: str = "invoice") -> TemplateVersion:
    template = Template.objects.create(team=team, slug=slug, name=slug.title())
    return TemplateVersion.objects.create(template=template, number=1, state=VersionState.PUBLISHED)


def extracted(document: Document, version: TemplateVersion, state: str = JobState.DONE) -> Extraction:
    parse = Parse.objects.create(document=document, state=JobState.DONE)
    return Extraction.objects.create(parse=parse, version=version, state=state)


def test_list_shows_the_teams_documents(as_bob: Client, alice: User, charlie: User, team: Team) -> None:
    make_document(team, name="ours.pdf", uploaded_by=alice)
    make_document(charlie.teams.get(), name="theirs.pdf")

    page = as_bob.get(reverse("document-list")).content.decode()

    assert "ours.pdf" in page and "Alice" in page and "theirs.pdf" not in page


def test_list_is_searched_by_name(as_alice: Client, team: Team) -> None:
    make_document(team, name="Rechnung_2026.pdf")
    make_document(team, name="contract.docx")

    rows = as_alice.get(reverse("document-list"), {"search": "rechnung"}).context["rows"]

    assert [document.name for document, _ in rows] == ["Rechnung_2026.pdf"]


def test_every_document_is_in_exactly_one_state_of_the_filter(team: Team) -> None:
    version = make_version(team)
    waiting = make_document(team, name="stored")
    Parse.objects.create(document=waiting)
    for state in (JobState.RUNNING, JobState.FAILED, JobState.CANCELLED, JobState.DONE):
        Parse.objects.create(document=make_document(team, name=f"parse {state}"), state=state)
    for state in (JobState.QUEUED, JobState.FAILED, JobState.CANCELLED):
        extracted(make_document(team, name=f"extraction {state}"), version, state)
    for review in (ReviewState.OPEN, ReviewState.APPROVED, ReviewState.REJECTED):
        Review.objects.create(extraction=extracted(make_document(team, name=review), version), state=review)

    for state in (JobState.QUEUED, JobState.FAILED, JobState.CANCELLED, JobState.DONE):
        parse = Parse.objects.create(document=make_document(team, name=f"search {state}"), state=JobState.DONE)
        Detection.objects.create(parse=parse, state=state)

    found = {name: sorted(document.name for document in documents_of(team, state=name)) for name in FILTERS}

    assert found == {
        "pending": ["extraction queued", "parse running", "search queued", "stored"],
        "unfamiliar": ["search done"],
        "to_review": ["open"],
        "approved": ["approved"],
        "rejected": ["rejected"],
        "read": ["parse done"],
        "failed": ["extraction failed", "parse failed", "search failed"],
        "cancelled": ["extraction cancelled", "parse cancelled", "search cancelled"],
    }


def test_filter_and_progress_agree(team: Team) -> None:
    document = make_document(team)
    extracted(document, make_version(team), JobState.FAILED)
    extracted(document, TemplateVersion.objects.get())

    assert [row.pk for row in documents_of(team, state="read")] == [document.pk]
    assert progress_of([document])[document.pk].step == "ready"


def test_list_has_pages(as_alice: Client, team: Team) -> None:
    for number in range(26):
        make_document(team, name=f"number {number:02}.pdf")

    second = as_alice.get(reverse("document-list"), {"page": 2})

    assert [document.name for document, _ in second.context["rows"]] == ["number 00.pdf"]
    assert "26–26 of 26" in second.content.decode()


@pytest.mark.parametrize("query", [{"page": "x"}, {"page": "-1"}, {"page": "99"}, {"state": "?"}, {"search": "\0"}])
def test_list_takes_any_query(as_alice: Client, team: Team, query: dict[str, str]) -> None:
    assert as_alice.get(reverse("document-list"), query).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_as_many_queries_for_three_rows_as_for_one(
    as_alice: Client, alice: User, team: Team, count: int, django_assert_num_queries
) -> None:
    version = make_version(team)
    for number in range(count):
        document = make_document(team, name=f"{number}.pdf", uploaded_by=alice, template=version.template)
        Review.objects.create(extraction=extracted(document, version))

    with django_assert_num_queries(13):
        as_alice.get(reverse("document-list"))


def test_table_answers_a_poll_only_when_something_changed(as_alice: Client, alice: User, team: Team) -> None:
    document = stored(team, alice)
    headers = {"hx-request": "true", "hx-target": "document-table"}

    first = as_alice.get(reverse("document-list"), headers=headers)
    unchanged = as_alice.get(reverse("document-list"), {"seen": first.context["seen"]}, headers=headers)
    read(document)
    finished = as_alice.get(reverse("document-list"), {"seen": first.context["seen"]}, headers=headers)

    assert 'hx-trigger="every 2s"' in first.content.decode() and "<html" not in first.content.decode()
    assert unchanged.status_code == 204
    assert finished.status_code == 200 and "hx-trigger" not in finished.content.decode()


def test_detail_polls_until_it_is_done(as_alice: Client, alice: User, team: Team) -> None:
    document = stored(team, alice)

    page = as_alice.get(document.get_absolute_url())
    status = reverse("document-status", args=[document.pk])
    unchanged = as_alice.get(status, {"seen": page.context["seen"]})
    read(document)
    finished = as_alice.get(status, {"seen": page.context["seen"]})

    assert 'hx-trigger="every 2s"' in page.content.decode()
    assert unchanged.status_code == 204
    assert "hx-trigger" not in finished.content.decode()


def test_detail_says_why_reading_failed(as_alice: Client, alice: User, team: Team) -> None:
    document = stored(team, alice)
    read(document, JobState.FAILED)
    Parse.objects.update(error_class="poison")

    page = as_alice.get(document.get_absolute_url()).content.decode()

    assert "Reading this document stopped the reader twice." in page


def test_detail_names_the_pages_that_failed(as_alice: Client, alice: User, team: Team) -> None:
    document = stored(team, alice, pages=3)
    parse = read(document)
    for number in (1, 3):
        ParsedPage.objects.create(parse=parse, number=number, width=100, height=100)
    ParsedPage.objects.create(parse=parse, number=2, state=PageState.FAILED, error_class="page_timeout")

    page = as_alice.get(document.get_absolute_url()).content.decode()
    answer = as_alice.post(reverse("page-read-again", args=[document.pk, 2]))

    assert "Page 2" in page and "This page takes too long to read." in page
    assert answer.status_code == 302
    assert PageRange.objects.filter(first=2, last=2, state=JobState.QUEUED).exists()


def test_original_is_downloaded_as_it_came(as_alice: Client, alice: User, team: Team) -> None:
    document = stored(team, alice, "发票 2026.pdf")

    answer = as_alice.get(reverse("document-file", args=[document.pk]))

    assert answer.getvalue() == bad_files.page_pdf()
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_cancel_ends_what_is_queued(as_alice: Client, alice: User, team: Team) -> None:
    document = stored(team, alice)

    answer = as_alice.post(reverse("document-cancel", args=[document.pk]))

    assert answer["Location"] == document.get_absolute_url()
    assert Parse.objects.get().state == JobState.CANCELLED


def test_read_again_starts_another_reading(as_alice: Client, alice: User, team: Team) -> None:
    document = stored(team, alice)
    read(document)

    as_alice.post(reverse("document-read-again", args=[document.pk]))

    assert sorted(document.parses.values_list("state", flat=True)) == [JobState.DONE, JobState.QUEUED]


def test_read_again_while_reading_says_that_it_moved_on(as_alice: Client, alice: User, team: Team) -> None:
    document = stored(team, alice)

    page = as_alice.post(reverse("document-read-again", args=[document.pk]), follow=True).content.decode()

    assert "This has moved on in the meantime." in page
    assert document.parses.count() == 1


def test_extract_again_takes_another_template(as_alice: Client, alice: User, team: Team) -> None:
    document = stored(team, alice)
    read(document)
    version = make_version(team, "receipt")

    as_alice.post(reverse("document-extract-again", args=[document.pk]), {"template": version.template_id})

    assert [(row.version, row.state) for row in Extraction.objects.all()] == [(version, JobState.QUEUED)]


def test_extract_again_keeps_to_the_months_quota(as_alice: Client, alice: User, team: Team) -> None:
    document = stored(team, alice)
    read(document)
    version = make_version(team, "receipt")
    Team.objects.filter(pk=team.pk).update(monthly_extractions=0)

    again = reverse("document-extract-again", args=[document.pk])
    page = as_alice.post(again, {"template": version.template_id}, follow=True).content.decode()

    assert "month&#x27;s 0 extractions are used up" in page
    assert not Extraction.objects.exists()


def test_extract_again_refuses_another_teams_template(as_alice: Client, alice: User, charlie: User, team: Team) -> None:
    document = stored(team, alice)
    read(document)
    foreign = make_version(charlie.teams.get())

    as_alice.post(reverse("document-extract-again", args=[document.pk]), {"template": foreign.template_id})

    assert Extraction.objects.count() == 0


def test_delete_asks_first_and_then_leaves_nothing(as_alice: Client, alice: User, team: Team) -> None:
    document = stored(team, alice)

    asked = as_alice.get(reverse("document-delete", args=[document.pk]))
    kept = Document.objects.count()
    answer = as_alice.post(reverse("document-delete", args=[document.pk]))

    assert asked.status_code == 200 and kept == 1
    assert answer["Location"] == reverse("document-list")
    assert Document.objects.count() == 0


def test_people_delete_their_own_and_admins_any(as_bob: Client, alice: User, bob: User, team: Team) -> None:
    own, other = stored(team, bob), make_document(team, name="other.pdf", uploaded_by=alice)

    assert as_bob.post(reverse("document-delete", args=[other.pk])).status_code == 403
    assert as_bob.post(reverse("document-delete", args=[own.pk])).status_code == 302
    assert list(Document.objects.all()) == [other]


@pytest.mark.parametrize("name", ["document-cancel", "document-read-again", "document-extract-again"])
def test_reader_changes_nothing(client: Client, alice: User, team: Team, name: str) -> None:
    reader = make_user("rita")
    join(reader, team, Role.READER)
    client.force_login(reader)
    document = stored(team, alice)

    assert client.get(document.get_absolute_url()).status_code == 200
    assert client.post(reverse(name, args=[document.pk])).status_code == 403
