"""Every chain of providers, from the upload form to the review page: the same boxes and keys whoever read the page."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Galley, OpenPage, sign_in
from tests.browser.test_whole_way import exported_json, upload
from tests.fakes import docmap_account
from tests.fakes.chat import FakeChat
from tests.fakes.docmap import FakeDocmap
from tests.fakes.somark import FakeSomark

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "extraction" / "samples" / "invoice-hy-2026-004817.pdf"
TRUTH = json.loads((ROOT / "tests/files/truth/invoice-hy-2026-004817.json").read_text())
CHAINS = [
    ("somark", "embedded"),
    ("embedded", "docmap"),
    ("somark", "docmap"),
    ("embedded", "chat"),
]
SET_UP = """
from dataclasses import replace
from extraction.models import ProviderAccount, ProviderChoice, User
from extraction.services.accounts import embedded_account, save_account
from extraction.services.provider_choices import save_provider_choice
from extraction.services.teams import current_team
from extraction.services.templates import create_template, publish_draft, ready_made

user = User.objects.get(email={email!r})
team = current_team(user, None)
accounts = {{"embedded": embedded_account(team)}}
for name, url, key, more in {accounts!r}:
    account = ProviderAccount(team=team, provider=name, name=name + " at work", base_url=url, **more)
    accounts[name] = save_account(account=account, key=key, by=user)
for reader, extractor in {chains!r}:
    definition = replace(ready_made("invoice"), name=reader + " and " + extractor)
    template = create_template(team=team, definition=definition, by=user)
    publish_draft(template=template)
    choice = ProviderChoice(
        template=template,
        parse_account=accounts[reader],
        extract_account=accounts[extractor],
        docmap_template={docmap_template!r} if extractor == "docmap" else "",
    )
    save_provider_choice(choice=choice, by=user)
"""


@dataclass(frozen=True)
class World:
    """What the chains were served by."""

    somark: FakeSomark
    docmap: FakeDocmap
    chat: FakeChat


@pytest.fixture(scope="module")
def world(galley: Galley) -> Iterator[World]:
    as_printed = {"issue_date": "14 October 2026", "due_date": "13 November 2026", "total": "16,288.46"}
    script = {name: TRUTH[name] for name in ("invoice_number", "supplier_name", "currency")} | as_printed
    with FakeSomark(seconds=1) as somark, FakeDocmap(data=TRUTH) as docmap, FakeChat(script=script) as chat:
        limits = {"calls_per_second": 20.0}
        accounts = [
            ("somark", somark.base_url, "sk-right", limits),
            ("docmap", docmap.url, docmap_account.KEY, limits),
            ("chat", chat.base_url, "", limits | {"model": "small-model"}),
        ]
        code = SET_UP.format(
            email=galley.environment["GALLEY_ADMIN_EMAIL"],
            accounts=accounts,
            chains=CHAINS,
            docmap_template=docmap_account.TEMPLATE,
        )
        galley.manage("shell", "-v", "0", "-c", code)
        yield World(somark, docmap, chat)


@pytest.fixture
def signed_in(open_page: OpenPage, galley: Galley) -> Page:
    page = open_page()
    sign_in(page, galley.url)
    return page


def field(page: Page, label: str) -> object:
    return page.locator(f".f[data-label='{label}']")


def approve(page: Page, *, sure: bool) -> None:
    """A provider that gives no confidence leaves every value to be checked: a second time approves it as it is."""
    review = page.url
    page.keyboard.press("Control+Enter")
    if not sure:
        expect(page.locator("#review-notice")).to_contain_text("approve anyway")
        page.keyboard.press("Control+Enter")
    expect(page).not_to_have_url(review, timeout=10_000)


@pytest.mark.parametrize(("reader", "extractor"), CHAINS, ids=[f"{reader}-{extractor}" for reader, extractor in CHAINS])
def test_chain_is_reviewed_like_any_other(
    signed_in: Page, galley: Galley, world: World, tmp_path: Path, reader: str, extractor: str
) -> None:
    file = Path(shutil.copy(SAMPLE, tmp_path / f"{reader}-{extractor}.pdf"))
    before = world.somark.submissions, len(world.docmap.runs), world.chat.calls

    document = upload(signed_in, galley, file, template=f"{reader} and {extractor}")

    page = signed_in
    after = world.somark.submissions, len(world.docmap.runs), world.chat.calls
    assert after[0] - before[0] == (reader == "somark")
    assert after[1] - before[1] == (extractor == "docmap")
    assert after[2] - before[2] == (extractor == "chat")
    # a field leads to its box, and a box to its field
    number = field(page, "Invoice number").locator("input")
    expect(number).to_have_value(TRUTH["invoice_number"])
    number.focus()
    expect(page.locator(".sel.ring").first).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".links rect[aria-label='Invoice number']").first.click()
    expect(page.locator(".f.active, .f[data-active]")).to_have_count(1)
    expect(page.locator("rect.blk").first).to_be_attached()

    approve(page, sure=extractor == "embedded")
    result = exported_json(page, document)

    wanted = ("invoice_number", "issue_date", "supplier_name", "currency", "total")
    assert {name: result["extractedData"][name] for name in wanted} == {name: TRUTH[name] for name in wanted}
    sizes = {shown["page"]: shown for shown in result["pages"]}
    for name in wanted:
        place = result["evidence"][name]
        x0, y0, x1, y1 = place["bbox"]
        size = sizes[place["page"]]
        assert 0 <= x0 < x1 <= size["width"] and 0 <= y0 < y1 <= size["height"], name
