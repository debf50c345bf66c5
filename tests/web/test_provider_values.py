"""What a provider's values look like on the review page: doubts, missing confidences, keys that no field takes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from extraction.choices import FieldState, Provider
from extraction.models import Correction, Extraction, FieldValue, Review, Span, Team, TemplateField
from extraction.services.review_sheet import read_sheet
from extraction.services.reviews import open_review
from extraction.services.sheets import SheetField
from tests.read_documents import make_read_document


@pytest.fixture
def review(team: Team) -> Review:
    """As DocMap gives it: no confidence, a due date that is none, a supplier that stands nowhere, an unknown key."""
    review = make_read_document(team)
    Extraction.objects.filter(pk=review.extraction_id).update(provider=Provider.DOCMAP)
    values = FieldValue.objects.filter(extraction=review.extraction, row=None)
    values.update(confidence=None)
    values.filter(key="due_date").update(value=None, text="in a month", flag="does_not_fit")
    values.filter(key="supplier_name").update(flag="not_located")
    Span.objects.filter(value__key__in=("due_date", "supplier_name")).delete()
    FieldValue.objects.create(
        extraction=review.extraction, key="paymentTerms", value="30 days", text="30 days", method="docmap"
    )
    return open_review(extraction=Extraction.objects.get(pk=review.extraction_id))


def item(review: Review, name: str) -> SheetField:
    return next(field for field in read_sheet(review.extraction).everything.values() if field.name == name)


def save(client: Client, review: Review, **data: Any) -> Any:
    review.refresh_from_db()
    return client.post(
        reverse("review-save", args=[review.pk]), {"version": review.version} | data, headers={"HX-Request": "true"}
    )


def test_a_value_that_does_not_fit_is_doubtful_and_says_what_was_sent(as_alice: Client, review: Review) -> None:
    due = item(review, "due_date")

    page = as_alice.get(review.get_absolute_url()).content.decode()

    assert (due.state, due.needs_check, due.text) == (FieldState.DOUBTFUL, True, "")
    assert "The provider said “in a month”, which does not fit this field." in page


def test_a_required_value_that_does_not_fit_still_says_what_was_sent(as_alice: Client, review: Review) -> None:
    TemplateField.objects.filter(name="due_date").update(required=True)
    due = item(review, "due_date")

    page = as_alice.get(review.get_absolute_url()).content.decode()

    assert (due.state, [problem.code for problem in due.problems]) == (
        FieldState.BROKEN,
        ["rule_required", "does_not_fit"],
    )
    assert "The provider said “in a month”, which does not fit this field." in page


def test_nobody_knows_why_a_provider_gave_nothing(as_alice: Client, review: Review) -> None:
    FieldValue.objects.filter(extraction=review.extraction, key="po_number").update(
        value=None, text="", flag="", reason="not_read", method="provider"
    )

    page = as_alice.get(review.get_absolute_url()).content.decode()

    assert (item(review, "po_number").state, item(review, "po_number").reason) == (FieldState.EMPTY, "")
    assert "This part of the document was not read" not in page


def test_a_value_that_does_not_fit_is_not_confirmed_away(as_alice: Client, review: Review) -> None:
    due = item(review, "due_date")

    refused = save(as_alice, review, action=f"confirm:{due.pk}")
    taken = save(as_alice, review, **{f"value-{due.pk}": "2026-11-13"})

    assert refused.status_code == 409 and "in a month" in refused.content.decode()
    assert taken.status_code == 200
    assert [correction.value for correction in Correction.objects.all()] == ["2026-11-13"]
    assert item(review, "due_date").state == FieldState.CONFIRMED


def test_a_value_without_a_place_asks_for_one_until_a_person_answers(as_alice: Client, review: Review) -> None:
    supplier = item(review, "supplier_name")

    before = [problem.code for problem in supplier.problems]
    save(as_alice, review, action=f"confirm:{supplier.pk}")

    assert (before, supplier.state) == (["not_located"], FieldState.DOUBTFUL)
    assert item(review, "supplier_name").state == FieldState.CONFIRMED
    assert item(review, "supplier_name").problems == ()


def test_a_confidence_that_nobody_gave_is_called_so(as_alice: Client, review: Review) -> None:
    page = as_alice.get(review.get_absolute_url()).content.decode()

    assert "none given" in page and "100%" not in page
    assert item(review, "invoice_number").state == FieldState.DOUBTFUL


def test_keys_that_no_field_takes_are_shown_and_need_nobody(as_alice: Client, review: Review) -> None:
    sheet = read_sheet(review.extraction)

    page = as_alice.get(review.get_absolute_url()).content.decode()

    assert [(extra.name, extra.text, extra.state, extra.needs_check) for extra in sheet.extras] == [
        ("paymentTerms", "30 days", FieldState.SENT, False)
    ]
    assert "Also sent by DocMap" in page and 'value="30 days"' in page
    assert sheet.field_count == 14


def test_a_key_that_no_field_takes_can_be_corrected(as_alice: Client, review: Review) -> None:
    terms = item(review, "paymentTerms")

    answer = save(as_alice, review, **{f"value-{terms.pk}": "14 days"})

    assert answer.status_code == 200 and f'id="field-{terms.pk}"' in answer.content.decode()
    assert (item(review, "paymentTerms").text, item(review, "paymentTerms").state) == ("14 days", FieldState.CONFIRMED)


def test_a_row_with_a_doubt_is_marked_apart_from_one_that_breaks_a_rule(as_alice: Client, team: Team) -> None:
    review = make_read_document(team, rows=3)
    cell = FieldValue.objects.get(extraction=review.extraction, row__position=2, key="article")
    FieldValue.objects.filter(pk=cell.pk).update(flag="not_located")

    table = read_sheet(review.extraction).tables[0]
    page = as_alice.get(review.get_absolute_url()).content.decode()

    assert [(row.number, row.is_wrong) for row in table.broken_rows] == [(2, False)]
    assert (table.is_wrong, table.needs_check) == (False, True)
    assert "row 2:" in page and "Found nowhere in the document." in page
