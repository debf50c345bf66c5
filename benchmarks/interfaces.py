"""How many polls a running Galley answers, and how it fares while a batch of documents comes in.

    uv run python benchmarks/interfaces.py http://127.0.0.1:8000 KEY [--email E --password P] [--template receipt]

KEY opens a team whose calls a minute and documents at once allow for it (see /admin/); the person reviews that team's
documents. The same server software with a view that does nothing is measured beside it, in turns. Targets: 150 polls a
second at 4 times the bare view's CPU; 200 documents taken in 10 s; 95 of 100 page fragments in 300 ms meanwhile.
Galley runs on this machine: its CPU is read from /proc. Nobody else should call it meanwhile.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import multiprocessing
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests import bad_files  # noqa: E402

CALLERS = 8
DOCUMENTS = 200
TICKS = os.sysconf("SC_CLK_TCK")
PDF = "application/pdf"


@dataclass(frozen=True)
class Call:
    """One HTTP request, to be made again and again."""

    port: int
    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Load:
    """What a run of calls came to: answers a second, and the server's CPU in milliseconds each."""

    rate: float
    cpu: float


def listener(port: int) -> int:
    """The process that opened the port."""
    inode = _inode(port)
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            if any(os.readlink(entry) == f"socket:[{inode}]" for entry in folder.iterdir()):
                return int(folder.parent.name)
        except OSError:
            continue
    raise SystemExit(f"nobody on this machine listens at port {port}")


def _inode(port: int) -> str:
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = line.split()
        if int(columns[1].split(":")[1], 16) == port and columns[3] == "0A":
            return columns[9]
    raise SystemExit(f"nobody listens at port {port}")


def family(pid: int) -> list[int]:
    """The server's master and its processes: those that share its command line."""
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    same = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes() == command:
                same.append(int(path.parent.name))
        except OSError:
            continue
    return same


def cpu_seconds(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        columns = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(columns[11]) + int(columns[12])
    return ticks / TICKS


def call_for(call: Call, seconds: float, counts: Any) -> None:
    """In a process of its own: as many calls as several connections get answered."""
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=_call_until, args=(call, end, counts)) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _call_until(call: Call, end: float, counts: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", call.port, timeout=30)
    made = 0
    while time.monotonic() < end:
        connection.request(call.method, call.path, call.body, call.headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200 or b'"code": 1101' in content[:40]:
            counts.put(f"{answer.status} {content[:200]!r}")
            return
        made += 1
    counts.put(made)


def load_of(call: Call, seconds: float) -> Load:
    pids = family(listener(call.port))
    context = multiprocessing.get_context("spawn")
    counts = context.Queue()
    before = cpu_seconds(pids)
    process = context.Process(target=call_for, args=(call, seconds, counts))
    process.start()
    answers = [counts.get(timeout=seconds + 60) for _ in range(CALLERS)]
    process.join()
    if refused := [answer for answer in answers if isinstance(answer, str)]:
        raise SystemExit(f"refused: {refused[0]}\nraise the team's calls a minute in /admin/")
    made = sum(answers)
    return Load(made / seconds, (cpu_seconds(pids) - before) * 1000 / made)


@contextmanager
def bare_server() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "python:project.gunicorn", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen([*command, "benchmarks.bare_view:application"], cwd=ROOT)
    try:
        wait_for(lambda: httpx.get(f"http://127.0.0.1:{port}/").status_code == 200)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"not within {seconds:g} s")


class Program:
    """A caller of both interfaces."""

    def __init__(self, url: str, key: str, template: str) -> None:
        self.url, self._key, self._template = url.rstrip("/"), key, template
        self.port = urllib.parse.urlsplit(self.url).port or 80
        self.bearer = {"Authorization": f"Bearer {key}"}

    def run(self) -> str:
        """The id of a one-page document that was taken."""
        content = bad_files.page_pdf() + f"%{uuid.uuid4()}\n".encode()
        body = {
            "templateId": self._template,
            "fileName": "letter.pdf",
            "mimeType": PDF,
            "pdfBase64": base64.b64encode(content).decode(),
        }
        answer = httpx.post(f"{self.url}/v1/extractions/run?async=true", json=body, headers=self.bearer, timeout=60)
        if answer.status_code != 202:
            raise SystemExit(f"refused: {answer.status_code} {answer.text[:300]}")
        return str(answer.json()["data"]["id"])

    def status(self, public_id: str) -> str:
        return str(httpx.get(f"{self.url}/v1/extractions/{public_id}", headers=self.bearer).json()["data"]["status"])

    def task(self) -> str:
        content = bad_files.page_pdf() + f"%{uuid.uuid4()}\n".encode()
        files = {"file": ("letter.pdf", content, PDF)}
        answer = httpx.post(f"{self.url}/api/v1/parse/async", data={"api_key": self._key}, files=files, timeout=60)
        return str(answer.json()["data"]["task_id"])

    def check(self, task_id: str) -> Call:
        body = urllib.parse.urlencode({"api_key": self._key, "task_id": task_id}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return Call(self.port, "POST", "/api/v1/parse/async_check", body, headers)

    def get(self, public_id: str) -> Call:
        return Call(self.port, "GET", f"/v1/extractions/{public_id}", headers=self.bearer)

    def is_checked(self, task_id: str) -> bool:
        call = self.check(task_id)
        answer = httpx.post(f"{self.url}{call.path}", content=call.body, headers=call.headers)
        return answer.json()["data"].get("status") == "SUCCESS"


def polls(program: Program, *, seconds: float, rounds: int) -> bool:
    task, extraction = program.task(), program.run()
    wait_for(lambda: program.is_checked(task) and program.status(extraction) == "completed")
    with bare_server() as port:
        calls = {
            "a bare view": Call(port, "GET", "/"),
            "SoMark's async_check": program.check(task),
            "DocMap's extraction": program.get(extraction),
        }
        loads: dict[str, list[Load]] = {name: [] for name in calls}
        for call in calls.values():
            load_of(call, 1.0)
        for _ in range(rounds):
            for name, call in calls.items():
                loads[name].append(load_of(call, seconds))
    return table(loads)


def table(loads: dict[str, list[Load]]) -> bool:
    rates = {name: statistics.median(load.rate for load in found) for name, found in loads.items()}
    costs = {name: statistics.median(load.cpu for load in found) for name, found in loads.items()}
    bare = next(iter(loads))
    print(f"{'':24}{'calls/s':>10}{'CPU ms':>10}{'of bare':>10}")
    for name in loads:
        print(f"{name:24}{rates[name]:10.0f}{costs[name]:10.2f}{costs[name] / costs[bare]:10.1f}")
    return all(rates[name] >= 150 and costs[name] <= 4 * costs[bare] for name in loads if name != bare)


class Reviewer(threading.Thread):
    """Somebody who leafs through a document, several pages a second."""

    def __init__(self, url: str, email: str, password: str) -> None:
        super().__init__(daemon=True)
        self._client = httpx.Client(base_url=url, timeout=30, follow_redirects=True)
        page = self._client.get("/sign-in/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"csrfmiddlewaretoken": token[1] if token else "", "username": email, "password": password}
        self._client.post("/sign-in/", data=form, headers={"Referer": url})
        self._fragment = self._find_fragment()
        self._over = threading.Event()
        self.times: list[float] = []

    def _find_fragment(self) -> str:
        review = re.search(r'href="(/reviews/\d+/)', self._client.get("/reviews/").text)
        pages = re.search(r"/readings/\d+/pages/", self._client.get(review[1]).text) if review else None
        if pages is None:
            raise SystemExit("this person has no document to review")
        return f"{pages[0]}1/"

    def run(self) -> None:
        while not self._over.wait(0.1):
            start = time.perf_counter()
            self._client.get(self._fragment).raise_for_status()
            self.times.append((time.perf_counter() - start) * 1000)

    def end(self) -> list[float]:
        self._over.set()
        self.join()
        return self.times


def batch(program: Program, reviewer: Reviewer) -> bool:
    reviewer.start()
    time.sleep(2)
    reviewer.times.clear()
    start = time.monotonic()
    with ThreadPoolExecutor(CALLERS) as pool:
        taken = list(pool.map(lambda _: program.run(), range(DOCUMENTS)))
    seconds = time.monotonic() - start
    meanwhile = p95(reviewer.times)
    wait_for(lambda: program.status(taken[-1]) != "processing", seconds=600)
    everything = time.monotonic() - start
    all_along = p95(reviewer.end())
    print(f"{DOCUMENTS} documents taken in {seconds:.1f} s, the last one read after {everything:.0f} s")
    print(f"page fragment, 95 of 100: {meanwhile:.0f} ms while they came in, {all_along:.0f} ms until all were read")
    return seconds <= 10 and meanwhile <= 300 and all_along <= 300


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--email", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--template", default="receipt")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each run")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    program = Program(options.url, options.key, options.template)
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    holds = polls(program, seconds=options.seconds, rounds=options.rounds)
    if options.email:
        holds &= batch(program, Reviewer(program.url, options.email, options.password))
    print(f"load after: {os.getloadavg()[0]:.1f}")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
