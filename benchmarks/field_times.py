"""How long people wait for fields: from an upload to its review, and until a changed template is read in all documents.

Run against a Galley on this machine that nobody else uses:

    uv run benchmarks/field_times.py http://127.0.0.1:8000 E-MAIL PASSWORD TEMPLATE.json FILE… [--times 20]
        [--documents 200] [--json OUT]

Each FILE is uploaded `--times` times by the form, as copies that differ in a comment after their end (so PDF files
only); seconds go from the beginning of the upload until the review can be opened. Then the template gets another field
in the editor, is published, and the button of its page reads the fields of all documents again, of which there are
`--documents` at least. Targets: 3 born-digital pages in 1 s (p95), 200 documents in 10 s. CPU seconds are those of all
Galley's processes; what else the machine was busy with is told by its load.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import time
import urllib.parse
import uuid
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.first_page import sign_in, templates
from benchmarks.interfaces import listener
from benchmarks.reading import family

# as often as the page asks
POLL_SECONDS = 1.0
LOOK_SECONDS = 0.1
TICKS = os.sysconf("SC_CLK_TCK")


class Form(HTMLParser):
    """What a browser would send of the page's editor."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.data: dict[str, Any] = {}
        self._inside, self._text, self._select = False, "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._inside = given.get("id") == "template-editor"
        elif not self._inside:
            return
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.data[name] = value or ("on" if given.get("type") == "checkbox" else "")
        elif tag == "textarea":
            self._text, self.data[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in given or self._select not in self.data):
            self.data[self._select] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            # a browser leaves out the line break that a textarea begins with
            self.data[self._text] = self.data[self._text].removeprefix("\n")
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._inside and self._text:
            self.data[self._text] += data


class Galley:
    """A person's browser, as far as the forms go."""

    def __init__(self, address: str, email: str, password: str) -> None:
        self.client, self.template = sign_in(address, email, password), ""
        server = listener(urllib.parse.urlsplit(address).port or 80)
        # the web server's parent is `up`, which has the workers too
        self._up = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])

    def post(self, path: str, data: dict[str, Any]) -> httpx.Response:
        answer = self.client.post(path, data=data, headers={"X-CSRFToken": self.client.cookies["csrftoken"]})
        if answer.status_code >= 400:
            raise SystemExit(f"{path}: {answer.status_code} {answer.text[:500]}")
        return answer

    def new_template(self, definition: dict[str, Any]) -> str:
        """Import and publish it under a new name; its page."""
        name = f"{definition.get('name', 'Template')[:60]} {uuid.uuid4().hex[:6]}"
        page = self.post("/templates/import/", {"text": json.dumps(definition | {"name": name})}).url.path
        self.post(f"{page}publish/", {})
        self.template = templates(self.client)[name]
        return page

    def upload(self, file: Path) -> tuple[float, float]:
        """Seconds until the answer, and until the review of a copy can be opened."""
        copy = file.read_bytes() + f"\n% {uuid.uuid4()}\n".encode()
        headers = {"X-CSRFToken": self.client.cookies["csrftoken"], "X-Requested-With": "XMLHttpRequest"}
        start = time.monotonic()
        sent = {"files": (f"{uuid.uuid4().hex[:8]}-{file.name}", copy)}
        answer = self.client.post("/upload/", data={"template": self.template}, files=sent, headers=headers)
        taken = time.monotonic() - start
        if answer.status_code != 201:
            raise SystemExit(f"{file.name}: {answer.status_code} {answer.text}")
        url = answer.json()["url"]
        while 'id="open-review"' not in self.client.get(url).text:
            time.sleep(LOOK_SECONDS)
        return taken, time.monotonic() - start

    def change_template(self, page: str) -> None:
        edited = Form(self.client.get(f"{page}edit/").text).data
        more = Form(self.post(f"{page}edit/", edited | {"act": "add"}).text).data
        new = next(name for name in more if re.fullmatch(r"f\d+-label", name) and not more[name])
        self.post(f"{page}edit/", more | {new: "Terms of payment", "act": "publish"})

    def read_again(self, page: str) -> float:
        """Seconds from the click until the page says that all is done."""
        start = time.monotonic()
        self.post(f"{page}read-again/", {})
        while "hx-trigger" in self.client.get(f"{page}read-again/status/").text:
            time.sleep(POLL_SECONDS)
        return time.monotonic() - start

    def cpu_seconds(self) -> float:
        return sum(_ticks(pid) for pid in family(self._up)) / TICKS


def _ticks(pid: int) -> int:
    try:
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    except OSError:
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("email")
    parser.add_argument("password")
    parser.add_argument("template", type=Path)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    galley = Galley(asked.address, asked.email, asked.password)
    page = galley.new_template(json.loads(asked.template.read_text(encoding="utf-8")))
    figures = {"uploads": [uploads(galley, file, asked.times) for file in asked.files]}
    count = len(asked.files) * asked.times
    for number in range(count, asked.documents):
        galley.upload(asked.files[number % len(asked.files)])
    figures["read_again"] = again(galley, page, max(count, asked.documents))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")


def uploads(galley: Galley, file: Path, times: int) -> dict[str, Any]:
    galley.upload(file)
    before = galley.cpu_seconds()
    ready = sorted(galley.upload(file)[1] for _ in range(times))
    cpu = (galley.cpu_seconds() - before) / times
    p95 = statistics.quantiles(ready, n=20, method="inclusive")[-1]
    load = os.getloadavg()[0]
    print(f"{file.name}: ready after {statistics.median(ready):.2f} s (p50), {p95:.2f} s (p95), {max(ready):.2f} s at"
          f" most; {cpu:.2f} CPU-s each; load {load:.1f}", flush=True)  # fmt: skip
    return {"file": file.name, "times": times, "p50": statistics.median(ready), "p95": p95, "cpu": cpu, "load": load}


def again(galley: Galley, page: str, count: int) -> dict[str, Any]:
    galley.change_template(page)
    before = galley.cpu_seconds()
    seconds = galley.read_again(page)
    cpu, load = galley.cpu_seconds() - before, os.getloadavg()[0]
    print(f"{count} documents read again with a changed template: {seconds:.1f} s, {cpu:.1f} CPU-s; load {load:.1f}")
    return {"documents": count, "seconds": seconds, "cpu": cpu, "load": load}


if __name__ == "__main__":
    main()
