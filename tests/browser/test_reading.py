"""A document looked at while it is read, and one of its pages read again."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests import bad_files
from tests.browser.conftest import Galley, OpenPage, axe_violations, sign_in


def invoice(order: str) -> bytes:
    return bad_files.lines_pdf(
        [
            ["INVOICE", "Invoice number: HY-2026-0481", "Invoice date: 14 October 2026"],
            ["Subtotal: 100.00", "VAT: 19.00", "Total: 119.00"],
            [f"Thank you for your order {order}."],
        ]
    )


def upload(page: Page, galley: Galley, name: str, data: bytes, *, template: str = "Invoice") -> str:
    """By the form; the document's address."""
    page.goto(f"{galley.url}/upload/")
    page.get_by_label("Template").select_option(label=template)
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": data})
    anyway = page.locator("[data-upload-rows]").get_by_role("button", name="Upload anyway")
    row = page.locator("#upload-status li").filter(has_text=name).first
    expect(anyway.or_(row).first).to_be_visible(timeout=30_000)
    if anyway.is_visible():
        anyway.click()
    expect(row.locator("a.n")).to_be_visible(timeout=30_000)
    return galley.url + str(row.locator("a.n").get_attribute("href"))


def mend(galley: Galley, order: str) -> None:
    """As when the reader has learnt to read such a page: the stored file is sound now."""
    damaged = bad_files.without_page(invoice(order), 2)
    (stored,) = galley.data.rglob(hashlib.sha256(damaged).hexdigest())
    stored.chmod(0o600)
    stored.write_bytes(invoice(order))


def open_review(page: Page, galley: Galley, order: str) -> str:
    """Upload an invoice whose second page cannot be read, and open its review; the document's address."""
    sign_in(page, galley.url)
    name = f"{order}.pdf"
    document = upload(page, galley, name, bad_files.without_page(invoice(order), 2))
    page.goto(document)
    expect(page.locator("#open-review")).to_be_visible(timeout=60_000)
    page.locator("#open-review").click()
    expect(page.locator("#doc-title")).to_have_text(name)
    return document


def field(page: Page, label: str) -> Locator:
    return page.locator(".fields").get_by_label(re.compile(f"^{label}"))


def value_of(page: Page, label: str) -> str:
    return field(page, label).input_value()


def test_a_page_that_could_not_be_read_is_read_again_alone(open_page: OpenPage, galley: Galley) -> None:
    page = open_page()
    open_review(page, galley, "A-1")
    expect(page.locator("#review-progress")).to_contain_text("1 of 3 pages could not be read.")
    expect(page.locator('.thumb[data-goto="2"]')).to_have_attribute("data-state", "failed")
    page.locator('#review-progress [data-goto="2"]').click()
    expect(page.locator("#page-2")).to_contain_text("Page 2 could not be read")
    assert value_of(page, "Total") == ""
    expect(field(page, "Total")).to_have_attribute("placeholder", "Not read – click a block or type")

    # as damaged as before: it fails once more, and says so in its place
    page.locator("#page-2").get_by_role("button", name="Read this page again").click()
    expect(page.locator("#review-progress")).to_contain_text("Reading page 2 again")
    expect(page.locator("#review-progress")).to_contain_text("1 of 3 pages could not be read.", timeout=60_000)
    expect(page.locator("#page-2")).to_contain_text("Page 2 could not be read")

    # a person goes on meanwhile, and nothing of that is lost
    mend(galley, "A-1")
    number = field(page, "Invoice number")
    number.fill("HY-2026-0481-B")
    number.press("Enter")
    expect(page.locator("#saved")).to_have_text("Saved")
    page.locator('#review-progress [data-goto="2"]').click()
    page.locator("#again-notice-2").click()
    other = field(page, "Currency")
    other.fill("EU")
    expect(page.locator("#page-2 svg image")).to_be_attached(timeout=60_000)
    expect(other).to_be_focused()
    expect(other).to_have_value("EU")
    expect(page.locator('.thumb[data-goto="2"]')).to_have_attribute("data-state", "done")
    other.fill("EUR")
    other.press("Enter")
    expect(page.locator("#saved")).to_have_text("Saved")

    # the fields follow when somebody wants it
    expect(page.locator("#review-progress")).to_contain_text("Page 2 was read after the fields were.")
    page.locator("#fields-again").click()
    page.locator("#open-newer").click(timeout=60_000)
    expect(page.locator("#review-progress")).not_to_contain_text("could not be read")
    assert (value_of(page, "Total"), value_of(page, "Invoice number")) == ("119.00", "HY-2026-0481-B")
    assert value_of(page, "Currency") == "EUR"


def test_the_menu_reads_the_page_on_the_screen_again(open_page: OpenPage, galley: Galley) -> None:
    page = open_page()
    open_review(page, galley, "B-2")
    page.locator('.thumb[data-goto="3"]').click()
    expect(page.locator("#goto")).to_have_value("3")

    page.locator("[data-page-menu] summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#again-number")).to_have_value("3")
    page.locator("#again-menu").press("Enter")

    expect(page.locator("[data-page-menu] summary")).to_be_focused()
    expect(page.locator("#review-progress")).to_contain_text("Page 3 was read after the fields were.", timeout=60_000)
    expect(page.locator("#page-3 svg image")).to_be_attached()
    assert axe_violations(page) == []


def test_pages_come_while_a_person_looks(open_page: OpenPage, galley: Galley) -> None:
    page = open_page()
    sign_in(page, galley.url)
    scans = (Path(__file__).parents[2] / "extraction" / "samples").glob("*.jpg")
    document = upload(page, galley, "long.pdf", _pictures(next(iter(sorted(scans))), pages=9))
    page.add_init_script(_PARTLY_READ)

    page.goto(f"{document}review/")

    expect(page.locator("#review-progress")).to_contain_text("of 9", timeout=60_000)
    expect(page.locator("html.partly-read")).to_be_attached(timeout=60_000)
    page.get_by_role("link", name="Text").click()
    expect(page.locator("#panel-text .texts button").first).to_be_visible()
    expect(page.locator(".side h2")).to_be_visible()
    page.wait_for_url(re.compile(r"/reviews/\d+/\?tab=text#page-1$"), timeout=120_000)
    expect(page.locator("#panel-text .texts button").first).to_be_visible()


_PARTLY_READ = """
const watcher = new MutationObserver(() => {
  const open = '.page:is([data-state="waiting"], [data-state="reading"])';
  if (!document.querySelector("#page-1 svg image") || !document.querySelector(open)) return;
  watcher.disconnect();
  document.documentElement.classList.add("partly-read");
});
watcher.observe(document, {attributes: true, childList: true, subtree: true});
"""
"""Remembers that the first page once stood there while others were still to be read."""


def _pictures(path: Path, *, pages: int) -> bytes:
    """A PDF of scans, slow enough to be looked at while it is read."""
    picture, file = Image.open(path).convert("RGB"), io.BytesIO()
    picture.save(file, "PDF", save_all=True, append_images=[picture] * (pages - 1))
    return file.getvalue()


def test_it_works_without_scripts(open_page: OpenPage, galley: Galley) -> None:
    document = open_review(open_page(), galley, "C-3")
    page = open_page(javascript=False)
    sign_in(page, galley.url)

    page.goto(f"{document}review/")
    page.locator("#again-notice-2").click()
    expect(page.locator("#doc-title")).to_have_text("C-3.pdf")
    page.goto(document)
    page.locator("#id_number").fill("1")
    page.locator("#act-read-page").click()

    expect(page.locator("#document-status h1")).to_have_text("C-3.pdf")
