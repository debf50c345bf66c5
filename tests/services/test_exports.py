from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from extraction.choices import ReviewState
from extraction.errors import StepNotAllowed
from extraction.models import FieldValue, Review, Team, User
from extraction.queries.queue_rows import QueueFilter, QueueState
from extraction.services.corrections import confirm_value, correct_value
from extraction.services.export_files import csv_chunks, document_json, json_chunks, safe_text
from extraction.services.export_sheets import write_xlsx
from extraction.services.exports import DocumentExport, columns_of, export_document
from tests.read_documents import Given, make_read_document

APPROVED = QueueFilter(state=QueueState.APPROVED)


def approve(review: Review, by: User) -> Review:
    """Approved without the checks that the review page makes."""
    review.refresh_from_db()
    review.state, review.finished_by, review.finished_at = ReviewState.APPROVED, by, timezone.now()
    review.save()
    return review


def value_of(review: Review, key: str) -> FieldValue:
    return FieldValue.objects.get(extraction=review.extraction, row=None, key=key)


@pytest.fixture
def review(team: Team, alice: User) -> Review:
    """The total was corrected, the order number confirmed."""
    review = make_read_document(team)
    correct_value(review=review, value=value_of(review, "total"), text="7,421.91", by=alice, version=1)
    confirm_value(review=review, value=value_of(review, "po_number"), by=alice, version=2)
    return approve(review, alice)


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_json_holds_current_values_with_their_places(review: Review) -> None:
    document = review.extraction.parse.document

    data = json.loads(json.dumps(document_json(export_document(document))))

    assert data["extractedData"]["total"] == 7421.91
    assert data["extractedData"]["invoice_date"] == "2026-10-14"
    assert data["extractedData"]["discount"] is None
    assert len(data["extractedData"]["line_items"]) == 8
    assert data["extractedData"]["line_items"][0] == {
        "article": "LX-220",
        "description": "Laser displacement sensor, 220 mm",
        "quantity": 12,
        "unit_price": 184.5,
        "amount": 2214,
    }
    assert (data["state"], data["reviewer"], data["file"]["sha256"]) == ("approved", "Alice", document.blob.sha256)
    assert data["pages"] == [{"page": number, "width": 595.0, "height": 842.0} for number in (1, 2)]


def test_json_says_for_every_value_where_it_stands_and_who_touched_it(review: Review) -> None:
    evidence = document_json(export_document(review.extraction.parse.document))["evidence"]

    total, order, number = evidence["total"], evidence["po_number"], evidence["invoice_number"]
    assert (total["value"], total["page"], total["corrected"], total["reviewer"]) == (7421.91, 1, True, "Alice")
    assert (order["corrected"], order["reviewer"]) == (False, "Alice")
    assert (number["confidence"], number["corrected"], number["reviewer"]) == (0.99, False, None)
    assert len(number["bbox"]) == 4
    assert evidence["line_items[7].article"]["value"] == "FRT"
    assert evidence["discount"] == {
        "value": None,
        "text": None,
        "page": None,
        "bbox": None,
        "confidence": None,
        "corrected": False,
        "reviewer": None,
        "reason": "label_not_found",
    }


def test_an_unapproved_document_is_refused_unless_asked_for(team: Team) -> None:
    document = make_read_document(team).extraction.parse.document

    with pytest.raises(StepNotAllowed) as error:
        export_document(document)

    assert error.value.code == "export_not_approved"
    assert export_document(document, approved_only=False).state == "open"


def test_csv_has_a_line_for_every_item_and_repeats_the_fields(review: Review) -> None:
    exported = export_document(review.extraction.parse.document)

    rows = read_csv("".join(csv_chunks([exported], columns_of([exported.extraction.pk]), bom=False)))

    assert [row["line_items.article"] for row in rows][:2] == ["LX-220", "LX-410"]
    assert [row["row"] for row in rows] == [str(number) for number in range(1, 9)]
    assert {row["total"] for row in rows} == {"7421.91"}
    assert {row["table"] for row in rows} == {"line_items"}


def test_csv_gives_a_document_without_items_one_line(team: Team, alice: User) -> None:
    review = approve(make_read_document(team, rows=0), alice)
    exported = export_document(review.extraction.parse.document)

    rows = read_csv("".join(csv_chunks([exported], columns_of([exported.extraction.pk]), bom=False)))

    assert [(row["invoice_number"], row["table"], row["row"]) for row in rows] == [("HY-2026-004817", "", "")]


