from __future__ import annotations

from extraction.models import Document, Team, User
from extraction.services.documents import delete_document
from extraction.services.proposals import draft_from_document
from extraction.services.templates import specs_of
from extraction.types import FieldSpec
from tests.factories import make_document


def test_a_draft_remembers_its_sample(team: Team, alice: User) -> None:
    document = make_document(team)

    template = draft_from_document(document=document, name="Lamps", language="en", fields=[FieldSpec("due")], by=alice)

    template.refresh_from_db()
    assert (template.sample, [spec.name for spec in specs_of(template.draft)]) == (document, ["due"])


def test_a_draft_of_a_document_that_was_deleted_meanwhile_is_kept(team: Team, alice: User) -> None:
    document = make_document(team)
    delete_document(document=Document.objects.get(pk=document.pk), by=alice)

    template = draft_from_document(document=document, name="Lamps", language="en", fields=[FieldSpec("due")], by=alice)

    template.refresh_from_db()
    assert (template.sample, [spec.name for spec in specs_of(template.draft)]) == (None, ["due"])
