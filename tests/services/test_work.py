from __future__ import annotations

import errno
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image

from extraction.choices import JobState, PageState
from extraction.engine import reading
from extraction.errors import ReadingFailed, StepNotAllowed
from extraction.models import (
    Blob,
    Document,
    Extraction,
    Page,
    PageImages,
    PageRange,
    Parse,
    ParsedPage,
    Review,
    ReviewEvent,
    Team,
    Template,
    User,
)
from extraction.providers.embedded import EmbeddedParser
from extraction.queries.pages import parsed_pages
from extraction.queries.progress import progress_of
from extraction.services import jobs, page_images
from extraction.services.blobs import blob_path, write_file
from extraction.services.documents import delete_document, store_document
from extraction.services.extractions import extract_again, start_extraction
from extraction.services.jobs import Lease, claim
from extraction.services.page_images import Drawn, image_file, image_folder, keep_drawn, queue_missing_images
from extraction.services.parses import cancel_document, read_again, read_page_again, start_parse
from extraction.services.readings import page_reading
from extraction.services.templates import install_ready_made
from extraction.services.work import has_to_yield, perform, work_once
from tests import bad_files, bad_pages
from tests.engine.test_reading import faulty_at

SAMPLES = Path(__file__).parents[2] / "extraction" / "samples"


@pytest.fixture
def template(team: Team) -> Template:
    install_ready_made(team)
    return Template.objects.get(team=team, slug="receipt")


def store(team: Team, pages: int = 1, **values: object) -> Document:
    file = ContentFile(bad_files.page_pdf(pages), name="letter.pdf")
    return store_document(team=team, file=file, by=None, **values)


def poisonous(team: Team, template: Template, data: bytes | None = None, pages: int = 1) -> Document:
    """A document whose bytes kill the child; no upload lets it in."""
    data = data or bad_files.pdf_bomb()
    blob = Blob.objects.create(team=team, sha256="b" * 64, size=len(data), kind="pdf")
    write_file(blob_path(blob), data)
    document = Document.objects.create(team=team, blob=blob, name="bomb.pdf", page_count=pages, template=template)
    start_extraction(parse=start_parse(document=document), version=template.published)
    return document


def work_all(engine: EmbeddedParser) -> None:
    while work_once(engine):
        pass


def wake_all() -> None:
    for model in (PageRange, Parse, Extraction, PageImages):
        model.objects.update(wake_at=None)


def test_document_goes_the_whole_way(team: Team, template: Template, engine: EmbeddedParser) -> None:
    document = store(team, pages=3, template=template)

    work_all(engine)

    parse = document.parses.get()
    assert parse.state == JobState.DONE
    assert [page_reading(page).blocks[0].content for page in parsed_pages(parse)] == [
        "Page 1 of 3",
        "Page 2 of 3",
        "Page 3 of 3",
    ]
    extraction = Extraction.objects.get()
    assert (extraction.state, extraction.values.count() > 0, Review.objects.count()) == (JobState.DONE, True, 1)
    progress = progress_of([document])[document.pk]
    assert (progress.step, progress.pages_done, progress.pages_total, progress.is_pending) == ("ready", 3, 3, False)


def test_progress_takes_as_many_queries_for_many_documents(
    team: Team, engine: EmbeddedParser, template: Template, django_assert_num_queries: object
) -> None:
    documents = [store(team, pages=number, template=template) for number in (1, 2, 3)]
    work_all(engine)

    with django_assert_num_queries(4):
        progress_of(documents[:1])
    with django_assert_num_queries(4):
        progress_of(documents)


def test_pictures_of_all_pages_are_drawn_while_they_are_read(team: Team, engine: EmbeddedParser) -> None:
    document = store(team, pages=17)

    work_all(engine)

    pages = Page.objects.filter(document=document).exclude(thumb="").exclude(image="")
    assert list(pages.values_list("number", flat=True)) == list(range(1, 18))
    assert not PageImages.objects.exists()
    for size, width in (("thumb", 160), ("image", 1240), ("large", 2000)):
        with Image.open(image_file(document, 17, size)) as picture:
            assert (picture.format, picture.width) == ("JPEG", width)


def test_pictures_that_are_missing_are_drawn_by_a_job_of_their_own(team: Team, engine: EmbeddedParser) -> None:
    document = store(team, pages=30)
    work_all(engine)
    Page.objects.filter(number__gt=2).update(thumb="", image="")

    queue_missing_images(document)
    work_all(engine)

    assert PageImages.objects.get().state == JobState.DONE
    assert Page.objects.exclude(thumb="").exclude(image="").count() == 30


