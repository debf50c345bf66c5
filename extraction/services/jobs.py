"""The rows are the queue: one conditional UPDATE claims a job, and only the holder of its fence may write."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from extraction.choices import FINISHING, JOB_ENDED, JOB_NEXT, JobState, Lane, Pause
from extraction.errors import Cancelled, GalleyError, LostLease
from extraction.models import Job, JobQuerySet, ProviderAccount

log = logging.getLogger("galley.jobs")
RENEW_SECONDS = 1.0
YIELD_SECONDS = 1.0
NO_ERROR: dict[str, Any] = {"error_class": "", "error_params": {}, "error_text": ""}


class Stopped(GalleyError):
    """The worker was asked to end, or more urgent work waits: give the job back at once."""

    code = "stopped"


def claim(due: JobQuerySet) -> Any:
    """Take the first of the due rows that nobody else takes, None without any; its new fence is ours.

    A lease that ran out counts as a failure: something may take its workers down. The time since then, or in this
    machine's queue, is none of the job's work.
    """
    for pk, fence, state, lane in due.values_list("pk", "fence", "state", "lane")[:8]:
        values = _claimed(fence, state, lane)
        if due.model.objects.due().filter(pk=pk, fence=fence, state=state).update(**values) != 1:
            continue
        # it may be gone with its document by now, or another worker's if we stood still for longer than the lease
        if job := due.model.objects.filter(pk=pk, fence=fence + 1).first():
            return job
    return None


def _claimed(fence: int, state: str, lane: str) -> dict[str, Any]:
    values = {
        "state": JobState.RUNNING,
        "fence": fence + 1,
        "lease_until": lease_end(),
        "wake_at": None,
        "started_at": Coalesce("started_at", timezone.now()),
    }
    if state == JobState.RUNNING:
        return values | {"failures": F("failures") + 1, "started_at": begun_after("lease_until")}
    if lane == Lane.CPU:
        values |= {"started_at": begun_after("waiting_since"), "waiting_since": None}
    return values


def begun_after(rested_since: str) -> Coalesce:
    """The beginning of the work, put off by what the job has rested since: its clock stood still meanwhile."""
    now = timezone.now()
    rest = ExpressionWrapper(Value(now, DateTimeField()) - F(rested_since), DurationField())
    put_off = ExpressionWrapper(F("started_at") + rest, DateTimeField())
    return Coalesce(put_off, F("started_at"), Value(now, DateTimeField()))


def lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.GALLEY_LEASE_SECONDS)


def allowed_from(to: JobState) -> list[JobState]:
    return [state for state, following in JOB_NEXT.items() if to in following]


def move(rows: QuerySet[Any], to: JobState, **columns: Any) -> int:
    """Step those of the rows whose state allows it, and say how many did; the lease ends with the step."""
    values: dict[str, Any] = {"state": to, "lease_until": None}
    if to in JOB_ENDED:
        values |= {"finished_at": timezone.now(), "wake_at": None, "waiting_since": None}
    if to is JobState.WAITING:
        values |= {"waiting_since": Coalesce("waiting_since", timezone.now()), "wake_at": None}
    if to is JobState.QUEUED:
        values |= _queued(columns.get("lane"))
    return rows.filter(state__in=allowed_from(to)).update(**values | columns)


def _queued(lane: Lane | None) -> dict[str, Any]:
    """In this machine's queue a job rests; at a provider it does not, unless `services.overdue` finds that it waits."""
    now = Value(timezone.now(), DateTimeField())
    here = [When(lane=Lane.CPU, then=now)] if lane is None else []
    going_on = When(state=JobState.RUNNING, then=F("waiting_since"))
    resting = Case(*here, going_on, default=None, output_field=DateTimeField())
    return {
        "waiting_since": now if lane == Lane.CPU else resting,
        "started_at": Case(
            # nothing was begun: nothing is put off
            When(started_at=None, then=None),
            When(state=JobState.WAITING, then=begun_after("waiting_since")),
            When(state__in=JOB_ENDED, then=None),
            default=F("started_at"),
            output_field=DateTimeField(),
        ),
    }


def hold_paused(rows: QuerySet[Any]) -> int:
    """Those of the rows that nobody works at and whose account is paused wait, and say why.

    A full account still answers for what it has.
    """
    nobodys = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=timezone.now())
    at_provider = Q(account__pause__in=FINISHING) & ~Q(remote_id="")
    held_back = rows.filter(nobodys, lane=Lane.REMOTE, account__pause__gt="").exclude(at_provider)
    accounts = ProviderAccount.objects.filter(pk__in=held_back.values("account")) if held_back.exists() else ()
    return sum(_hold(held_back.filter(account=account, account__pause=account.pause), account) for account in accounts)


