from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from extraction.choices import JobState, ReviewState, Role, VersionState
from extraction.models import Extraction, Review, Team, Template, TemplateVersion
from tests.factories import join, make_document, make_user
from tests.read_documents import FIELDS, make_read_document


@pytest.fixture
def reviews(team: Team) -> list[Review]:
    """Two documents read with the template's first version; there is a second one."""
    made = [make_read_document(team, name=f"{name}.pdf") for name in ("one", "two")]
    template = made[0].extraction.version.template
    team.documents.update(template=template)
    TemplateVersion.objects.create(template=template, number=2, state=VersionState.PUBLISHED)
    return made


@pytest.fixture
def template(reviews: list[Review]) -> Template:
    return reviews[0].extraction.version.template


def asked() -> list[tuple[str, int]]:
    """Names of the documents that are to be read, and the version."""
    queued = Extraction.objects.filter(state=JobState.QUEUED).order_by("pk")
    return list(queued.values_list("parse__document__name", "version__number"))


def end(state: JobState = JobState.DONE) -> None:
    Extraction.objects.filter(state=JobState.QUEUED).update(state=state)


def said(answer: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_one_click_on_the_template_reads_what_older_versions_read(as_alice: Client, template: Template) -> None:
    before = as_alice.get(template.get_absolute_url()).content.decode()

    answer = as_alice.post(reverse("template-again", args=[template.pk]))

    assert "2 documents have the fields of older versions." in before
    assert "Read 2 documents' fields with version 2" in before
    assert (answer.status_code, said(answer)) == (302, ["The fields of 2 documents are read again."])
    assert asked() == [("one.pdf", 2), ("two.pdf", 2)]


def test_the_fragment_tells_how_far_it_is_and_ends(as_alice: Client, template: Template) -> None:
    address = reverse("template-again-status", args=[template.pk])
    started = as_alice.post(
        reverse("template-again", args=[template.pk]), headers={"hx-request": "true", "hx-target": "template-again"}
    ).content.decode()
    seen = started.partition("?seen=")[2].partition('"')[0]
    unchanged = as_alice.get(address, {"seen": seen})
    Extraction.objects.filter(pk=Extraction.objects.latest("pk").pk).update(state=JobState.DONE)
    half = as_alice.get(address, {"seen": seen}).content.decode()
    end()
    whole = as_alice.get(address, {"seen": seen}).content.decode()

    assert "The fields of 2 documents are read again." in started
    assert "0 of 2 done, 2 are being read." in started
    assert unchanged.status_code == 204
    assert "1 of 2 done, 1 is being read." in half
    assert "All 2 documents have the fields of version 2." in whole
    assert ("hx-trigger" in half, "hx-trigger" in whole) == (True, False)


def test_finished_ones_are_read_only_when_asked_for(
    as_alice: Client, template: Template, reviews: list[Review]
) -> None:
    Review.objects.filter(pk=reviews[0].pk).update(state=ReviewState.APPROVED)
    shown = as_alice.get(template.get_absolute_url()).content.decode()
    as_alice.post(reverse("template-again", args=[template.pk]))
    open_ones = asked()
    end()

    as_alice.post(reverse("template-again", args=[template.pk]), {"finished": "on"})

    assert "1 approved or rejected document keeps an older version." in shown
    assert (open_ones, asked()) == ([("two.pdf", 2)], [("one.pdf", 2)])


def test_chosen_documents_are_read_with_their_templates_newest_version(
    as_alice: Client, team: Team, reviews: list[Review]
) -> None:
    without = make_document(team, name="plain.pdf")
    chosen = [reviews[1].extraction.parse.document_id, without.pk]

    shown = as_alice.get(reverse("document-list")).content.decode()
    answer = as_alice.post(reverse("documents-again"), {"documents": chosen, "query": "search=&state=&page=1"})

    assert shown.count('form="documents-again" aria-label="Select ') == 3
    assert answer["Location"] == f"{reverse('document-list')}?search=&state=&page=1"
    assert asked() == [("two.pdf", 2)]
    told = "1 document stays as it is: it is finished, being read, or has no template."
    assert said(answer) == [f"The fields of 1 document are read again. {told}"]


def test_who_chooses_nothing_is_told_so(as_alice: Client, reviews: list[Review]) -> None:
    answer = as_alice.post(reverse("documents-again"))

    assert (answer["Location"], said(answer)) == (reverse("document-list"), ["Choose a document first."])
    assert asked() == []


def test_a_key_that_no_document_can_have_is_no_choice(as_alice: Client, reviews: list[Review]) -> None:
    answer = as_alice.post(reverse("documents-again"), {"documents": [2**63]})

    assert answer.status_code == 302
    assert said(answer) == ["Select a valid choice. 9223372036854775808 is not one of the available choices."]
    assert asked() == []


def test_a_used_up_quota_is_told(as_alice: Client, template: Template) -> None:
    Team.objects.update(monthly_extractions=1)

    answer = as_alice.post(reverse("template-again", args=[template.pk]))

    assert asked() == []
    assert "extractions" in said(answer)[0]


def test_a_quota_for_some_of_several_templates_starts_none(as_alice: Client, team: Team, reviews: list[Review]) -> None:
    other = make_read_document(team, name="other.pdf", fields=FIELDS[:3])
    document = other.extraction.parse.document
    document.template = other.extraction.version.template
    document.save()
    Team.objects.update(monthly_extractions=1)

    chosen = [reviews[0].extraction.parse.document_id, document.pk]
    answer = as_alice.post(reverse("documents-again"), {"documents": chosen})

    assert "extractions" in said(answer)[0]
    assert asked() == []


def test_readers_see_it_and_start_nothing(client: Client, team: Team, template: Template) -> None:
    reader = make_user("rosa")
    join(reader, team, Role.READER)
    client.force_login(reader)

    shown = client.get(template.get_absolute_url()).content.decode()
    answers = [
        client.post(reverse("template-again", args=[template.pk])),
        client.post(reverse("documents-again"), {"documents": [document.pk for document in team.documents.all()]}),
    ]

    assert "2 documents have the fields of older versions." in shown
    assert reverse("template-again", args=[template.pk]) + '"' not in shown
    assert "documents-again" not in client.get(reverse("document-list")).content.decode()
    assert [answer.status_code for answer in answers] == [403, 403]
    assert asked() == []


def test_strangers_documents_are_not_chosen(as_charlie: Client, reviews: list[Review], template: Template) -> None:
    document = reviews[0].extraction.parse.document_id

    answers = [
        as_charlie.post(reverse("template-again", args=[template.pk])).status_code,
        as_charlie.get(reverse("template-again-status", args=[template.pk])).status_code,
        as_charlie.post(reverse("documents-again"), {"documents": [document]}).status_code,
    ]

    assert answers == [404, 404, 302]
    assert asked() == []
