from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import Settings

from extraction.choices import JobState, PageState, Provider
from extraction.errors import StepNotAllowed
from extraction.models import (
    AccountUsage,
    Document,
    Extraction,
    Page,
    PageRange,
    Parse,
    ParsedPage,
    ProviderAccount,
    ProviderChoice,
    Review,
    Team,
    Template,
    User,
)
from extraction.providers.embedded import EmbeddedParser
from extraction.queries.pages import parsed_pages
from extraction.queries.progress import progress_of
from extraction.services.accounts import delete_account, resume_account
from extraction.services.documents import delete_document, store_document
from extraction.services.jobs import Lease
from extraction.services.page_images import image_folder
from extraction.services.parses import cancel_document, read_again, read_page_again
from extraction.services.raw_replies import keep_pictures, picture_path, picture_type, raw_reply_path, sweep_replies
from extraction.services.readings import page_reading
from extraction.services.remote_ends import send_again
from extraction.services.remote_work import claim_due, perform_call
from extraction.services.templates import install_ready_made
from tests import bad_files
from tests.fakes.somark import FakeSomark
from tests.fakes.somark_tasks import KEY
from tests.services.remote_steps import call_once, finish, make_account, wake_all

SAMPLES = Path(__file__).parents[2] / "extraction" / "samples"


@pytest.fixture
def somark(settings: Settings) -> Iterator[FakeSomark]:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True
    with FakeSomark() as fake:
        yield fake


@pytest.fixture
def account(team: Team, somark: FakeSomark) -> ProviderAccount:
    return make_account(team, Provider.SOMARK, somark.base_url, KEY)


@pytest.fixture
def template(team: Team) -> Template:
    install_ready_made(team)
    return Template.objects.get(team=team, slug="receipt")


def store(account: ProviderAccount, pages: int = 1, **values: Any) -> Document:
    file = ContentFile(bad_files.page_pdf(pages), name="letter.pdf")
    return store_document(team=account.team, file=file, by=None, parse_account=account, **values)


def blocks_of(parse: Parse) -> list[list[str]]:
    return [[block.content for block in page_reading(page).blocks] for page in parsed_pages(parse)]


def test_document_is_read_by_somark_with_our_words_under_its_blocks(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser, template: Template
) -> None:
    document = store(account, pages=2, template=template)

    finish(engine, document)

    parse = document.parses.get()
    assert (parse.state, parse.provider, parse.warnings) == (JobState.DONE, Provider.SOMARK, [])
    first, second = (page_reading(page) for page in parsed_pages(parse))
    assert [first.blocks[0].content, second.blocks[0].content] == ["Page 1 of 2", "Page 2 of 2"]
    assert [(word.text, word.block) for word in first.words] == [
        ("Page", 0),
        ("1", 0),
        ("of", 0),
        ("2", 0),
    ]
    assert (somark.submissions, Review.objects.count()) == (1, 1)
    assert Page.objects.filter(document=document).exclude(image="").count() == 2


def test_reply_and_pictures_are_kept_as_files_and_go_with_the_document(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser
) -> None:
    document = store(account)
    finish(engine, document)
    job = PageRange.objects.get()
    pictures = [block.image for page in parsed_pages(job.parse) for block in page_reading(page).blocks if block.image]
    kept = [raw_reply_path(job), *(picture_path(document, digest) for digest in pictures)]
    orphan = image_folder(document) / "replies" / ("a" * 64)
    orphan.write_bytes(b"killed before its row")

    sweep_replies()
    before = [path.exists() for path in (*kept, orphan)]
    reply = kept[0].read_bytes()
    delete_document(document=document, by=None)

    assert before == [True, True, False]
    assert b'"pages"' in reply
    assert not any(path.exists() for path in kept)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_pictures_of_every_kind_that_browsers_show_are_kept(account: ProviderAccount, kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (3, 3)).save(file, kind)
    document = store(account)

    kept = keep_pictures(document, {"one": file.getvalue(), "other": b"<!doctype html>"})

    assert [picture_path(document, digest).read_bytes() for digest in kept.values()] == [file.getvalue()]
    assert (list(kept), picture_type(file.getvalue())) == (["one"], f"image/{kind.lower()}")


