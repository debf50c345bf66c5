"""Extractions and exports at our own interface."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from extraction.models import Extraction, Review, Team, User
from extraction.providers.embedded import EmbeddedParser
from tests.api.docmap_calls import work_all
from tests.api.galley_calls import RECEIPT, Ours, content_of, error_of
from tests.read_documents import make_read_document


@pytest.fixture
def review(team: Team) -> Review:
    """Of an invoice that was read; its extraction is listed as an interface's are."""
    review = make_read_document(team)
    Extraction.objects.update(listed_at=timezone.now())
    review.extraction.refresh_from_db()
    return review


def test_fields_come_with_their_places(ours: Ours, engine: EmbeddedParser) -> None:
    document = ours.document(RECEIPT.read_bytes(), name="receipt.jpg", run_id="lunch")
    made = ours.call("POST", f"/documents/{document}/extractions", {"template": "receipt"})
    work_all(engine)
    done = ours.get(f"/extractions/{made.json()['id']}").json()

    assert made.status_code == 201
    assert {name: made.json()[name] for name in ("state", "values", "fields", "review_state")} == {
        "state": "waiting",
        "values": None,
        "fields": [],
        "review_state": None,
    }
    assert (done["state"], done["document"], done["document_name"], done["run_id"]) == (
        "done",
        document,
        "receipt.jpg",
        "lunch",
    )
    assert (done["review_state"], done["provider"], done["template"]["slug"]) == ("open", "embedded", "receipt")
    by_path = {field["path"]: field for field in done["fields"]}
    total = by_path["total"]
    assert isinstance(done["values"]["total"], int | float) and total["value"] == done["values"]["total"]
    assert total["machine_value"] == total["value"] and total["correction"] is None
    page = ours.get(f"/documents/{document}/pages/1").json()
    for span in total["spans"]:
        assert span["page"] == 1 and 0 <= span["bbox"][0] < span["bbox"][2] <= page["width"]
    assert total["spans"] and 0 < total["confidence"] <= 1
    assert ours.get(f"/documents/{document}").json()["extraction"] == made.json()["id"]


def test_every_part_of_a_field_is_told(ours: Ours, review: Review) -> None:
    found = ours.get(f"/extractions/{review.extraction.public_id}").json()
    by_path = {field["path"]: field for field in found["fields"]}

    number = by_path["po_number"]
    box = number["spans"][0]["bbox"]
    assert number == {
        "path": "po_number",
        "label": "PO number",
        "type": "string",
        "value": "PO-77120",
        "text": "PO-77120",
        "state": "doubtful",
        "confidence": 0.71,
        "reason": None,
        "flags": [],
        "spans": [
            {"page": 1, "bbox": box, "text": "PO-77120", "block": 11, "precision": number["spans"][0]["precision"]}
        ],
        "alternatives": [{"value": "PO-77128", "text": "PO-77128", "confidence": 0.3, "spans": []}],
        "machine_value": "PO-77120",
        "correction": None,
    }
    assert (by_path["discount"]["value"], by_path["discount"]["reason"]) == (None, "label_not_found")
    assert by_path["total"]["state"] == "broken" and by_path["total"]["flags"][0]["code"] == "rule_total"
    assert by_path["line_items[0].amount"]["value"] == 2214
    assert found["values"]["line_items"][0]["article"] == "LX-220"


def test_a_templates_documents_are_extracted_again_at_once(ours: Ours, team: Team) -> None:
    reviews = [make_read_document(team, name=f"{name}.pdf") for name in ("one", "two")]
    template = reviews[0].extraction.version.template
    team.documents.update(template=template)
    path = f"/templates/{template.slug}/extractions"

    nothing = ours.call("POST", path, {})
    one = ours.call("POST", path, {"current": True, "documents": [reviews[1].extraction.parse.document_id]})
    rest = ours.call("POST", path, {"current": True})

    assert [answer.status_code for answer in (nothing, one, rest)] == [202, 202, 202]
    assert [answer.json()["started"] for answer in (nothing, one, rest)] == [0, 1, 1]
    queued = Extraction.objects.filter(state="queued").order_by("pk").values_list("keeps", flat=True)
    assert list(queued) == [reviews[1].pk, reviews[0].pk]
    assert error_of(ours.call("POST", "/templates/nothing/extractions", {})) == (404, "NOT_FOUND")


