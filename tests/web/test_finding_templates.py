"""What people see and do where a document's template is found by itself."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from extraction.choices import JobState, Role
from extraction.models import Detection, Document, Extraction, Parse, Team, Template, User
from extraction.services.templates import install_ready_made
from tests import bad_files
from tests.factories import make_document, make_user
from tests.read_documents import make_read_document
from tests.web.test_upload import file, send

FIT = {"score": 0.42, "labels_found": 8, "labels": 11, "title": "RECEIPT", "documents": 3}


@pytest.fixture(autouse=True)
def own_folder(settings) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = settings.GALLEY_DATA / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()


@pytest.fixture
def templates(team: Team) -> dict[str, Template]:
    return {template.slug: template for template in install_ready_made(team)}


def unfamiliar(team: Team, *fits: dict[str, object], name: str = "strange.pdf") -> Document:
    document = make_document(team, name=name)
    parse = Parse.objects.create(document=document, state=JobState.DONE)
    Detection.objects.create(parse=parse, state=JobState.DONE, fits=list(fits))
    return document


def page_of(client: Client, document: Document) -> str:
    return client.get(document.get_absolute_url()).content.decode()


def test_upload_finds_the_template_where_that_is_chosen(
    as_alice: Client, team: Team, templates: dict[str, Template]
) -> None:
    answer = send(as_alice, file(), template="detect")

    assert answer.status_code == 201
    assert Document.objects.get().template is None
    assert Detection.objects.get().parse == Parse.objects.get()
    assert Extraction.objects.count() == 0


def test_form_offers_to_find_it_where_there_are_templates(as_alice: Client, team: Team) -> None:
    option = '<option value="detect">Detect automatically</option>'
    assert option not in as_alice.get(reverse("upload")).content.decode()

    install_ready_made(team)

    assert option in as_alice.get(reverse("upload")).content.decode()


def test_admin_makes_it_the_teams_default(as_alice: Client, team: Team, templates: dict[str, Template]) -> None:
    settings = {"name": team.name, "language": "en", "time_zone": "UTC"}

    as_alice.post(reverse("team-settings", args=[team.pk]), settings | {"default_template": "detect"})

    team.refresh_from_db()
    assert (team.detects_template, team.default_template) == (True, None)
    chosen = '<option value="detect" selected>Detect automatically</option>'
    assert chosen in as_alice.get(reverse("upload")).content.decode()
    assert chosen in as_alice.get(reverse("team-detail", args=[team.pk])).content.decode()

    invoice = templates["invoice"]
    as_alice.post(reverse("team-settings", args=[team.pk]), settings | {"default_template": invoice.pk})

    team.refresh_from_db()
    assert (team.detects_template, team.default_template) == (False, invoice)


def test_default_template_takes_the_place_of_finding_it(
    as_alice: Client, team: Team, templates: dict[str, Template]
) -> None:
    Team.objects.update(default_template=None, detects_template=True)

    as_alice.post(reverse("template-default", args=[templates["receipt"].pk]))

    team.refresh_from_db()
    assert (team.detects_template, team.default_template) == (False, templates["receipt"])


def test_unfamiliar_document_offers_what_comes_closest(
    as_alice: Client, team: Team, templates: dict[str, Template]
) -> None:
    receipt = templates["receipt"]
    document = unfamiliar(team, FIT | {"template": receipt.pk}, FIT | {"template": 10_000})

    page = page_of(as_alice, document)

    assert "Unfamiliar: choose a template" in page
    assert f'name="template" value="{receipt.pk}">Receipt</button>' in page
    assert "titled “RECEIPT” · 8 of 11 labels · layout known from 3 documents" in page
    assert page.count("<li><form") == 1
    assert reverse("template-from-document", args=[document.pk]) in page


def test_one_click_goes_on_without_reading_again(as_alice: Client, team: Team, templates: dict[str, Template]) -> None:
    document = unfamiliar(team, FIT | {"template": templates["receipt"].pk})
    back = reverse("document-review", args=[document.pk])

    answer = as_alice.post(
        reverse("document-extract-again", args=[document.pk]), {"template": templates["receipt"].pk, "next": back}
    )

    document.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert (document.template, Parse.objects.count()) == (templates["receipt"], 1)
    assert Extraction.objects.get().state == JobState.QUEUED
    assert "Unfamiliar" not in page_of(as_alice, document)


def test_readers_see_the_suggestions_and_cannot_choose(
    team: Team, templates: dict[str, Template], client: Client
) -> None:
    reader = make_user("dora")
    team.memberships.create(user=reader, role=Role.READER)
    document = unfamiliar(team, FIT | {"template": templates["receipt"].pk})
    client.force_login(reader)

    page = page_of(client, document)

    assert "<b>Receipt</b>" in page
    assert reverse("document-extract-again", args=[document.pk]) not in page


def test_list_and_dashboard_count_what_waits_for_a_template(
    as_alice: Client, team: Team, templates: dict[str, Template]
) -> None:
    document = unfamiliar(team)
    make_document(team, name="other.pdf")

    listed = as_alice.get(reverse("document-list"), {"state": "unfamiliar"}).content.decode()
    dashboard = as_alice.get(reverse("dashboard")).content.decode()

    assert (document.name in listed, "other.pdf" in listed) == (True, False)
    assert f'href="{reverse("document-list")}?state=unfamiliar">1 unfamiliar</a>' in dashboard


def test_dashboard_says_nothing_where_nothing_is_unfamiliar(as_alice: Client, team: Team) -> None:
    assert "unfamiliar" not in as_alice.get(reverse("dashboard")).content.decode()


def test_review_page_of_an_unfamiliar_document_offers_the_choice(
    as_alice: Client, team: Team, templates: dict[str, Template]
) -> None:
    document = unfamiliar(team, FIT | {"template": templates["receipt"].pk})

    page = as_alice.get(reverse("document-review", args=[document.pk])).content.decode()

    assert f'name="template" value="{templates["receipt"].pk}">Receipt</button>' in page


def test_found_template_is_said_with_its_reasons_and_can_be_changed(as_alice: Client, team: Team) -> None:
    review = make_read_document(team)
    extraction, template = review.extraction, review.extraction.version.template
    document = extraction.parse.document
    Document.objects.filter(pk=document.pk).update(template=template)
    Detection.objects.create(
        parse=extraction.parse, state=JobState.DONE, template=template, fits=[FIT | {"template": template.pk}]
    )

    said = f"Template found: {template.name}"
    for page in (document.get_absolute_url(), review.get_absolute_url()):
        shown = as_alice.get(page).content.decode()
        assert said in shown
        assert "8 of 11 labels" in shown
        assert "#id_template" in shown
    assert said in as_alice.get(reverse("document-list")).content.decode()


def test_template_that_a_person_chose_is_not_called_found(as_alice: Client, team: Team) -> None:
    review = make_read_document(team)
    other = Template.objects.create(team=team, slug="other", name="Other")
    Detection.objects.create(parse=review.extraction.parse, state=JobState.DONE, template=other)

    assert "Template found" not in page_of(as_alice, review.extraction.parse.document)


def test_stranger_cannot_choose(as_charlie: Client, team: Team, templates: dict[str, Template]) -> None:
    document = unfamiliar(team)

    answer = as_charlie.post(
        reverse("document-extract-again", args=[document.pk]), {"template": templates["receipt"].pk}
    )

    assert answer.status_code == 404


def test_upload_list_leads_to_the_choice(as_alice: Client, alice: User, team: Team) -> None:
    send(as_alice, file("letter.pdf", bad_files.page_pdf()))
    document = Document.objects.get()
    Parse.objects.update(state=JobState.DONE)
    document.parses.get().ranges.update(state=JobState.DONE)
    Detection.objects.create(parse=document.parses.get(), state=JobState.DONE)

    rows = as_alice.get(reverse("upload-status")).content.decode()

    assert 'data-status="unfamiliar"' in rows
    assert f'id="upload-choose-{document.pk}" href="{document.get_absolute_url()}">Choose a template</a>' in rows
    assert "hx-trigger" not in rows
