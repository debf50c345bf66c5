"""How long after an upload the first page is there, the review, and the pictures of all pages.

Run against a Galley on this machine:

    uv run benchmarks/first_page.py http://127.0.0.1:8000 E-MAIL PASSWORD TEMPLATE=FILE…

TEMPLATE is a template's name as the upload form shows it. Prints seconds: the upload's own answer, then, counted from
that answer, the first page's image, the finished review, and every page's image, all of them asked for.
"""

from __future__ import annotations

import itertools
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

LOOK_SECONDS = 0.05
LONGEST_SECONDS = 300.0


def sign_in(address: str, email: str, password: str) -> httpx.Client:
    client = httpx.Client(base_url=address, trust_env=False, follow_redirects=True, timeout=60)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/sign-in/").text)
    if token is None:
        raise SystemExit(f"no sign-in page at {address}")
    form = {"csrfmiddlewaretoken": token[1], "username": email, "password": password}
    client.post("/sign-in/", data=form).raise_for_status()
    return client


def templates(client: httpx.Client) -> dict[str, str]:
    """The upload form's templates: name to value."""
    options = re.findall(r'<option value="(\d+)"[^>]*>([^<]+)<', client.get("/upload/").text)
    return {name.strip(): value for value, name in options}


def wait(is_there: Callable[[], bool], since: float) -> float:
    while not is_there():
        if time.monotonic() - since > LONGEST_SECONDS:
            raise SystemExit(f"nothing after {LONGEST_SECONDS:.0f} s")
        time.sleep(LOOK_SECONDS)
    return time.monotonic() - since


def measure(client: httpx.Client, template: str, file: Path) -> tuple[float, float, float, float]:
    headers = {"X-CSRFToken": client.cookies["csrftoken"], "X-Requested-With": "XMLHttpRequest"}
    start = time.monotonic()
    answer = client.post("/upload/", data={"template": template}, files={"files": file.open("rb")}, headers=headers)
    taken = time.monotonic()
    if answer.status_code != 201:
        raise SystemExit(f"{file.name}: {answer.status_code} {answer.text}")
    url = answer.json()["url"]
    first = wait(lambda: client.get(f"{url}pages/1/image.jpg").status_code == 200, taken)
    review = wait(lambda: 'id="open-review"' in client.get(url).text, taken)
    pages = itertools.takewhile(
        lambda number: client.get(f"{url}pages/{number}/image.jpg").status_code == 200, itertools.count(1)
    )
    if not sum(1 for _ in pages):
        raise SystemExit(f"{file.name}: no images")
    return taken - start, first, review, time.monotonic() - taken


def main() -> None:
    if len(sys.argv) < 5:
        raise SystemExit(__doc__)
    client = sign_in(*sys.argv[1:4])
    known = templates(client)
    print(f"{'file':40} {'upload':>8} {'first page':>11} {'review':>8} {'all images':>11}")
    for pair in sys.argv[4:]:
        template, _, path = pair.partition("=")
        figures = measure(client, known[template], Path(path))
        print(f"{Path(path).name:40} {figures[0]:8.2f} {figures[1]:11.2f} {figures[2]:8.2f} {figures[3]:11.2f}")


if __name__ == "__main__":
    main()
