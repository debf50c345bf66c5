from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from extraction.models import ApiKey, Team
from extraction.services.keys import create_key, find_key
from tests.factories import make_user


@pytest.fixture
def as_root(db: None) -> Client:
    client = Client()
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    return client


def test_console_makes_a_key_and_shows_it_once(as_root: Client, team: Team) -> None:
    form = {"team": team.pk, "name": "ERP", "scopes": ["read", "run"], "expires_at_0": "", "expires_at_1": ""}

    page = as_root.post(reverse("admin:extraction_apikey_add"), form, follow=True).content.decode()

    row = ApiKey.objects.get()
    [key] = set(re.findall(r"dm_live_[0-9a-f]{64}", page))
    assert find_key(key) == row and (row.name, row.scopes) == ("ERP", ["read", "run"])
    assert key not in as_root.get(reverse("admin:extraction_apikey_changelist")).content.decode()


def test_console_revokes(as_root: Client, team: Team) -> None:
    row, key = create_key(team=team, name="ERP", scopes=["read"], by=None)

    as_root.post(reverse("admin:extraction_apikey_changelist"), {"action": "revoke", "_selected_action": [row.pk]})

    assert find_key(key).is_active is False
