"""The review page in a real browser, on documents made by hand."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from extraction.choices import ReviewState
from extraction.models import FieldValue, Review, Team, User
from extraction.services.corrections import confirm_value, correct_value
from extraction.services.review_sheet import read_sheet
from tests.browser.conftest import OpenPage, axe_violations
from tests.read_documents import make_read_document

# Playwright's loop runs in this thread, and the rows are made in it too
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
pytestmark = pytest.mark.django_db(transaction=True)
type OpenReview = Callable[..., Page]


@pytest.fixture
def review(transactional_db: None, team: Team) -> Review:
    return make_read_document(team, pictures=True)


@pytest.fixture
def open_review_page(open_page: OpenPage, live_server: LiveServer, alice: User, review: Review) -> Iterator[OpenReview]:
    def open_it(shown: Review = review, *, path: str = "", **options: object) -> Page:
        client = Client()
        client.force_login(alice)
        page = open_page(**options)
        session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([session])
        page.goto(live_server.url + (path or shown.get_absolute_url()))
        return page

    yield open_it


def field(page: Page, label: str) -> object:
    return page.locator(f".f[data-label='{label}']")


def test_a_document_is_cleared_by_keys_alone_and_the_next_one_opens(
    open_review_page: OpenReview, review: Review, team: Team
) -> None:
    second = make_read_document(team, name="second.pdf", pictures=True)
    page = open_review_page()
    expect(field(page, "PO number").locator("input")).to_be_focused()
    expect(page.locator(".sel.ring")).to_be_visible()

    page.keyboard.press("Enter")
    expect(field(page, "PO number")).to_have_attribute("data-state", "confirmed")
    expect(field(page, "Total").locator("input")).to_be_focused()
    page.keyboard.type("7.421,91")
    page.keyboard.press("Enter")
    expect(field(page, "Total").locator("input")).to_have_value("7,421.91")
    page.keyboard.press("Enter")
    expect(field(page, "Discount")).to_have_attribute("data-state", "absent")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Amount, row 7")).to_be_focused()
    page.keyboard.type("396")
    page.keyboard.press("Enter")
    expect(page.locator("#review-counts")).to_have_attribute("data-to-check", "0")
    page.keyboard.press("Control+Enter")

    expect(page).to_have_url(page.url.split("/reviews/")[0] + second.get_absolute_url())
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_a_box_chooses_its_field_and_a_block_fills_one(open_review_page: OpenReview, review: Review) -> None:
    page = open_review_page()
    page.locator(".links rect[aria-label='Currency']").click()
    expect(field(page, "Currency").locator("input")).to_be_focused()

    field(page, "Discount").locator("input").focus()
    page.locator(".blocks rect[data-text='318.00']").first.click()
    expect(page.locator("#pop")).to_be_visible()
    page.keyboard.press("Enter")

    expect(field(page, "Discount").locator("input")).to_have_value("318.00")
    discount = next(item for item in read_sheet(review.extraction).fields if item.name == "discount")
    assert [span.page for span in discount.spans] == [1]


def test_a_region_that_is_drawn_gives_its_words(open_review_page: OpenReview) -> None:
    page = open_review_page()
    box = page.locator(".blocks rect[data-text='Shenzhen 518057, China']").first.bounding_box()

    page.mouse.move(box["x"] - 4, box["y"] - 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 4, box["y"] + box["height"] + 2, steps=4)
    page.mouse.up()

    expect(page.locator("#pop .q span")).to_have_text("Shenzhen 518057, China")


def test_a_field_is_filled_from_the_page_by_keys(open_review_page: OpenReview) -> None:
    page = open_review_page()
    field(page, "Discount").locator("input").focus()

    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator("#viewer")).to_have_attribute("data-grab", "")
    page.keyboard.type("1,185")
    page.keyboard.press("Enter")

    expect(field(page, "Discount").locator("input")).to_have_value("1,185.01")


def test_undo_survives_a_reload(open_review_page: OpenReview) -> None:
    page = open_review_page()
    field(page, "Incoterm").locator("input").fill("FOB")
    page.keyboard.press("Enter")
    expect(field(page, "Incoterm")).to_have_attribute("data-state", "confirmed")

    page.reload()
    page.locator("#undo").click()

    expect(field(page, "Incoterm").locator("input")).to_have_value("DAP Hamburg")
    expect(page.locator("#undo")).to_be_disabled()


def test_rows_are_added_copied_and_removed(open_review_page: OpenReview) -> None:
    page = open_review_page()
    page.get_by_role("button", name="Add row").click()
    expect(page.get_by_label("Article, row 9")).to_be_focused()

    page.keyboard.press("Control+d")
    expect(page.get_by_label("Article, row 9")).to_have_value("FRT")
    page.get_by_role("button", name="Remove row 1").click()

    expect(page.get_by_label("Article, row 1")).to_have_value("LX-410")
    expect(page.locator(".li tbody tr")).to_have_count(8)


def test_a_stale_save_lets_the_person_choose(open_review_page: OpenReview, review: Review, alice: User) -> None:
    page = open_review_page()
    incoterm = review.extraction.values.get(key="incoterm")
    correct_value(review=review, value=incoterm, text="EXW", by=alice, version=1)

    field(page, "Incoterm").locator("input").fill("FOB")
    page.keyboard.press("Enter")
    expect(page.locator(".conflict")).to_contain_text("Theirs: EXW")
    page.get_by_role("button", name="Mine: FOB").click()

    expect(field(page, "Incoterm").locator("input")).to_have_value("FOB")
    expect(page.locator(".conflict")).to_have_count(0)


def test_approval_after_a_refused_save_is_not_sent(open_review_page: OpenReview, review: Review, alice: User) -> None:
    clear(review, alice)
    page = open_review_page()
    incoterm = review.extraction.values.get(key="incoterm")
    correct_value(review=review, value=incoterm, text="EXW", by=alice, version=review.version)

    field(page, "Incoterm").locator("input").fill("FOB")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".conflict")).to_contain_text("Theirs: EXW")
    page.get_by_role("button", name="Mine: FOB").click()
    expect(page.locator(".conflict")).to_have_count(0)
    review.refresh_from_db()
    assert review.state == ReviewState.OPEN


def clear(review: Review, by: User) -> None:
    """Confirm all that needs a person."""
    for item in read_sheet(review.extraction).everything.values():
        if item.needs_check or item.problems:
            value = review.extraction.values.get(pk=item.pk)
            confirm_value(review=review, value=value, by=by, version=review.version)


def test_a_change_is_saved_after_signing_in_again_elsewhere(open_review_page: OpenReview, review: Review) -> None:
    page = open_review_page()
    other = {"name": "csrftoken", "value": "z" * 32, "url": page.url.split("/reviews/")[0]}
    page.context.add_cookies([other])

    field(page, "Incoterm").locator("input").fill("FOB")
    page.keyboard.press("Enter")

    expect(page.locator("#saved")).to_have_text("Saved")
    expect(field(page, "Incoterm")).to_have_attribute("data-state", "confirmed")


def test_a_change_that_cannot_be_taken_says_so(open_review_page: OpenReview, review: Review) -> None:
    page = open_review_page()

    field(page, "Incoterm").locator("input").fill("x" * 10_001)
    page.keyboard.press("Enter")

    expect(page.locator("#saved")).to_contain_text("Load the page again")
    assert not review.corrections.exists()


def test_pages_turn_zoom_and_hide_without_losing_the_boxes(open_review_page: OpenReview) -> None:
    page = open_review_page()
    image, box = page.locator("#page-1 image"), page.locator("#page-1 .blk.outline")

    for view in ("in", "in", "turn", "out", "turn"):
        page.locator(f"[data-view={view}]").click()
        whole, part = image.bounding_box(), box.bounding_box()
        assert whole["x"] <= part["x"] and part["x"] + part["width"] <= whole["x"] + whole["width"]
        assert whole["y"] <= part["y"] and part["y"] + part["height"] <= whole["y"] + whole["height"]

    page.locator(".legend input[value=table]").uncheck(force=True)
    expect(box).to_be_hidden()


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(open_review_page: OpenReview, dark: bool) -> None:
    page = open_review_page(dark=dark)
    expect(page.locator("#page-1[data-drawn]")).to_be_visible()
    found = axe_violations(page)

    for tab in ("text", "history", "check"):
        page.locator(f"[data-tab={tab}]").click()
        found += axe_violations(page)
    page.locator("#review .menu summary").click()
    found += axe_violations(page)
    page.get_by_role("button", name="All keys ?", exact=True).first.click()
    found += axe_violations(page)

    assert found == []


def test_a_small_screen_is_not_scrolled_sideways(open_review_page: OpenReview) -> None:
    page = open_review_page(width=320, height=800)

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_page_works_without_scripts(open_review_page: OpenReview, review: Review) -> None:
    page = open_review_page(javascript=False)

    field(page, "Incoterm").locator("input").fill("FOB")
    page.locator("#fields").get_by_role("button", name="Save").click()
    expect(field(page, "Incoterm")).to_have_attribute("data-state", "confirmed")
    page.get_by_role("link", name="Reject").click()
    page.get_by_label("Reason").fill("not ours")
    page.get_by_role("button", name="Reject").click()

    review.refresh_from_db()
    assert (review.state, review.comment) == (ReviewState.REJECTED, "not ours")


def test_a_value_that_does_not_fit_calls_the_person_back(open_review_page: OpenReview) -> None:
    page = open_review_page()
    due = field(page, "Due date").locator("input")
    due.focus()

    due.fill("31 Feb 2026")
    page.keyboard.press("Enter")

    expect(field(page, "Due date")).to_have_attribute("data-state", "broken")
    expect(due).to_be_focused()


def test_unchecked_fields_are_named_before_an_approval(
    open_review_page: OpenReview, review: Review, alice: User
) -> None:
    for item, _ in read_sheet(review.extraction).blockers:
        confirm_value(review=review, value=FieldValue.objects.get(pk=item.pk), by=alice, version=review.version)
    page = open_review_page()

    page.keyboard.press("Control+Enter")
    expect(page.locator("#review-notice")).to_contain_text("PO number")
    page.keyboard.press("Control+Enter")

    expect(page).not_to_have_url(re.compile(rf"{review.get_absolute_url()}$"))
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED
