from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from extraction.choices import JobState, Lane, Pause, Provider
from extraction.errors import AccountRefused
from extraction.models import AccountUsage, PageRange, Parse, ProviderAccount, Team, User
from extraction.queries.accounts import accounts_of
from extraction.services.accounts import endpoint_of, pause_account, save_account
from extraction.types import month_of
from tests.factories import make_document
from tests.fakes.docmap import FakeDocmap
from tests.fakes.docmap_account import KEY

SOMARK = {
    "name": "SoMark",
    "base_url": "https://somark.ai/api/v1",
    "key": "sk-a-key-of-somark-4f2a",
    "path_family": "parse",
    "calls_per_second": "1",
    "parallel": "4",
    "max_pages": "",
    "monthly_budget": "",
}
DOCMAP = {"name": "DocMap", "base_url": "https://api.docmap.io", "key": KEY, "calls_per_second": "5", "parallel": "4"}


def address(name: str, account: ProviderAccount) -> str:
    return reverse(name, args=[account.team_id, account.pk])


def make_account(team: Team, **columns: Any) -> ProviderAccount:
    account = ProviderAccount(
        **{"team": team, "provider": Provider.SOMARK, "name": "SoMark", "base_url": "https://somark.ai/api/v1"}
        | columns
    )
    return save_account(account=account, key="sk-a-key-of-somark-4f2a", by=None)


def waiting_range(account: ProviderAccount, name: str) -> PageRange:
    document = make_document(account.team, name=name, sha256=f"{len(name):064}")
    parse = Parse.objects.create(document=document, state=JobState.RUNNING, account=account)
    return PageRange.objects.create(parse=parse, first=1, last=1, account=account, lane=Lane.REMOTE)


def test_admin_adds_an_account_whose_key_is_not_shown_again(as_alice: Client, team: Team) -> None:
    answer = as_alice.post(reverse("account-add", args=[team.pk, "somark"]), SOMARK, follow=True)

    account = ProviderAccount.objects.get(team=team, name="SoMark")
    page = answer.content.decode()
    assert (account.provider, account.name, account.parallel) == ("somark", "SoMark", 4)
    assert endpoint_of(account).key == SOMARK["key"]
    assert "ends in …4f2a" in page and SOMARK["key"] not in page


def test_the_choice_comes_first_and_each_form_asks_for_what_is_needed(as_alice: Client, team: Team) -> None:
    choice = as_alice.get(reverse("account-new", args=[team.pk])).content.decode()
    forms = {
        provider: as_alice.get(reverse("account-add", args=[team.pk, provider])).content.decode()
        for provider in ("somark", "docmap", "chat")
    }

    assert all(reverse("account-add", args=[team.pk, provider]) in choice for provider in forms)
    assert 'value="https://somark.ai/api/v1"' in forms["somark"] and 'name="path_family"' in forms["somark"]
    assert 'value="https://api.docmap.io"' in forms["docmap"] and 'name="path_family"' not in forms["docmap"]
    assert 'name="model"' in forms["chat"] and 'name="input_price"' in forms["chat"]
    assert as_alice.get(f"/teams/{team.pk}/accounts/new/embedded/").status_code == 404


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("base_url", "ftp://somark.ai/api", "Enter a whole address, beginning with https:// or http://."),
        ("base_url", "javascript:alert(1)", "Enter a whole address, beginning with https:// or http://."),
        ("base_url", "https://", "Enter a whole address, beginning with https:// or http://."),
        ("base_url", "https://somark.ai:port/", "Enter a whole address, beginning with https:// or http://."),
        (
            "base_url",
            "https://me:secret@somark.ai/api/v1",
            "Leave name and password out of the address. The key has a field of its own.",
        ),
        (
            "base_url",
            "https://somark.ai/api/v1?key=1",
            "Leave out what follows “?” or “#”: this is only the beginning.",
        ),
        (
            "key",
            "sk-with a space",
            "A key has no spaces and no letters beyond plain ones. Copy it again from the provider.",
        ),
    ],
)
def test_a_wrong_entry_is_named_and_the_key_is_not_sent_back(
    as_alice: Client, team: Team, field: str, text: str, sentence: str
) -> None:
    answer = as_alice.post(reverse("account-add", args=[team.pk, "somark"]), SOMARK | {field: text})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert SOMARK["key"] not in answer.content.decode() and "sk-with a space" not in answer.content.decode()
    assert not ProviderAccount.objects.exists()


