from __future__ import annotations

import re

import pytest

from extraction.models import ApiKey, ReviewEvent, Team, User
from tests.api.docmap_calls import Program, error_of

PARTS = ["id", "userId", "name", "prefix", "expiresAt", "lastUsedAt", "createdAt", "revoked"]


def test_key_is_made_shown_once_listed_and_revoked(program: Program, team: Team, alice: User) -> None:
    made = program.call("POST", "/v1/api-keys", {"name": "ERP 2", "expiresIn": "90d"})

    data = made.json()["data"]
    assert made.status_code == 201
    assert re.fullmatch("dm_live_[0-9a-f]{64}", data["key"])
    shown = data["apiKey"]
    assert list(shown) == PARTS
    assert (shown["name"], shown["userId"], shown["prefix"], shown["revoked"], shown["lastUsedAt"]) == (
        "ERP 2",
        f"user_{alice.pk}",
        data["key"][:12],
        False,
        None,
    )
    listed = program.get("/v1/api-keys")
    assert shown in listed.json()["data"] and data["key"].encode() not in listed.content
    assert Program(data["key"]).get("/v1/api-keys").status_code == 200
    revoked = program.call("DELETE", f"/v1/api-keys/{shown['id']}")
    assert (revoked.status_code, revoked.json()) == (200, {"success": True})
    assert error_of(Program(data["key"]).get("/v1/usage")) == (401, "UNAUTHORIZED")
    assert shown["id"] not in [key["id"] for key in program.get("/v1/api-keys").json()["data"]]
    assert program.call("DELETE", f"/v1/api-keys/{shown['id']}").json() == {"success": True}
    assert ReviewEvent.objects.filter(what="api_key_revoked").count() == 1


def test_key_opens_no_more_than_its_maker(program: Program) -> None:
    ApiKey.objects.update(scopes=["admin"])

    program.call("POST", "/v1/api-keys", {"name": "child", "expiresIn": "never"})

    child = ApiKey.objects.get(name="child")
    assert (child.scopes, child.expires_at) == (["admin"], None)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"expiresIn": "30d"}, "name"),
        ({"name": "", "expiresIn": "30d"}, "name"),
        ({"name": "   ", "expiresIn": "30d"}, "name"),
        ({"name": "n" * 101, "expiresIn": "30d"}, "name"),
        ({"name": "a\0", "expiresIn": "30d"}, "name"),
        ({"name": 7, "expiresIn": "30d"}, "name"),
        ({"name": "ERP"}, "expiresIn"),
        ({"name": "ERP", "expiresIn": "2y"}, "expiresIn"),
        ({"name": "ERP", "expiresIn": ["30d"]}, "expiresIn"),
        ([], "body"),
    ],
)
def test_wrong_keys_are_not_made(program: Program, body: object, named: str) -> None:
    answer = program.call("POST", "/v1/api-keys", body)

    assert error_of(answer) == (400, "VALIDATION_ERROR")
    assert named in answer.json()["error"]["message"]
    assert ApiKey.objects.count() == 1


def test_ten_active_keys_are_the_most(program: Program) -> None:
    for number in range(9):
        program.call("POST", "/v1/api-keys", {"name": f"{number}", "expiresIn": "1y"})

    answer = program.call("POST", "/v1/api-keys", {"name": "eleventh", "expiresIn": "1y"})

    assert error_of(answer) == (400, "MAX_KEYS_REACHED")
    assert len(program.get("/v1/api-keys").json()["data"]) == 10
