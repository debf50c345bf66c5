from __future__ import annotations

import gc
import logging
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from extraction.choices import Lane
from extraction.management.idle import data_version, wait_for_change
from extraction.management.lifeline import end_with_parent
from extraction.management.remote_worker import work_remotely
from extraction.providers.embedded import EmbeddedParser
from extraction.services.jobs import Heart
from extraction.services.work import work_once

OUTAGE_SECONDS = 2.0
# then the OCR child ends and gives its memory back; the next scan starts another
KEEP_CHILD_SECONDS = 300.0
log = logging.getLogger("galley.worker")


class Command(BaseCommand):
    help = "Reads documents and their fields until it is told to stop (Ctrl-C or SIGTERM)."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lane", choices=Lane.values, default=Lane.CPU, help="the kind of work to take")
        parser.add_argument("--once", action="store_true", help="end when nothing is due")

    def handle(self, *args: Any, lane: str, once: bool, **options: Any) -> None:
        end_with_parent()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
        # what is loaded by now stays: looking through it for garbage would cost a tenth of the work
        gc.freeze()
        heart = Heart()
        heart.start()
        if lane == Lane.REMOTE:
            work_remotely(stop=stop, heart=heart, once=once)
        else:
            with EmbeddedParser() as engine:
                work(engine, stop=stop, heart=heart, once=once)
        heart.end()


def work(engine: EmbeddedParser, *, stop: threading.Event, heart: Heart, once: bool = False) -> None:
    """One job after the other until `stop` is set; `once` ends when nothing is due."""
    idle_since = time.monotonic()
    while not stop.is_set():
        try:
            seen = data_version()
            if work_once(engine, stop=stop, heart=heart):
                idle_since = time.monotonic()
                continue
            if once:
                return
            if time.monotonic() - idle_since > KEEP_CHILD_SECONDS:
                engine.close()
            wait_for_change(seen, stop)
        except DatabaseError as exc:
            log.warning("the database does not answer: %s", exc)
            connection.close()
            stop.wait(OUTAGE_SECONDS)
