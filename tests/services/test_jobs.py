from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from extraction.choices import JOB_NEXT, JobState
from extraction.errors import Cancelled, LostLease
from extraction.models import PageRange, Parse, ParsedPage, Team
from extraction.services.jobs import Lease, Stopped, claim, held, move, step
from tests.factories import make_document


@pytest.fixture
def job(team: Team) -> PageRange:
    parse = Parse.objects.create(document=make_document(team))
    return PageRange.objects.create(parse=parse, first=1, last=1)


def due() -> Iterator[PageRange]:
    return PageRange.objects.due().order_by("pk")


def let_the_lease_run_out(job: PageRange) -> None:
    PageRange.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_claim_takes_a_job_once_and_raises_its_fence(job: PageRange) -> None:
    first, second = claim(due()), claim(due())

    assert (first.pk, first.state, first.fence) == (job.pk, JobState.RUNNING, 1)
    assert first.lease_until > timezone.now()
    assert second is None


def test_claim_of_a_job_that_is_deleted_at_the_same_moment_takes_the_next(job: PageRange) -> None:
    other = PageRange.objects.create(parse=job.parse, first=2, last=2)

    def delete_after_claim(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if sql.startswith("UPDATE") and PageRange.objects.filter(pk=job.pk, fence=1).exists():
            PageRange.objects.filter(pk=job.pk).delete()
        return result

    with connection.execute_wrapper(delete_after_claim):
        claimed = claim(due())

    assert claimed == other


def test_claim_leaves_what_sleeps(job: PageRange) -> None:
    PageRange.objects.filter(pk=job.pk).update(wake_at=timezone.now() + timedelta(seconds=60))

    assert claim(due()) is None


def test_lease_that_ran_out_makes_the_job_due_again(job: PageRange) -> None:
    claim(due())
    let_the_lease_run_out(job)

    successor = claim(due())

    assert (successor.pk, successor.fence, successor.failures) == (job.pk, 2, 1)


def test_stalled_worker_cannot_write_over_its_successor(job: PageRange) -> None:
    stalled = Lease(claim(due()))
    let_the_lease_run_out(job)
    successor = Lease(claim(due()))

    with pytest.raises(LostLease):
        stalled.renew(progress_done=7)
    with pytest.raises(LostLease):
        stalled.look()
    with pytest.raises(LostLease):
        step(stalled.job, JobState.DONE)
    successor.renew(progress_done=1)
    step(successor.job, JobState.DONE)

    job.refresh_from_db()
    assert (job.state, job.progress_done, job.fence) == (JobState.DONE, 1, 2)


def test_job_that_ended_takes_no_further_step(job: PageRange) -> None:
    mine = claim(due())
    step(mine, JobState.DONE)

    with pytest.raises(LostLease):
        step(mine, JobState.FAILED)


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("to", JobState)
def test_move_allows_the_declared_steps_only(job: PageRange, state: JobState, to: JobState) -> None:
    rows = PageRange.objects.filter(pk=job.pk)
    rows.update(state=state)

    moved = move(rows, to)

    job.refresh_from_db()
    allowed = to in JOB_NEXT[state]
    assert (moved, job.state) == ((1, to) if allowed else (0, state))


def test_look_says_that_somebody_cancelled(job: PageRange) -> None:
    lease = Lease(claim(due()))
    PageRange.objects.filter(pk=job.pk).update(cancel_requested=True)

    with pytest.raises(Cancelled):
        lease.look()


def test_look_says_that_the_worker_ends(job: PageRange) -> None:
    stop = threading.Event()
    lease = Lease(claim(due()), stop=stop)
    lease.look()
    stop.set()

    with pytest.raises(Stopped):
        lease.look()


def test_letting_go_keeps_the_job_running_for_others(job: PageRange) -> None:
    lease = Lease(claim(due()))

    lease.let_go()

    job.refresh_from_db()
    assert (job.state, job.lease_until) == (JobState.RUNNING, None)
    assert not held(lease.job).exists()
    assert claim(due()) is None
    assert not ParsedPage.objects.exists()