def test_docmap_needs_a_key_and_prices_a_currency(as_alice: Client, team: Team) -> None:
    docmap = as_alice.post(reverse("account-add", args=[team.pk, "docmap"]), DOCMAP | {"key": ""})
    model = DOCMAP | {"model": "small", "input_price": "0.5", "output_price": "-1"}
    chat = as_alice.post(reverse("account-add", args=[team.pk, "chat"]), model)

    assert docmap.context["form"].errors == {"key": ["This provider answers only with a key."]}
    assert chat.context["form"].errors == {
        "output_price": ["A price is not below zero."],
        "currency": ["Prices need a currency."],
    }


def test_a_name_is_used_once_in_a_team(as_alice: Client, team: Team) -> None:
    make_account(team)

    answer = as_alice.post(reverse("account-add", args=[team.pk, "somark"]), SOMARK)

    assert answer.context["form"].errors == {"name": ["Your team has an account of this name already."]}


def test_an_empty_key_keeps_the_stored_one(as_alice: Client, team: Team) -> None:
    account = make_account(team)

    answer = as_alice.post(address("account-edit", account), SOMARK | {"key": "", "name": "SoMark China"})

    account.refresh_from_db()
    assert (answer.status_code, account.name) == (302, "SoMark China")
    assert endpoint_of(account).key == SOMARK["key"]


def test_a_stored_key_is_not_sent_to_another_address_unseen(as_alice: Client, team: Team) -> None:
    account = make_account(team)

    answer = as_alice.post(
        address("account-edit", account), SOMARK | {"key": "", "base_url": "https://elsewhere.example/api/v1"}
    )

    account.refresh_from_db()
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "key": ["The address is another one now: enter the key that belongs there."]
    }
    assert account.base_url == "https://somark.ai/api/v1"


def test_members_see_names_and_states_but_change_nothing(as_bob: Client, team: Team) -> None:
    account = make_account(team)

    page = as_bob.get(reverse("account-list", args=[team.pk])).content.decode()
    refused = [
        as_bob.get(reverse("account-new", args=[team.pk])),
        as_bob.post(reverse("account-add", args=[team.pk, "somark"]), SOMARK),
        as_bob.get(address("account-edit", account)),
        *(as_bob.post(address(f"account-{act}", account)) for act in ("test", "pause", "resume", "delete")),
    ]

    assert "SoMark" in page and "somark.ai" not in page and "4f2a" not in page
    assert [answer.status_code for answer in refused] == [403] * 7


def test_strangers_find_nothing(as_charlie: Client, charlie: User, team: Team) -> None:
    account = make_account(team)
    own = charlie.teams.get()

    answers = [
        as_charlie.get(reverse("account-list", args=[team.pk])),
        as_charlie.get(address("account-edit", account)),
        as_charlie.post(reverse("account-add", args=[team.pk, "somark"]), SOMARK),
        # by way of a team of the stranger's own
        as_charlie.get(reverse("account-edit", args=[own.pk, account.pk])),
        *(
            as_charlie.post(reverse(f"account-{act}", args=[own.pk, account.pk]))
            for act in ("test", "resume", "delete")
        ),
    ]

    assert [answer.status_code for answer in answers] == [404] * 7
    assert ProviderAccount.objects.count() == 1


def test_the_test_says_in_a_sentence_whether_the_provider_answers(
    as_alice: Client, team: Team, settings: Settings
) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True
    with FakeDocmap() as fake:
        right = make_account(team, provider=Provider.DOCMAP, name="DocMap", base_url=fake.url)
        as_alice.post(address("account-edit", right), DOCMAP | {"base_url": fake.url})
        good = as_alice.post(address("account-test", right), headers={"HX-Request": "true"})
        as_alice.post(address("account-edit", right), DOCMAP | {"base_url": fake.url, "key": "dm_live_wrong_one"})
        bad = as_alice.post(address("account-test", right), headers={"HX-Request": "true"})
        plain = as_alice.post(address("account-test", right))

    assert good.templates[0].name == "extraction/_account_state.html"
    assert "The test went well." in good.content.decode() and "extractions left." in good.content.decode()
    assert "Ready" in good.content.decode()
    assert "The provider refused the key." in bad.content.decode()
    assert "Test failed" in bad.content.decode() and "Ready" not in bad.content.decode()
    assert plain["Location"] == address("account-edit", right)


