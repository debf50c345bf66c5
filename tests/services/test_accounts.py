from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from extraction.choices import JobState, Lane, Pause, Provider
from extraction.errors import AccountRefused, StepNotAllowed
from extraction.models import AccountUsage, PageRange, ProviderAccount, ReviewEvent, Team, User
from extraction.services.accounts import (
    delete_account,
    embedded_account,
    endpoint_of,
    pause_account,
    resume_account,
    resume_due_accounts,
    save_account,
    test_account,
)
from extraction.services.budgets import count_usage, used_units
from extraction.services.clients import extractor_client, parser_client
from extraction.services.remote_work import keep_house
from extraction.services.secrets import SecretUnreadable, decrypt, encrypt
from extraction.types import CallUsage, Endpoint, month_of
from tests.providers.small_docmap import RIGHT_KEY, small_docmap
from tests.providers.sockets import Wire
from tests.services.account_rows import make_account, make_range

WRONG_KEY = "dm_live_wrong_wrong_wrong"


@pytest.fixture(autouse=True)
def providers_on_this_machine(settings: Settings) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True


@pytest.fixture
def docmap() -> Iterator[Wire]:
    with small_docmap() as wire:
        yield wire


@pytest.fixture
def account(team: Team) -> ProviderAccount:
    return make_account(team, key=RIGHT_KEY)


def job_of(account: ProviderAccount, **columns: object) -> tuple[str, str, dict[str, object]]:
    job = PageRange.objects.get(account=account, **columns)
    return job.state, job.error_class, job.error_params


def test_a_key_is_encrypted_and_opened_again(settings: Settings) -> None:
    secret = encrypt("sk-發票")

    assert "sk-" not in secret
    assert decrypt(secret) == "sk-發票"


def test_a_key_of_before_is_opened_and_a_lost_one_is_not(settings: Settings) -> None:
    before = settings.GALLEY_PROVIDER_KEY
    secret = encrypt("sk-1")
    settings.GALLEY_PROVIDER_KEY, settings.GALLEY_PROVIDER_KEY_OLD = "another", before
    opened = decrypt(secret)
    settings.GALLEY_PROVIDER_KEY_OLD = ""

    with pytest.raises(SecretUnreadable) as caught:
        decrypt(secret)

    assert opened == "sk-1"
    assert caught.value.code == "key_unreadable"


