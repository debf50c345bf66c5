from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from extraction.services.samples import FOLDER
from tests.browser.conftest import Galley, OpenPage, axe_violations, sign_in

NUMBER = "26442000000318520746"
LONG = 30_000


def row_named(page: Page, name: str) -> str:
    """The id of the proposal with that name."""
    return page.locator(f'.p > .what input[value="{name}"]').get_attribute("id").removesuffix("-name")


def editor_names(page: Page) -> list[str]:
    inputs = page.locator(".rows:not(.inner) > li > fieldset > .line .name input")
    expect(inputs.first).to_be_visible()
    return [one.input_value() for one in inputs.all()]


def open_proposals(page: Page, galley: Galley, name: str) -> None:
    page.goto(f"{galley.url}/templates/from-document/?search={name}")
    page.locator(".offered a").first.click()
    expect(page.locator(".proposals").first).to_be_visible(timeout=60_000)


def test_from_a_file_to_the_fields_read_with_its_template(galley: Galley, open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, galley.url)
    page.goto(f"{galley.url}/templates/")
    page.get_by_role("link", name="From a document").click()
    content = (FOLDER / "fapiao-zh.pdf").read_bytes() + b"\n% to make a template from\n"

    page.locator("input[type=file]").set_input_files(
        {"name": "sample-fapiao.pdf", "mimeType": "application/pdf", "buffer": content}
    )

    expect(page.locator(".proposals").first).to_be_visible(timeout=90_000)
    expect(page.locator("#doc-title")).to_have_text("sample-fapiao.pdf")
    number, tax_id = row_named(page, "invoice_number"), row_named(page, "customer_vat_id")
    expect(page.locator(f"#{number} .value")).to_have_text(NUMBER)

    # a box and its row point at each other, and what is left out is drawn faintly
    page.locator(f'rect.t-field[data-of="{number}"]').first.click()
    expect(page.locator(f"#{number}-take")).to_be_focused()
    expect(page.locator(f'rect.linked[data-of="{number}"]').first).to_be_attached()
    before = page.locator("[data-count]").inner_text()
    page.locator(f"#{tax_id}-take").uncheck()
    expect(page.locator(f'rect[data-of="{tax_id}"][data-out]').first).to_be_attached()
    expect(page.locator("[data-count]")).not_to_have_text(before)
    page.locator(f"#{tax_id}-take").check()
    expect(page.locator("[data-count]")).to_have_text(before)
    page.locator(f"#{tax_id}-take").uncheck()

    page.locator(f"#{number}-name").fill("number")
    page.get_by_label("Name", exact=True).fill("Sample fapiao")
    page.get_by_role("button", name="Make draft").first.click()

    expect(page.locator("#template-editor")).to_be_visible(timeout=LONG)
    names = editor_names(page)
    assert "number" in names
    assert "customer_vat_id" not in names
    assert "line_items" in names
    page.locator("#save-publish").click()
    expect(page.locator("#messages")).to_contain_text("Published.", timeout=LONG)
    page.locator("#read-sample").click()
    page.locator("#open-review").click(timeout=90_000)
    expect(page.locator("#doc-title")).to_have_text("sample-fapiao.pdf", timeout=LONG)
    expect(page.locator('.f[data-label="发票号码"] input')).to_have_value(NUMBER)


def test_it_works_without_scripts(galley: Galley, open_page: OpenPage) -> None:
    page = open_page(javascript=False)
    sign_in(page, galley.url)
    open_proposals(page, galley, "receipt")

    total, date = row_named(page, "total"), row_named(page, "issue_date")
    page.locator(f"#{date}-take").uncheck()
    page.locator(f"#{total}-name").fill("issue_date")
    page.locator(f"#{total}-type").select_option("string")
    page.get_by_role("button", name="Make draft").first.click()

    expect(page.locator("#template-editor")).to_be_visible(timeout=LONG)
    names = editor_names(page)
    assert names.count("issue_date") == 1
    assert "total" not in names


def test_a_refused_name_says_so_at_its_row(galley: Galley, open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, galley.url)
    open_proposals(page, galley, "receipt")

    total = row_named(page, "total")
    page.locator(f"#{total}-name").fill("issue_date")
    page.get_by_role("button", name="Make draft").first.click()

    wrong = page.locator(".p[data-status=wrong]")
    expect(wrong).to_contain_text("Another field has this name already.", timeout=LONG)
    expect(wrong.locator("[aria-invalid]")).to_be_focused()
    assert axe_violations(page) == []


def test_a_documents_page_leads_here(galley: Galley, open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, galley.url)
    page.goto(f"{galley.url}/documents/?search=receipt-scan")
    page.locator("#document-table a").filter(has_text="receipt-scan").first.click()

    page.locator("#make-template").click()

    expect(page).to_have_url(re.compile(r"/documents/\d+/template/$"))
    expect(page.locator("#doc-title")).to_have_text("receipt-scan.jpg")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1440, 320])
def test_axe_finds_nothing_and_nothing_hangs_over(galley: Galley, open_page: OpenPage, dark: bool, width: int) -> None:
    page = open_page(dark=dark, width=width)
    sign_in(page, galley.url)
    page.goto(f"{galley.url}/templates/from-document/")
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    open_proposals(page, galley, "invoice-hy")

    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
