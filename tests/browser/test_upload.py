from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import bad_files
from tests.browser.conftest import Galley, axe_violations, sign_in

OpenPage = Callable[..., Page]
READ_MS = 60_000


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Files that no other test uploads: their bytes carry the folder's name."""
    own = f"\n% {tmp_path}\n".encode()
    (tmp_path / "letter.pdf").write_bytes(bad_files.page_pdf(2) + own)
    (tmp_path / "locked.pdf").write_bytes(bad_files.encrypted_pdf("granite") + own)
    (tmp_path / "cut.pdf").write_bytes(bad_files.truncated_pdf())
    (tmp_path / "empty.pdf").write_bytes(b"")
    return tmp_path


def upload_page(open_page: OpenPage, galley: Galley, **options: object) -> Page:
    page = open_page(**options)
    sign_in(page, galley.url)
    page.goto(f"{galley.url}/upload/")
    return page


def row(page: Page, name: str):
    return page.locator(".up").filter(has_text=name).first


def choose(page: Page, *paths: Path) -> None:
    page.locator("input[type=file]").set_input_files(paths)


def test_files_are_uploaded_read_and_offered_for_review(open_page: OpenPage, galley: Galley, files: Path) -> None:
    page = upload_page(open_page, galley)

    choose(page, files / "letter.pdf")

    done = row(page, "letter.pdf")
    expect(done).to_have_attribute("data-status", "ready", timeout=READ_MS)
    expect(done).to_contain_text("2 pages")
    page.reload()
    expect(row(page, "letter.pdf").get_by_role("link", name="Review")).to_be_visible()
    expect(page.locator("#upload-status[hx-trigger]")).to_have_count(0, timeout=READ_MS)


def test_each_file_tells_its_own_problem(open_page: OpenPage, galley: Galley, files: Path) -> None:
    page = upload_page(open_page, galley)

    choose(page, files / "letter.pdf", files / "cut.pdf", files / "empty.pdf")

    expect(row(page, "cut.pdf")).to_contain_text("This PDF is cut short.")
    expect(row(page, "empty.pdf")).to_contain_text("This file is empty.")
    expect(page.locator("[data-upload-rows] .up").filter(has_text="letter.pdf")).to_have_count(0)
    page.get_by_role("button", name="Remove cut.pdf").click()
    expect(page.locator(".up").filter(has_text="cut.pdf")).to_have_count(0)


def test_password_is_asked_for_and_opens_the_file(open_page: OpenPage, galley: Galley, files: Path) -> None:
    page = upload_page(open_page, galley)
    choose(page, files / "locked.pdf")

    page.get_by_role("button", name="Enter password").click()
    page.locator("#pdf-password").fill("marble")
    page.keyboard.press("Enter")
    expect(row(page, "locked.pdf")).to_contain_text("That is not the password of this PDF.")
    page.get_by_role("button", name="Enter password").click()
    page.locator("#pdf-password").fill("granite")
    page.keyboard.press("Enter")

    expect(page.locator("#upload-status .up").filter(has_text="locked.pdf")).to_be_visible()


def test_same_file_is_recognised_and_can_be_sent_anyway(open_page: OpenPage, galley: Galley, files: Path) -> None:
    page = upload_page(open_page, galley)
    (files / "letter.pdf").rename(files / "twice.pdf")
    choose(page, files / "twice.pdf")
    stored = page.locator("#upload-status .up").filter(has_text="twice.pdf")
    expect(stored).to_have_count(1)

    choose(page, files / "twice.pdf")

    again = row(page, "Same file as twice.pdf, uploaded today")
    expect(again.get_by_role("link", name="Open existing")).to_have_attribute("href", re.compile(r"/documents/\d+/$"))
    again.get_by_role("button", name="Upload anyway").click()
    expect(stored).to_have_count(2)


def test_lost_connection_is_told_and_tried_again(open_page: OpenPage, galley: Galley, files: Path) -> None:
    page = upload_page(open_page, galley)
    (files / "letter.pdf").rename(files / "lost.pdf")
    page.context.set_offline(True)
    choose(page, files / "lost.pdf")
    expect(row(page, "lost.pdf")).to_contain_text("The upload broke off.")

    page.context.set_offline(False)
    page.get_by_role("button", name="Retry").click()

    expect(page.locator("#upload-status .up").filter(has_text="lost.pdf")).to_be_visible()