def test_a_key_that_no_document_can_have_is_refused(ours: Ours) -> None:
    answer = ours.call("POST", "/templates/receipt/extractions", {"documents": [2**63]})

    assert error_of(answer) == (422, "VALIDATION_ERROR")


def test_extractions_are_listed_and_filtered(ours: Ours, review: Review) -> None:
    second = ours.document(template="receipt", run_id="november")
    public_id = ours.get(f"/documents/{second}").json()["extraction"]

    def ids(**query: object) -> list[str]:
        return [row["id"] for row in ours.get("/extractions", **query).json()["data"]]

    assert ids() == [public_id, review.extraction.public_id]
    assert ids(state="done") == [review.extraction.public_id]
    assert ids(template="receipt") == ids(run_id="november") == ids(document=second) == [public_id]
    assert ids(template="nothing") == []
    first = ours.get("/extractions", limit=1).json()
    assert "fields" not in first["data"][0]
    assert ids(limit=1, cursor=first["next_cursor"]) == [review.extraction.public_id]


def test_an_extraction_is_cancelled_and_run_again(ours: Ours, engine: EmbeddedParser) -> None:
    document = ours.document(template="receipt")
    public_id = ours.get(f"/documents/{document}").json()["extraction"]
    cancelled = ours.call("POST", f"/extractions/{public_id}/cancel")
    twice = ours.call("POST", f"/extractions/{public_id}/cancel")
    work_all(engine)
    read = ours.get(f"/documents/{document}").json()
    again = ours.call("POST", f"/extractions/{public_id}/run")
    busy = ours.call("POST", f"/extractions/{public_id}/run")
    work_all(engine)

    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert error_of(twice) == (409, "STEP_NOT_ALLOWED")
    assert (read["status"], read["progress"]["pages_done"]) == ("cancelled", 1)
    assert (again.status_code, again.json()["state"]) == (201, "queued")
    assert again.json()["id"] != public_id
    assert error_of(busy) == (409, "STEP_NOT_ALLOWED")
    assert ours.get(f"/extractions/{again.json()['id']}").json()["state"] == "done"


def test_one_document_is_exported(ours: Ours, review: Review, alice: User) -> None:
    document = review.extraction.parse.document_id
    refused = ours.get(f"/documents/{document}/export")
    open_ = ours.get(f"/documents/{document}/export", unapproved="true")
    Review.objects.update(state="approved", finished_by=alice, finished_at=timezone.now())
    answers = {kind: ours.get(f"/documents/{document}/export", format=kind) for kind in ("json", "csv", "xlsx")}
    contents = {kind: content_of(answer) for kind, answer in answers.items()}

    assert error_of(refused) == (409, "EXPORT_NOT_APPROVED")
    assert open_.json()["state"] == "open"
    assert json.loads(contents["json"])["extractedData"]["invoice_number"] == "HY-2026-004817"
    assert len(list(csv.reader(io.StringIO(contents["csv"].decode())))) == 9
    assert load_workbook(io.BytesIO(contents["xlsx"])).sheetnames == ["Documents", "line_items", "Evidence"]
    names = {answer["Content-Disposition"] for answer in answers.values()}
    assert names == {f'attachment; filename="HY-2026-004817.{kind}"' for kind in answers}


def test_a_filtered_set_is_exported(ours: Ours, team: Team, review: Review, alice: User) -> None:
    Review.objects.update(state="approved", finished_by=alice, finished_at=timezone.now())
    make_read_document(team, name="open.pdf")

    def names(**query: str) -> list[str]:
        answer = ours.get("/exports", **query)
        return sorted(one["document"] for one in json.loads(content_of(answer))["documents"])

    assert names() == ["HY-2026-004817.pdf"]
    assert names(state="check") == ["open.pdf"]
    assert names(state="all") == ["HY-2026-004817.pdf", "open.pdf"]
    assert names(state="all", search="open") == ["open.pdf"]
    assert names(template="receipt", state="all") == []
    assert content_of(ours.get("/exports", format="csv", bom="true")).startswith(b"\xef\xbb\xbf")
    assert error_of(ours.get("/exports", template="nothing")) == (422, "TEMPLATE_UNKNOWN")
    assert error_of(ours.get("/exports", format="exe")) == (422, "VALIDATION_ERROR")
