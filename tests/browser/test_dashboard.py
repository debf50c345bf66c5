from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Galley, OpenPage, axe_violations, sign_in


def open_queue(page: Page, galley: Galley, path: str = "/dashboard/") -> None:
    sign_in(page, galley.url)
    demo = page.locator("form[action$='/teams/switch/'] button", has_text=re.compile("demo", re.IGNORECASE))
    if demo.count():
        with page.expect_navigation():
            page.evaluate("button => button.form.requestSubmit(button)", demo.first.element_handle())
    page.goto(galley.url + path)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("path", ["/dashboard/", "/reviews/"])
def test_axe_finds_nothing(galley: Galley, open_page: OpenPage, path: str, dark: bool) -> None:
    page = open_page(dark=dark)
    open_queue(page, galley, path)

    assert axe_violations(page) == []


def test_nothing_hangs_over_a_narrow_screen(galley: Galley, open_page: OpenPage) -> None:
    page = open_page(width=320)
    open_queue(page, galley)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_filters_change_the_list_and_the_address_without_a_reload(galley: Galley, open_page: OpenPage) -> None:
    page = open_page()
    open_queue(page, galley)
    page.evaluate("document.body.dataset.same = 'yes'")

    page.get_by_label("Search").fill("no document is called so")

    expect(page.locator("#queue-table")).to_contain_text("No document matches this filter.")
    expect(page).to_have_url(re.compile("search=no"))
    expect(page.locator("body[data-same=yes]")).to_be_visible()
    expect(page.get_by_label("Search")).to_be_focused()
    page.go_back()
    expect(page.locator("#queue-table")).not_to_contain_text("No document matches this filter.")


def test_a_refresh_keeps_what_was_chosen(galley: Galley, open_page: OpenPage) -> None:
    page = open_page()
    open_queue(page, galley, "/reviews/?state=all")
    boxes = page.locator("#queue-table input[type=checkbox]")
    expect(boxes.first).to_be_visible(timeout=120_000)
    kept = boxes.first.get_attribute("id")
    page.locator(f"#{kept}").check()

    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#queue-table input[type=checkbox]").last.check()
    other.get_by_role("button", name="Assign to me").click()
    expect(other.locator("#messages")).to_contain_text("yours now")

    expect(page.locator("#queue-table abbr").first).to_be_visible(timeout=12_000)
    expect(page.locator(f"#{kept}")).to_be_checked()


def test_the_queue_works_without_scripts(galley: Galley, open_page: OpenPage) -> None:
    page = open_page(javascript=False)
    sign_in(page, galley.url)
    page.goto(f"{galley.url}/reviews/")

    page.get_by_label("Search").fill("zzz")
    page.get_by_role("button", name="Filter").click()

    expect(page).to_have_url(re.compile("search=zzz"))
    expect(page.locator("#queue-table")).to_contain_text("No document matches this filter.")
