from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from extraction.choices import JobState, Lane, Pause
from extraction.models import PageRange, ProviderAccount, Team
from extraction.services.accounts import embedded_account
from extraction.services.admission import (
    note_answer,
    note_busy,
    note_outage,
    ready_accounts,
    take_call,
    under_way,
)
from extraction.services.budgets import count_usage
from extraction.types import CallUsage
from tests.factories import make_team
from tests.services.account_rows import make_account, make_range


@pytest.fixture
def account(team: Team) -> ProviderAccount:
    return make_account(team)


def change(account: ProviderAccount, **columns: Any) -> ProviderAccount:
    ProviderAccount.objects.filter(pk=account.pk).update(**columns)
    account.refresh_from_db()
    return account


def soon(**delta: float) -> datetime:
    return timezone.now() + timedelta(**delta)


def is_ready(account: ProviderAccount) -> bool:
    return ready_accounts().filter(pk=account.pk).exists()


def test_a_call_takes_the_slot_of_its_second(account: ProviderAccount) -> None:
    assert take_call(account, new=False)
    assert not take_call(account, new=False)
    assert not is_ready(account)

    change(account, next_call_at=timezone.now())

    assert take_call(account, new=True)


def test_slots_follow_each_other_at_the_accounts_rate(account: ProviderAccount) -> None:
    change(account, calls_per_second=4.0)

    take_call(account, new=False)

    account.refresh_from_db()
    assert 0.1 < (account.next_call_at - timezone.now()).total_seconds() <= 0.25


def test_the_embedded_engine_is_no_account_to_call(team: Team) -> None:
    embedded_account(team)

    assert not ready_accounts().exists()


@pytest.mark.parametrize("pause", Pause.values)
def test_a_paused_account_takes_nothing_new(account: ProviderAccount, pause: str) -> None:
    change(account, pause=pause)
    finishes = pause in (Pause.QUOTA_USED_UP, Pause.BUDGET_SPENT)

    assert not take_call(account, new=True)
    assert is_ready(account) == finishes
    assert take_call(account, new=False) == finishes


def test_no_more_documents_than_allowed_are_under_way(account: ProviderAccount) -> None:
    change(account, parallel=2, calls_per_second=1000.0)
    make_range(account, sent=True)
    make_range(account, sent=True, state=JobState.WAITING)
    make_range(account, sent=True, lane=Lane.CPU)
    make_range(account, sent=True, state=JobState.DONE)
    make_range(account)
    room = take_call(account, new=True)
    make_range(account, sent=True, state=JobState.RUNNING)

    change(account, next_call_at=timezone.now())

    assert under_way(account) == 2
    assert room
    assert not take_call(account, new=True)
    assert take_call(account, new=False)


def test_a_refused_place_leaves_the_slot_to_others(account: ProviderAccount) -> None:
    change(account, parallel=1)
    make_range(account, sent=True)

    take_call(account, new=True)

    assert is_ready(account)


def test_a_spent_budget_pauses_until_the_next_month(account: ProviderAccount) -> None:
    change(account, monthly_budget=3)
    job = make_range(account)
    count_usage(account, CallUsage(extractions=2))
    before = take_call(account, new=True)
    count_usage(account, CallUsage(extractions=1))
    change(account, next_call_at=timezone.now())

    after = take_call(account, new=True)

    account.refresh_from_db()
    job.refresh_from_db()
    assert (before, after, account.pause) == (True, False, Pause.BUDGET_SPENT)
    assert (account.resume_at.day, account.resume_at > timezone.now()) == (1, True)
    assert (job.state, job.error_class) == (JobState.WAITING, "budget_spent")


def test_an_account_rests_after_outages_in_a_row(account: ProviderAccount, settings: Settings) -> None:
    settings.GALLEY_BACKOFF_SECONDS = 60
    waits = [(note_outage(account, None) - timezone.now()).total_seconds() for _ in range(2)]
    before = is_ready(account)

    wake_at = note_outage(account, None)

    account.refresh_from_db()
    assert before
    assert (account.breaker_failures, account.breaker_until) == (3, wake_at)
    assert not is_ready(account)
    assert not take_call(account, new=False)
    for seconds, expected in zip([*waits, (wake_at - timezone.now()).total_seconds()], (2, 4, 8), strict=True):
        assert expected * 0.79 < seconds < expected * 1.21


