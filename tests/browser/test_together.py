"""Four people upload and review while two workers read, on SQLite."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests import bad_files
from tests.browser.conftest import Galley, OpenPage, sign_in


def start_uploads(page: Page, galley: Galley, *, person: int) -> list[str]:
    """Send three different files at once; their names."""
    names = [f"person-{person}-file-{number}.pdf" for number in range(3)]
    page.goto(f"{galley.url}/upload/")
    page.get_by_label("Template").select_option(label="Invoice")
    page.locator("input[type=file]").set_input_files(
        [
            {"name": name, "mimeType": "application/pdf", "buffer": bad_files.page_pdf(person * 3 + number + 1)}
            for number, name in enumerate(names)
        ]
    )
    return names


def test_four_people_never_meet_a_locked_database(open_page: OpenPage, galley: Galley) -> None:
    pages = [open_page() for _ in range(4)]
    for page in pages:
        sign_in(page, galley.url)

    names = [start_uploads(page, galley, person=person) for person, page in enumerate(pages)]
    reviewers = [open_page() for _ in range(2)]
    for page in reviewers:
        sign_in(page, galley.url)
        page.goto(f"{galley.url}/reviews/next/")
    for page in reviewers * 3:
        box = page.locator(".f:not([data-state=empty]) input:not([readonly])").first
        if box.count():
            box.fill("typed while others upload")
            box.press("Enter")
            page.goto(f"{galley.url}/reviews/next/")

    for page, wanted in zip(pages, names, strict=True):
        for name in wanted:
            row = page.locator("#upload-status li").filter(has_text=name)
            expect(row.get_by_role("link", name="Review")).to_be_visible(timeout=120_000)
    assert "locked" not in (galley.data / "up.log").read_text()
