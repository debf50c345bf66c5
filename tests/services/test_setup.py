from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError

from extraction.choices import Role, Source
from extraction.models import Document, Extraction, Membership, Parse, Team, Template, User
from extraction.services.samples import SAMPLES, store_samples
from extraction.services.setup import set_up


def test_first_start_makes_an_account_a_team_and_templates(db: None) -> None:
    email, password = set_up()

    user = authenticate(username=email, password=password)
    team = Team.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("admin@localhost", True, True)
    assert Membership.objects.get(user=user, team=team).role == Role.ADMIN
    assert sorted(Template.objects.values_list("slug", flat=True)) == ["contract", "fapiao", "invoice", "receipt"]


def test_second_start_makes_nothing(db: None) -> None:
    set_up()

    again = set_up()

    assert again is None
    assert (User.objects.count(), Team.objects.count(), Template.objects.count()) == (1, 1, 4)


def test_account_from_the_environment_prints_no_password(db: None) -> None:
    made = set_up(email="ada@example.org", password="granite and marble")

    assert made is None
    assert authenticate(username="ada@example.org", password="granite and marble") == User.objects.get()


def test_address_that_is_none_makes_nothing(db: None) -> None:
    with pytest.raises(ValidationError):
        set_up(email="ada at example")

    assert (User.objects.count(), Team.objects.count()) == (0, 0)


def test_samples_are_stored_once_each_with_its_template(db: None) -> None:
    set_up()

    first, second = store_samples(), store_samples()

    assert first == second
    assert {document.name: document.template.slug for document in Document.objects.all()} == SAMPLES
    assert set(Document.objects.values_list("source", flat=True)) == {Source.DEMO}
    assert (Parse.objects.count(), Extraction.objects.count()) == (4, 4)
    assert Membership.objects.filter(team__slug="demo", user=User.objects.get()).exists()