def test_usage_counts_calls_and_pages(account: ProviderAccount, engine: EmbeddedParser) -> None:
    document = store(account, pages=3)

    finish(engine, document)

    usage = AccountUsage.objects.get(account=account)
    assert usage.pages == 3


def range_of(document: Document) -> PageRange:
    return PageRange.objects.get(parse__document=document)


def progress(document: Document) -> Any:
    return progress_of([document])[document.pk]


def test_document_of_more_pages_than_the_account_takes_is_split_and_joined(
    team: Team, somark: FakeSomark, engine: EmbeddedParser
) -> None:
    account = make_account(team, Provider.SOMARK, somark.base_url, KEY, max_pages=2)
    document = store(account, pages=5)

    finish(engine, document)

    parse = document.parses.get()
    assert [(job.first, job.last) for job in parse.ranges.order_by("first")] == [(1, 2), (3, 4), (5, 5)]
    assert [page[0] for page in blocks_of(parse)] == [f"Page {number} of 5" for number in range(1, 6)]
    assert somark.submissions == 3


def test_document_over_the_limits_is_refused_before_it_is_sent(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser
) -> None:
    document = store(account)
    Document.objects.filter(pk=document.pk).update(page_count=301)

    finish(engine, document)

    now = progress(document)
    assert (now.step, now.error_code, now.error_params) == ("failed", "too_many_pages", {"pages": 301, "limit": 300})
    assert somark.submissions == 0


def test_page_that_was_left_out_is_a_failed_page_and_can_be_read_again(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser
) -> None:
    document = store(account, pages=3)
    somark.settings.pages = 2
    finish(engine, document)
    before = progress(document)
    failed = list(ParsedPage.objects.filter(state=PageState.FAILED).values_list("number", "error_class"))
    somark.settings.pages = 0

    read_page_again(document=document, number=3, by=None)
    finish(engine, document)

    assert failed == [(3, "page_left_out")]
    assert (before.step, before.warnings) == ("ready", [{"code": "pages_failed", "params": {"pages": "3"}}])
    assert (progress(document).warnings, somark.submissions) == ([], 2)
    assert blocks_of(document.parses.get())[2][0] == "Page 3 of 3"


def test_pages_too_many_are_a_warning(account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser) -> None:
    document = store(account)
    somark.settings.pages = 3

    finish(engine, document)

    assert progress(document).warnings == [{"code": "pages_left_over", "params": {"pages": "2, 3"}}]
    assert ParsedPage.objects.count() == 1


def test_lost_answer_to_a_submission_waits_for_a_person_and_is_never_sent_twice(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser, bob: User
) -> None:
    document = store(account)
    somark.misbehave("submit", "drop", works=True)
    finish(engine, document)
    waiting = progress(document)
    sent = somark.submissions

    send_again(document=document, by=bob)
    finish(engine, document)

    assert (waiting.step, waiting.waiting_code, waiting.may_send_again) == ("waiting", "fate_unknown", True)
    assert (waiting.is_pending, waiting.parse.state) == (True, JobState.WAITING)
    assert (sent, somark.submissions, progress(document).step) == (1, 2, "ready")
    with pytest.raises(StepNotAllowed):
        send_again(document=document, by=bob)


def test_job_that_was_killed_while_it_was_sent_waits_for_a_person(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser
) -> None:
    document = store(account)
    gone = timezone.now() - timedelta(seconds=1)
    PageRange.objects.update(state=JobState.RUNNING, lease_until=gone, submit_key="0" * 32)

    finish(engine, document)

    assert (progress(document).waiting_code, somark.submissions) == ("fate_unknown", 0)


def test_refused_key_pauses_the_account_and_no_document_fails(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser, template: Template
) -> None:
    documents = [store(account, template=template) for _ in range(3)]
    somark.settings.key = "sk-another"
    for document in documents:
        finish(engine, document)
    account.refresh_from_db()
    pause = account.pause
    late = store(account)
    waiting = [progress(document) for document in (*documents, late)]
    somark.settings.key = KEY

    resume_account(account=account)
    for document in documents:
        finish(engine, document)

    assert pause == "key_refused"
    assert [(now.step, now.waiting_code) for now in waiting] == [("waiting", "key_refused")] * 4
    assert [progress(document).step for document in documents] == ["ready"] * 3
    assert Extraction.objects.filter(state=JobState.DONE).count() == 3


