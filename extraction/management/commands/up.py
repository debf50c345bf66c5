from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from extraction.errors import GalleyError
from extraction.management.address import EVERYWHERE, answers, printable, why_not
from extraction.management.static_files import collect_static
from extraction.management.supervisor import STOP_SECONDS, Process, Supervisor
from extraction.models import Document
from extraction.queries.progress import progress_of
from extraction.services.blobs import sweep_incoming, sweep_store
from extraction.services.idempotency import forget_unfinished
from extraction.services.overdue import end_overdue
from extraction.services.raw_replies import sweep_replies
from extraction.services.samples import store_samples
from extraction.services.setup import set_up
from project.env import env_secret_text, env_str

START_SECONDS = 60.0
SAMPLES_SECONDS = 120.0
# for what was killed a moment ago to be gone
PATIENCE_SECONDS = 3.0
LOOK_SECONDS = 0.25
# the web server that ends so often while it starts will not start
EARLY_ENDS = 3


class Command(BaseCommand):
    help = "Starts Galley: prepares the data folder, then runs the web server and the workers until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen at; 0.0.0.0 for all (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen at (8000)")
        parser.add_argument("--demo", action="store_true", help="add a team with sample documents")

    def handle(self, *args: Any, host: str, port: int, demo: bool, **options: Any) -> None:
        if not 0 < port < 65536:
            raise CommandError(f"{port} is no port; choose one from 1 to 65535")
        with alone_in(Path(settings.GALLEY_DATA)):
            wait_for_port(host, port)
            self.warn()
            self.say("Preparing the database and the pages…")
            first_account = prepare()
            samples = seed(demo)
            connections.close_all()
            self.say("Starting the web server and the workers…")
            self.run(Supervisor([web(host, port), *workers()]), host, port, first_account, samples)

    def warn(self) -> None:
        for message in run_checks(tags=["galley"]):
            self.stderr.write(f"Please note: {message.msg}" + (f" {message.hint}" if message.hint else ""))

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def run(
        self,
        supervisor: Supervisor,
        host: str,
        port: int,
        first_account: tuple[str, str] | None,
        samples: list[Document],
    ) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda _number, _frame: stop.set())
        runner = runner_process()
        try:
            supervisor.start()
            wait_for_answer(supervisor, host, port, stop)
            wait_for_samples(supervisor, samples, stop)
            if not stop.is_set():
                self.welcome(host, port, first_account)
                if samples:
                    self.say(f"The sample documents are in the team {samples[0].team}.")
            while os.getppid() == runner or runner is None:
                if stop.wait(LOOK_SECONDS):
                    break
                supervisor.look()
        finally:
            # without its runner nobody waits for it any more, and the next start may come at once
            supervisor.stop(within_seconds=STOP_SECONDS if stop.is_set() else 0)
        self.say("Stopped.")

    def welcome(self, host: str, port: int, first_account: tuple[str, str] | None) -> None:
        self.stdout.write(f"Galley is ready: {printable(host, port)}")
        if first_account:
            email, password = first_account
            self.stdout.write(f"Sign in as {email} with the password {password} (it is not shown again).")
        if host in EVERYWHERE and not env_str("GALLEY_ALLOWED_HOSTS"):
            self.stdout.write("It answers under every host name; GALLEY_ALLOWED_HOSTS narrows that.")
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()


def runner_process() -> int | None:
    """The `uv run` that only waits for us: who kills it means Galley. None where a shell or a service started us."""
    try:
        name = Path(f"/proc/{os.getppid()}/comm").read_text().strip()
    except OSError:
        return None
    return os.getppid() if name == "uv" else None


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One `up` for a data folder; the lock goes with the process."""
    try:
        descriptor = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as exc:
        raise CommandError(f"cannot write to the data folder {folder}: {exc.strerror}") from exc
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _lock(descriptor):
            if time.monotonic() > deadline:
                raise CommandError(f"Galley runs on the data folder {folder} already")
            time.sleep(LOOK_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for_port(host: str, port: int) -> None:
    """A server that was killed a moment ago may still hold it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while reason := why_not(host, port):
        if time.monotonic() > deadline:
            raise CommandError(reason)
        time.sleep(LOOK_SECONDS)


def prepare() -> tuple[str, str] | None:
    """Database, static files, first account; gives the account when its password was made here."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
        sweep_incoming()
        sweep_store()
        sweep_replies()
        end_overdue()
        forget_unfinished()
        collect_static()
        return set_up(email=env_str("GALLEY_ADMIN_EMAIL"), password=env_secret_text("GALLEY_ADMIN_PASSWORD"))
    except DatabaseError as exc:
        raise CommandError(f"the database cannot be used: {exc}") from exc
    except OSError as exc:
        raise CommandError(f"the data folder {settings.GALLEY_DATA} cannot be used: {exc}") from exc
    except ValidationError as exc:
        raise CommandError(f"GALLEY_ADMIN_EMAIL: {' '.join(exc.messages)}") from exc


def seed(demo: bool) -> list[Document]:
    if not demo:
        return []
    try:
        return store_samples()
    except GalleyError as exc:
        raise CommandError(f"the samples cannot be stored: {exc}") from exc


def web(host: str, port: int) -> Process:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [sys.executable, "-m", "gunicorn", "--config", "python:project.gunicorn", "--bind", bind]
    hosts = {} if env_str("GALLEY_ALLOWED_HOSTS") else {"GALLEY_ALLOWED_HOSTS": allowed_hosts(host)}
    return Process("the web server", command, hosts)


def allowed_hosts(host: str) -> str:
    if host in EVERYWHERE:
        return "*"
    return ",".join(dict.fromkeys([*settings.ALLOWED_HOSTS, f"[{host}]" if ":" in host else host]))


def workers() -> list[Process]:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"]
    environment = {"GALLEY_SQLITE_SYNCHRONOUS": "NORMAL"}
    remote = Process("remote worker", [*command, "--lane", "remote"], environment)
    return [*(Process(f"worker {number}", command, environment) for number in range(1, cores() + 1)), remote]


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def wait_for_answer(supervisor: Supervisor, host: str, port: int, stop: threading.Event) -> None:
    name = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "localhost")
    deadline = time.monotonic() + START_SECONDS
    while not stop.is_set() and not answers(host, port, name=name):
        supervisor.look()
        if time.monotonic() > deadline or supervisor.processes[0].early_ends >= EARLY_ENDS:
            raise CommandError("the web server does not start; its messages are above")
        stop.wait(LOOK_SECONDS)


def wait_for_samples(supervisor: Supervisor, samples: list[Document], stop: threading.Event) -> None:
    """People who ask for samples find them read."""
    deadline = time.monotonic() + SAMPLES_SECONDS
    while samples and time.monotonic() < deadline and not stop.is_set():
        supervisor.look()
        if not any(progress.is_pending for progress in progress_of(samples).values()):
            break
        stop.wait(LOOK_SECONDS)
    connections.close_all()
