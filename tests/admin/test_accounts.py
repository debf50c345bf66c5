from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from extraction.choices import JobState, Pause, Provider
from extraction.models import PageRange, ProviderAccount, ProviderChoice, ReviewEvent, Team, User
from extraction.services.accounts import embedded_account
from extraction.services.budgets import count_usage
from extraction.services.secrets import decrypt
from extraction.services.templates import install_ready_made
from extraction.types import CallUsage
from tests.factories import make_team, make_user
from tests.providers.small_docmap import RIGHT_KEY, small_docmap
from tests.providers.sockets import Wire
from tests.services.account_rows import make_account, make_range

LIST = "admin:extraction_provideraccount_changelist"
CHANGE = "admin:extraction_provideraccount_change"


@pytest.fixture
def root(db: None) -> User:
    return make_user("root", is_staff=True, is_superuser=True)


@pytest.fixture
def as_root(root: User) -> Client:
    client = Client()
    client.force_login(root)
    return client


@pytest.fixture
def docmap(settings: Settings) -> Iterator[Wire]:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True
    with small_docmap() as wire:
        yield wire


def act(client: Client, name: str, *accounts: ProviderAccount) -> str:
    data = {"action": name, "_selected_action": [account.pk for account in accounts]}
    return client.post(reverse(LIST), data, follow=True).content.decode()


def form_of(**changes: Any) -> dict[str, Any]:
    return {
        "name": "DocMap",
        "base_url": "https://docmap.test",
        "key": "",
        "path_family": "parse",
        "calls_per_second": 1.0,
        "parallel": 4,
    } | changes


def test_a_new_account_is_kept_and_told(as_root: Client, root: User, team: Team) -> None:
    data = form_of(team=team.pk, provider=Provider.SOMARK, name="SoMark", key=RIGHT_KEY)

    as_root.post(reverse("admin:extraction_provideraccount_add"), data)

    account = ProviderAccount.objects.get()
    event = ReviewEvent.objects.get()
    assert (account.name, account.provider, decrypt(account.secret)) == ("SoMark", Provider.SOMARK, RIGHT_KEY)
    assert (event.who, event.what) == (root, "account_created")


def test_the_key_is_written_and_never_shown(as_root: Client, team: Team) -> None:
    account = make_account(team, key=RIGHT_KEY)
    page = as_root.get(reverse(CHANGE, args=[account.pk])).content.decode()

    kept = as_root.post(reverse(CHANGE, args=[account.pk]), form_of(parallel=9))
    account.refresh_from_db()
    before = (account.parallel, decrypt(account.secret))
    as_root.post(reverse(CHANGE, args=[account.pk]), form_of(key="dm_live_another_one"))

    account.refresh_from_db()
    assert 'type="password" name="key"' in page
    assert RIGHT_KEY not in page and account.secret not in page
    assert (kept.status_code, before) == (302, (9, RIGHT_KEY))
    assert decrypt(account.secret) == "dm_live_another_one"


@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": "docmap.test"},
        {"base_url": "https://me:secret@docmap.test"},
        {"key": "with space"},
        {"key": "密钥"},
        {"name": "Taken"},
        {"calls_per_second": 0},
    ],
)
def test_what_cannot_be_is_refused(as_root: Client, team: Team, changes: dict[str, Any]) -> None:
    account = make_account(team, key=RIGHT_KEY)
    make_account(team, name="Taken")

    answer = as_root.post(reverse(CHANGE, args=[account.pk]), form_of(**changes))

    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_the_test_says_what_the_provider_says(as_root: Client, team: Team, docmap: Wire) -> None:
    right = make_account(team, name="Right", key=RIGHT_KEY, base_url=docmap.root)
    wrong = make_account(team, name="Wrong", key="dm_live_wrong", base_url=docmap.root)

    html = act(as_root, "ask", right, wrong, embedded_account(team))

    assert "Right: The test went well; 460 left." in html
    assert "Wrong: The provider refused the key." in html
    assert "Embedded engine: The test went well." in html


def test_pausing_and_resuming_moves_the_documents(as_root: Client, team: Team) -> None:
    account = make_account(team)
    job = make_range(account)

    html = act(as_root, "hold", account, embedded_account(team))
    paused = (ProviderAccount.objects.get(pk=account.pk).pause, PageRange.objects.get(pk=job.pk).state)
    act(as_root, "resume", account)

    assert "DocMap is paused. Its documents wait." in html
    assert paused == (Pause.BY_PERSON, JobState.WAITING)
    assert ProviderAccount.objects.get(pk=account.pk).pause == ""
    assert PageRange.objects.get(pk=job.pk).state == JobState.QUEUED


def test_the_list_shows_the_month_in_a_constant_number_of_queries(
    as_root: Client, team: Team, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for number in (1, 2, 3):
        account = make_account(make_team(f"Team{number}"), monthly_budget=500)
        count_usage(account, CallUsage(extractions=7))
        as_root.get(reverse(LIST))
        with django_assert_max_num_queries(40) as queries:
            html = as_root.get(reverse(LIST)).content.decode()
        counts.append(len(queries))

    assert "7 / 500" in html
    assert len(set(counts)) == 1


def test_the_embedded_engine_is_only_looked_at(as_root: Client, team: Team) -> None:
    account = embedded_account(team)

    assert as_root.get(reverse(CHANGE, args=[account.pk])).status_code == 200
    assert as_root.post(reverse(CHANGE, args=[account.pk]), form_of()).status_code == 403
    assert as_root.get(reverse("admin:extraction_provideraccount_delete", args=[account.pk])).status_code == 403


def test_deleting_is_told(as_root: Client, team: Team) -> None:
    account = make_account(team)

    as_root.post(reverse("admin:extraction_provideraccount_delete", args=[account.pk]), {"post": "yes"})

    assert not ProviderAccount.objects.exists()
    assert ReviewEvent.objects.get().what == "account_deleted"


def test_a_choice_offers_the_accounts_of_its_team(as_root: Client, team: Team) -> None:
    own, other = make_account(team, name="Own"), make_account(make_team("Other"), name="Foreign")
    choice = ProviderChoice.objects.create(template=install_ready_made(team)[0])

    html = as_root.get(reverse("admin:extraction_providerchoice_change", args=[choice.pk])).content.decode()

    assert (own.name in html, other.name in html) == (True, False)
