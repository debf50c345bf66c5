"""What all operations of our own interface share: keys, rates, the envelope, and calls that are done once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from extraction.api import galley_documents, galley_keys
from extraction.choices import Scope
from extraction.models import ApiKey, CallCount, Document, IdempotencyKey, Team, Template, User
from extraction.services.keys import create_key
from extraction.services.submissions import submit_document
from tests import bad_files
from tests.api.galley_calls import PREFIX, Ours, error_of, ours_of

BILL = {"name": "Bill", "variables": [{"name": "total", "type": "number"}]}


def test_unknown_addresses_answer_in_the_envelope(ours: Ours, client: Client) -> None:
    for path in (
        "/galley/v1",
        "/galley/v1/",
        "/galley/v1/nothing",
        "/galley/v1/documents/",
        "/galley/v1/documents/1/x",
    ):
        assert error_of(client.get(path)) == (404, "NOT_FOUND"), path
    for path in ("/documents/0", "/documents/x", "/documents/9223372036854775808"):
        assert error_of(ours.get(path)) == (422, "VALIDATION_ERROR"), path
    assert error_of(client.get("/galley/v1/documents/1%00")) == (404, "NOT_FOUND")
    assert error_of(ours.get("/templates/a%00b")) == (404, "NOT_FOUND")


def test_head_is_get_without_a_body(ours: Ours) -> None:
    answer = ours.call("HEAD", "/documents")

    assert (answer.status_code, answer.content) == (200, b"")


def test_a_crash_answers_in_the_envelope(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(galley_keys, "usage_of", lambda team: 1 / 0)

    assert error_of(ours.get("/usage")) == (500, "INTERNAL_ERROR")


def test_keys_that_open_nothing_say_why(ours: Ours, team: Team, client: Client) -> None:
    def message(text: str) -> str:
        answer = client.get(f"{PREFIX}/documents", headers={"Authorization": f"Bearer {text}"})
        assert error_of(answer) == (401, "UNAUTHORIZED")
        return answer.json()["error"]["message"]

    past = timezone.now() - timedelta(days=1)
    _, expired = create_key(team=team, name="old", scopes=[Scope.ADMIN], by=None, expires_at=past)
    ApiKey.objects.filter(name="A program").update(revoked_at=past)

    assert message(expired) == "This API key has expired."
    assert message(ours.text) == "This API key was revoked."
    assert message("wrong") == "This API key is not known here."


def test_too_many_calls_are_told_to_wait(ours: Ours, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(calls_per_minute=2)

    # a minute may end in between
    answers = [ours.get("/usage") for _ in range(5)]

    assert answers[0].status_code == 200
    assert error_of(answers[-1]) == (429, "RATE_LIMITED")
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert CallCount.objects.exists()


def test_a_document_sent_twice_with_a_key_is_one(ours: Ours) -> None:
    first = ours.send(run_id="x", Idempotency_Key="one")
    again = ours.send(run_id="x", Idempotency_Key="one")
    other_body = ours.send(bad_files.page_pdf(2), run_id="x", Idempotency_Key="one")
    other_field = ours.send(run_id="y", Idempotency_Key="one")
    without = ours.send(run_id="x")

    assert (again.status_code, again.json()) == (201, first.json())
    assert error_of(other_body) == error_of(other_field) == (422, "KEY_USED_BEFORE")
    assert without.status_code == 201
    assert Document.objects.count() == 2


def test_a_call_that_dies_after_its_document_was_stored_is_remembered(
    ours: Ours, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(**sent: Any) -> None:
        submit_document(**sent)
        raise RuntimeError

    with monkeypatch.context() as dying:
        dying.setattr(galley_documents, "submit_document", dies)
        assert ours.send(Idempotency_Key="one").status_code == 500
    again = ours.send(Idempotency_Key="one")

    assert (again.status_code, again.json()["id"]) == (201, Document.objects.get().pk)


def test_a_refusal_is_not_remembered(ours: Ours) -> None:
    refused = ours.send(b"", Idempotency_Key="one")
    taken = ours.send(Idempotency_Key="one")

    assert (refused.status_code, taken.status_code) == (422, 201)


def test_a_key_belongs_to_its_team_and_address(ours: Ours, theirs: Ours, team: Team) -> None:
    mine = ours.call("POST", "/templates", BILL, Idempotency_Key="one")
    twice = ours.call("POST", "/templates", BILL, Idempotency_Key="one")
    elsewhere = ours.call("POST", "/templates/import", BILL, Idempotency_Key="one")
    strange = theirs.call("POST", "/templates", BILL, Idempotency_Key="one")

    assert mine.json() == twice.json()
    assert len({answer.json()["id"] for answer in (mine, elsewhere, strange)}) == 3
    assert Template.objects.filter(team=team, name="Bill").count() == 2
    too_long = ours.call("POST", "/templates", BILL, Idempotency_Key="x" * 256)
    assert error_of(too_long) == (422, "VALIDATION_ERROR")


def test_a_call_under_way_is_told_to_come_back(ours: Ours, team: Team) -> None:
    ours.call("POST", "/templates", BILL, Idempotency_Key="one")
    IdempotencyKey.objects.update(status=None, answer=None)

    answer = ours.call("POST", "/templates", BILL, Idempotency_Key="one")

    assert (error_of(answer), answer["Retry-After"]) == ((429, "RATE_LIMITED"), "2")


def test_keys_are_made_listed_and_revoked(ours: Ours, team: Team, client: Client) -> None:
    body = {"name": "nightly", "scopes": ["read"], "expires_in": "30d"}
    made = ours.call("POST", "/api-keys", body, Idempotency_Key="one")
    again = ours.call("POST", "/api-keys", body, Idempotency_Key="one")

    row = ApiKey.objects.get(team=team, name="nightly")
    told = made.json()
    assert (made.status_code, again.status_code, again.json()) == (201, 201, told)
    assert told == {
        "id": row.public_id,
        "name": "nightly",
        "prefix": told["key"][:12],
        "scopes": ["read"],
        "created_by": "Alice",
        "created_at": told["created_at"],
        "expires_at": told["expires_at"],
        "last_used_at": None,
        "key": told["key"],
    }
    # what is kept opens nothing
    assert told["key"] not in str(IdempotencyKey.objects.get().answer)
    listed = ours.get("/api-keys").json()["data"]
    assert [one["name"] for one in listed] == ["nightly", "A program"] and "key" not in listed[0]
    reader = Ours(told["key"])
    assert reader.get("/documents").status_code == 200
    assert error_of(reader.send()) == (403, "FORBIDDEN")
    assert ours.call("DELETE", f"/api-keys/{row.public_id}").status_code == 204
    assert ours.call("DELETE", f"/api-keys/{row.public_id}").status_code == 204
    assert error_of(reader.get("/documents")) == (401, "UNAUTHORIZED")


def test_an_eleventh_key_is_refused(ours: Ours, team: Team) -> None:
    for number in range(9):
        create_key(team=team, name=str(number), scopes=[Scope.READ], by=None)

    answer = ours.call("POST", "/api-keys", {"name": "one more", "scopes": ["read"]})

    assert error_of(answer) == (409, "MAX_KEYS_REACHED")


def test_bodies_are_json_of_a_bearable_size(ours: Ours, client: Client) -> None:
    form = client.post(f"{PREFIX}/templates", {"name": "x"}, headers=ours.headers())
    large = ours.call("POST", "/templates", b'{"name": "' + b"x" * (17 * 1024**2) + b'"}')

    assert error_of(form) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert error_of(large) == (413, "BODY_TOO_LARGE")
    assert error_of(ours.call("POST", "/templates", b"")) == (422, "VALIDATION_ERROR")


def test_usage_counts_this_month(ours: Ours, team: Team, alice: User) -> None:
    Team.objects.filter(pk=team.pk).update(monthly_pages=100)
    ours_of(team, alice).document(template="receipt")

    used = ours.get("/usage").json()

    assert {name: used[name] for name in ("documents", "pages", "extractions", "monthly_pages")} == {
        "documents": 1,
        "pages": 1,
        "extractions": 1,
        "monthly_pages": 100,
    }
