"""From the upload form to the exported file, by mouse and keys, as a person goes it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Galley, OpenPage, sign_in

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "extraction" / "samples"
TRUTH = ROOT / "tests" / "files" / "truth"


def upload(page: Page, galley: Galley, file: Path, *, template: str) -> str:
    """Upload by the form, wait until the file is ready, open its review; the document's address."""
    page.goto(f"{galley.url}/upload/")
    page.get_by_label("Template").select_option(label=template)
    page.locator("input[type=file]").set_input_files(file)
    anyway = page.locator("[data-upload-rows]").get_by_role("button", name="Upload anyway")
    row = page.locator("#upload-status li").filter(has_text=file.name).first
    expect(anyway.or_(row).first).to_be_visible(timeout=30_000)
    if anyway.is_visible():
        anyway.click()
    expect(row.get_by_role("link", name="Review")).to_be_visible(timeout=90_000)
    address = row.locator("a.n").get_attribute("href")
    row.get_by_role("link", name="Review").click()
    expect(page.locator("#doc-title")).to_have_text(file.name)
    return galley.url + address


def exported_json(page: Page, document: str) -> dict:
    page.goto(document)
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    return json.loads(Path(download.value.path()).read_text())


def approve(page: Page) -> None:
    """Confirm what is left, approve by the keyboard, and be on the next page."""
    review = page.url
    for _ in range(20):
        doubtful = page.locator(".f[data-check]")
        if not doubtful.count():
            break
        left = doubtful.count()
        doubtful.first.get_by_role("button", name=re.compile("^Confirm ")).click()
        expect(page.locator(".f[data-check]")).to_have_count(left - 1)
    page.keyboard.press("Control+Enter")
    expect(page).not_to_have_url(review, timeout=10_000)


@pytest.fixture
def signed_in(open_page: OpenPage, galley: Galley) -> Page:
    page = open_page()
    sign_in(page, galley.url)
    return page


def test_invoice_goes_from_upload_to_exported_json(signed_in: Page, galley: Galley) -> None:
    truth = json.loads((TRUTH / "invoice-hy-2026-004817.json").read_text())
    document = upload(signed_in, galley, SAMPLES / "invoice-hy-2026-004817.pdf", template="Invoice")

    approve(signed_in)
    result = exported_json(signed_in, document)

    wanted = ("invoice_number", "issue_date", "supplier_name", "total", "line_items")
    assert {name: result["extractedData"][name] for name in wanted} == {name: truth[name] for name in wanted}
    cells = [f"line_items[{row}].{name}" for row in range(22) for name in truth["line_items"][0]]
    sizes = {page["page"]: page for page in result["pages"]}
    for path in [*wanted[:-1], *cells]:
        place = result["evidence"][path]
        size = sizes[place["page"]]
        x0, y0, x1, y1 = place["bbox"]
        assert 0 <= x0 < x1 <= size["width"] and 0 <= y0 < y1 <= size["height"], path
    assert {result["evidence"][path]["page"] for path in cells} == {1, 2}
    assert result["state"] == "approved"


@pytest.mark.parametrize(
    ("name", "template", "fields"),
    [
        ("receipt-scan.jpg", "Receipt", ("company", "date", "total")),
        ("fapiao-zh.pdf", "增值税发票", ("invoice_number", "issue_date", "buyer_name", "seller_name", "total")),
        ("contract.docx", "Contract", ("title", "effective_date")),
    ],
)
def test_other_kinds_go_the_whole_way(
    signed_in: Page, galley: Galley, name: str, template: str, fields: tuple[str, ...]
) -> None:
    truth = json.loads((TRUTH / f"{name.rsplit('.')[0]}.json").read_text())
    document = upload(signed_in, galley, SAMPLES / name, template=template)

    approve(signed_in)
    result = exported_json(signed_in, document)

    assert {field: result["extractedData"][field] for field in fields} == {field: truth[field] for field in fields}
    assert all(result["evidence"][field]["bbox"] for field in fields)


def test_box_and_field_lead_to_each_other(signed_in: Page, galley: Galley) -> None:
    upload(signed_in, galley, SAMPLES / "fapiao-zh.pdf", template="增值税发票")
    field = signed_in.locator(".f").filter(has_text="发票号码").first

    field.locator("input").focus()

    expect(signed_in.locator(".sel.ring")).to_be_visible()
    signed_in.keyboard.press("Escape")
    signed_in.locator(".blk.linked").last.click()
    expect(signed_in.locator(".f.active, .f[data-active]")).to_have_count(1)
