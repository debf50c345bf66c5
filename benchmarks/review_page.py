"""How fast the review page is with 300 pages and 30,000 blocks, in a real Chromium.

    uv run python benchmarks/review_page.py FOLDER [--pages 300] [--blocks 100] [--port 8799]

FOLDER is a data folder of its own (GALLEY_DATA); it is filled through the database when it is empty. A server is
started on it and stopped at the end. Targets: first page 1000 ms, zoom step 50 ms, any page 400 ms,
field to its box 150 ms.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
TARGETS = {"first page": 1000, "zoom step": 50, "jump to a page": 400, "field to box, other page": 150}
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
# resolves when what was done is on the screen: two frames later
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
DRAWN = """async (number) => {
  const start = performance.now();
  document.querySelector(`[data-goto="${number}"]`).click();
  const page = document.getElementById(`page-${number}`);
  while (!page.querySelector(".blocks .blk")) await new Promise(next => requestAnimationFrame(next));
  await new Promise(next => requestAnimationFrame(next));
  return performance.now() - start;
}"""
ZOOMED = """async (name) => {
  const start = performance.now();
  document.querySelector(`[data-view="${name}"]`).click();
  await new Promise(next => requestAnimationFrame(() => setTimeout(next)));
  return performance.now() - start;
}"""
FOCUSED = """async (pk) => {
  const start = performance.now();
  document.getElementById(`i-${pk}`).focus();
  const viewer = document.getElementById("viewer").getBoundingClientRect();
  for (;;) {
    await new Promise(next => requestAnimationFrame(next));
    const box = document.querySelector(".sel.ring")?.getBoundingClientRect();
    const here = document.querySelector(".f[data-active]")?.dataset.field === String(pk);
    if (here && box && box.top >= viewer.top && box.bottom <= viewer.bottom) return performance.now() - start;
  }
}"""
# the page's blocks under the box
SETTLED = """async () => {
  const start = performance.now();
  const page = document.querySelector(".sel.ring").closest(".page");
  while (!page.querySelector(".blocks .blk")) await new Promise(next => requestAnimationFrame(next));
  return performance.now() - start;
}"""


def prepare(folder: Path) -> None:
    (folder / "static").mkdir(parents=True, exist_ok=True)
    os.environ |= {"GALLEY_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "project.settings"}
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, check=True)


def seed(pages: int, blocks: int) -> tuple[int, str]:
    """The review's primary key and a session that may open it; made once per folder."""
    import django  # noqa: PLC0415 - the settings' environment is made in prepare()

    django.setup()
    from django.test import Client  # noqa: PLC0415

    from benchmarks.large_review import make_large_review  # noqa: PLC0415

    review, user = make_large_review(pages=pages, blocks=blocks)
    client = Client()
    client.force_login(user)
    return review.pk, client.cookies["sessionid"].value


@contextmanager
def server(port: int) -> Iterator[str]:
    command = [sys.executable, "-m", "gunicorn", "project.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    command += ["--threads", "4", "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/health")
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)


def wait_for(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server does not answer")


def measure(url: str, review: int, session: str, pages: int) -> dict[str, list[float]]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        page = context.new_page()
        found = figures(page, f"{url}/reviews/{review}/", pages)
        browser.close()
    return found


def figures(page: Any, address: str, pages: int) -> dict[str, list[float]]:
    page.goto(address)  # fills the caches of the server
    first = repeat(3, lambda _: first_page(page, address))
    jumps = [round(1 + (pages - 1) * part) for part in (0.5, 0.99, 0.1, 0.75, 0.3, 1, 0.6, 0.2)]
    jumped = [page.evaluate(DRAWN, number) for number in jumps]
    zoomed = [page.evaluate(ZOOMED, name) for name in ("in", "in", "out", "in", "out", "out", "in", "out")]
    fields = [int(element.get_attribute("data-field")) for element in page.locator(".f").all()]
    far, drawn = [], []
    for pk in fields[:8]:
        far.append(page.evaluate(FOCUSED, pk))
        drawn.append(far[-1] + page.evaluate(SETTLED))
    print(f"the page's blocks under the box: median {statistics.median(drawn):.0f} ms, worst {max(drawn):.0f} ms")
    memory = page.evaluate("() => performance.memory.usedJSHeapSize / 1e6")
    boxes = page.locator(".blk").count()
    print(f"boxes in the page at the end: {boxes}; heap {memory:.0f} MB")
    return {"first page": first, "jump to a page": jumped, "zoom step": zoomed, "field to box, other page": far}


def repeat(times: int, run: Callable[[int], float]) -> list[float]:
    return [run(number) for number in range(times)]


def first_page(page: Any, address: str) -> float:
    """From the request to the first page's picture and boxes on the screen, in milliseconds."""
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("[data-drawn] .blocks .blk").first.wait_for(state="attached")
    page.evaluate(PAINTED)
    return (time.perf_counter() - start) * 1000


def report(found: dict[str, list[float]]) -> bool:
    for name, target in TARGETS.items():
        values = found[name]
        worst, middle = max(values), statistics.median(values)
        verdict = "ok" if worst <= target else "ABOVE"
        print(f"{name:26} median {middle:7.1f} ms   worst {worst:7.1f} ms   target {target:5} ms   {verdict}")
    return all(max(found[name]) <= target for name, target in TARGETS.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--blocks", type=int, default=100, help="blocks a page")
    parser.add_argument("--port", type=int, default=8799)
    options = parser.parse_args()
    prepare(options.folder.resolve())
    review, session = seed(options.pages, options.blocks)
    with server(options.port) as url:
        found = measure(url, review, session, options.pages)
    sys.exit(0 if report(found) else 1)


if __name__ == "__main__":
    main()
