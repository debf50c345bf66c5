"""The documentation page of our interface: nothing found by axe in both themes, no sideways scrolling, no sign-in."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Galley, OpenPage, axe_violations

DOCS = "/galley/v1/docs"


def open_everything(page: Page) -> None:
    page.locator("main details").evaluate_all("all => all.forEach(one => { one.open = true })")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 320])
def test_docs_have_no_violations_and_fit(open_page: OpenPage, galley: Galley, width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    page.goto(galley.url + DOCS)

    expect(page.locator("h1")).to_have_text("Galley’s interface")
    assert axe_violations(page) == []
    open_everything(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_docs_tell_every_operation_and_call_this_host(open_page: OpenPage, galley: Galley) -> None:
    described = httpx.get(f"{galley.url}/galley/v1/openapi.json", trust_env=False).json()
    named = {one["operationId"] for methods in described["paths"].values() for one in methods.values()}
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(galley.url + DOCS)

    ids = page.locator("article h3").evaluate_all("all => all.map(one => one.id)")
    assert set(ids) == named and len(ids) == len(named)
    examples = page.locator("pre[id^=curl-]").all_inner_texts()
    assert all(re.search(rf"^curl (-X [A-Z]+ )?{re.escape(galley.url)}/galley/v1/", text) for text in examples)
    # it works without any other host
    assert [url for url in asked if not url.startswith(galley.url)] == []
    assert "dm_live_" + "0" not in page.content()


def test_an_example_is_copied(open_page: OpenPage, galley: Galley) -> None:
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=galley.url)
    page.goto(galley.url + DOCS)

    button = page.locator("[data-copy=curl-listDocuments]")
    button.click()

    expect(button).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#curl-listDocuments").inner_text()


def test_contents_lead_to_their_operation(open_page: OpenPage, galley: Galley) -> None:
    page = open_page()
    page.goto(galley.url + DOCS)

    page.locator("nav.contents a[href='#correctValue']").click()

    expect(page.locator("#correctValue")).to_be_in_viewport()


def test_descriptions_are_files_of_ours(galley: Galley) -> None:
    answer = httpx.get(f"{galley.url}/galley/v1/docmap-openapi.json", trust_env=False)

    assert answer.headers["Content-Type"] == "application/json"
    assert {"/health", "/v1/extractions/run"} <= set(json.loads(answer.text)["paths"])