def test_csv_begins_with_a_mark_when_asked(review: Review) -> None:
    exported = export_document(review.extraction.parse.document)

    assert next(csv_chunks([exported], [], bom=True)).startswith("\ufeffdocument,")
    assert next(csv_chunks([exported], [], bom=False)).startswith("document,")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_formulas_are_quoted(text: str) -> None:
    assert safe_text(text) == f"'{text}"


def test_plain_text_and_negative_numbers_stay_as_they_are(team: Team, alice: User) -> None:
    fields = (
        Given("note", "Note", "", value='=HYPERLINK("x")', printed="=1"),
        Given("total", "Total", "", kind="amount", value="-5.00"),
    )
    review = approve(make_read_document(team, name="=cmd.pdf", fields=fields, rows=0), alice)
    exported = export_document(review.extraction.parse.document)

    row = read_csv("".join(csv_chunks([exported], columns_of([exported.extraction.pk]), bom=False)))[0]

    assert (row["note"], row["total"], row["document"]) == ('\'=HYPERLINK("x")', "-5.00", "'=cmd.pdf")
    assert safe_text("a=1") == "a=1"


def sheets_of(*reviews: Review) -> dict[str, list[tuple[Any, ...]]]:
    documents = [export_document(review.extraction.parse.document) for review in reviews]
    file = io.BytesIO()
    write_xlsx(documents, columns_of([review.extraction_id for review in reviews]), file)
    book = load_workbook(io.BytesIO(file.getvalue()))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_xlsx_has_sheets_for_documents_items_and_evidence(review: Review) -> None:
    sheets = sheets_of(review)

    assert list(sheets) == ["Documents", "line_items", "Evidence"]
    documents = [dict(zip(sheets["Documents"][0], row, strict=True)) for row in sheets["Documents"][1:]]
    assert [(row["Invoice no."], row["Issue date"], row["Total"]) for row in documents] == [
        ("HY-2026-004817", datetime(2026, 10, 14), 7421.91)
    ]
    assert sheets["line_items"][0] == (
        "document",
        "row",
        "Article",
        "Description",
        "Quantity",
        "Unit price",
        "Amount",
    )
    assert sheets["line_items"][1][1:] == (1, "LX-220", "Laser displacement sensor, 220 mm", 12, 184.5, 2214)
    assert len(sheets["Evidence"]) == 1 + 13 + 8 * 5


def test_xlsx_keeps_formulas_as_text_and_drops_control_signs(team: Team, alice: User) -> None:
    fields = (Given("note", "Note", "", value="=1+1\x01"),)
    review = approve(make_read_document(team, fields=fields, rows=0), alice)
    file = io.BytesIO()

    write_xlsx([export_document(review.extraction.parse.document)], columns_of([review.extraction_id]), file)

    cell = load_workbook(file)["Documents"].cell(2, 10)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_list_holds_the_filtered_documents_only(team: Team, alice: User, charlie: User) -> None:
    kept = approve(make_read_document(team, name="a.pdf"), alice)
    make_read_document(team, name="open.pdf")
    approve(make_read_document(charlie.teams.get(), name="strange.pdf"), charlie)

    documents = list(DocumentExport(team, APPROVED))

    assert [exported.review for exported in documents] == [kept]
    data = json.loads("".join(json_chunks(documents)))
    assert [document["document"] for document in data["documents"]] == ["a.pdf"]


def test_a_list_with_two_templates_has_the_columns_of_both(team: Team, alice: User) -> None:
    first = make_read_document(team, name="a.pdf", rows=1)
    second = make_read_document(team, name="b.pdf", fields=(Given("note", "Note", "", value="hi"),), rows=0)
    for review in (first, second):
        approve(review, alice)
    documents = DocumentExport(team, APPROVED)

    rows = read_csv("".join(csv_chunks(documents, documents.columns(), bom=False)))

    assert {row["document"]: (row["note"], row["invoice_number"]) for row in rows} == {
        "a.pdf": ("", "HY-2026-004817"),
        "b.pdf": ("hi", ""),
    }


def test_numbers_keep_every_digit(team: Team, alice: User) -> None:
    fields = (Given("total", "Total", "", kind="amount", value="0.1000000000000000055"),)
    review = approve(make_read_document(team, fields=fields, rows=0), alice)

    exported = export_document(review.extraction.parse.document)

    assert exported.fields[0].value == Decimal("0.1000000000000000055")
    assert document_json(exported)["extractedData"]["total"] == "0.1000000000000000055"
