"""Programs written for SoMark against ours on a real socket: our own client, and the published SDK unmodified."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from extraction.api import somark as somark_views
from extraction.errors import AccountRefused, ProviderBusy, ProviderRejected
from extraction.models import Document, Parse, ParsedPage, Team, User
from extraction.providers.embedded import EmbeddedParser
from extraction.providers.somark import SomarkParser
from extraction.services.documents import delete_document
from extraction.services.keys import create_key
from extraction.services.readings import document_reading
from extraction.types import BlockType, CallUsage, DocumentReading, Endpoint, FileKind, ParseRequest, RawReply, Ticket
from extraction.wire.somark import in_pixels, load, public_part
from tests import bad_files
from tests.api.docmap_calls import worker
from tests.api.printed import lease

pytestmark = pytest.mark.django_db(transaction=True)
SDK = "somark==0.1.0"
INSTALL_SECONDS = 120


@pytest.fixture
def key(team: Team, alice: User) -> str:
    return create_key(team=team, name="Robot", scopes=["run"], by=alice)[1]


@pytest.fixture
def base_url(live_server: LiveServer) -> str:
    return f"{live_server.url}/api/v1"


@pytest.fixture
def working(engine: EmbeddedParser) -> Iterator[None]:
    with worker(engine):
        yield


@pytest.fixture
def request_(tmp_path: Path) -> ParseRequest:
    path = tmp_path / "0f3a"
    path.write_bytes(lease())
    return ParseRequest(path, FileKind.PDF, "租约.pdf")


def client_at(base_url: str, key: str, **more: Any) -> SomarkParser:
    return SomarkParser(Endpoint(base_url=base_url, key=key, allow_private=True, **more))


def fetched(client: SomarkParser, ticket: Ticket) -> RawReply:
    end = time.monotonic() + 60
    while (reply := client.fetch(ticket)) is None:
        assert time.monotonic() < end
        time.sleep(0.2)
    return reply


def as_carried(reading: DocumentReading, received: DocumentReading) -> DocumentReading:
    """What the format can carry of our own reading; addresses of pictures and levels of titles are the answer's."""
    images = {(page.number, block.idx): block.image for page in received.pages for block in page.blocks}
    pages = []
    for page in map(in_pixels, reading.pages):
        blocks = (replace(block, image=images[page.number, block.idx], title_level=None) for block in page.blocks)
        pages.append(replace(page, blocks=tuple(blocks)))
    return public_part(DocumentReading(tuple(pages)))


@pytest.mark.parametrize("family", ["parse", "extract"])
def test_what_the_format_carries_comes_out_as_it_went_in(
    base_url: str, key: str, working: None, request_: ParseRequest, family: str
) -> None:
    client = client_at(base_url, key, path_family=family)

    reply = fetched(client, client.submit(request_, submit_key="a1"))

    received = load(reply.data)
    assert received == as_carried(document_reading(Parse.objects.get()), received)
    assert received.pages[0].blocks[0].content == "Lease 2026-114"
    (figure,) = [block for block in received.pages[0].blocks if block.type == BlockType.FIGURE]
    assert {address: data[:3] for address, data in reply.pictures.items()} == {figure.image: b"\xff\xd8\xff"}
    assert (reply.usage, reply.warnings) == (CallUsage(calls=1, pages=1), ())
    assert Document.objects.get().name == "租约.pdf"


def test_our_client_understands_our_refusals(base_url: str, key: str, team: Team, request_: ParseRequest) -> None:
    client = client_at(base_url, key)
    status = client.check()
    with pytest.raises(AccountRefused) as wrong_key:
        client_at(base_url, "sk-wrong").submit(request_, submit_key="a1")
    with pytest.raises(ProviderRejected):
        client.fetch(Ticket("no such task"))
    Team.objects.filter(pk=team.pk).update(monthly_pages=0)
    with pytest.raises(AccountRefused) as no_plan:
        client.submit(request_, submit_key="a1")
    Team.objects.filter(pk=team.pk).update(monthly_pages=None, calls_at_once=0)
    with pytest.raises(ProviderBusy):
        client.submit(request_, submit_key="a1")

    assert (status.ok, status.remaining) == (True, somark_views.MANY_PAGES)
    assert (wrong_key.value.code, no_plan.value.code) == ("key_refused", "quota_used_up")