def test_three_files_are_sent_at_once_and_one_can_be_cancelled(
    open_page: OpenPage, galley: Galley, files: Path
) -> None:
    page = upload_page(open_page, galley)
    held = []
    page.route("**/upload/", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    many = [files / f"part{number}.pdf" for number in range(5)]
    for path in many:
        path.write_bytes((files / "letter.pdf").read_bytes() + path.name.encode())

    choose(page, *many)
    expect(page.locator("[data-state=sending]")).to_have_count(3)
    expect(page.locator("[data-state=waiting]")).to_have_count(2)
    page.get_by_role("button", name="Cancel part0.pdf").click()

    expect(page.locator("[data-state=sending]")).to_have_count(3)
    expect(page.locator("[data-state=waiting]")).to_have_count(1)
    page.get_by_role("button", name="Cancel part1.pdf").click()
    for name in ("part2.pdf", "part3.pdf", "part4.pdf"):
        page.get_by_role("button", name=f"Cancel {name}").click()
    expect(page.locator("[data-upload-rows] .up")).to_have_count(0)


def test_file_is_dropped_and_pasted(open_page: OpenPage, galley: Galley, files: Path) -> None:
    page = upload_page(open_page, galley)
    text = (files / "letter.pdf").read_bytes().decode("latin-1")
    transfer = """([text, name]) => {
        const transfer = new DataTransfer();
        const bytes = Uint8Array.from(text, (sign) => sign.charCodeAt(0));
        transfer.items.add(new File([bytes], name, {type: 'application/pdf'}));
        return transfer;
    }"""

    dropped = page.evaluate_handle(transfer, [text, "dropped.pdf"])
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": dropped})
    expect(page.locator("#upload-status .up").filter(has_text="dropped.pdf")).to_be_visible()
    page.evaluate(
        f"""(given) => document.dispatchEvent(new ClipboardEvent('paste', {{
            clipboardData: ({transfer})(given), bubbles: true, cancelable: true}}))""",
        [text + "x", "pasted.pdf"],
    )

    expect(page.locator("#upload-status .up").filter(has_text="pasted.pdf")).to_be_visible()


def test_finished_rows_are_cleared(open_page: OpenPage, galley: Galley, files: Path) -> None:
    page = upload_page(open_page, galley)
    choose(page, files / "letter.pdf", files / "empty.pdf")
    expect(row(page, "letter.pdf")).to_have_attribute("data-status", "ready", timeout=READ_MS)

    page.get_by_role("button", name="Clear finished").click()

    expect(page.locator(".up").filter(has_text="letter.pdf")).to_have_count(0)
    expect(page.locator(".up").filter(has_text="empty.pdf")).to_have_count(0)


def test_form_works_without_a_script(open_page: OpenPage, galley: Galley, files: Path) -> None:
    page = upload_page(open_page, galley, javascript=False)

    choose(page, files / "letter.pdf", files / "empty.pdf")
    page.get_by_role("button", name="Upload", exact=True).click()

    expect(row(page, "empty.pdf")).to_contain_text("This file is empty.")
    expect(row(page, "letter.pdf")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 320])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("path", ["/upload/", "/documents/", "/preferences/", "/password/", "/teams/1/"])
def test_page_is_open_to_everybody(open_page: OpenPage, galley: Galley, path: str, width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    sign_in(page, galley.url)

    page.goto(galley.url + path)

    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_theme_is_switched_at_once_and_kept(open_page: OpenPage, galley: Galley) -> None:
    page = upload_page(open_page, galley)

    with page.expect_response("**/preferences/theme/"):
        page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    with page.expect_response("**/preferences/theme/"):
        page.get_by_role("button", name="Switch between light and dark").click()


def test_account_menu_is_reached_and_left_by_keys(open_page: OpenPage, galley: Galley) -> None:
    page = upload_page(open_page, galley)
    account = page.locator("summary.avatar-button")

    account.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Preferences")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="Preferences")).to_be_hidden()
    expect(account).to_be_focused()