def test_outage_leaves_the_document_queued_with_its_reason_and_counts_as_no_failure(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser
) -> None:
    document = store(account)
    somark.misbehave("poll", "http", status=503, times=30)
    for _ in range(12):
        wake_all()
        call_once()
    during = progress(document)
    job = range_of(document)
    somark.faults.clear()

    finish(engine, document)

    assert (during.step, during.waiting_code, during.is_sent) == ("reading", "provider_unavailable", True)
    assert (during.account_name, job.failures, job.state) == ("Our somark", 0, JobState.QUEUED)
    assert (progress(document).step, progress(document).waiting_code, somark.submissions) == ("ready", "", 1)


def test_busy_provider_is_asked_ever_more_seldom_and_not_for_ever(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser
) -> None:
    document = store(account)
    somark.misbehave("submit", "code", code=1124, times=1000)
    pauses = []
    for _ in range(6):
        wake_all()
        call_once()
        pauses.append((range_of(document).wake_at - timezone.now()).total_seconds())
    busy = range_of(document)
    long_ago = (timezone.now() - timedelta(minutes=11)).isoformat()
    PageRange.objects.update(error_params={"tries": 60, "since": long_ago})

    wake_all()
    call_once()

    assert (busy.submit_key, busy.error_class) == (None, "provider_busy")
    assert [round(pause) for pause in pauses[1:]] == [2, 4, 8, 10, 10]
    assert (progress(document).step, progress(document).error_code) == ("failed", "provider_busy")


def test_provider_that_gives_up_is_asked_once_more(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser
) -> None:
    document, hopeless = store(account), None
    somark.misbehave("poll", "code", code=1102)
    finish(engine, document)
    somark.misbehave("poll", "code", code=1102, times=2)

    hopeless = store(account)
    finish(engine, hopeless)

    assert (progress(document).step, progress(hopeless).error_code) == ("ready", "provider_timed_out")
    assert somark.submissions == 4


def test_failed_task_fails_the_document_with_the_providers_reason(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser
) -> None:
    document = store(account)
    somark.settings.fails = "no text at all"

    finish(engine, document)

    now = progress(document)
    assert (now.step, now.error_code, now.error_params) == (
        "failed",
        "provider_rejected",
        {"problem": "no text at all"},
    )


def test_fallback_takes_over_with_a_warning_that_says_why(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser, template: Template
) -> None:
    embedded = ProviderAccount.objects.create(team=account.team, provider=Provider.EMBEDDED, name="Engine")
    ProviderChoice.objects.create(template=template, parse_account=account, parse_fallback=embedded)
    somark.settings.fails = "no text at all"
    file = ContentFile(bad_files.page_pdf(), name="letter.pdf")
    document = store_document(team=account.team, file=file, by=None, template=template)

    finish(engine, document)

    now = progress(document)
    why = {"code": "provider_rejected", "params": {"problem": "no text at all"}}
    account_name = {"code": "embedded_engine", "params": {}}
    assert (now.step, now.parse.provider) == ("ready", Provider.EMBEDDED)
    params = {"failed": "Our somark", "account": account_name, "why": why}
    assert now.warnings == [{"code": "stepped_in", "params": params}]
    assert list(document.parses.order_by("pk").values_list("state", flat=True)) == [JobState.FAILED, JobState.DONE]
    assert list(Extraction.objects.order_by("pk").values_list("state", flat=True)) == [JobState.FAILED, JobState.DONE]


def test_account_that_was_deleted_ends_its_documents_with_a_sentence(
    account: ProviderAccount, engine: EmbeddedParser
) -> None:
    document = store(account)

    delete_account(account=account, by=None)
    finish(engine, document)

    assert (progress(document).step, progress(document).error_code) == ("failed", "account_missing")


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_cancel_works_before_it_is_sent_while_it_is_read_and_after_the_answer(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser, bob: User, steps: int
) -> None:
    document = store(account)
    for _ in range(steps):
        wake_all()
        call_once()

    cancel_document(document=document, by=bob)
    finish(engine, document)

    assert progress(document).step == "cancelled"
    assert somark.submissions == min(steps, 1)


def test_cancel_during_a_call_holds_from_the_next_step_on(
    account: ProviderAccount, engine: EmbeddedParser, bob: User
) -> None:
    document = store(account)
    lease = Lease(claim_due())

    cancel_document(document=document, by=bob)
    perform_call(lease, admitted=lambda: None)

    assert progress(document).step == "cancelled"


def test_deleted_document_leaves_no_reply(account: ProviderAccount, engine: EmbeddedParser) -> None:
    document = store(account)
    call_once()
    wake_all()
    lease = Lease(claim_due())

    delete_document(document=Document.objects.get(), by=None)
    perform_call(lease, admitted=lambda: None)

    assert not Document.objects.exists()
    assert not image_folder(document).exists()


def test_only_as_many_documents_are_sent_as_the_account_takes(team: Team, somark: FakeSomark) -> None:
    account = make_account(team, Provider.SOMARK, somark.base_url, KEY, parallel=2)
    for _ in range(4):
        store(account)
    somark.settings.seconds = 60

    while call_once():
        pass

    assert somark.submissions == 2


def test_person_may_choose_another_reader_for_this_once(
    account: ProviderAccount, engine: EmbeddedParser, bob: User, template: Template
) -> None:
    ProviderChoice.objects.create(template=template, parse_account=account)
    embedded = ProviderAccount.objects.create(team=account.team, provider=Provider.EMBEDDED, name="Engine")
    document = store(account, template=template)
    finish(engine, document)

    read_again(document=document, by=bob, parse_account=embedded)
    finish(engine, document)
    read_again(document=document, by=bob)

    providers = document.parses.order_by("pk").values_list("provider", flat=True)
    assert list(providers) == [Provider.SOMARK, Provider.EMBEDDED, Provider.SOMARK]


def test_account_of_another_team_is_never_used(account: ProviderAccount, charlie: User, template: Template) -> None:
    theirs = make_account(charlie.teams.get(), Provider.SOMARK, account.base_url, KEY)
    ProviderChoice.objects.create(template=template, parse_account=theirs, parse_fallback=theirs)
    Team.objects.filter(pk=account.team_id).update(parse_account=theirs)
    file = ContentFile(bad_files.page_pdf(), name="letter.pdf")
    team = Team.objects.get(pk=account.team_id)

    document = store_document(team=team, file=file, by=None, template=template)

    assert document.parses.get().account is None
    with pytest.raises(StepNotAllowed):
        store_document(team=team, file=file, by=None, parse_account=theirs)


def test_docx_is_laid_out_first_and_sent_as_that_pdf(
    account: ProviderAccount, somark: FakeSomark, engine: EmbeddedParser
) -> None:
    file = ContentFile((SAMPLES / "contract.docx").read_bytes(), name="contract.docx")
    document = store_document(team=account.team, file=file, by=None, parse_account=account)

    finish(engine, document)

    parse = document.parses.get()
    pages = [page_reading(page) for page in parsed_pages(parse)]
    assert (parse.state, list(somark.names)) == (JobState.DONE, ["contract.docx.pdf"])
    assert all(page.words and page.words[0].block is not None for page in pages)


def test_picture_of_several_frames_is_split_as_pdf(team: Team, somark: FakeSomark, engine: EmbeddedParser) -> None:
    account = make_account(team, Provider.SOMARK, somark.base_url, KEY, max_pages=1)
    frames = [Image.new("RGB", (300, 400), shade) for shade in ("white", "grey")]
    data = io.BytesIO()
    frames[0].save(data, "TIFF", save_all=True, append_images=frames[1:])
    file = ContentFile(data.getvalue(), name="fax.tiff")
    document = store_document(team=team, file=file, by=None, parse_account=account)

    finish(engine, document)

    assert (progress(document).step, somark.submissions, list(somark.names)) == ("ready", 2, ["fax.tiff.pdf"] * 2)