def test_our_client_sees_a_task_that_fails(base_url: str, key: str, request_: ParseRequest) -> None:
    client = client_at(base_url, key)
    ticket = client.submit(request_, submit_key="a1")
    Parse.objects.update(state="failed", error_class="poison")

    with pytest.raises(ProviderRejected, match="stopped the reader twice"):
        client.fetch(ticket)


@dataclass(frozen=True)
class Sdk:
    """The SDK in an environment of its own."""

    folder: Path

    def call(self, base_url: str, key: str, call: str, file: Path) -> dict[str, Any]:
        script = Path(__file__).with_name("sdk_calls.py")
        done = self._run("python", str(script), base_url, key, call, str(file))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def command(self, base_url: str, key: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run("somark", "--base-url", base_url, "--api-key", key, *arguments)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        # nothing of this process's own environment: no settings, no proxies, no Python paths
        environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "300"}
        command = [str(self.folder / "bin" / program), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="session")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Sdk:
    folder = tmp_path_factory.mktemp("sdk")
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not there to install the SDK")
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    for command in (["venv", str(folder)], ["pip", "install", "-q", "--python", str(folder / "bin" / "python"), SDK]):
        try:
            done = subprocess.run(
                [uv, *command],
                env=environment,
                cwd=Path(__file__).parents[2],
                capture_output=True,
                text=True,
                timeout=INSTALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"{SDK} could not be installed in {INSTALL_SECONDS} s")
        if done.returncode:
            pytest.skip(f"{SDK} could not be installed: {done.stderr.strip()[-200:]}")
    return Sdk(folder)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lease.pdf"
    path.write_bytes(lease())
    return path


def test_sdk_parses(sdk: Sdk, base_url: str, key: str, working: None, file: Path) -> None:
    told = sdk.call(base_url, key, "parse", file)

    assert (told["ok"], told["code"], told["pages"], told["file_type"]) == (True, 0, 1, ".pdf")
    assert told["task_id"] == str(Parse.objects.get().public_id)
    assert told["md"].startswith("# Lease 2026-114\n")
    assert told["json_output"]["pages"][0]["blocks"][2]["img_url"] == told["imgs"][0]
    assert told["zip_url"].startswith(f"{base_url}/files/")
    assert (told["warned"], told["source_file_name"]) == (told["warnings"], "lease.pdf")
    # the key came before the file, and the file's name was its whole path
    assert Document.objects.get().name == "lease.pdf"


@pytest.mark.parametrize("call", ["wait", "wait_async"])
def test_sdk_waits_for_a_task(sdk: Sdk, base_url: str, key: str, working: None, file: Path, call: str) -> None:
    told = sdk.call(base_url, key, call, file)

    assert (told["ok"], told["pages"], told["warned"]) == (True, 1, [])
    if call == "wait":
        assert (told["status"], told["record_id"], told["md"]) == ("success", Parse.objects.get().pk, None)
        assert told["id"] == told["task_id"] == str(Parse.objects.get().public_id)
    else:
        assert told["json_output"] is None and "Lease 2026-114" in told["md"]


def test_sdk_reads_the_usage(sdk: Sdk, base_url: str, key: str, team: Team, file: Path) -> None:
    Team.objects.filter(pk=team.pk).update(monthly_pages=70)

    told = sdk.call(base_url, key, "usage", file)

    left = [told[f"remaining_{name}"] for name in ("paid_pages", "free_pages_today", "free_pages_this_month")]
    assert (left, told["dashboard_url"]) == ([0, 70, 70], base_url.removesuffix("api/v1"))