def test_picture_is_drawn_at_first_sight(team: Team) -> None:
    document = store(team)

    path = image_file(document, 1, "image")

    page = Page.objects.get(document=document, number=1)
    assert path.stem == page.image
    assert page.thumb
    with pytest.raises(ReadingFailed):
        image_file(document, 2, "image")


@pytest.mark.django_db(transaction=True)
def test_picture_of_a_document_that_is_deleted_meanwhile_is_not_kept(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = store(team)
    draw = page_images.draw

    def draw_too_late(*args: Any, **options: Any) -> Drawn:
        delete_document(document=Document.objects.get(), by=None)
        return draw(*args, **options)

    monkeypatch.setattr(page_images, "draw", draw_too_late)

    with pytest.raises(ReadingFailed, match="deleted"):
        image_file(document, 1, "image")
    assert not image_folder(document).exists()


def test_ranges_of_one_parse_end_it_once(team: Team, template: Template, engine: EmbeddedParser) -> None:
    document = store(team, pages=5, template=template)
    first, second = claim(PageRange.objects.due().order_by("pk")), claim(PageRange.objects.due().order_by("pk"))

    perform(Lease(second), engine)
    between = document.parses.get().state
    perform(Lease(first), engine)

    assert between == JobState.RUNNING
    assert document.parses.get().state == JobState.DONE
    assert Extraction.objects.get().state == JobState.QUEUED


def test_work_that_was_killed_goes_on_where_it_was(team: Team, engine: EmbeddedParser) -> None:
    document = store(team, pages=2)
    work_once(engine)
    parse = document.parses.get()
    Parse.objects.update(state=JobState.RUNNING, finished_at=None)
    gone = timezone.now() - timedelta(seconds=1)
    PageRange.objects.update(state=JobState.RUNNING, lease_until=gone, finished_at=None)
    ParsedPage.objects.filter(number=2).delete()
    kept = ParsedPage.objects.get(number=1).pk

    work_all(engine)

    parse.refresh_from_db()
    assert parse.state == JobState.DONE
    assert list(ParsedPage.objects.values_list("number", "version")) == [(1, 1), (2, 1)]
    assert ParsedPage.objects.get(number=1).pk == kept


def test_child_that_dies_twice_stops_the_document(team: Team, template: Template, engine: EmbeddedParser) -> None:
    document = poisonous(team, template)

    work_once(engine)
    after_one = PageRange.objects.values_list("state", "crashes").get()
    work_all(engine)

    assert after_one == (JobState.QUEUED, 1)
    progress = progress_of([document])[document.pk]
    assert (progress.step, progress.error_code, progress.is_pending) == ("failed", "poison", False)
    assert list(ParsedPage.objects.values_list("number", "state", "error_class")) == [(1, PageState.FAILED, "poison")]
    assert list(Extraction.objects.values_list("state", "error_class")) == [(JobState.FAILED, "parse_failed")]


def test_pages_that_kill_the_child_are_put_aside_and_the_others_kept(
    team: Team, template: Template, engine: EmbeddedParser
) -> None:
    document = poisonous(team, template, bad_pages.with_bombs("bxbybz"), pages=6)

    work_all(engine)

    pages = parsed_pages(document.parses.get())
    assert list(pages.values_list("number", "state", "error_class")) == [
        (number, *((PageState.FAILED, "poison") if number % 2 else (PageState.DONE, ""))) for number in range(1, 7)
    ]
    assert document.parses.get().warnings == [{"code": "pages_failed", "params": {"pages": "1, 3, 5"}}]


def test_page_that_breaks_our_rules_fails_alone_and_can_be_read_again(
    team: Team, bob: User, engine: EmbeddedParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = store(team, pages=3)

    with monkeypatch.context() as patch:
        patch.setattr(reading, "build_page", faulty_at(2))
        work_all(engine)
    before = list(ParsedPage.objects.values_list("number", "state", "error_class"))
    warnings = document.parses.get().warnings
    read_page_again(document=document, number=2, by=bob)
    work_all(engine)

    assert before == [
        (1, PageState.DONE, ""),
        (2, PageState.FAILED, "page_not_laid_out"),
        (3, PageState.DONE, ""),
    ]
    assert warnings == [{"code": "pages_failed", "params": {"pages": "2"}}]
    assert list(parsed_pages(document.parses.get()).values_list("number", "state")) == [
        (number, PageState.DONE) for number in (1, 2, 3)
    ]


class FullDisk(EmbeddedParser):
    def run(self, *args: object, **values: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    @classmethod
    def fail_for_good(cls, team: Team) -> None:
        PageRange.objects.filter(parse__document__team=team).update(failures=5)
        work_once(cls())


def test_error_that_may_pass_is_tried_again_later_and_not_for_ever(team: Team) -> None:
    store(team)
    engine = FullDisk()

    work_once(engine)
    first = PageRange.objects.get()
    asleep = work_once(engine)
    for _ in range(10):
        wake_all()
        work_once(engine)

    assert (first.state, first.failures, first.error_class) == (JobState.QUEUED, 1, "disk_full")
    assert first.wake_at > timezone.now()
    assert not asleep
    last = PageRange.objects.get()
    assert (last.state, last.failures, last.error_class) == (JobState.FAILED, 5, "disk_full")
    assert Parse.objects.get().state == JobState.FAILED


def test_cancel_ends_at_once_what_nobody_works_at(team: Team, template: Template, bob: User) -> None:
    document = store(team, pages=20, template=template)

    cancel_document(document=document, by=bob)

    assert set(PageRange.objects.values_list("state", flat=True)) == {JobState.CANCELLED}
    assert document.parses.get().state == JobState.CANCELLED
    assert Extraction.objects.get().state == JobState.CANCELLED
    with pytest.raises(StepNotAllowed):
        cancel_document(document=document, by=bob)


def test_cancel_stops_a_running_range_between_pages(
    team: Team, template: Template, bob: User, engine: EmbeddedParser
) -> None:
    document = store(team, pages=2, template=template)
    running = claim(PageRange.objects.due())

    cancel_document(document=document, by=bob)
    before = document.parses.get().state
    perform(Lease(running), engine)

    assert before == JobState.QUEUED
    assert PageRange.objects.get().state == JobState.CANCELLED
    assert document.parses.get().state == JobState.CANCELLED
    assert Extraction.objects.get().state == JobState.CANCELLED
    assert progress_of([document])[document.pk].step == "cancelled"


def test_cancel_while_a_document_is_laid_out_leaves_no_ranges(
    team: Team, template: Template, bob: User, engine: EmbeddedParser
) -> None:
    contract = (SAMPLES / "contract.docx").read_bytes()
    file = ContentFile(contract, name="contract.docx")
    document = store_document(team=team, file=file, by=None, template=template)
    running = claim(Parse.objects.due())

    def cancel_before_it_is_kept(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if Team._meta.db_table in sql.partition("WHERE")[0] and not Parse.objects.get().cancel_requested:
            cancel_document(document=Document.objects.get(), by=bob)
        return execute(sql, *rest)

    with connection.execute_wrapper(cancel_before_it_is_kept):
        perform(Lease(running), engine)

    assert (Parse.objects.get().state, Extraction.objects.get().state) == (JobState.CANCELLED, JobState.CANCELLED)
    assert not PageRange.objects.exists()
    assert Document.objects.get().readable is None
    assert not progress_of([document])[document.pk].is_pending


def test_read_again_is_a_new_parse_with_a_new_extraction(
    team: Team, template: Template, bob: User, engine: EmbeddedParser
) -> None:
    document = store(team, template=template)
    with pytest.raises(StepNotAllowed):
        read_again(document=document, by=bob)
    work_all(engine)

    read_again(document=document, by=bob)
    work_all(engine)

    assert list(document.parses.values_list("state", flat=True)) == [JobState.DONE, JobState.DONE]
    assert list(Extraction.objects.values_list("state", flat=True)) == [JobState.DONE, JobState.DONE]


def test_page_read_again_is_a_later_version(team: Team, bob: User, engine: EmbeddedParser) -> None:
    document = store(team, pages=3)
    work_all(engine)

    read_page_again(document=document, number=2, by=bob)
    pending = progress_of([document])[document.pk].is_pending
    work_all(engine)

    parse = document.parses.get()
    assert pending
    assert list(parsed_pages(parse).values_list("number", "version")) == [(1, 1), (2, 2), (3, 1)]
    assert progress_of([document])[document.pk].pages_done == 3


def test_page_read_again_is_asked_for_once_and_can_be_cancelled(team: Team, bob: User, engine: EmbeddedParser) -> None:
    document = store(team, pages=3)
    with pytest.raises(StepNotAllowed):
        read_page_again(document=document, number=2, by=bob)
    work_all(engine)

    first, second = (read_page_again(document=document, number=2, by=bob) for _ in range(2))
    other = read_page_again(document=document, number=3, by=bob)
    progress = progress_of([document])[document.pk]
    cancel_document(document=document, by=bob)
    work_all(engine)

    assert first == second != other
    assert (progress.pages_again, progress.page_again, progress.pages_done) == (2, 2, 3)
    parse = document.parses.get()
    assert parse.state == JobState.DONE
    assert set(parse.ranges.filter(version=2).values_list("state", flat=True)) == {JobState.CANCELLED}
    assert list(parsed_pages(parse).values_list("number", "version")) == [(1, 1), (2, 1), (3, 1)]
    again = ReviewEvent.objects.filter(what="page_read_again").order_by("pk").values_list("who", "subject")
    assert list(again) == [(bob.pk, "letter.pdf: 2"), (bob.pk, "letter.pdf: 3")]


def test_failed_page_read_again_mends_the_parse_and_its_extraction(
    team: Team, template: Template, bob: User, engine: EmbeddedParser
) -> None:
    document = store(team, template=template)
    FullDisk.fail_for_good(team)
    failed = progress_of([document])[document.pk]

    read_page_again(document=document, number=1, by=bob)
    work_all(engine)

    assert (failed.step, failed.error_code) == ("failed", "disk_full")
    progress = progress_of([document])[document.pk]
    assert (progress.step, progress.error_code, progress.warnings) == ("ready", "", [])
    assert Extraction.objects.get().state == JobState.DONE


def test_extract_again_opens_a_review_of_its_own(
    team: Team, template: Template, bob: User, engine: EmbeddedParser
) -> None:
    document = store(team, template=template)
    work_all(engine)

    again = extract_again(document=document, by=bob)
    work_all(engine)

    again.refresh_from_db()
    assert (again.state, again.reviews.count()) == (JobState.DONE, 1)


def test_document_deleted_while_it_is_read_leaves_nothing(team: Team, bob: User, engine: EmbeddedParser) -> None:
    document = store(team)
    running = claim(PageRange.objects.due())

    delete_document(document=Document.objects.get(), by=bob)
    perform(Lease(running), engine)

    assert not Document.objects.exists()
    assert not image_folder(document).exists()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_deletion_waits_for_a_page_that_is_being_kept(team: Team) -> None:
    document = store(team)
    keep_drawn(document, [Drawn(1, {"thumb": "a"})])
    lease = Lease(claim(PageRange.objects.due()))

    def delete() -> None:
        try:
            delete_document(document=Document.objects.get(), by=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lease.renew(progress_done=1)
            deletion = pool.submit(delete)
            time.sleep(0.5)
            keep_drawn(document, [Drawn(1, {"thumb": "b"})])
        deletion.result(timeout=10)

    assert not Document.objects.exists()


def test_first_pages_go_before_the_rest_of_a_long_document(team: Team) -> None:
    store(team, pages=20)
    ranges = list(PageRange.objects.order_by("pk"))
    alone = has_to_yield(ranges[0])
    PageRange.objects.exclude(pk=ranges[-1].pk).update(state=JobState.DONE)
    last_alone = has_to_yield(ranges[-1])

    store(team)

    assert (alone, last_alone) == (False, False)
    assert has_to_yield(ranges[-1])


def test_layout_of_a_document_is_not_thrown_away_for_more_urgent_work(team: Team, template: Template) -> None:
    extraction = start_extraction(parse=Parse.objects.create(document=store(team)), version=template.published)
    Extraction.objects.filter(pk=extraction.pk).update(state=JobState.QUEUED)

    assert not has_to_yield(extraction.parse)
    assert has_to_yield(PageRange.objects.get())
    assert has_to_yield(PageImages.objects.create(document=extraction.parse.document))


def test_overtaken_range_keeps_its_pages_and_goes_on_later(
    team: Team, engine: EmbeddedParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "YIELD_SECONDS", 0)
    store(team, pages=6)
    job = claim(PageRange.objects.due().order_by("-first"))

    perform(Lease(job, has_to_yield=has_to_yield), engine)

    job.refresh_from_db()
    assert (job.state, job.lease_until, job.failures, job.progress_done) == (JobState.QUEUED, None, 0, 1)
    assert list(ParsedPage.objects.values_list("number", flat=True)) == [3]


def test_job_that_takes_its_workers_down_is_put_aside(team: Team, engine: EmbeddedParser) -> None:
    document = store(team)
    gone = timezone.now() - timedelta(seconds=1)
    PageRange.objects.update(state=JobState.RUNNING, lease_until=gone, failures=20)

    work_once(engine)

    progress = progress_of([document])[document.pk]
    assert (progress.step, progress.error_code) == ("failed", "poison")
