from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from extraction.choices import JobState
from extraction.models import Document, Parse, ParsedPage, Team, Template
from extraction.services.readings import page_columns
from extraction.services.samples import FOLDER
from extraction.services.templates import publish_draft, specs_of
from extraction.types import FieldType, PageReading
from tests.engine.fields.samples import invoice
from tests.factories import make_document


def store_read(team: Team, *pages: PageReading, name: str = "lamps_42.pdf") -> Document:
    sha = hashlib.sha256(name.encode()).hexdigest()
    document = make_document(team, name=name, sha256=sha, page_count=len(pages))
    parse = Parse.objects.create(document=document, state=JobState.DONE)
    for page in pages:
        ParsedPage.objects.create(parse=parse, number=page.number, **page_columns(page))
    return document


@pytest.fixture
def document(team: Team) -> Document:
    return store_read(team, *invoice().pages)


def address(document: Document) -> str:
    return reverse("template-from-document", args=[document.pk])


def inputs(html: str) -> dict[str, Any]:
    """The form as a browser would post it, without its buttons."""
    data = {}
    for tag in re.findall(r"<input [^>]*>", html):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if found.get("type") != "checkbox" or " checked" in tag:
            data[found["name"]] = found.get("value", "on").replace("&amp;", "&")
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        data[name] = chosen.group(1) if chosen else ""
    return data


def test_a_document_proposes_fields_that_make_a_draft(as_alice: Client, document: Document) -> None:
    page = as_alice.get(address(document)).content.decode()
    made = as_alice.post(address(document), inputs(page) | {"act": "make"})

    template = Template.objects.get()
    assert made.url == reverse("template-edit", args=[template.pk])
    assert (template.name, template.language, template.sample) == ("lamps 42", "en", document)
    assert template.published is None
    fields = {spec.name: spec for spec in specs_of(template.draft)}
    assert {
        name: (spec.type, spec.label) for name, spec in fields.items() if name in ("invoice_number", "due_date")
    } == {
        "invoice_number": (FieldType.STRING, "Invoice number"),
        "due_date": (FieldType.DATE, "Due date"),
    }
    assert [column.name for column in fields["line_items"].fields] == [
        "article",
        "description",
        "quantity",
        "unit_price",
        "amount",
    ]


def test_what_is_not_ticked_is_left_out_and_names_and_types_are_taken(as_alice: Client, document: Document) -> None:
    data = inputs(as_alice.get(address(document)).content.decode())
    names = {value: key.removesuffix("-name") for key, value in data.items() if key.endswith("-name")}
    kept = {names["invoice_number"], names["po_number"]}
    data = {key: value for key, value in data.items() if not key.endswith("-take") or key.removesuffix("-take") in kept}

    as_alice.post(
        address(document), data | {f"{names['po_number']}-name": "order", f"{names['po_number']}-type": "number"}
    )

    fields = specs_of(Template.objects.get().draft)
    assert [(spec.name, spec.type) for spec in fields] == [
        ("invoice_number", FieldType.STRING),
        ("order", FieldType.NUMBER),
    ]


