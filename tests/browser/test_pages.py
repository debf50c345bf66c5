"""Every page a person can open: nothing found by axe in both themes, no sideways scrolling at 320 px, Chinese."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Galley, OpenPage, axe_violations, sign_in

HREFS = "links => links.map(link => link.getAttribute('href'))"
PAGES = (
    "/dashboard/",
    "/reviews/",
    "/upload/",
    "/documents/",
    "/templates/",
    "/preferences/",
    "/password/",
)


def open_samples(page: Page, galley: Galley) -> None:
    """Sign in and look at the team of the samples."""
    sign_in(page, galley.url)
    page.goto(f"{galley.url}/documents/")
    team = page.locator("#shell summary.team")
    if "Default team" in team.inner_text():
        team.click()
        page.locator("#shell button[name=team]:not([aria-current])").click()
    expect(page.locator("main a", has_text="receipt-scan.jpg")).to_be_visible()


def found_pages(page: Page, galley: Galley) -> list[str]:
    """The fixed pages and, by the links on them, one of each kind of object."""
    found = list(PAGES)
    for start, prefix in (("/documents/", "/documents/"), ("/templates/", "/templates/"), ("/reviews/", "/reviews/")):
        page.goto(galley.url + start)
        links = page.locator(f"main a[href^='{prefix}']").evaluate_all(
            "links => links.map(a => a.getAttribute('href'))"
        )
        objects = [link for link in links if link.strip("/").split("/")[-1].isdecimal()]
        assert objects, f"no link to an object on {start}"
        found.append(objects[0])
    page.goto(galley.url + found[-2])
    found += page.locator("main a[href$='/edit/']").evaluate_all(HREFS)[:1]
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 320])
def test_pages_have_no_violations_and_fit(open_page: OpenPage, galley: Galley, width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    open_samples(page, galley)
    problems = {}

    for address in found_pages(page, galley):
        page.goto(galley.url + address)
        page.wait_for_load_state("networkidle")
        found = axe_violations(page)
        scrolled = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if scrolled > 0:
            found.append(f"scrolls sideways by {scrolled} px")
        if found:
            problems[address] = found

    assert problems == {}


def test_sign_in_page_has_no_violations(open_page: OpenPage, galley: Galley) -> None:
    for dark in (False, True):
        page = open_page(width=320, dark=dark)
        page.goto(f"{galley.url}/sign-in/")

        assert axe_violations(page) == []


def test_pages_speak_chinese(open_page: OpenPage, galley: Galley) -> None:
    page = open_page(language="zh-hans")
    sign_in(page, galley.url)

    page.goto(f"{galley.url}/upload/")

    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page.locator("h1")).to_have_text("上传文档")
