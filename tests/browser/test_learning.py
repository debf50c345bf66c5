"""Five invoices of one supplier, whose labels name nothing: who corrects the first two is done with correcting."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Galley, OpenPage, axe_violations, look_at, sign_in
from tests.browser.test_whole_way import approve, upload
from tests.hire_sheets import HIRE_SHEETS
from tests.site_sheets import SHEETS, SiteSheet

TEMPLATE = "Site sheet"
LABELS = {"invoice_number": "Invoice number", "invoice_date": "Invoice date", "total": "Total"}
TYPES = {"invoice_number": "string", "invoice_date": "date", "total": "number"}


def test_after_two_corrected_invoices_the_next_three_are_right(
    galley: Galley, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page()
    sign_in(page, galley.url)
    template = import_template(page, galley)

    corrections = []
    for sheet in SHEETS:
        upload(page, galley, kept(sheet, tmp_path), template=TEMPLATE)
        corrections.append(correct(page, sheet))
        approve(page)

    assert corrections[0] >= 1
    assert corrections[2:] == [0, 0, 0]
    page.goto(template)
    expect(page.locator("#template-learned")).to_contain_text("Learned from 5 documents")
    look_at(open_page, galley, template)
    page.locator("#template-learned").get_by_role("button", name="Use this one: version 4").click()
    expect(page.locator("#template-learned li[data-active]")).to_contain_text("Version 4")
    page.get_by_role("button", name="Turn off").click()
    expect(page.locator("#template-learned")).to_contain_text("Turned off")


def import_template(page: Page, galley: Galley, *, name: str = TEMPLATE, more: Sequence[object] = ()) -> str:
    """Import and publish it; its address."""
    fields = [*({"name": field, "type": TYPES[field], "label": LABELS[field]} for field in LABELS), *more]
    page.goto(f"{galley.url}/templates/import/")
    page.locator("textarea").fill(json.dumps({"name": name, "variables": fields}))
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#messages")).to_contain_text("was imported as a draft")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#messages")).to_contain_text("Published.")
    return page.url


def kept(sheet: SiteSheet, folder: Path) -> Path:
    path = folder / f"{sheet.site}.pdf"
    path.write_bytes(sheet.pdf())
    return path


def correct(page: Page, sheet: SiteSheet) -> int:
    """Type what is wrong, and say how many fields were."""
    wrong = [name for name, value in sheet.values.items() if field(page, name).input_value() != value]
    for name in wrong:
        field(page, name).fill(sheet.values[name])
        field(page, name).press("Enter")
        expect(page.locator(f".f[data-label='{LABELS[name]}']")).to_have_attribute("data-state", "confirmed")
    return len(wrong)


def field(page: Page, name: str) -> Locator:
    return page.locator(f".f[data-label='{LABELS[name]}'] input")


def test_what_stands_nowhere_is_told_where_it_is_typed_and_on_the_template(
    galley: Galley, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page()
    sign_in(page, galley.url)
    columns = [{"name": "kit", "type": "string", "label": "Kit"}, {"name": "fee", "type": "number", "label": "Fee"}]
    table = {"name": "hires", "type": "array", "label": "Hires", "fields": columns}
    template = import_template(page, galley, name="Hire sheet", more=[table])
    path = tmp_path / "hires.pdf"
    path.write_bytes(HIRE_SHEETS[0].pdf())
    upload(page, galley, path, template="Hire sheet")

    field(page, "invoice_number").fill("Q-77777")
    field(page, "invoice_number").press("Enter")
    expect(page.locator(".f .nowhere")).to_have_text(re.compile("nowhere in the document, so nothing is learned"))
    cell = page.get_by_label("Kit, row 1", exact=True)
    cell.fill("Crane with driver")
    cell.press("Enter")
    expect(page.locator(".grid .nowhere")).to_have_text(re.compile("nothing is learned from it: Kit, row 1"))
    assert axe_violations(page) == []
    approve(page)

    page.goto(template)
    expect(page.locator("#template-learned")).to_contain_text(
        "nothing was learned from them: Invoice number (1), Kit (1)"
    )


def test_what_was_learned_is_shown_without_scripts(galley: Galley, open_page: OpenPage) -> None:
    page = open_page(javascript=False)
    sign_in(page, galley.url)
    page.goto(f"{galley.url}/templates/")
    page.locator(".q tbody a").first.click()

    expect(page.get_by_role("heading", name="Learning")).to_be_visible()
    expect(page.locator("#template-learned")).to_contain_text(re.compile("Nothing was learned yet|Learned from"))
