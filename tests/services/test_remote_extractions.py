from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django.fixtures import Settings

from extraction.choices import JobState, Provider
from extraction.models import (
    Document,
    Extraction,
    FieldValue,
    ProviderAccount,
    ProviderChoice,
    Review,
    Team,
    Template,
    User,
)
from extraction.providers.embedded import EmbeddedParser
from extraction.queries.progress import progress_of
from extraction.services.accounts import resume_account
from extraction.services.documents import store_document
from extraction.services.extractions import extract_again
from extraction.services.raw_replies import raw_reply_path
from extraction.services.remote_ends import send_again
from extraction.services.remote_extractions import claim_late_look, late_look_at, look_late, usage_columns
from extraction.services.templates import install_ready_made
from extraction.types import CallUsage
from tests import bad_files
from tests.fakes.chat import FakeChat
from tests.fakes.docmap import FakeDocmap
from tests.fakes.docmap_account import KEY, TEMPLATE
from tests.services.remote_steps import call_once, finish, make_account, wake_all, work_until


@pytest.fixture(autouse=True)
def private_addresses(settings: Settings) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True


@pytest.fixture
def docmap() -> Iterator[FakeDocmap]:
    with FakeDocmap() as fake:
        yield fake


@pytest.fixture
def chat() -> Iterator[FakeChat]:
    with FakeChat(script={"total": "Page 1"}) as fake:
        yield fake


@pytest.fixture
def template(team: Team) -> Template:
    install_ready_made(team)
    return Template.objects.get(team=team, slug="receipt")


@pytest.fixture
def by_docmap(team: Team, docmap: FakeDocmap, template: Template) -> ProviderChoice:
    account = make_account(team, Provider.DOCMAP, docmap.url, KEY)
    return ProviderChoice.objects.create(template=template, extract_account=account, docmap_template=TEMPLATE)


@pytest.fixture
def by_model(team: Team, chat: FakeChat, template: Template) -> ProviderChoice:
    prices = {"input_price": Decimal(2), "output_price": Decimal(10), "currency": "USD"}
    account = make_account(team, Provider.CHAT, chat.base_url, "sk-any", model="small-model", **prices)
    return ProviderChoice.objects.create(template=template, extract_account=account)


def store(template: Template, engine: EmbeddedParser, data: bytes | None = None, name: str = "letter.pdf") -> Document:
    """Read by the engine; its fields are still to be extracted."""
    file = ContentFile(data or bad_files.page_pdf(), name=name)
    document = store_document(team=template.team, file=file, by=None, template=template)
    work_until(engine, lambda: Extraction.objects.exclude(state=JobState.WAITING).exists())
    return document


def progress(document: Document) -> Any:
    return progress_of([document])[document.pk]


def step() -> None:
    wake_all()
    call_once()


def sent_ago(**ago: float) -> None:
    Extraction.objects.update(started_at=timezone.now() - timedelta(**ago))


def test_fields_come_from_docmap_and_what_it_says_beyond_them_is_kept(
    by_docmap: ProviderChoice, docmap: FakeDocmap, template: Template, engine: EmbeddedParser
) -> None:
    docmap.settings.data = {"total": "none at all", "unheard_of": {"of": 1}, "weather": "of"}
    document = store(template, engine)

    finish(engine, document)

    extraction = Extraction.objects.get()
    assert (extraction.state, extraction.provider, Review.objects.count()) == (JobState.DONE, Provider.DOCMAP, 1)
    extra = extraction.values.filter(field=None).order_by("key")
    assert [(value.key, value.text) for value in extra] == [("unheard_of", '{"of":1}'), ("weather", "of")]
    assert extraction.values.get(key="total").flag == "does_not_fit"
    assert b'"extractedData"' in raw_reply_path(extraction).read_bytes()
    assert sum(docmap.paid.values()) == 1


