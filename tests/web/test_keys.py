from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from extraction.models import ApiKey, Team, TeamUsage, User
from extraction.queries.usage import months_before
from extraction.services.keys import create_key, find_key


@pytest.fixture
def form() -> dict[str, str]:
    return {"name": "ERP", "scope": "run", "expires": "90d"}


def test_key_is_shown_once(as_alice: Client, alice: User, team: Team, form: dict[str, str]) -> None:
    answer = as_alice.post(reverse("key-create", args=[team.pk]), form)

    [key] = re.findall(r"dm_live_[0-9a-f]{64}", answer.content.decode())
    row = find_key(key)
    assert row is not None and (row.team, row.name, row.scopes, row.created_by) == (team, "ERP", ["run"], alice)
    assert row.expires_at is not None and abs(row.expires_at - timezone.now() - timedelta(days=90)) < timedelta(
        minutes=1
    )
    assert "no-store" in answer["Cache-Control"]
    again = as_alice.get(reverse("key-list", args=[team.pk])).content.decode()
    assert key not in again and row.prefix in again and "never used" in again


def test_key_without_a_name_is_asked_for_one(as_alice: Client, team: Team, form: dict[str, str]) -> None:
    answer = as_alice.post(reverse("key-create", args=[team.pk]), form | {"name": " "})

    assert answer.status_code == 422
    assert not ApiKey.objects.exists()


def test_eleventh_key_is_refused_with_the_next_action(
    as_alice: Client, alice: User, team: Team, form: dict[str, str]
) -> None:
    for number in range(10):
        create_key(team=team, name=f"key {number}", scopes=["read"], by=alice)

    answer = as_alice.post(reverse("key-create", args=[team.pk]), form)

    assert answer.status_code == 422
    assert "Revoke one to make another." in answer.content.decode()


def test_revoked_key_leaves_the_list(as_alice: Client, alice: User, team: Team) -> None:
    row, key = create_key(team=team, name="ERP", scopes=["read"], by=alice)

    as_alice.post(reverse("key-revoke", args=[team.pk, row.pk]))

    assert find_key(key).is_active is False
    assert row.prefix not in as_alice.get(reverse("key-list", args=[team.pk])).content.decode()


def test_only_admins_see_keys(as_bob: Client, as_charlie: Client, team: Team) -> None:
    address = reverse("key-list", args=[team.pk])

    assert as_bob.get(address).status_code == 403
    assert as_charlie.get(address).status_code == 404


def test_usage_shows_the_months_and_the_quota(as_bob: Client, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(monthly_pages=500)
    now, before = months_before(timezone.now().strftime("%Y-%m"), 2)[::-1]
    TeamUsage.objects.create(team=team, month=now, documents=3, pages=42, extractions=2, calls=7)
    TeamUsage.objects.create(team=team, month=before, documents=1, pages=17, extractions=1, calls=0)

    page = as_bob.get(reverse("team-usage", args=[team.pk])).content.decode()

    assert "of 500" in page and '<progress max="500" value="42"' in page
    assert page.count("<rect") == 2 and f"<title>{now}: 42</title>" in page and f"<title>{before}: 17</title>" in page


def test_usage_shows_a_quota_of_nothing(as_bob: Client, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(monthly_pages=0, monthly_extractions=0)

    page = as_bob.get(reverse("team-usage", args=[team.pk])).content.decode()

    assert (page.count("of 0"), page.count("<progress")) == (2, 0)


def test_usage_of_a_new_team_is_empty(as_bob: Client, team: Team) -> None:
    assert "No page was read" in as_bob.get(reverse("team-usage", args=[team.pk])).content.decode()


def test_months_go_back_over_new_year() -> None:
    assert months_before("2026-02", 4) == ["2025-11", "2025-12", "2026-01", "2026-02"]
