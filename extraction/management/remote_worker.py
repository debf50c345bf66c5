"""The remote worker: one thread claims, many wait for providers."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from extraction.management.idle import data_version, wait_for_change
from extraction.models import Job
from extraction.services.jobs import Heart, Lease
from extraction.services.remote_extractions import claim_late_look, look_late
from extraction.services.remote_work import claim_due, keep_house, perform_call
from extraction.services.webhook_deliveries import sweep_deliveries

log = logging.getLogger("galley.worker")
# an account's next call is near while it is being called
AWAKE_SECONDS = 1.0
SHORT_PAUSE_SECONDS = 0.03
HOUSE_SECONDS = 5.0
SWEEP_SECONDS = 3600.0
OUTAGE_SECONDS = 2.0
# calls that go on when the worker is asked to end have so long to be finished
PATIENCE_SECONDS = 10.0
END = None

type Step = Callable[[], None]


class Callers:
    """Threads for the calls; each gives its database connection back after every step."""

    def __init__(self, count: int) -> None:
        self._steps: queue.SimpleQueue[Step | None] = queue.SimpleQueue()
        self._free = threading.BoundedSemaphore(count)
        # as daemons: a call that takes minutes must not keep the process from ending
        self._threads = [threading.Thread(target=self._run, name=f"caller {n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def wait_for_one(self, seconds: float) -> bool:
        """Reserve a thread; False where none is free within so many seconds."""
        return self._free.acquire(timeout=seconds)

    def release(self) -> None:
        self._free.release()

    def start(self, step: Step) -> None:
        """By the reserved thread."""
        self._steps.put(step)

    def end(self, *, within_seconds: float) -> None:
        for _ in self._threads:
            self._steps.put(END)
        deadline = time.monotonic() + within_seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        while (step := self._steps.get()) is not END:
            try:
                step()
            except Exception:
                # the row's lease runs out, then somebody tries again
                log.exception("a call broke")
            finally:
                connection.close()
                self._free.release()


class RemoteWorker:
    def __init__(self, *, stop: threading.Event, heart: Heart) -> None:
        self._stop, self._heart = stop, heart
        self._callers = Callers(settings.GALLEY_REMOTE_THREADS)
        # accounts for which a thread is about to take a call: only then is it known when the next one may
        self._before_call: set[int] = set()
        self._lock = threading.Lock()
        self._house_kept_at = self._swept_at = float("-inf")
        self._claimed_at = float("-inf")
        self._may_look_late = False

    @property
    def is_awake(self) -> bool:
        return time.monotonic() - self._claimed_at < AWAKE_SECONDS

    def once(self) -> bool:
        """Claim one job and have a thread take its step; False when nothing is due or all threads are busy."""
        if not self._callers.wait_for_one(SHORT_PAUSE_SECONDS):
            return True
        step = None
        try:
            step = self._next_step()
        finally:
            if step is None:
                self._callers.release()
            else:
                self._callers.start(step)
        return step is not None

    def keep_house(self) -> None:
        if time.monotonic() - self._house_kept_at >= HOUSE_SECONDS:
            self._house_kept_at = time.monotonic()
            self._may_look_late = True
            keep_house()
        if time.monotonic() - self._swept_at >= SWEEP_SECONDS:
            self._swept_at = time.monotonic()
            sweep_deliveries()

    def end(self) -> None:
        self._callers.end(within_seconds=PATIENCE_SECONDS)

    def _next_step(self) -> Step | None:
        with self._lock:
            busy = frozenset(self._before_call)
        job = claim_due(without=busy)
        if job is not None:
            self._claimed_at = time.monotonic()
            return self._call(job)
        late = claim_late_look() if self._may_look_late else None
        self._may_look_late = late is not None
        return None if late is None else lambda: look_late(late)

    def _call(self, job: Job) -> Step:
        account = job.account_id
        if account is not None:
            with self._lock:
                self._before_call.add(account)
        return lambda: self._perform(job, lambda: self._admitted(account))

    def _perform(self, job: Any, admitted: Step) -> None:
        lease = Lease(job, stop=self._stop)
        try:
            with self._heart.beating(lease):
                perform_call(lease, admitted=admitted)
        finally:
            admitted()

    def _admitted(self, account: int | None) -> None:
        with self._lock:
            self._before_call.discard(account)


def work_remotely(*, stop: threading.Event, heart: Heart, once: bool = False) -> None:
    """Until `stop` is set; `once` ends when nothing is due."""
    worker = RemoteWorker(stop=stop, heart=heart)
    try:
        while not stop.is_set():
            try:
                seen = data_version()
                worker.keep_house()
                if worker.once():
                    continue
                if once:
                    return
                if worker.is_awake:
                    stop.wait(SHORT_PAUSE_SECONDS)
                else:
                    wait_for_change(seen, stop)
            except DatabaseError as exc:
                log.warning("the database does not answer: %s", exc)
                connection.close()
                stop.wait(OUTAGE_SECONDS)
    finally:
        worker.end()