def test_failures_of_calls_that_were_under_way_together_are_one_rest(account: ProviderAccount) -> None:
    for _ in range(16):
        note_outage(account, None)

    account.refresh_from_db()
    assert account.breaker_failures == 3


def rested(account: ProviderAccount, failures: int = 3) -> ProviderAccount:
    return change(account, breaker_failures=failures, breaker_until=soon(seconds=-1), calls_per_second=1000.0)


def test_after_the_rest_one_call_tries(account: ProviderAccount) -> None:
    rested(account)

    tried = take_call(account, new=False)
    change(account, next_call_at=timezone.now())

    assert tried
    assert not take_call(account, new=False)
    assert not is_ready(account)


def test_an_answer_ends_the_rest_for_all(account: ProviderAccount) -> None:
    take_call(rested(account), new=False)

    note_answer(account)

    account.refresh_from_db()
    assert (account.breaker_failures, account.breaker_until) == (0, None)
    assert take_call(change(account, next_call_at=timezone.now()), new=False)


def test_a_try_that_fails_makes_the_rest_longer_up_to_the_cap(account: ProviderAccount, settings: Settings) -> None:
    settings.GALLEY_BACKOFF_SECONDS = 20
    rests = []
    for failures in (3, 4, 9):
        take_call(rested(account, failures), new=False)
        rests.append((note_outage(account, None) - timezone.now()).total_seconds())
        account.refresh_from_db()
        assert account.breaker_failures == failures + 1

    for seconds, expected in zip(rests, (16, 20, 20), strict=True):
        assert expected * 0.79 < seconds < expected * 1.21


def test_a_try_that_is_never_heard_of_again_is_followed_by_another(account: ProviderAccount) -> None:
    take_call(rested(account), new=False)
    change(account, breaker_until=soon(seconds=-1), next_call_at=timezone.now())

    assert take_call(account, new=False)


def test_a_provider_that_names_a_time_is_asked_then(account: ProviderAccount) -> None:
    assert 99 < (note_outage(account, 100.0) - timezone.now()).total_seconds() < 101
    assert (note_outage(account, 10.0**9) - timezone.now()).total_seconds() < 3601


def test_a_busy_provider_slows_the_account_and_is_no_outage(account: ProviderAccount) -> None:
    note_outage(account, None)

    wake_at = note_busy(account, 7.0)

    account.refresh_from_db()
    assert (account.breaker_failures, account.next_call_at) == (0, wake_at)
    assert 6.9 < (wake_at - timezone.now()).total_seconds() <= 7.0


def test_a_deleted_account_takes_nothing_and_troubles_nobody(account: ProviderAccount) -> None:
    gone = ProviderAccount.objects.get(pk=account.pk)
    account.delete()

    assert not take_call(gone, new=True)
    assert not take_call(gone, new=False)
    note_answer(gone)
    assert note_outage(gone, None) > timezone.now()


def at_once(work: Callable[[int], Any], threads: int) -> None:
    """Each on a connection of its own, let go together."""
    start = threading.Barrier(threads)

    def run(number: int) -> None:
        try:
            start.wait()
            work(number)
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_race_for_a_slot_one_gets_it() -> None:
    account = make_account(make_team())
    taken: list[bool] = []

    at_once(lambda _: taken.append(take_call(ProviderAccount.objects.get(pk=account.pk), new=False)), 4)

    assert sorted(taken) == [False, False, False, True]


@pytest.mark.django_db(transaction=True)
def test_those_who_race_for_the_last_place_do_not_go_over_the_limit() -> None:
    account = make_account(make_team(), parallel=2, calls_per_second=10_000.0)
    jobs = [make_range(account, state=JobState.RUNNING) for _ in range(6)]

    def submit(number: int) -> None:
        mine = ProviderAccount.objects.get(pk=account.pk)
        for _ in range(20):
            with transaction.atomic():
                if take_call(mine, new=True):
                    PageRange.objects.filter(pk=jobs[number].pk).update(submit_key="0" * 31 + str(number))
                    return

    at_once(submit, 6)

    assert under_way(account) == 2


@pytest.mark.django_db(transaction=True)
def test_of_those_who_race_after_a_rest_one_tries() -> None:
    account = rested(make_account(make_team()))
    taken: list[bool] = []

    at_once(lambda _: taken.append(take_call(ProviderAccount.objects.get(pk=account.pk), new=False)), 4)

    assert sorted(taken) == [False, False, False, True]