def _hold(rows: QuerySet[Any], account: ProviderAccount) -> int:
    columns = {"error_class": account.pause, "error_params": account.pause_params, "error_text": ""}
    return move(rows, JobState.WAITING, **columns)


def free_resumed(rows: QuerySet[Any]) -> int:
    """Those that waited for an account that is paused no more, or gone, are queued again."""
    free = Q(account=None) | Q(account__pause="")
    waiting = rows.filter(free, state=JobState.WAITING, error_class__in=Pause.values)
    return move(waiting, JobState.QUEUED, **NO_ERROR) if waiting.exists() else 0


def seize(job: Job) -> bool:
    """In the transaction that ends it: take the job as it was seen from whoever has it; False where it has moved on."""
    seen = type(job)._default_manager.filter(pk=job.pk, fence=job.fence, state=job.state)
    if seen.update(state=JobState.RUNNING, fence=F("fence") + 1, lease_until=lease_end()) != 1:
        return False
    job.fence += 1
    job.state = JobState.RUNNING
    return True


def held(job: Job) -> QuerySet[Any]:
    """The job's row as long as the claim is still ours."""
    return type(job)._default_manager.filter(pk=job.pk, fence=job.fence, state=JobState.RUNNING)


def step(job: Job, to: JobState, **columns: Any) -> None:
    """End our claim with a step. Raises LostLease where it is ours no more."""
    if move(held(job), to, **columns) != 1:
        raise LostLease(f"{job} has another worker")


def error_columns(error: GalleyError) -> dict[str, Any]:
    return {"error_class": error.code, "error_params": error.params, "error_text": str(error)[:2000]}


class Lease[J: Job]:
    """A claim that is kept alive while its work goes on; shared with the thread that renews it."""

    def __init__(
        self, job: J, *, stop: threading.Event | None = None, has_to_yield: Callable[[J], bool] | None = None
    ) -> None:
        self.job = job
        self.lost = False
        self._has_to_yield = has_to_yield
        self._asked = time.monotonic()
        self._stop = stop or threading.Event()
        self._renewed = time.monotonic()

    @property
    def seconds_since_renewal(self) -> float:
        return time.monotonic() - self._renewed

    def renew(self, **columns: Any) -> None:
        """Renew, with progress or other columns in the same UPDATE. Raises LostLease."""
        if self.lost or held(self.job).update(lease_until=lease_end(), **columns) != 1:
            self.lost = True
            raise LostLease(f"{self.job} has another worker")
        self._renewed = time.monotonic()

    def let_go(self) -> None:
        """Leave the job running without a lease: others work for it now. A belated heartbeat finds another fence."""
        if held(self.job).update(lease_until=None, fence=F("fence") + 1) != 1:
            raise LostLease(f"{self.job} has another worker")
        self.lost = True

    def look(self) -> None:
        """Between pages: raises LostLease, Stopped where the job has to wait, Cancelled where somebody asked for it."""
        if self._stop.is_set() or self._is_overtaken():
            raise Stopped
        asked = held(self.job).values_list("cancel_requested", flat=True).first()
        if asked is None or self.lost:
            raise LostLease(f"{self.job} has another worker")
        if asked:
            raise Cancelled

    def _is_overtaken(self) -> bool:
        """Asked once a second, and not in a claim's first, so that every claim gets on."""
        if self._has_to_yield is None or time.monotonic() - self._asked < YIELD_SECONDS:
            return False
        self._asked = time.monotonic()
        return self._has_to_yield(self.job)


class Heart(threading.Thread):
    """Renews the leases of a worker's threads while their work gives no sign of its own; once a second at most."""

    def __init__(self) -> None:
        super().__init__(name="heart", daemon=True)
        self._leases: list[Lease[Any]] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()

    @contextmanager
    def beating(self, lease: Lease[Any]) -> Iterator[None]:
        with self._lock:
            self._leases.append(lease)
        try:
            yield
        finally:
            with self._lock:
                self._leases.remove(lease)

    def run(self) -> None:
        pause = min(RENEW_SECONDS, settings.GALLEY_LEASE_SECONDS / 4)
        while not self._ended.wait(pause):
            with self._lock:
                quiet = [lease for lease in self._leases if not lease.lost and lease.seconds_since_renewal >= pause]
            if quiet:
                self._beat(quiet)
        connection.close()

    def _beat(self, leases: Sequence[Lease[Any]]) -> None:
        """All in one transaction: many small ones would each wait for the disk."""
        try:
            with transaction.atomic():
                for lease in leases:
                    _renew_quietly(lease)
        except DatabaseError as exc:
            # the next beat tries again; without any the lease runs out, as it should
            log.warning("no heartbeat: %s", exc)
            connection.close()

    def end(self) -> None:
        self._ended.set()
        self.join()


def _renew_quietly(lease: Lease[Any]) -> None:
    try:
        lease.renew()
    except LostLease:
        log.debug("%s ended, or has another worker", lease.job)
