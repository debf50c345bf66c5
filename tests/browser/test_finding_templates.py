"""Three documents whose template nobody chooses: two kinds are found, the third is unfamiliar and waits for a click."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from extraction.services.samples import FOLDER
from tests.browser.conftest import PASSWORD, Galley, OpenPage, look_at, sign_in
from tests.engine.printed import document, shown

READ_MS = 120_000
LETTER = (
    "Dear Ms Strand,",
    "thank you for the days by the lake.",
    "We hope to see you again this year.",
    "With kind regards, Tom",
)

NEW_TEAM = """
from extraction.choices import Role
from extraction.models import Membership, User
from extraction.services.teams import create_team
from extraction.services.templates import install_ready_made

team = create_team(name={email!r})
install_ready_made(team)
Membership.objects.create(user=User.objects.create_user({email!r}, {password!r}), team=team, role=Role.ADMIN)
"""


@pytest.fixture
def clerk(galley: Galley) -> str:
    """Who has a team with the ready-made templates alone: two that look the same are both unfamiliar."""
    email = f"clerk-{uuid.uuid4().hex}@example.org"
    galley.manage("shell", "-v", "0", "-c", NEW_TEAM.format(email=email, password=PASSWORD))
    return email


def test_two_templates_are_found_and_a_click_goes_on_with_the_third(
    galley: Galley, open_page: OpenPage, tmp_path: Path, clerk: str
) -> None:
    page = open_page()
    sign_in(page, galley.url, email=clerk)

    upload(page, galley, *files(tmp_path))

    expect(row(page, "bill.pdf")).to_contain_text("Template found: Invoice", timeout=READ_MS)
    expect(row(page, "piao.pdf")).to_contain_text("Template found: 增值税发票", timeout=READ_MS)
    strange = row(page, "lake.pdf")
    expect(strange).to_contain_text("Unfamiliar: choose a template", timeout=READ_MS)
    strange.get_by_role("link", name="Choose a template").click()
    expect(page.locator("#unfamiliar-title")).to_have_text("Unfamiliar: choose a template")
    address = page.url
    look_at(open_page, galley, address, email=clerk)
    page.goto(f"{galley.url}/dashboard/")
    page.locator("#unfamiliar-documents").click()
    expect(page.locator("#document-table")).to_contain_text("lake.pdf")

    page.goto(address)
    page.get_by_label("Template", exact=True).select_option(label="Contract")
    page.get_by_role("button", name="Use this template").click()
    expect(page.locator("#open-review")).to_be_visible(timeout=READ_MS)
    expect(page.locator(".facts")).to_contain_text("Contract")
    page.locator("#open-review").click()
    expect(page.locator(".top .kind")).to_have_text("Contract")


def test_template_that_was_found_is_changed_without_scripts(
    galley: Galley, open_page: OpenPage, tmp_path: Path, clerk: str
) -> None:
    page = open_page()
    sign_in(page, galley.url, email=clerk)
    bill = files(tmp_path)[0]
    upload(page, galley, bill)
    done = row(page, "bill.pdf")
    expect(done).to_contain_text("Template found: Invoice", timeout=READ_MS)
    expect(done.get_by_role("link", name="Review")).to_be_visible(timeout=READ_MS)
    done.get_by_role("link", name="Review").click()
    expect(page.locator(".top .kind")).to_contain_text("Template found: Invoice · change")
    look_at(open_page, galley, page.url, email=clerk)
    page.locator(".top .kind").click()
    address = page.url

    plain = open_page(javascript=False)
    sign_in(plain, galley.url, email=clerk)
    plain.goto(address)
    expect(plain.locator(".facts")).to_contain_text("of 14 labels")
    plain.locator("#id_template").select_option(label="Receipt")
    plain.get_by_role("button", name="Extract again").click()

    expect(plain.locator(".facts")).to_contain_text("Receipt")
    expect(plain.locator(".facts")).not_to_contain_text("Template found")


def files(folder: Path) -> list[Path]:
    """Of our own, and no others' bytes."""
    own = f"\n% {folder}\n".encode()
    contents = {
        "bill.pdf": (FOLDER / "invoice-hy-2026-004817.pdf").read_bytes(),
        "piao.pdf": (FOLDER / "fapiao-zh.pdf").read_bytes(),
        "lake.pdf": letter(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content + own)
    return [folder / name for name in contents]


def letter() -> bytes:
    file = io.BytesIO()
    document("".join(shown(line, x=40, y=350 - 20 * at) for at, line in enumerate(LETTER))).save(file)
    return file.getvalue()


def upload(page: Page, galley: Galley, *paths: Path) -> None:
    page.goto(f"{galley.url}/upload/")
    page.get_by_label("Template").select_option(label="Detect automatically")
    page.locator("input[type=file]").set_input_files(paths)


def row(page: Page, name: str) -> Locator:
    return page.locator("#upload-status .up").filter(has_text=name).first
