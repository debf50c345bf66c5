"""Two readings side by side in a real browser, on documents made by hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from extraction.models import Extraction, Review, Team, User
from extraction.queries.comparison import own_extraction
from tests.browser.conftest import OpenPage, axe_violations
from tests.read_documents import make_read_document
from tests.trials import make_trial

# Playwright's loop runs in this thread, and the rows are made in it too
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
pytestmark = pytest.mark.django_db(transaction=True)
type OpenComparison = Callable[..., Page]
CHANGES = {"total": "7421.91", "po_number": "PO-77128", "iban": None, "discount": "0.00"}


@pytest.fixture
def review(transactional_db: None, team: Team) -> Review:
    return make_read_document(team, pictures=True)


@pytest.fixture
def trial(review: Review) -> Extraction:
    trial = make_trial(review, changes=CHANGES, without_rows=[5])
    trial.values.filter(value="369.00").update(value="396.00")
    return trial


@pytest.fixture
def open_comparison(
    open_page: OpenPage, live_server: LiveServer, alice: User, trial: Extraction
) -> Iterator[OpenComparison]:
    def open_it(query: str = "", **options: object) -> Page:
        client = Client()
        client.force_login(alice)
        page = open_page(**options)
        session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([session])
        page.goto(f"{live_server.url}/documents/{trial.parse.document_id}/compare/{query}")
        return page

    yield open_it


def chosen(page: Page) -> Locator:
    return page.locator("[data-choose][aria-current]")


def boxes(page: Page) -> list[dict[str, float]]:
    expect(page.locator(".sheets .box.a")).to_have_count(1)
    return [page.locator(f".sheets .box.{side}").bounding_box() for side in "ab"]


def test_differences_are_walked_by_keys_and_their_boxes_follow(open_comparison: OpenComparison) -> None:
    page = open_comparison()
    expect(chosen(page)).to_have_text("PO number")

    page.keyboard.press("d")
    expect(chosen(page)).to_have_text("IBAN")
    expect(page.locator("#compare-place h2")).to_have_text("IBAN")
    page.keyboard.press("d")
    expect(page.locator("#compare-place h2")).to_have_text("Total")
    a, b = boxes(page)
    window = page.locator(".sheets").bounding_box()
    page.keyboard.press("ArrowUp")
    expect(chosen(page)).to_have_text("VAT amount")
    page.keyboard.press("Shift+D")
    expect(chosen(page)).to_have_text("IBAN")

    # the same words, read in two units: B's box stands around A's
    assert b["x"] < a["x"] < a["x"] + a["width"] < b["x"] + b["width"]
    assert b["y"] < a["y"] < a["y"] + a["height"] < b["y"] + b["height"]
    assert window["y"] <= b["y"] and b["y"] + b["height"] <= window["y"] + window["height"]
    assert "field=iban" in page.url


def test_only_differences_are_shown(open_comparison: OpenComparison) -> None:
    page = open_comparison()
    expect(page.locator(".pairs tr[data-verdict]:visible")).to_have_count(13)

    page.get_by_role("link", name="Only differences").click()
    expect(page.locator(".pairs tr[data-verdict]:visible")).to_have_count(4)
    expect(page.locator(".rows tbody tr:visible")).to_have_count(2)
    page.reload()

    expect(page.locator(".pairs tr[data-verdict]:visible")).to_have_count(4)


def test_trial_is_used_for_the_document(open_comparison: OpenComparison, trial: Extraction) -> None:
    page = open_comparison()

    page.get_by_role("button", name="Use this one").click()

    expect(page.locator("#review")).to_be_visible()
    expect(page.locator(".f[data-label='Total'] input")).to_have_value("7,421.91")
    assert own_extraction(trial.parse.document) == trial


def test_page_works_without_scripts(open_comparison: OpenComparison) -> None:
    page = open_comparison(javascript=False)

    page.get_by_role("link", name="Total", exact=True).click()

    expect(page.locator("#compare-place h2")).to_have_text("Total")
    assert len(boxes(page)) == 2
    page.get_by_role("link", name="Only differences").click()
    expect(page.locator("#compare-place h2")).to_have_text("Total")
    expect(page.locator(".pairs tr[data-verdict]:visible")).to_have_count(4)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1440, 320])
def test_page_is_accessible_and_never_wider_than_the_window(
    open_comparison: OpenComparison, width: int, dark: bool
) -> None:
    page = open_comparison(width=width, dark=dark)
    expect(page.locator(".sheets .box").first).to_be_visible()

    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