@pytest.mark.parametrize("how", ["drop", "truncate", "html"])
def test_lost_answer_is_adopted_by_its_run_id_and_paid_once(
    by_docmap: ProviderChoice, docmap: FakeDocmap, template: Template, engine: EmbeddedParser, how: str
) -> None:
    document = store(template, engine)
    docmap.misbehave("run", how, taken=True)

    finish(engine, document)

    assert (progress(document).step, list(docmap.paid.values())) == ("ready", [1])


def test_submission_that_did_not_arrive_is_sent_again_under_the_same_key(
    by_docmap: ProviderChoice, docmap: FakeDocmap, template: Template, engine: EmbeddedParser
) -> None:
    document = store(template, engine)
    docmap.misbehave("run", "drop_unread")
    step()
    key = Extraction.objects.get().submit_key
    step()
    too_early = docmap.calls["run"]
    sent_ago(seconds=20)

    finish(engine, document)

    assert (too_early, docmap.paid) == (1, {str(key): 1})
    assert progress(document).step == "ready"


def test_job_that_was_killed_after_it_was_sent_is_adopted(
    by_docmap: ProviderChoice, docmap: FakeDocmap, template: Template, engine: EmbeddedParser
) -> None:
    document = store(template, engine)
    step()
    Extraction.objects.update(remote_id="", state=JobState.RUNNING, lease_until=timezone.now() - timedelta(seconds=1))

    finish(engine, document)

    assert (progress(document).step, list(docmap.paid.values())) == ("ready", [1])


def test_extraction_that_takes_too_long_fails_and_is_adopted_when_it_comes_late(
    by_docmap: ProviderChoice, docmap: FakeDocmap, template: Template, engine: EmbeddedParser
) -> None:
    docmap.settings.seconds = 1000
    document = store(template, engine)
    step()
    sent_ago(seconds=121)
    step()
    failed, first_look = progress(document), Extraction.objects.get().wake_at
    nothing_yet = claim_late_look()
    Extraction.objects.update(wake_at=timezone.now())
    sent_ago(seconds=120 + 600)
    look_late(claim_late_look())
    second_look = Extraction.objects.get().wake_at
    docmap.finish()
    Extraction.objects.update(wake_at=timezone.now())
    during = Extraction.objects.get().state

    look_late(claim_late_look())
    finish(engine, document)

    assert (failed.step, failed.error_code, failed.is_pending) == ("failed", "provider_too_slow", False)
    assert about(first_look, timedelta(seconds=599))
    assert nothing_yet is None
    assert about(second_look, timedelta(seconds=3000))
    assert during == JobState.FAILED
    assert (progress(document).step, progress(document).error_code, Review.objects.count()) == ("ready", "", 1)


def about(moment: datetime, after: timedelta) -> bool:
    return abs(moment - timezone.now() - after) < timedelta(seconds=15)


def test_late_answer_is_adopted_also_when_the_key_was_refused_meanwhile(
    by_docmap: ProviderChoice, docmap: FakeDocmap, template: Template, engine: EmbeddedParser
) -> None:
    docmap.settings.seconds = 1000
    document = store(template, engine)
    step()
    sent_ago(seconds=121)
    step()
    docmap.finish()
    Extraction.objects.update(wake_at=timezone.now())
    docmap.misbehave("get", "error", status=401, code="UNAUTHORIZED")
    look_late(claim_late_look())
    account = ProviderAccount.objects.get(provider=Provider.DOCMAP)
    pause = account.pause
    Extraction.objects.update(wake_at=timezone.now())
    while_paused = claim_late_look()
    resume_account(account=account)

    look_late(claim_late_look())
    finish(engine, document)

    assert (pause, while_paused) == ("key_refused", None)
    assert (progress(document).step, list(docmap.paid.values())) == ("ready", [1])


def test_late_looks_at_a_provider_that_is_gone_become_seldom(
    by_docmap: ProviderChoice, docmap: FakeDocmap, template: Template, engine: EmbeddedParser
) -> None:
    docmap.settings.seconds = 1000
    store(template, engine)
    step()
    sent_ago(seconds=121)
    step()
    sent_ago(hours=10)
    Extraction.objects.update(wake_at=timezone.now())
    ProviderAccount.objects.update(base_url="http://127.0.0.1:9")

    look_late(claim_late_look())

    assert about(Extraction.objects.get().wake_at, timedelta(hours=1))


def test_late_looks_end_after_an_hour() -> None:
    job = Extraction(started_at=timezone.now() - timedelta(seconds=121 + 3600))

    assert late_look_at(job) is None


def test_late_answer_to_what_was_extracted_again_opens_no_second_review(
    by_docmap: ProviderChoice, docmap: FakeDocmap, template: Template, engine: EmbeddedParser, bob: User
) -> None:
    docmap.settings.seconds = 1000
    document = store(template, engine)
    step()
    sent_ago(seconds=121)
    step()
    late = Extraction.objects.get()
    embedded = ProviderAccount.objects.create(team=template.team, provider=Provider.EMBEDDED, name="Engine")
    again = extract_again(document=document, by=bob, account=embedded)
    docmap.finish()
    Extraction.objects.filter(pk=late.pk).update(wake_at=timezone.now())

    look_late(claim_late_look())
    finish(engine, document)

    late.refresh_from_db()
    assert (late.state, late.reviews.count(), again.reviews.count()) == (JobState.DONE, 0, 1)


@pytest.mark.parametrize(("fails", "paid"), [("record", 1), ("answer", 1)])
def test_both_faces_of_failure_hand_over_to_the_fallback(
    by_docmap: ProviderChoice, docmap: FakeDocmap, template: Template, engine: EmbeddedParser, fails: str, paid: int
) -> None:
    embedded = ProviderAccount.objects.create(team=template.team, provider=Provider.EMBEDDED, name="Engine")
    ProviderChoice.objects.update(extract_fallback=embedded)
    docmap.settings.fails = fails
    document = store(template, engine)

    finish(engine, document)

    states = Extraction.objects.order_by("pk").values_list("state", "provider")
    assert list(states) == [(JobState.FAILED, Provider.DOCMAP), (JobState.DONE, Provider.EMBEDDED)]
    warning = progress(document).warnings[0]
    assert (warning["code"], warning["params"]["why"]["code"]) == ("stepped_in", "docmap_failed")
    assert (progress(document).step, sum(docmap.paid.values())) == ("ready", paid)


def test_used_up_quota_waits_for_the_next_month(
    by_docmap: ProviderChoice, docmap: FakeDocmap, template: Template, engine: EmbeddedParser
) -> None:
    docmap.settings.limit = 0
    document = store(template, engine)

    finish(engine, document)

    now = progress(document)
    assert (now.step, now.waiting_code, now.account_name) == ("waiting", "quota_used_up", "Our docmap")
    assert ProviderAccount.objects.get().resume_at > timezone.now()


def test_document_without_docmaps_template_says_so(
    by_docmap: ProviderChoice, template: Template, engine: EmbeddedParser
) -> None:
    ProviderChoice.objects.update(docmap_template="")
    document = store(template, engine)

    finish(engine, document)

    assert (progress(document).step, progress(document).error_code) == ("failed", "docmap_template_missing")


def test_model_is_asked_and_its_tokens_and_their_price_are_told(
    by_model: ProviderChoice, chat: FakeChat, template: Template, engine: EmbeddedParser
) -> None:
    document = store(template, engine)

    finish(engine, document)

    extraction = Extraction.objects.get()
    usage = extraction.usage
    cost = (2 * Decimal(usage["input_tokens"]) + 10 * Decimal(usage["output_tokens"])) / 1_000_000
    assert (extraction.state, chat.calls, usage["calls"]) == (JobState.DONE, 1, 1)
    assert (Decimal(usage["cost"]), usage["currency"], usage["input_tokens"] > 0) == (cost, "USD", True)
    assert FieldValue.objects.filter(extraction=extraction).exists()