def test_a_good_test_after_a_refused_key_names_the_way_on(
    as_alice: Client, as_bob: Client, team: Team, settings: Settings
) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True
    with FakeDocmap() as fake:
        account = make_account(team, provider=Provider.DOCMAP, name="DocMap", base_url=fake.url)
        as_alice.post(address("account-edit", account), DOCMAP | {"base_url": fake.url})
        as_alice.post(address("account-test", account))
        account.refresh_from_db()
        pause_account(account=account, error=AccountRefused())
        earlier = as_alice.get(address("account-edit", account)).content.decode()
        now = as_alice.post(address("account-test", account), headers={"HX-Request": "true"}).content.decode()
        member = as_bob.get(reverse("account-list", args=[team.pk])).content.decode()

    way_on = "The test went well: “Resume” sends the documents that wait."
    assert "The test went well." in earlier and way_on not in earlier
    assert way_on in now and address("account-resume", account) in now
    assert "The test went well." in member and way_on not in member


def test_pausing_holds_documents_and_the_banner_tells_everybody(as_alice: Client, as_bob: Client, team: Team) -> None:
    account = make_account(team)
    held = waiting_range(account, "held.pdf")

    as_alice.post(address("account-pause", account), {"next": "/documents/"})
    admin, member = (client.get("/documents/").content.decode() for client in (as_alice, as_bob))
    held.refresh_from_db()

    assert held.state == JobState.WAITING
    assert "SoMark is paused." in admin and "1 document waits." in admin
    assert address("account-resume", account) in admin
    assert "SoMark is paused." in member and address("account-resume", account) not in member


def test_resuming_goes_back_to_the_page_and_frees_the_documents(as_alice: Client, team: Team) -> None:
    account = make_account(team)
    held = waiting_range(account, "held.pdf")
    pause_account(account=account, error=None)

    answer = as_alice.post(address("account-resume", account), {"next": "/documents/"})
    elsewhere = as_alice.post(address("account-resume", account), {"next": "https://elsewhere.example/"})

    held.refresh_from_db()
    assert (answer["Location"], elsewhere["Location"], held.state) == ("/documents/", "/", JobState.QUEUED)
    assert "is paused" not in as_alice.get("/documents/").content.decode()


def test_deleting_says_first_how_many_documents_wait(as_alice: Client, team: Team) -> None:
    account = make_account(team)
    waiting_range(account, "one.pdf")
    waiting_range(account, "other.pdf")

    asked = as_alice.get(address("account-delete", account)).content.decode()
    answer = as_alice.post(address("account-delete", account), follow=True)

    assert "2 documents wait for it" in asked
    assert "SoMark is deleted." in answer.content.decode()
    assert not ProviderAccount.objects.filter(pk=account.pk).exists()


def test_the_month_is_shown_against_the_budget(as_alice: Client, team: Team) -> None:
    account = make_account(team, monthly_budget=5000)
    AccountUsage.objects.create(account=account, month=month_of(timezone.now()), calls=9, pages=1204)
    AccountUsage.objects.create(account=account, month="2020-01", pages=77)

    page = as_alice.get(reverse("account-list", args=[team.pk])).content.decode()

    assert "1,204 pages this month" in page and '<progress max="5000" value="1204"' in page


def test_a_models_month_has_a_cost(team: Team) -> None:
    account = make_account(team, provider=Provider.CHAT, name="Small", input_price="0.5", output_price="2")
    AccountUsage.objects.create(
        account=account, month=month_of(timezone.now()), input_tokens=1_000_000, output_tokens=500_000
    )

    row = accounts_of(team)[0]

    assert (row.used_units, row.cost) == (1_500_000, 1.5)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(
    as_alice: Client, team: Team, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        account = make_account(team, name=f"SoMark {number}")
        ProviderAccount.objects.filter(pk=account.pk).update(pause=Pause.KEY_REFUSED)

    with django_assert_num_queries(11):
        as_alice.get(reverse("account-list", args=[team.pk]))


def test_a_team_chooses_its_readers_but_never_a_model_for_all(as_alice: Client, team: Team) -> None:
    somark = make_account(team)
    docmap = make_account(team, provider=Provider.DOCMAP, name="DocMap")
    model = make_account(team, provider=Provider.CHAT, name="Small")
    settings_of = {"name": "Accounts", "language": "en", "time_zone": "UTC", "parse_account": somark.pk}

    refused = as_alice.post(reverse("team-settings", args=[team.pk]), settings_of | {"extract_account": model.pk})
    taken = as_alice.post(reverse("team-settings", args=[team.pk]), settings_of | {"extract_account": docmap.pk})

    team.refresh_from_db()
    assert (refused.status_code, taken.status_code) == (422, 302)
    assert (team.parse_account, team.extract_account) == (somark, docmap)
