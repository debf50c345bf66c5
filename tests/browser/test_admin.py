"""The console under the Content-Security-Policy: Chromium logs a violation as an error, and `open_page` fails on it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import EMAIL, Galley, OpenPage, axe_violations, sign_in


def console(page: Page, galley: Galley) -> None:
    sign_in(page, galley.url)
    page.goto(f"{galley.url}/admin/")
    expect(page.locator("#site-name")).to_contain_text("Galley console")


def models_of(page: Page) -> list[str]:
    links = page.locator("#content-main th[scope=row] a").all()
    return [link.get_attribute("href") or "" for link in links]


def test_every_list_form_and_row_opens_without_a_violation(galley: Galley, open_page: OpenPage) -> None:
    page = open_page()
    console(page, galley)

    for address in models_of(page):
        page.goto(galley.url + address)
        expect(page.locator("#changelist")).to_be_visible()
        row = page.locator("#result_list tbody th a").first
        add = page.locator(".object-tools a.addlink")
        places = [place.get_attribute("href") or "" for place in (row, add) if place.count()]
        for place in places:
            page.goto(galley.url + (place if place.startswith("/") else address + place))
            expect(page.locator("#content form")).to_be_visible()


def test_popups_autocomplete_and_date_widgets_work(galley: Galley, open_page: OpenPage) -> None:
    page = open_page()
    console(page, galley)
    page.goto(f"{galley.url}/admin/extraction/membership/add/")

    page.locator(".field-user .select2-selection").click()
    page.locator(".select2-search__field").fill(EMAIL[:3])
    page.locator(".select2-results__option", has_text=re.compile("@|Ada|admin", re.IGNORECASE)).first.click()
    with page.expect_popup() as opened:
        page.locator("#add_id_user").click()
    popup = opened.value
    expect(popup.locator("#id_email")).to_be_visible()
    popup.close()
    page.goto(f"{galley.url}/admin/extraction/document/")
    page.locator("#result_list tbody th a").first.click()
    page.locator(".field-delete_after .datetimeshortcuts a", has_text="Today").first.click()
    page.locator(".field-delete_after .datetimeshortcuts button[id^=calendarlink]").click()
    page.locator(".calendarbox .calendar td a").first.click()
    expect(page.locator("#id_delete_after_0")).not_to_have_value("")
    page.locator(".field-delete_after .datetimeshortcuts button[id^=clocklink]").click()
    page.locator(".clockbox .timelist a").first.click()
    expect(page.locator("#id_delete_after_1")).not_to_have_value("")


def test_an_action_on_chosen_documents_answers(galley: Galley, open_page: OpenPage) -> None:
    page = open_page()
    console(page, galley)
    page.goto(f"{galley.url}/admin/extraction/document/")

    page.locator("input.action-select").first.check()
    page.locator("select[name=action]").select_option("cancel")
    page.locator(".actions button[type=submit]").click()

    expect(page.locator(".messagelist")).to_contain_text("Not possible in their present state")


def test_dark_and_light_are_those_of_galley(galley: Galley, open_page: OpenPage) -> None:
    for dark, expected in ((False, "rgb(255, 255, 255)"), (True, "rgb(23, 28, 35)")):
        page = open_page(dark=dark)
        console(page, galley)

        expect(page.locator("#header")).to_have_css("background-color", expected)


def test_axe_finds_nothing_on_the_first_page_and_a_list(galley: Galley, open_page: OpenPage) -> None:
    for dark in (False, True):
        page = open_page(dark=dark)
        console(page, galley)

        assert axe_violations(page) == []
        page.goto(f"{galley.url}/admin/extraction/document/")
        assert axe_violations(page) == []
