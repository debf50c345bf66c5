"""A real Galley, started as people start it, and a real Chromium that lets no error pass."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent.parent
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
EMAIL, PASSWORD = "ada@example.org", "a long enough password"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Galley:
    url: str
    data: Path
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """Run a management command on the same data; what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_health(url: str, process: subprocess.Popen[bytes], *, log: Path, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{url}/health", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"no answer within {seconds} s:\n{log.read_text()}")


@pytest.fixture(scope="session")
def galley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Galley]:
    if chromium_path() is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    data, port = tmp_path_factory.mktemp("galley"), free_port()
    kept = {name: value for name, value in os.environ.items() if name not in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL")}
    environment = kept | {
        "GALLEY_DATA": str(data),
        "GALLEY_ADMIN_EMAIL": EMAIL,
        "GALLEY_ADMIN_PASSWORD": PASSWORD,
        "GALLEY_ALLOW_PRIVATE_PROVIDERS": "1",
    }
    log = data / "up.log"
    command = [sys.executable, "manage.py", "up", "--demo", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for_health(f"http://127.0.0.1:{port}", process, log=log)
        yield Galley(f"http://127.0.0.1:{port}", data, environment)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def watch(page: Page, problems: list[str], *, allowed: re.Pattern[str]) -> None:
    """Collect script errors, console errors (the CSP's among them) and answers of 500 and more."""
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on(
        "console",
        lambda message: (
            problems.append(f"console: {message.text}")
            if message.type == "error" and not allowed.search(message.text)
            else None
        ),
    )
    page.on(
        "response", lambda answer: problems.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
    )


type OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """`open_page(width=…, height=…, dark=…, language=…, javascript=…)` gives a page in a context of its own."""
    problems: list[str] = []
    contexts: list[BrowserContext] = []
    # the browser itself reports refused requests (409, 422, 413…) and a cut network, which our pages handle
    allowed = re.compile(
        r"Failed to load resource: (the server responded with a status of 4\d\d|net::ERR_INTERNET_DISCONNECTED)"
    )

    def make(
        *, width: int = 1440, height: int = 900, dark: bool = False, language: str = "en", javascript: bool = True
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="zh-CN" if language.startswith("zh") else "en-GB",
            reduced_motion="reduce",
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        watch(page, problems, allowed=allowed)
        return page

    yield make
    for context in contexts:
        context.close()
    assert problems == []


def sign_in(page: Page, url: str, *, email: str = EMAIL, password: str = PASSWORD) -> None:
    page.goto(f"{url}/sign-in/")
    page.locator("input[name=username]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("main button[type=submit], main input[type=submit]").first.click()
    expect(page.locator("#shell")).to_be_visible()


def axe_violations(page: Page) -> list[str]:
    """What axe finds on the page as it is now: rule and the elements' selectors."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {' '.join(str(node['target'][0]) for node in violation['nodes'])}"
        for violation in found["violations"]
    ]


def look_at(open_page: OpenPage, galley: Galley, *addresses: str, email: str = EMAIL) -> None:
    """Wide and narrow, in light and dark: axe finds nothing, and nothing hangs over."""
    for dark, width in ((False, 1440), (True, 320)):
        page = open_page(dark=dark, width=width)
        sign_in(page, galley.url, email=email)
        for address in addresses:
            page.goto(address)
            assert axe_violations(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