def prepare(what: str, team: Team, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring about the refusal of that name."""
    limits = {
        "calls": {"calls_per_minute": 0},
        "at_once": {"calls_at_once": 0},
        "quota": {"monthly_pages": 0},
        "pages": {"monthly_pages": 1},
    }
    Team.objects.filter(pk=team.pk).update(**limits.get(what, {}))
    contents = {"text": bad_files.plain_text(), "broken": bad_files.truncated_pdf(), "pages": bad_files.page_pdf(2)}
    file.write_bytes(bad_files.pdf_with_301_pages() if what == "long" else contents.get(what, lease()))
    if what == "slow":
        monkeypatch.setattr(somark_views, "SYNC_SECONDS", 0.2)
    if what == "crash":
        monkeypatch.setattr(somark_views, "submit_task", crash)


def crash(**values: Any) -> None:
    raise RuntimeError("boom")


@pytest.mark.parametrize(
    ("what", "call", "error", "code"),
    [
        ("key", "usage", "AuthenticationError", 1107),
        ("key", "parse", "AuthenticationError", 1107),
        ("quota", "parse", "InsufficientBalanceError", 1108),
        ("pages", "parse", "InsufficientBalanceError", 1123),
        ("calls", "usage", "RateLimitError", 1101),
        ("at_once", "parse", "RateLimitError", 1124),
        ("text", "parse", "UnsupportedFileError", 1104),
        ("long", "parse", "FileTooLargeError", 1132),
        ("large", "parse", "FileTooLargeError", 1118),
        ("slow", "parse", "ParseTimeoutError", 1102),
        ("crash", "parse", "ParseFailedError", 1137),
        ("broken", "parse", "InvalidParamError", 1106),
        ("option", "bad_option", "InvalidParamError", 1133),
        ("task", "unknown_task", "InvalidParamError", 1133),
        ("address", "parse", "APIError", 2000),
    ],
)
def test_sdk_raises_what_it_has_for_each_refusal(
    sdk: Sdk,
    base_url: str,
    key: str,
    team: Team,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    call: str,
    error: str,
    code: int,
) -> None:
    file = tmp_path / ("notes.txt" if what == "text" else "lease.pdf")
    prepare(what, team, file, monkeypatch)
    if what == "large":
        settings.GALLEY_MAX_UPLOAD_MB = 1
        file.write_bytes(lease() + bytes(3 << 20))
    address = f"{base_url}/elsewhere" if what == "address" else base_url

    told = sdk.call(address, "sk-wrong" if what == "key" else key, call, file)

    assert (told["error"], told["code"]) == (error, code), told


def test_sdk_sees_a_task_that_fails(sdk: Sdk, base_url: str, key: str, team: Team, file: Path) -> None:
    file.write_bytes(bad_files.pdf_bomb())
    with EmbeddedParser() as engine, worker(engine):
        told = sdk.call(base_url, key, "wait", file)

    assert told["error"] in ("ParseFailedError", "InvalidParamError"), told


def test_command_line_saves_what_it_is_asked_for(
    sdk: Sdk, base_url: str, key: str, working: None, file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()

    done = sdk.command(base_url, key, "parse", str(file), "--formats", "md,json,zip", "--out", str(out))

    assert done.returncode == 0, (done.stdout, done.stderr)
    assert sorted(path.name for path in out.iterdir()) == ["lease.json", "lease.md", "lease.zip"]
    pages = json.loads((out / "lease.json").read_text())["pages"]
    assert [block["type"] for block in pages[0]["blocks"]][:2] == ["title", "text"]
    assert "Lease 2026-114" in (out / "lease.md").read_text()
    with zipfile.ZipFile(io.BytesIO((out / "lease.zip").read_bytes())) as archive:
        names = archive.namelist()
    page = ParsedPage.objects.get()
    assert names == ["lease.md", "lease.json", f"images/{page.pk}-2.jpg"]
    delete_document(document=Document.objects.get(), by=None)


def test_command_line_submits_and_waits_and_tells_the_usage(
    sdk: Sdk, base_url: str, key: str, working: None, file: Path
) -> None:
    submitted = sdk.command(base_url, key, "parse", str(file), "--async")
    task_id = str(Parse.objects.get().public_id)
    waited = sdk.command(base_url, key, "--no-warnings", "parse", "--task-id", task_id, "--wait")
    told = sdk.command(base_url, key, "usage", "--format", "json")

    assert f"Task submitted: {task_id}" in submitted.stdout
    assert "Lease 2026-114" in waited.stdout
    assert json.loads(told.stdout)["remaining_free_pages_today"] == somark_views.MANY_PAGES
