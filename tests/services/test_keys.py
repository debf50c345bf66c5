from __future__ import annotations

import hashlib
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from extraction.choices import Scope
from extraction.errors import QuotaUsedUp, StepNotAllowed
from extraction.models import ApiKey, CallCount, ReviewEvent, Team, TeamUsage, User
from extraction.services.keys import create_key, expiry_of, find_key, opens, revoke_key, touch_key
from extraction.services.rates import CallRates
from extraction.services.usage import count_team_usage, require_quota, usage_of


def test_key_is_found_by_its_text_alone(team: Team, alice: User) -> None:
    row, key = create_key(team=team, name="ERP", scopes=["read", "run"], by=alice)

    assert key.startswith("dm_live_") and len(key) == 8 + 64 and key.startswith(row.prefix)
    assert row.sha256 == hashlib.sha256(key.encode()).hexdigest()
    assert find_key(key) == row
    assert find_key(key[:-1]) is None and find_key("") is None
    assert ReviewEvent.objects.get(what="api_key_created").subject == f"ERP ({row.prefix}…)"


def test_scope_opens_what_lies_before_it(team: Team) -> None:
    row, _ = create_key(team=team, name="ERP", scopes=["run"], by=None)

    assert [opens(row, scope) for scope in (Scope.READ, Scope.RUN, Scope.ADMIN)] == [True, True, False]


def test_ten_keys_are_the_most_and_revoked_ones_do_not_count(team: Team, alice: User) -> None:
    keys = [create_key(team=team, name=f"key {number}", scopes=["read"], by=alice)[0] for number in range(10)]

    with pytest.raises(StepNotAllowed) as refusal:
        create_key(team=team, name="eleventh", scopes=["read"], by=alice)
    revoke_key(key=keys[0], by=alice)
    create_key(team=team, name="eleventh", scopes=["read"], by=alice)

    assert refusal.value.code == "max_keys_reached"
    assert ApiKey.objects.active().filter(team=team).count() == 10


def test_expired_and_revoked_keys_are_not_active(team: Team) -> None:
    row, _ = create_key(team=team, name="old", scopes=["read"], by=None, expires_at=expiry_of("30d"))

    assert row.is_active and expiry_of("never") is None
    row.expires_at = timezone.now() - timedelta(seconds=1)
    assert not row.is_active


def test_use_is_noted_once_a_minute(team: Team) -> None:
    row, _ = create_key(team=team, name="ERP", scopes=["read"], by=None)

    touch_key(row)
    row.refresh_from_db()
    first = row.last_used_at
    touch_key(row)
    row.refresh_from_db()

    assert first is not None and row.last_used_at == first


def test_calls_over_the_limit_wait_for_the_next_minute(team: Team) -> None:
    row, _ = create_key(team=team, name="ERP", scopes=["read"], by=None)
    rates = CallRates()

    waits = [rates.take(row, limit=3) for _ in range(5)]

    assert waits[:3] == [None, None, None]
    assert all(wait is not None and 0 < wait <= 60 for wait in waits[3:])
    assert CallCount.objects.get().calls == 1  # the first at once, the others with the next second


def test_calls_of_another_process_count(team: Team) -> None:
    row, _ = create_key(team=team, name="ERP", scopes=["read"], by=None)
    CallRates().take(row, limit=2)

    here = CallRates()

    assert here.take(row, limit=2) is None
    assert here.take(row, limit=2) is not None


def test_quota_is_of_the_month(team: Team) -> None:
    team.monthly_pages = 10
    count_team_usage(team, documents=1, pages=8)
    TeamUsage.objects.create(team=team, month="2020-01", pages=1000)

    require_quota(team, pages=2)
    with pytest.raises(QuotaUsedUp) as refusal:
        require_quota(team, pages=3)

    assert (refusal.value.code, refusal.value.params) == ("page_quota", {"limit": 10})
    assert (usage_of(team).documents, usage_of(team).pages) == (1, 8)


def test_command_prints_the_key_alone_on_its_last_line(team: Team) -> None:
    out = StringIO()

    call_command("create_api_key", name="ERP", team=team.slug, scopes=["read"], stdout=out)

    row = find_key(out.getvalue().splitlines()[-1])
    assert row is not None and (row.team, row.name, row.scopes) == (team, "ERP", ["read"])


def test_command_names_the_teams_it_knows(team: Team) -> None:
    with pytest.raises(CommandError, match="there is no team 'nobody'; the teams are accounts"):
        call_command("create_api_key", name="ERP", team="nobody")


def test_command_makes_a_key_that_acts_for_a_member(team: Team, alice: User, charlie: User) -> None:
    out = StringIO()

    call_command("create_api_key", name="ERP", team=team.slug, by="ALICE@example.org", stdout=out)

    assert find_key(out.getvalue().splitlines()[-1]).created_by == alice
    with pytest.raises(CommandError, match="charlie@example.org is no member of the team accounts"):
        call_command("create_api_key", name="ERP", team=team.slug, by=charlie.email)
