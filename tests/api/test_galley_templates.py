"""Templates at our own interface."""

from __future__ import annotations

from typing import Any

import pytest

from extraction.choices import Scope
from extraction.models import Team, Template, User
from tests.api.galley_calls import Ours, error_of, ours_of

BILL = {
    "name": "Bill",
    "language": "en",
    "variables": [
        {"name": "number", "type": "string", "description": "", "label": "Bill no.", "required": True},
        {"name": "total", "type": "number", "description": "", "kind": "amount"},
        {
            "name": "lines",
            "type": "array",
            "description": "",
            "fields": [{"name": "amount", "type": "number", "description": "", "kind": "amount"}],
        },
    ],
}


RULED = BILL | {
    "date_order": "month_first",
    "decimal_mark": "comma",
    "name_checks": False,
    "variables": [
        *BILL["variables"],
        {
            "name": "due",
            "type": "date",
            "description": "",
            "not_labels": ["Delivery date"],
            "rules": [{"kind": "range", "severity": "warning", "message": "Too old", "min": "2020-01-01"}],
        },
        {
            "name": "sum",
            "type": "number",
            "description": "",
            "rules": [
                {"kind": "range", "min": 0, "max": 10.5},
                {"kind": "sum", "of": ["lines.amount"], "less": ["total"]},
            ],
        },
    ],
}