def test_rotating_encrypts_every_key_anew_and_names_those_that_nobody_can_read(
    team: Team, settings: Settings, account: ProviderAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    make_account(team, name="Without a key")
    make_account(team, name="Lost", secret="gAAAAAB-not-ours")
    settings.GALLEY_PROVIDER_KEY, settings.GALLEY_PROVIDER_KEY_OLD = "new", settings.GALLEY_PROVIDER_KEY

    with pytest.raises(CommandError, match=r"Lost \(Accounts\)"):
        call_command("rotate_provider_key")
    settings.GALLEY_PROVIDER_KEY_OLD = ""

    account.refresh_from_db()
    assert decrypt(account.secret) == RIGHT_KEY
    assert capsys.readouterr().out.startswith("1 keys ")


def test_the_embedded_engine_is_one_account_of_the_team(team: Team) -> None:
    account = embedded_account(team)

    assert embedded_account(team) == account
    assert (account.name, account.is_embedded) == ("Embedded engine", True)


def test_the_embedded_engine_finds_a_name_beside_one_of_its_own(team: Team) -> None:
    make_account(team, name="Embedded engine")

    assert embedded_account(team).name == "Galley: Embedded engine"


def test_an_endpoint_has_the_key_and_the_operators_word_on_private_addresses(account: ProviderAccount) -> None:
    assert endpoint_of(account) == Endpoint("https://docmap.test", RIGHT_KEY, "parse", "", allow_private=True)
    assert RIGHT_KEY not in repr(endpoint_of(account))


def test_a_new_account_is_kept_with_its_key_and_told_without_it(team: Team, alice: User) -> None:
    account = ProviderAccount(
        team=team, provider=Provider.CHAT, name="Model", base_url="https://m", input_price=Decimal(2)
    )

    save_account(account=account, key=RIGHT_KEY, by=alice)

    account.refresh_from_db()
    event = ReviewEvent.objects.get()
    assert (decrypt(account.secret), account.key_hint) == (RIGHT_KEY, "cdef")
    assert (event.team, event.who, event.what, event.subject) == (team, alice, "account_created", "Model")
    assert event.after["base_url"] == "https://m"
    assert RIGHT_KEY not in json.dumps([event.before, event.after])
    assert account.secret not in json.dumps([event.before, event.after])


def test_saving_without_a_key_keeps_it_and_what_workers_wrote(alice: User, account: ProviderAccount) -> None:
    form = ProviderAccount.objects.get(pk=account.pk)
    later = timezone.now() + timedelta(hours=1)
    ProviderAccount.objects.filter(pk=account.pk).update(next_call_at=later, pause=Pause.BY_PERSON)

    form.parallel = 9
    save_account(account=form, key=None, by=alice)

    account.refresh_from_db()
    event = ReviewEvent.objects.get()
    assert (account.parallel, account.next_call_at, account.pause) == (9, later, Pause.BY_PERSON)
    assert decrypt(account.secret) == RIGHT_KEY
    assert (event.what, event.before, event.after) == ("account_changed", {"parallel": 4}, {"parallel": 9})


def test_a_key_does_not_move_to_another_host(alice: User, account: ProviderAccount) -> None:
    account.base_url = "https://docmap.test/v2"
    save_account(account=account, key=None, by=alice)
    account.base_url = "https://DocMap.test/v2"
    save_account(account=account, key=None, by=alice)
    same_host = account.secret
    account.base_url = "https://elsewhere.test"

    save_account(account=account, key=None, by=alice)

    assert decrypt(same_host) == RIGHT_KEY
    assert (account.secret, account.key_hint) == ("", "")
    assert ReviewEvent.objects.first().after == {"base_url": "https://elsewhere.test", "key": ""}


def test_saving_without_a_change_leaves_no_trace(alice: User, account: ProviderAccount) -> None:
    save_account(account=account, key="", by=alice)

    assert not ReviewEvent.objects.exists()


def test_a_short_key_shows_nothing_of_itself(team: Team, alice: User) -> None:
    account = save_account(account=make_account(team), key="secret", by=alice)

    assert account.key_hint == ""


def test_a_test_keeps_what_the_provider_says(team: Team, docmap: Wire) -> None:
    account = make_account(team, key=RIGHT_KEY, base_url=docmap.root)

    status = test_account(account=account)

    account.refresh_from_db()
    assert (status.ok, status.remaining) == (True, 460)
    assert account.status["ok"] is True
    assert account.status["remaining"] == 460
    assert account.status["details"]["plan"] == "pro"
    assert timezone.now() - account.checked_at < timedelta(seconds=10)


def test_a_test_with_a_wrong_key_says_so_and_pauses_nothing(team: Team, docmap: Wire) -> None:
    account = make_account(team, key=WRONG_KEY, base_url=docmap.root)

    status = test_account(account=account)

    account.refresh_from_db()
    assert (status.ok, status.code) == (False, "key_refused")
    assert (account.status["ok"], account.status["code"], account.pause) == (False, "key_refused", "")
    assert WRONG_KEY not in json.dumps(account.status)


def test_a_new_key_is_not_tested_yet(team: Team, alice: User, docmap: Wire) -> None:
    account = make_account(team, key=WRONG_KEY, base_url=docmap.root)
    test_account(account=account)

    renamed = save_account(account=account, key=None, by=alice)
    kept = renamed.checked_at
    changed = save_account(account=account, key=RIGHT_KEY, by=alice)

    assert kept is not None
    assert (changed.checked_at, changed.status) == (None, {})


def test_a_test_of_a_key_that_nobody_can_read_says_so(team: Team) -> None:
    account = make_account(team, secret="gAAAAAB-not-ours")

    assert test_account(account=account).code == "key_unreadable"
    assert account.status["code"] == "key_unreadable"


def test_a_test_of_a_private_address_says_so(team: Team, docmap: Wire, settings: Settings) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = False
    account = make_account(team, key=RIGHT_KEY, base_url=docmap.root)

    test_account(account=account)

    assert (account.status["code"], account.status["params"]) == ("private_address", {"host": "localhost"})
    assert docmap.connections == 0


def test_a_refused_key_makes_documents_wait_and_the_right_one_lets_them_go_on(
    team: Team, alice: User, docmap: Wire
) -> None:
    account = make_account(team, key=WRONG_KEY, base_url=docmap.root)
    make_range(account)
    done = make_range(account, state=JobState.DONE)

    pause_account(account=account, error=AccountRefused("401", code="key_refused", problem="Invalid API key"))
    waiting = job_of(account, state=JobState.WAITING)
    save_account(account=account, key="dm_live_wrong_again", by=alice)
    still = ProviderAccount.objects.get(pk=account.pk).pause
    save_account(account=account, key=RIGHT_KEY, by=alice)

    account.refresh_from_db()
    assert waiting == (JobState.WAITING, "key_refused", {"problem": "Invalid API key"})
    assert (still, account.pause, account.pause_params, account.paused_at) == (Pause.KEY_REFUSED, "", {}, None)
    assert job_of(account, state=JobState.QUEUED) == (JobState.QUEUED, "", {})
    assert PageRange.objects.get(pk=done.pk).state == JobState.DONE
    assert [event.what for event in ReviewEvent.objects.order_by("pk")] == [
        "account_paused",
        "account_changed",
        "account_changed",
        "account_resumed",
    ]


def test_a_pause_leaves_other_accounts_and_this_machines_work_alone(team: Team, account: ProviderAccount) -> None:
    other = make_range(make_account(team, name="Other"))
    local = make_range(account, lane=Lane.CPU)
    running = make_range(account, state=JobState.RUNNING)

    pause_account(account=account, error=None)

    states = dict(PageRange.objects.values_list("pk", "state"))
    assert states == {other.pk: JobState.QUEUED, local.pk: JobState.QUEUED, running.pk: JobState.RUNNING}


def test_a_person_pauses_and_resumes(account: ProviderAccount, alice: User) -> None:
    make_range(account)

    pause_account(account=account, error=None, by=alice)
    paused = (account.pause, job_of(account)[:2])
    resume_account(account=account, by=alice)

    assert paused == (Pause.BY_PERSON, (JobState.WAITING, "paused_by_person"))
    assert (account.pause, job_of(account)[:2]) == ("", (JobState.QUEUED, ""))
    events = ReviewEvent.objects.order_by("pk")
    assert [(event.what, event.who) for event in events] == [("account_paused", alice), ("account_resumed", alice)]


def test_a_persons_pause_is_not_turned_into_another(account: ProviderAccount, alice: User) -> None:
    pause_account(account=account, error=None, by=alice)

    pause_account(account=account, error=AccountRefused(code="quota_used_up", problem="", resume_at=timezone.now()))

    assert ProviderAccount.objects.get().pause == Pause.BY_PERSON
    assert resume_due_accounts() == 0


def test_what_was_said_of_an_old_key_is_not_heard(account: ProviderAccount, alice: User) -> None:
    called_with = ProviderAccount.objects.get(pk=account.pk)
    save_account(account=account, key="dm_live_another_one", by=alice)

    pause_account(account=called_with, error=AccountRefused(code="key_refused"))

    assert ProviderAccount.objects.get().pause == ""


def test_several_refusals_are_one_pause(account: ProviderAccount) -> None:
    for _ in range(3):
        pause_account(account=account, error=AccountRefused(code="key_refused"))

    assert ReviewEvent.objects.count() == 1


def test_a_key_that_nobody_can_read_pauses_as_a_refused_one(account: ProviderAccount) -> None:
    pause_account(account=account, error=SecretUnreadable())

    assert ProviderAccount.objects.get().pause == Pause.KEY_REFUSED


def test_accounts_go_on_by_themselves_when_their_time_has_come(team: Team, account: ProviderAccount) -> None:
    now = timezone.now()
    tomorrow = make_account(team, name="Tomorrow")
    for paused, resume_at in ((account, now - timedelta(seconds=1)), (tomorrow, now + timedelta(days=1))):
        make_range(paused)
        pause_account(account=paused, error=AccountRefused(code="quota_used_up", resume_at=resume_at, problem="0 left"))

    assert resume_due_accounts() == 1
    assert (job_of(account)[0], job_of(tomorrow)[0]) == (JobState.QUEUED, JobState.WAITING)
    assert resume_due_accounts() == 0


def test_jobs_that_missed_a_pause_or_its_end_are_brought_into_line(team: Team, account: ProviderAccount) -> None:
    pause_account(account=account, error=AccountRefused(code="quota_used_up", problem="0 left"))
    make_range(account)
    free = make_account(team, name="Free")
    make_range(free, state=JobState.WAITING, error_class="key_refused")
    unknown = make_range(free, state=JobState.WAITING, error_class="fate_unknown")

    keep_house()

    assert job_of(account) == (JobState.WAITING, "quota_used_up", {"problem": "0 left"})
    assert list(free_states(free)) == [(JobState.QUEUED, ""), (JobState.WAITING, "fate_unknown")]
    assert PageRange.objects.get(pk=unknown.pk).state == JobState.WAITING


def free_states(account: ProviderAccount) -> Iterator[tuple[str, str]]:
    yield from PageRange.objects.filter(account=account).order_by("pk").values_list("state", "error_class")


def test_a_raised_budget_lets_documents_go_on(account: ProviderAccount, alice: User) -> None:
    account.monthly_budget = 10
    account.save()
    count_usage(account, CallUsage(extractions=10))
    make_range(account)
    pause_account(account=account, error=AccountRefused(code="budget_spent"))

    account.monthly_budget = 10
    account.parallel = 5
    save_account(account=account, key=None, by=alice)
    unraised = ProviderAccount.objects.get(pk=account.pk).pause
    account.monthly_budget = 11
    save_account(account=account, key=None, by=alice)

    assert unraised == Pause.BUDGET_SPENT
    assert (ProviderAccount.objects.get().pause, job_of(account)[0]) == ("", JobState.QUEUED)


def test_usage_adds_up_in_the_month(team: Team) -> None:
    account = make_account(team, provider=Provider.CHAT)
    AccountUsage.objects.create(account=account, month="2020-01", input_tokens=1000)

    count_usage(account, CallUsage(calls=1, input_tokens=5))
    count_usage(account, CallUsage(calls=1, input_tokens=2, output_tokens=3))

    row = AccountUsage.objects.get(month=month_of(timezone.now()))
    assert (row.calls, row.input_tokens, row.output_tokens) == (2, 7, 3)
    assert used_units(account) == 10


def test_deleting_an_account_frees_its_jobs(account: ProviderAccount, alice: User) -> None:
    make_range(account)
    pause_account(account=account, error=AccountRefused(code="key_refused"))

    delete_account(account=account, by=alice)

    job = PageRange.objects.get()
    assert (job.account, job.state) == (None, JobState.QUEUED)
    assert ReviewEvent.objects.first().what == "account_deleted"


def test_the_embedded_engine_is_not_deleted(team: Team, alice: User) -> None:
    with pytest.raises(StepNotAllowed):
        delete_account(account=embedded_account(team), by=alice)


def test_a_client_is_kept_until_its_account_changes(account: ProviderAccount, alice: User) -> None:
    first, second = extractor_client(account), extractor_client(ProviderAccount.objects.get())
    save_account(account=account, key="dm_live_another_one", by=alice)
    third = extractor_client(account)

    assert first is second
    assert third is not first


def test_an_account_does_only_what_its_provider_can(account: ProviderAccount) -> None:
    with pytest.raises(ValueError, match="reads no documents"):
        parser_client(account)
