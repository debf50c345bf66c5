"""Reviews and corrections at our own interface."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from extraction.choices import Role
from extraction.models import Correction, Document, Extraction, IdempotencyKey, Membership, Review, Team, User
from extraction.services.corrections import correct_value
from tests.api.galley_calls import Ours, error_of, ours_of
from tests.read_documents import make_read_document

EARLIER = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def review(team: Team) -> Review:
    review = make_read_document(team)
    Extraction.objects.update(listed_at=timezone.now())
    review.extraction.refresh_from_db()
    return review


def correct(ours: Ours, review: Review, **body: Any) -> Any:
    return ours.call("POST", f"/extractions/{review.extraction.public_id}/corrections", body)


def step(ours: Ours, review: Review, name: str, **body: Any) -> Any:
    return ours.call("POST", f"/extractions/{review.extraction.public_id}/review/{name}", body)


def test_a_review_is_told(ours: Ours, review: Review) -> None:
    assert ours.get(f"/extractions/{review.extraction.public_id}/review").json() == {
        "state": "open",
        "version": 1,
        "field_count": 14,
        "to_check": review.to_check,
        "comment": "",
        "assignee": None,
        "locked_by": None,
        "locked_until": None,
        "postponed_until": None,
        "finished_by": None,
        "finished_at": None,
    }


@pytest.mark.parametrize("number", ["1e999", "-1e999", "Infinity", "NaN"])
def test_numbers_that_no_answer_can_tell_are_refused(ours: Ours, review: Review, number: str) -> None:
    body = f'{{"version": 1, "path": "total", "value": {number}}}'.encode()

    answer = ours.call("POST", f"/extractions/{review.extraction.public_id}/corrections", body)

    assert error_of(answer) == (400, "INVALID_JSON")
    assert not Correction.objects.exists()


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_deleted_is_not_told_again(ours: Ours, review: Review, whole: bool) -> None:
    document = review.extraction.parse.document
    if not whole:
        Extraction.objects.create(parse=review.extraction.parse, version=review.extraction.version, listed_at=EARLIER)
    body = {"version": 1, "path": "total", "value": 7421.91}
    path = f"/extractions/{review.extraction.public_id}/corrections"
    assert ours.call("POST", path, body, Idempotency_Key="one").status_code == 201

    deleted = ours.client.delete(f"/v1/extractions/{review.extraction.public_id}", headers=ours.headers())

    assert (deleted.status_code, Document.objects.filter(pk=document.pk).exists()) == (200, not whole)
    assert error_of(ours.call("POST", path, body, Idempotency_Key="one")) == (404, "NOT_FOUND")
    assert not IdempotencyKey.objects.exists()


def test_a_value_is_corrected_in_its_makers_name(ours: Ours, review: Review) -> None:
    answer = correct(ours, review, version=1, path="total", value=7421.91)

    correction = Correction.objects.get()
    body = answer.json()
    assert answer.status_code == 201
    assert (correction.value, correction.by.name, correction.review_version) == ("7421.91", "Alice", 2)
    assert (body["field"]["value"], body["field"]["machine_value"]) == (7421.91, 7412.91)
    assert body["field"]["correction"]["kind"] == "edit" and body["field"]["correction"]["by"] == "Alice"
    # it stands on the page, and points there
    assert [span["text"] for span in body["field"]["spans"]] == ["7,421.91"]
    assert (body["review"]["version"], body["review"]["locked_by"]) == (2, "Alice")
    found = ours.get(f"/extractions/{review.extraction.public_id}").json()
    assert found["values"]["total"] == 7421.91


def test_absent_confirmed_and_set_back(ours: Ours, review: Review) -> None:
    absent = correct(ours, review, version=1, path="incoterm", absent=True).json()["field"]
    back = correct(ours, review, version=2, path="incoterm", reset=True).json()["field"]
    confirmed = correct(ours, review, version=3, path="line_items[1].quantity", confirm=True).json()["field"]

    assert (absent["value"], absent["state"]) == (None, "absent")
    assert (back["value"], back["correction"]) == ("DAP Hamburg", None)
    assert (confirmed["value"], confirmed["state"]) == (6, "confirmed")


def test_an_older_version_is_refused_with_both_values(ours: Ours, review: Review, bob: User) -> None:
    value = review.extraction.values.get(key="po_number")
    correct_value(review=review, value=value, text="PO-77128", by=bob, version=1)
    Review.objects.update(locked_by=None, locked_until=None)

    answer = correct(ours, review, version=1, path="po_number", value="PO-77129")

    assert error_of(answer) == (409, "STALE_REVIEW")
    assert answer.json()["conflict"] == {
        "path": "po_number",
        "current": "PO-77128",
        "yours": "PO-77129",
        "version": 2,
    }
    assert Correction.objects.count() == 1


def test_a_locked_review_is_left_alone(ours: Ours, review: Review, bob: User) -> None:
    value = review.extraction.values.get(key="po_number")
    correct_value(review=review, value=value, text="PO-77128", by=bob, version=1)

    assert error_of(correct(ours, review, version=2, path="total", value=1)) == (409, "REVIEW_LOCKED")


@pytest.mark.parametrize(
    "body",
    [
        {"version": 1, "path": "total"},
        {"version": 1, "path": "total", "value": 1, "absent": True},
        {"version": 1, "path": "total", "value": " "},
        {"version": "1", "path": "total", "value": 1},
        {"version": 1, "path": "total", "value": [1]},
        {"version": 1, "path": "total", "value": 1, "colour": "red"},
        {"path": "total", "value": 1},
    ],
)
def test_a_correction_says_one_thing(ours: Ours, review: Review, body: dict[str, Any]) -> None:
    assert error_of(correct(ours, review, **body)) == (422, "VALIDATION_ERROR")


def test_an_unknown_path_is_refused(ours: Ours, review: Review) -> None:
    assert error_of(correct(ours, review, version=1, path="line_items[8].amount", value=1)) == (422, "UNKNOWN_PATH")


def test_a_review_is_approved_rejected_and_reopened(ours: Ours, review: Review) -> None:
    early = step(ours, review, "approve", version=1)
    correct(ours, review, version=1, path="total", value=7421.91)
    correct(ours, review, version=2, path="line_items[6].amount", value=396)
    unchecked = step(ours, review, "approve", version=3)
    approved = step(ours, review, "approve", version=3, anyway=True)
    late = correct(ours, review, version=4, path="total", value=1)
    stale = step(ours, review, "reopen", version=1)
    reopened = step(ours, review, "reopen", version=4, comment="Once more")
    rejected = step(ours, review, "reject", version=5, reason="Not an invoice")

    assert error_of(early) == (409, "REVIEW_INCOMPLETE")
    assert error_of(unchecked) == (409, "REVIEW_UNCHECKED")
    told = approved.json()
    assert (approved.status_code, told["state"], told["finished_by"], told["version"]) == (200, "approved", "Alice", 4)
    assert error_of(late) == (409, "REVIEW_FINISHED")
    assert error_of(stale) == (409, "STALE_REVIEW")
    assert (reopened.json()["state"], reopened.json()["comment"]) == ("open", "Once more")
    assert (rejected.json()["state"], rejected.json()["comment"]) == ("rejected", "Not an invoice")
    assert error_of(step(ours, review, "reject", version=6, reason="")) == (422, "VALIDATION_ERROR")


def test_a_key_that_acts_for_nobody_reviews_nothing(team: Team, review: Review) -> None:
    nobodys = ours_of(team, None)

    assert error_of(correct(nobodys, review, version=1, path="total", value=1)) == (403, "KEY_WITHOUT_PERSON")
    assert error_of(step(nobodys, review, "approve", version=1)) == (403, "KEY_WITHOUT_PERSON")
    assert nobodys.get(f"/extractions/{review.extraction.public_id}/review").status_code == 200


def test_a_maker_who_may_not_review_reviews_nothing(ours: Ours, team: Team, alice: User, review: Review) -> None:
    Membership.objects.filter(user=alice).update(role=Role.UPLOADER)
    assert error_of(step(ours, review, "approve", version=1)) == (403, "PERSON_MAY_NOT_REVIEW")

    Membership.objects.filter(user=alice).delete()
    assert error_of(step(ours, review, "approve", version=1)) == (403, "PERSON_MAY_NOT_REVIEW")


def test_an_extraction_that_is_not_done_has_no_review(ours: Ours) -> None:
    document = ours.document(template="receipt")
    public_id = ours.get(f"/documents/{document}").json()["extraction"]

    assert error_of(ours.get(f"/extractions/{public_id}/review")) == (409, "NOT_EXTRACTED")