def test_two_fields_of_one_name_are_refused_and_nothing_is_lost(as_alice: Client, document: Document) -> None:
    data = inputs(as_alice.get(address(document)).content.decode())
    names = {value: key.removesuffix("-name") for key, value in data.items() if key.endswith("-name")}

    answer = as_alice.post(address(document), data | {f"{names['due_date']}-name": "invoice_number", "name": "Lamps"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Another field has this name already." in html
    assert inputs(html)[f"{names['due_date']}-name"] == "invoice_number"
    assert inputs(html)["name"] == "Lamps"
    assert not Template.objects.exists()


def test_columns_that_are_not_ticked_can_still_be_ticked_after_a_refusal(as_alice: Client, document: Document) -> None:
    data = inputs(as_alice.get(address(document)).content.decode())
    ticks = [key for key in data if re.fullmatch(r"f\d+-c\d+-take", key)]
    kept = {key: value for key, value in data.items() if key != ticks[0]}

    refused = as_alice.post(address(document), kept | {"name": ""}).content.decode()

    assert len(ticks) == 5
    assert re.findall(r'name="(f\d+-c\d+-take)"', refused) == ticks
    assert [key for key in inputs(refused) if key in ticks] == ticks[1:]


def test_nothing_ticked_asks_for_a_field(as_alice: Client, document: Document) -> None:
    data = inputs(as_alice.get(address(document)).content.decode())
    data = {key: value for key, value in data.items() if not key.endswith("-take")}

    answer = as_alice.post(address(document), data | {"act": "make"})

    assert answer.status_code == 422
    assert "Tick at least one field" in answer.content.decode()


def test_a_document_without_pairs_opens_an_empty_editor(as_alice: Client, team: Team) -> None:
    document = store_read(team, PageReading(1, 595, 842), name="blank.pdf")

    page = as_alice.get(address(document)).content.decode()
    made = as_alice.post(address(document), inputs(page) | {"act": "empty"})

    template = Template.objects.get()
    assert "No labels with values were found here" in page
    assert made.url == reverse("template-edit", args=[template.pk])
    assert not template.draft.fields.exists()


def test_a_document_that_is_being_read_says_so_and_then_opens(as_alice: Client, team: Team) -> None:
    document = make_document(team, page_count=2)
    parse = Parse.objects.create(document=document, state=JobState.RUNNING)
    asking = {"HX-Request": "true", "HX-Target": "sample-status"}

    page = as_alice.get(address(document)).content.decode()
    seen = re.search(r"seen=(\w+)", page).group(1)
    unchanged = as_alice.get(address(document), {"seen": seen}, headers=asking)
    Parse.objects.filter(pk=parse.pk).update(state=JobState.DONE)
    done = as_alice.get(address(document), {"seen": seen}, headers=asking)

    assert 'hx-trigger="every 1s"' in page
    assert unchanged.status_code == 204
    assert "HX-Refresh" not in unchanged
    assert done["HX-Refresh"] == "true"


def test_a_failed_reading_names_the_next_action(as_alice: Client, team: Team) -> None:
    document = make_document(team)
    Parse.objects.create(document=document, state=JobState.FAILED, error_class="unreadable_file")

    html = as_alice.get(address(document)).content.decode()

    assert "This document was not read." in html
    assert f'href="{document.get_absolute_url()}"' in html


def test_a_file_is_stored_once_and_leads_to_its_proposals(as_alice: Client, team: Team) -> None:
    content = (FOLDER / "fapiao-zh.pdf").read_bytes()

    answers = [
        as_alice.post(reverse("template-sample"), {"file": SimpleUploadedFile("fapiao.pdf", content)}) for _ in range(2)
    ]

    document = Document.objects.get()
    assert [answer.url for answer in answers] == [address(document)] * 2
    assert document.template is None


def test_a_wrong_file_is_refused_with_its_reason(as_alice: Client, team: Team) -> None:
    answer = as_alice.post(reverse("template-sample"), {"file": SimpleUploadedFile("broken.pdf", b"%PDF-1.7 nothing")})

    assert answer.status_code == 422
    assert not Document.objects.exists()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_the_sample_is_read_with_its_template(as_alice: Client, document: Document) -> None:
    page = as_alice.get(address(document)).content.decode()
    as_alice.post(address(document), inputs(page) | {"act": "make"})
    template = Template.objects.get()
    before = as_alice.get(template.get_absolute_url()).content.decode()
    version = publish_draft(template=template)

    after = as_alice.get(template.get_absolute_url()).content.decode()
    action = reverse("document-extract-again", args=[document.pk])
    as_alice.post(action, {"template": template.pk})

    assert 'id="read-sample"' not in before
    assert f'action="{action}"' in after
    document.refresh_from_db()
    assert (document.template, version.extractions.get().parse.document) == (template, document)


def test_documents_of_the_team_are_offered_and_found_by_name(as_alice: Client, document: Document, team: Team) -> None:
    other = store_read(team, PageReading(1, 595, 842), name="other.pdf")

    everything = as_alice.get(reverse("template-sample")).content.decode()
    found = as_alice.get(reverse("template-sample"), {"search": "lamps"}).content.decode()

    assert all(escape(address(one)) in everything for one in (document, other))
    assert (address(document) in found, address(other) in found) == (True, False)


def test_only_those_who_change_templates_may(as_bob: Client, as_charlie: Client, document: Document) -> None:
    addresses = [reverse("template-sample"), address(document)]

    assert [as_bob.get(one).status_code for one in addresses] == [403, 403]
    assert as_charlie.get(address(document)).status_code == 404
    assert as_charlie.post(address(document)).status_code == 404
