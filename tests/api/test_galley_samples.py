"""A template from a document at our own interface."""

from __future__ import annotations

import hashlib

import pytest

from extraction.choices import JobState, Scope
from extraction.models import Document, Parse, ParsedPage, Team, Template, User
from extraction.services.readings import page_columns
from extraction.types import PageReading
from tests.api.galley_calls import Ours, error_of, ours_of
from tests.engine.fields.readings import line, page
from tests.factories import make_document


def store(team: Team, reading: PageReading, *, state: JobState = JobState.DONE) -> Document:
    document = make_document(team, name="notes.pdf", sha256=hashlib.sha256(repr(reading).encode()).hexdigest())
    parse = Parse.objects.create(document=document, state=state)
    ParsedPage.objects.create(parse=parse, number=1, **page_columns(reading))
    return document


@pytest.fixture
def document(team: Team) -> Document:
    return store(team, page(1, line(40, (40, "Berth: Quay 7")), line(60, (40, "Pilot aboard: 03/09/2026"))))


def test_a_document_becomes_a_draft(ours: Ours, document: Document) -> None:
    answer = ours.call("POST", f"/documents/{document.pk}/template", {"name": "Port call"})

    template = Template.objects.get(sample=document)
    assert answer.status_code == 201
    assert (template.name, template.sample, template.published) == ("Port call", document, None)
    assert answer.json()["id"] == template.pk
    assert answer.json()["versions"][0]["state"] == "draft"
    assert answer.json()["definition"] == {
        "name": "Port call",
        "language": "en",
        "variables": [
            {"name": "berth", "type": "string", "description": "Berth", "label": "Berth"},
            {"name": "pilot_aboard", "type": "date", "description": "Pilot aboard", "label": "Pilot aboard"},
        ],
    }


def test_without_a_name_it_has_the_documents(ours: Ours, document: Document) -> None:
    assert ours.call("POST", f"/documents/{document.pk}/template", {}).json()["name"] == "notes"


def test_what_cannot_be_made_says_why(ours: Ours, theirs: Ours, team: Team, document: Document) -> None:
    blank = store(team, PageReading(1, 595, 842))
    reading = store(team, PageReading(1, 600, 800), state=JobState.RUNNING)

    assert error_of(ours.call("POST", f"/documents/{blank.pk}/template", {})) == (422, "NOTHING_PROPOSED")
    assert error_of(ours.call("POST", f"/documents/{reading.pk}/template", {})) == (409, "NOT_READ_YET")
    assert error_of(theirs.call("POST", f"/documents/{document.pk}/template", {})) == (404, "NOT_FOUND")
    assert not Template.objects.filter(sample__isnull=False).exists()


def test_only_an_admins_key_may(team: Team, alice: User, document: Document) -> None:
    answer = ours_of(team, alice, Scope.RUN).call("POST", f"/documents/{document.pk}/template", {})

    assert error_of(answer) == (403, "FORBIDDEN")
