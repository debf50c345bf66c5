"""A template gets another field: one click reads it in all its documents, and what people changed stays."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Galley, OpenPage, axe_violations, look_at, sign_in
from tests.browser.test_whole_way import approve, upload
from tests.site_sheets import SHEETS

FIELDS = [{"name": "invoice_number", "type": "string"}, {"name": "invoice_date", "type": "date"}]


def test_a_new_field_is_read_in_all_documents_by_one_click(galley: Galley, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    sign_in(page, galley.url)
    name = f"Yard sheet {uuid.uuid4().hex[:6]}"
    template = import_template(page, galley, name)
    first = upload(page, galley, sheet(0, tmp_path), template=name)
    field(page, "invoice_number").fill("OURS-1")
    field(page, "invoice_number").press("Enter")
    expect(page.locator(".f[data-label='invoice_number']")).to_have_attribute("data-state", "confirmed")
    upload(page, galley, sheet(1, tmp_path), template=name)
    upload(page, galley, sheet(2, tmp_path), template=name)
    approve(page)

    add_field(page, template, "Total", kind="amount")
    card = page.locator("#template-again")
    expect(card).to_contain_text("2 documents have the fields of older versions.")
    expect(card).to_contain_text("1 approved or rejected document keeps an older version.")
    assert axe_violations(page) == []
    card.get_by_role("button", name="Read 2 documents' fields with version 2").click()

    expect(card).to_contain_text("2 documents have the fields of version 2.", timeout=30_000)
    expect(card.locator("progress")).to_have_count(0)
    page.goto(first)
    page.locator("#open-review").click()
    expect(field(page, "invoice_number")).to_have_value("OURS-1")
    expect(page.locator(".f[data-label='Total']")).to_be_visible()
    look_at(open_page, galley, template, f"{galley.url}/documents/")


def test_chosen_documents_are_read_again_without_scripts(galley: Galley, open_page: OpenPage) -> None:
    page = open_page(javascript=False)
    sign_in(page, galley.url)
    page.goto(f"{galley.url}/documents/?search=fapiao-zh")
    page.get_by_label("Select fapiao-zh.pdf").first.check()
    page.get_by_role("button", name="Read the fields again").click()

    expect(page.locator("#messages")).to_contain_text("The fields of 1 document are read again.")
    expect(page).to_have_url(f"{galley.url}/documents/?search=fapiao-zh&state=&page=1")


def sheet(number: int, folder: Path) -> Path:
    path = folder / f"yard-{number}.pdf"
    path.write_bytes(SHEETS[number].pdf())
    return path


def import_template(page: Page, galley: Galley, name: str) -> str:
    page.goto(f"{galley.url}/templates/import/")
    page.locator("textarea").fill(json.dumps({"name": name, "variables": FIELDS}))
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#messages")).to_contain_text("was imported as a draft")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#messages")).to_contain_text("Published.")
    return page.url


def add_field(page: Page, template: str, label: str, *, kind: str) -> None:
    page.goto(template)
    page.get_by_role("link", name="Edit", exact=True).click()
    page.locator("#add-field").click()
    page.locator("#f2-label").fill(label)
    page.locator("#f2-type").select_option(kind)
    page.locator("#save-publish").click()
    expect(page.locator("#messages")).to_contain_text("Published.")


def field(page: Page, name: str) -> Locator:
    return page.locator(f".f[data-label='{name}'] input")