@pytest.mark.parametrize(
    ("tokens", "cost"), [(5_000_000, "10"), (5_300_000, "10.6"), (0, "0"), (1, "0.000002"), (50_000_000, "100")]
)
def test_price_is_written_out(tokens: int, cost: str) -> None:
    account = ProviderAccount(input_price=Decimal("2.0000"), currency="USD")

    told = usage_columns(account, CallUsage(input_tokens=tokens))

    assert (told["cost"], told["currency"]) == (cost, "USD")


def test_model_gets_page_images_where_the_template_says_so(
    by_model: ProviderChoice, chat: FakeChat, template: Template, engine: EmbeddedParser
) -> None:
    ProviderChoice.objects.update(sends_images=True, instructions="Totals are in euros.")
    document = store(template, engine)

    finish(engine, document)

    assert chat.prompts[0].images == 1
    assert "Totals are in euros." in str(chat.bodies[0])


def test_model_whose_answers_are_lost_is_asked_twice_at_most(
    by_model: ProviderChoice, chat: FakeChat, template: Template, engine: EmbeddedParser, bob: User
) -> None:
    document = store(template, engine)
    chat.fail("drop", times=2)

    finish(engine, document)
    waiting, asked = progress(document), chat.calls
    send_again(document=document, by=bob)
    finish(engine, document)

    assert (waiting.step, waiting.waiting_code, asked) == ("waiting", "fate_unknown", 2)
    assert (progress(document).step, chat.calls) == ("ready", 3)


def test_model_that_was_killed_while_it_was_asked_is_asked_once_more(
    by_model: ProviderChoice, chat: FakeChat, template: Template, engine: EmbeddedParser
) -> None:
    document = store(template, engine)
    killed = {"state": JobState.RUNNING, "lease_until": timezone.now() - timedelta(seconds=1)}
    Extraction.objects.update(submit_key=uuid.uuid4(), **killed)
    chat.settings.seconds = 0

    finish(engine, document)

    assert (progress(document).step, chat.calls) == ("ready", 1)


def test_model_that_went_down_with_a_call_is_asked_again_when_it_is_back(
    by_model: ProviderChoice, chat: FakeChat, template: Template, engine: EmbeddedParser
) -> None:
    document = store(template, engine)
    chat.fail("drop", times=1)
    step()
    address = by_model.extract_account.base_url
    ProviderAccount.objects.update(base_url="http://127.0.0.1:9/v1")
    for _ in range(3):
        step()
    waiting = progress(document)
    ProviderAccount.objects.update(base_url=address)

    finish(engine, document)

    assert (waiting.step, waiting.waiting_code) == ("extracting", "provider_unavailable")
    assert (progress(document).step, chat.calls) == ("ready", 2)


def test_refusal_in_words_that_no_row_can_hold_ends_the_extraction(
    by_model: ProviderChoice, chat: FakeChat, template: Template, engine: EmbeddedParser
) -> None:
    document = store(template, engine)
    chat.fail("status", status=400, message="Odd\0 sign \ud800")

    finish(engine, document)

    extraction = Extraction.objects.get()
    assert (extraction.state, extraction.error_params) == (JobState.FAILED, {"problem": "Odd sign ?"})
    assert chat.calls == 1


def test_trial_opens_no_review_and_nobody_steps_in(
    by_docmap: ProviderChoice, docmap: FakeDocmap, template: Template, engine: EmbeddedParser
) -> None:
    document = store(template, engine)
    Extraction.objects.update(is_trial=True)

    finish(engine, document)

    assert (Extraction.objects.get().state, Review.objects.count()) == (JobState.DONE, 0)
    assert progress(document).extraction is None


def test_picture_is_sent_to_docmap_as_a_pdf(
    by_docmap: ProviderChoice, docmap: FakeDocmap, template: Template, engine: EmbeddedParser
) -> None:
    document = store(template, engine, bad_files.small_png(), "receipt.png")

    finish(engine, document)

    assert (progress(document).step, sum(docmap.paid.values())) == ("ready", 1)
