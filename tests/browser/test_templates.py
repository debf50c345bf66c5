from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Galley, OpenPage, axe_violations, sign_in


def new_template(page: Page, galley: Galley, name: str) -> None:
    sign_in(page, galley.url)
    page.goto(f"{galley.url}/templates/new/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create and edit").click()
    expect(page.locator("#template-editor")).to_be_visible()


def names(page: Page) -> list[str]:
    return [
        field.input_value() for field in page.locator(".rows:not(.inner) > li > fieldset > .line .name input").all()
    ]


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_template_is_built_published_and_edited_again(galley: Galley, open_page: OpenPage, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    new_template(page, galley, f"Order {javascript}")

    page.locator("#f0-label").fill("Order number")
    page.locator("#f0-required").check()
    page.locator("#add-field").click()
    page.locator("#f1-label").fill("Positions")
    page.locator("#f1-type").select_option("table")
    page.locator("#f1-add").click()
    page.locator("#f1-c0-label").fill("Article")
    page.locator("#f1-up").click()
    expect(page.locator(".rows > li").first.locator("#f1-label")).to_have_value("Positions")
    page.locator("#save-publish").click()

    expect(page.locator("#messages")).to_contain_text("Published.")
    rows = page.locator(".q tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Positions")
    page.get_by_role("link", name="Edit", exact=True).click()
    assert names(page) == ["positions", "order_number"]
    page.locator("#f0-remove").click()
    expect(page.locator("#f0-label")).to_have_count(0)
    expect(page.locator("#f1-label")).to_have_value("Order number")


def test_focus_follows_the_field_and_details_stay_open(galley: Galley, open_page: OpenPage) -> None:
    page = open_page()
    new_template(page, galley, "Focus")

    page.locator("#f0-more summary").click()
    page.locator("#add-field").click()

    expect(page.locator("#f1-label")).to_be_focused()
    expect(page.locator("#f0-more")).to_have_attribute("open", "")
    page.locator("#f1-label").press("Enter")
    page.locator("#f1-up").click()
    expect(page.locator("#f1-down")).to_be_focused()


def test_errors_are_shown_at_the_field(galley: Galley, open_page: OpenPage) -> None:
    page = open_page()
    new_template(page, galley, "Wrong")

    page.locator("#f0-label").fill("Kind")
    page.locator("#f0-type").select_option("choice")
    page.locator("#save-draft").click()

    expect(page.locator("#f0")).to_contain_text("A choice needs options")
    expect(page.locator("#f0-options")).to_be_focused()
    expect(page.locator("#f0-label")).to_have_value("Kind")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1440, 320])
def test_axe_finds_nothing_and_nothing_hangs_over(galley: Galley, open_page: OpenPage, dark: bool, width: int) -> None:
    page = open_page(dark=dark, width=width)
    sign_in(page, galley.url)
    page.goto(f"{galley.url}/templates/")
    first = page.locator(".q tbody a").first.get_attribute("href") or ""

    for path in ("/templates/", "/templates/new/", "/templates/import/", first, f"{first}edit/"):
        page.goto(galley.url + path)
        assert axe_violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_an_export_can_be_imported_again(galley: Galley, open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, galley.url)
    page.goto(f"{galley.url}/templates/")
    page.locator(".q tbody a").first.click()

    with page.expect_download() as download:
        page.get_by_role("link", name="Export JSON").click()
    page.goto(f"{galley.url}/templates/import/")
    page.locator("input[type=file]").set_input_files(download.value.path())
    page.get_by_role("button", name="Import").click()

    expect(page.locator("#messages")).to_contain_text(re.compile("was imported as a draft"))