def test_rules_go_in_and_come_out_as_they_are(ours: Ours) -> None:
    made = ours.call("POST", "/templates", RULED)
    changed = ours.call("PUT", "/templates/bill", RULED | {"name_checks": True})

    assert made.json()["definition"] == RULED
    assert changed.json()["definition"] == {key: value for key, value in RULED.items() if key != "name_checks"}
    assert ours.call("GET", "/templates/bill/export").json() == changed.json()["definition"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"kind": "magic"}, "kind"),
        ({"kind": "sum", "of": ["nothing"]}, "nothing"),
        ({"kind": "checksum", "checksum": "iban"}, "type"),
        ({"kind": "required", "extra": 1}, "extra"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_reason(ours: Ours, rule: dict[str, Any], words: str) -> None:
    variables = [*BILL["variables"], {"name": "sum", "type": "number", "rules": [rule]}]

    answer = ours.call("POST", "/templates", BILL | {"variables": variables})

    assert answer.status_code == 422
    assert words in answer.content.decode()


def versions_of(body: dict[str, Any]) -> list[tuple[int, str, int]]:
    return [(version["number"], version["state"], version["field_count"]) for version in body["versions"]]


def test_a_template_is_made_published_and_changed(ours: Ours, team: Team) -> None:
    made = ours.call("POST", "/templates", BILL)
    bill = Template.objects.get(team=team, slug="bill")
    published = ours.call("POST", "/templates/bill/publish").json()
    changed = ours.call("PUT", f"/templates/{bill.pk}", BILL | {"variables": BILL["variables"][:2]}).json()

    assert made.status_code == 201
    whole = made.json()
    assert whole == {
        "id": bill.pk,
        "slug": "bill",
        "name": "Bill",
        "language": "en",
        "is_archived": False,
        "is_default": False,
        "versions": [
            {
                "number": 1,
                "state": "draft",
                "field_count": 3,
                "created_at": whole["versions"][0]["created_at"],
                "published_at": None,
            }
        ],
        "definition": BILL,
    }
    assert versions_of(published) == [(1, "published", 3)]
    assert versions_of(changed) == [(2, "draft", 2), (1, "published", 3)]
    assert ours.get("/templates/bill").json() == changed
    first = ours.get("/templates/bill/versions/1").json()
    assert (first["number"], first["state"], first["definition"]) == (1, "published", BILL)
    assert error_of(ours.get("/templates/bill/versions/3")) == (404, "NOT_FOUND")
    assert bill.versions.get(number=1).created_by.name == "Alice"


def test_a_draft_is_discarded(ours: Ours, team: Team) -> None:
    ours.call("PUT", "/templates/receipt", BILL)
    discarded = ours.call("DELETE", "/templates/receipt/draft")

    assert (discarded.status_code, discarded.content) == (204, b"")
    assert versions_of(ours.get("/templates/receipt").json())[0][:2] == (1, "published")
    assert error_of(ours.call("DELETE", "/templates/receipt/draft")) == (409, "STEP_NOT_ALLOWED")
    assert error_of(ours.call("POST", "/templates/receipt/publish")) == (409, "STEP_NOT_ALLOWED")


def test_an_export_is_an_import(ours: Ours, theirs: Ours) -> None:
    exported = ours.get("/templates/invoice/export")
    imported = theirs.call("POST", "/templates/import", exported.json())

    assert exported["Content-Disposition"] == 'attachment; filename="invoice.json"'
    assert imported.status_code == 201
    assert imported.json()["definition"] == exported.json()
    assert (imported.json()["slug"], imported.json()["versions"][0]["state"]) == ("invoice-2", "published")


def test_docmaps_own_variables_are_taken(ours: Ours) -> None:
    variables = [{"name": "total", "type": "number", "description": "What is due", "id": "var_1"}]

    made = ours.call("POST", "/templates/import", {"name": "Theirs", "variables": variables, "createdBy": "them"})

    assert made.status_code == 201
    assert made.json()["definition"]["variables"] == [{"name": "total", "type": "number", "description": "What is due"}]


def test_archived_templates_are_listed_apart(ours: Ours, team: Team) -> None:
    archived = ours.call("POST", "/templates/receipt/archive").json()

    def slugs(**query: Any) -> list[str]:
        return [row["slug"] for row in ours.get("/templates", **query).json()["data"]]

    assert archived["is_archived"]
    assert slugs() == ["invoice", "fapiao", "contract"]
    assert slugs(archived="true") == ["receipt"]
    assert error_of(ours.send(template="receipt")) == (422, "TEMPLATE_NOT_USABLE")
    restored = ours.call("POST", "/templates/receipt/restore").json()
    assert not restored["is_archived"] and slugs(archived="true") == []
    first = ours.get("/templates", limit=3).json()
    rest = ours.get("/templates", limit=3, cursor=first["next_cursor"]).json()
    assert ([row["slug"] for row in rest["data"]], rest["next_cursor"]) == (["contract"], None)


@pytest.mark.parametrize(
    ("body", "refusal", "named"),
    [
        ({"name": "Bill"}, (422, "VALIDATION_ERROR"), "variables"),
        (BILL | {"variables": []}, (422, "VALIDATION_ERROR"), "variables"),
        (BILL | {"name": 7}, (422, "VALIDATION_ERROR"), "name"),
        (BILL | {"name": "a\0b"}, (400, "INVALID_JSON"), "JSON"),
        (BILL | {"variables": [{"name": "x", "kind": "choice"}]}, (422, "VARIABLE_WITHOUT_OPTIONS"), "x"),
        (BILL | {"variables": [{"name": "x"}, {"name": "x"}]}, (422, "VARIABLE_NAME_TWICE"), "x"),
        (b"{", (400, "INVALID_JSON"), "JSON"),
        (b'{"name": NaN}', (400, "INVALID_JSON"), "JSON"),
        (b'"\\ud800"', (400, "INVALID_JSON"), "JSON"),
        ([], (422, "VALIDATION_ERROR"), ""),
    ],
)
def test_bad_templates_are_refused(ours: Ours, body: Any, refusal: tuple[int, str], named: str) -> None:
    before = Template.objects.count()
    answer = ours.call("POST", "/templates", body)

    assert error_of(answer) == refusal
    assert named in answer.json()["error"]["message"]
    assert Template.objects.count() == before


def test_templates_need_a_key_of_scope_admin(ours: Ours, team: Team, alice: User) -> None:
    runner = ours_of(team, alice, Scope.RUN)

    assert error_of(runner.call("POST", "/templates", BILL)) == (403, "FORBIDDEN")
    assert error_of(runner.call("POST", "/templates/receipt/archive")) == (403, "FORBIDDEN")
    assert runner.get("/templates/receipt").status_code == 200
