"""Provider accounts and a template's providers in a real browser, with a DocMap on a real socket."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from extraction.choices import JobState, Lane, Provider
from extraction.errors import AccountRefused
from extraction.models import (
    Extraction,
    FieldValue,
    PageRange,
    Parse,
    ProviderAccount,
    ProviderChoice,
    Review,
    Span,
    Team,
    User,
)
from extraction.services.accounts import pause_account, save_account
from extraction.services.reviews import open_review
from tests.browser.conftest import OpenPage, axe_violations
from tests.factories import make_document
from tests.fakes.docmap import FakeDocmap
from tests.fakes.docmap_account import KEY, TEMPLATE
from tests.read_documents import make_read_document

# Playwright's loop runs in this thread, and the rows are made in it too
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
pytestmark = pytest.mark.django_db(transaction=True)
WIDE_AND_NARROW = pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (320, False), (320, True)])


@pytest.fixture
def docmap(settings: Settings) -> Iterator[FakeDocmap]:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True
    with FakeDocmap() as fake:
        yield fake


@pytest.fixture
def review(transactional_db: None, team: Team) -> Review:
    return make_read_document(team, pictures=True)


def go(page: Page, live_server: LiveServer, user: User, address: str) -> None:
    client = Client()
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto(f"{live_server.url}{address}")


def make_account(team: Team, provider: Provider, **columns: str) -> ProviderAccount:
    plain = {"team": team, "provider": provider, "name": str(provider.label), "base_url": "https://provider.example"}
    return save_account(account=ProviderAccount(**plain | columns), key="a-key-of-some-length", by=None)


def hold(account: ProviderAccount, by: User) -> None:
    """A document of unknown fate at the account."""
    document = make_document(account.team, name="held.pdf", uploaded_by=by)
    parse = Parse.objects.create(document=document, account=account, state=JobState.WAITING)
    waiting = {"state": JobState.WAITING, "error_class": "fate_unknown", "lane": Lane.REMOTE}
    PageRange.objects.create(parse=parse, first=1, last=1, account=account, **waiting)


def problems_of(page: Page) -> list[str]:
    page.wait_for_load_state("networkidle")
    scrolled = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*axe_violations(page), *([f"scrolls sideways by {scrolled} px"] if scrolled > 0 else [])]


@WIDE_AND_NARROW
def test_pages_of_providers_have_no_violations_and_fit(
    open_page: OpenPage, live_server: LiveServer, team: Team, alice: User, review: Review, width: int, dark: bool
) -> None:
    somark = make_account(team, Provider.SOMARK, monthly_budget="5000")
    make_account(team, Provider.DOCMAP)
    make_account(team, Provider.CHAT, model="small", name="A model in the basement")
    hold(somark, alice)
    pause_account(account=somark, error=AccountRefused())
    accounts, template = f"/teams/{team.pk}/accounts/", f"/templates/{review.extraction.version.template_id}/"
    page = open_page(width=width, dark=dark)
    found = {}

    go(page, live_server, alice, accounts)
    for address in (
        accounts,
        f"{accounts}new/",
        *(f"{accounts}new/{provider}/" for provider in ("somark", "docmap", "chat")),
        f"{accounts}{somark.pk}/",
        f"{accounts}{somark.pk}/delete/",
        f"{template}providers/",
        "/documents/",
        "/upload/",
        f"/documents/{Parse.objects.get(account=somark).document_id}/",
    ):
        page.goto(f"{live_server.url}{address}")
        if problems := problems_of(page):
            found[address] = problems

    assert found == {}


def test_a_wrong_key_is_told_and_the_right_one_mends_it(
    open_page: OpenPage, live_server: LiveServer, team: Team, alice: User, docmap: FakeDocmap
) -> None:
    page = open_page()
    go(page, live_server, alice, f"/teams/{team.pk}/accounts/")
    page.get_by_role("link", name="Add an account").click()
    page.get_by_role("link", name="DocMap").click()
    page.get_by_label("Base URL").fill(docmap.url)
    page.get_by_label("Key").fill("dm_live_a_wrong_one")
    page.get_by_role("button", name="Add").click()

    page.get_by_role("button", name="Test DocMap").click()
    expect(page.locator(".verdict")).to_contain_text("The provider refused the key.")
    page.get_by_label("Key").fill(KEY)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Test DocMap").click()

    expect(page.locator(".verdict")).to_contain_text("The test went well.")
    expect(page.locator(".tested")).to_contain_text("2,500 extractions left.")
    expect(page.get_by_label("Key")).to_have_value("")
    assert KEY not in page.content()


def test_a_paused_account_is_resumed_from_any_page(
    open_page: OpenPage, live_server: LiveServer, team: Team, alice: User, transactional_db: None
) -> None:
    account = make_account(team, Provider.SOMARK)
    pause_account(account=account, error=AccountRefused())
    page = open_page(javascript=False)

    go(page, live_server, alice, "/templates/")
    page.get_by_role("button", name="Resume SoMark").click()

    expect(page).to_have_url(f"{live_server.url}/templates/")
    expect(page.locator("#messages")).to_contain_text("SoMark goes on.")
    expect(page.locator("section.paused")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_docmaps_template_is_found_and_chosen(
    open_page: OpenPage,
    live_server: LiveServer,
    team: Team,
    alice: User,
    review: Review,
    docmap: FakeDocmap,
    javascript: bool,
) -> None:
    account = ProviderAccount(team=team, provider=Provider.DOCMAP, name="DocMap", base_url=docmap.url)
    save_account(account=account, key=KEY, by=None)
    pdf = base64.b64encode(b"%PDF-1.7").decode()
    docmap.run({"templateId": TEMPLATE, "fileName": "a.pdf", "mimeType": "application/pdf", "pdfBase64": pdf})
    template = review.extraction.version.template
    page = open_page(javascript=javascript)

    go(page, live_server, alice, f"/templates/{template.pk}/providers/")
    expect(page.locator("#template-docmap")).to_be_hidden()
    page.locator("select[name=extract_account]").select_option(label="DocMap")
    page.get_by_role("button", name="Find in history").click()
    page.get_by_role("button", name="Invoice Template").click()
    expect(page.get_by_label("Template id at DocMap")).to_have_value(TEMPLATE)
    page.get_by_role("button", name="Save").click()

    expect(page.locator("#messages")).to_contain_text("Saved.")
    choice = ProviderChoice.objects.get(template=template)
    assert (choice.extract_account, choice.docmap_template) == (account, TEMPLATE)


def test_a_value_that_does_not_fit_is_answered_by_keys(
    open_page: OpenPage, live_server: LiveServer, alice: User, review: Review
) -> None:
    extraction = Extraction.objects.get(pk=review.extraction_id)
    FieldValue.objects.filter(extraction=extraction, row=None).exclude(key="due_date").update(confidence=0.99)
    due = FieldValue.objects.get(extraction=extraction, key="due_date")
    FieldValue.objects.filter(pk=due.pk).update(value=None, text="in a month", confidence=None, flag="does_not_fit")
    Span.objects.filter(value=due).delete()
    FieldValue.objects.create(extraction=extraction, key="paymentTerms", value="30 days", text="30 days")
    open_review(extraction=extraction)
    page = open_page()

    go(page, live_server, alice, review.get_absolute_url())
    field = page.locator(f"#field-{due.pk}")
    expect(field.locator("input")).to_be_focused()
    expect(field).to_contain_text("The provider said “in a month”")
    page.keyboard.press("Enter")
    expect(page.locator("#review-notice")).to_contain_text("in a month")
    field.locator("input").fill("13 November 2026")
    page.keyboard.press("Enter")

    expect(field).to_have_attribute("data-state", "confirmed")
    expect(field.locator("input")).to_have_value("2026-11-13")
    expect(page.locator(".group", has_text="Also sent by").locator("input")).to_have_value("30 days")
    assert axe_violations(page) == []
