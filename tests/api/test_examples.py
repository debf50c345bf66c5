"""The examples of docs/api.md, run as they stand there against a Galley that was started as people start it."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.management.running import ROOT, Galley, free_port, wait_until

GUIDE = ROOT / "docs" / "api.md"
SAMPLE = ROOT / "extraction" / "samples" / "invoice-hy-2026-004817.pdf"
# where a Galley listens that nobody told otherwise
ELSEWHERE = "http://127.0.0.1:8000"
PROGRAM_SECONDS = 120
# a person's key: only those may review
MAKE_KEY = """
from extraction.models import Team, User
from extraction.services.keys import create_key
print(create_key(team=Team.objects.get(), name="examples", scopes=["admin"], by=User.objects.get())[1])
"""
LANGUAGES = {"sh": ("bash", "curl", "jq"), "python": (sys.executable,), "ts": ("node",)}
# what each section's programs print
PRINTED = {
    "SoMark's interface": ["# INVOICE", "SUCCESS", "HY-2026-004817", "1000000"],
    "DocMap's interface": ["16288.46", "completed", "invoice.pdf", "1000000000", "uccess"],
    "Galley's own interface": ["to_review", "16288.46", "title", "published", "PO-58214", "PO-58213", "approved"],
}


def programs() -> dict[tuple[str, str], list[str]]:
    """The code blocks by section and language, in the document's order."""
    found: dict[tuple[str, str], list[str]] = {}
    section = ""
    for heading, language, code in re.findall(r"(?m)^## (.+)$|^```(\w+)\n((?s:.*?))^```$", GUIDE.read_text()):
        section = heading or section
        if language in LANGUAGES:
            found.setdefault((section, language), []).append(code)
    return found


PROGRAMS = programs()


def command(language: str, code: str, folder: Path) -> list[str]:
    """How to run a program; skips the test where this machine cannot."""
    tools = LANGUAGES[language]
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"no {missing[0]} on this machine")
    if language == "ts" and node_version() < 20:
        pytest.skip("Node is older than 20")
    # the examples have no type annotations, so that they are JavaScript too
    file = folder / {"sh": "program.sh", "python": "program.py", "ts": "program.mjs"}[language]
    file.write_text(code)
    return [tools[0], "-euo", "pipefail", str(file)] if language == "sh" else [tools[0], str(file)]


def node_version() -> int:
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.strip().removeprefix("v").partition(".")[0])


@pytest.fixture(scope="module")
def galley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Galley]:
    # the receiver of the webhooks listens on this machine
    galley = Galley(tmp_path_factory.mktemp("galley"), GALLEY_ALLOW_PRIVATE_PROVIDERS="1")
    galley.up()
    yield galley
    assert galley.stop() == 0


@pytest.fixture(scope="module")
def environment(galley: Galley) -> dict[str, str]:
    made = galley.run("manage.py", "shell", "--no-imports", "-c", MAKE_KEY)
    assert made.returncode == 0, made.stderr
    key = made.stdout.split()[-1]
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "GALLEY_URL": f"http://127.0.0.1:{galley.port}",
        "GALLEY_KEY": key,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a reader of the guide works."""
    shutil.copy(SAMPLE, tmp_path / "invoice.pdf")
    return tmp_path


def run(program: list[str], folder: Path, environment: dict[str, str]) -> str:
    """What it prints."""
    done = subprocess.run(
        program, cwd=folder, env=environment, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", PRINTED)
def test_section_does_what_it_says(section: str, language: str, environment: dict[str, str], folder: Path) -> None:
    program = command(language, "\n".join(PROGRAMS[section, language]), folder)

    printed = run(program, folder, environment)

    assert [word for word in PRINTED[section] if word not in printed] == []


def test_call_of_the_readme_works(environment: dict[str, str], folder: Path) -> None:
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```$", (ROOT / "README.md").read_text())
    code = next(block for block in blocks if "$GALLEY_KEY" in block)

    printed = run(command("sh", code.replace(ELSEWHERE, environment["GALLEY_URL"]), folder), folder, environment)

    assert ELSEWHERE in code
    assert json.loads(printed)["data"]["result"]["outputs"]["markdown"].startswith("# INVOICE")


@contextmanager
def started(program: list[str], folder: Path, environment: dict[str, str]) -> Iterator[Path]:
    """A program at work; what it prints lies in the file."""
    log = folder / "printed"
    with log.open("wb") as output:
        process = subprocess.Popen(program, cwd=folder, env=environment, stdout=output)
    try:
        yield log
    finally:
        process.kill()
        process.wait()


def status_of_forged_event(port: int) -> int | None:
    """None while nothing listens."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        headers = {
            "webhook-id": "evt_1",
            "webhook-timestamp": str(int(time.time())),
            "webhook-signature": "v1,Zm9yZ2Vk",
        }
        try:
            connection.request("POST", "/", body=b'{"type": "ping"}', headers=headers)
            return connection.getresponse().status
        except ConnectionRefusedError:
            return None


@pytest.mark.parametrize("language", ["python", "ts"])
def test_receiver_takes_signed_events_alone(language: str, environment: dict[str, str], folder: Path) -> None:
    port = free_port()
    making, trying = PROGRAMS["Webhooks", "sh"]
    receiver = command(language, "\n".join(PROGRAMS["Webhooks", language]), folder)
    asked = environment | {"RECEIVER_URL": f"http://127.0.0.1:{port}/"}

    secret = run(command("sh", making, folder), folder, asked).split()[0]
    with started(receiver, folder, environment | {"WEBHOOK_SECRET": secret, "PORT": str(port)}) as log:
        wait_until(lambda: status_of_forged_event(port) == 401, seconds=30)
        event_id = json.loads(run(command("sh", trying, folder), folder, environment))
        wait_until(lambda: log.read_text() != "", seconds=60)

    assert log.read_text().startswith(f"{event_id} ping ")
