from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError
from pytest_django.fixtures import Settings

from extraction.choices import JobState, Source
from extraction.errors import InvalidUpload, PasswordNeeded, StepNotAllowed
from extraction.models import Blob, Document, Extraction, PageRange, Parse, ReviewEvent, Team, Template, User
from extraction.providers.embedded import EmbeddedParser
from extraction.queries.progress import progress_of
from extraction.services import blobs, documents
from extraction.services.blobs import blob_path, incoming_folder, receive, sweep_incoming, sweep_store
from extraction.services.documents import clean_name, delete_document, same_bytes, store_document
from extraction.services.page_images import image_file, image_folder, image_path
from extraction.services.templates import install_ready_made
from extraction.services.work import work_once
from extraction.types import FileKind
from tests import bad_files


def store(team: Team, data: bytes, name: str = "letter.pdf", **values: object) -> Document:
    return store_document(team=team, file=ContentFile(data, name=name), by=None, **values)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_store_document_keeps_bytes_and_queues_its_pages(team: Team, alice: User) -> None:
    data = bad_files.page_pdf(20)

    document = store_document(team=team, file=ContentFile(data, name="letter.pdf"), by=alice, source=Source.DASHBOARD)

    path = blob_path(document.blob)
    assert path.read_bytes() == data
    assert path.stat().st_mode & 0o777 == 0o600
    assert (document.name, document.page_count, document.uploaded_by) == ("letter.pdf", 20, alice)
    assert list(Parse.objects.values_list("document", "state")) == [(document.pk, JobState.QUEUED)]
    assert list(PageRange.objects.values_list("first", "last")) == [(1, 2), (3, 6), (7, 16), (17, 20)]
    assert files_in(incoming_folder()) == []


def test_store_document_with_a_template_lets_an_extraction_wait(team: Team) -> None:
    install_ready_made(team)
    template = Template.objects.get(team=team, slug="receipt")

    document = store(team, bad_files.page_pdf(), template=template)

    waiting = Extraction.objects.get(parse__document=document)
    assert (waiting.state, waiting.version) == (JobState.WAITING, template.published)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (bad_files.empty(), "empty.pdf", "empty_file"),
        (bad_files.renamed_executable(), "invoice.pdf", "executable"),
        (bad_files.plain_text(), "letter.pdf", "unknown_kind"),
        (bad_files.small_png(), "picture.pdf", "wrong_kind"),
        (bad_files.page_pdf(), "letter.docx", "wrong_kind"),
        (bad_files.truncated_pdf(), "cut.pdf", "truncated_pdf"),
        (bad_files.pdf_with_301_pages(), "long.pdf", "too_many_pages"),
        (bad_files.huge_png(), "huge.png", "image_too_large"),
        (bad_files.pdf_bomb(), "bomb.pdf", "unreadable_file"),
        (bad_files.docx_bomb(), "bomb.docx", "bomb"),
        (bad_files.zip_without_document(), "empty.docx", "unknown_kind"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_file_is_refused_and_leaves_nothing(
    team: Team, settings: Settings, data: bytes, name: str, code: str
) -> None:
    with pytest.raises(InvalidUpload) as caught:
        store(team, data, name)

    assert caught.value.code == code
    assert (Document.objects.count(), Blob.objects.count(), Parse.objects.count()) == (0, 0, 0)
    assert files_in(Path(settings.GALLEY_DATA)) == []


def test_file_over_the_limit_is_refused_while_it_comes_in(team: Team, settings: Settings) -> None:
    settings.GALLEY_MAX_UPLOAD_MB = 1

    with pytest.raises(InvalidUpload) as caught:
        store(team, bad_files.page_pdf() + bytes(1 << 20))

    assert (caught.value.code, caught.value.params) == ("too_large", {"limit": 1})
    assert files_in(Path(settings.GALLEY_DATA)) == []


def test_encrypted_pdf_asks_for_its_password(team: Team) -> None:
    data = bad_files.encrypted_pdf("granite")

    with pytest.raises(PasswordNeeded) as without:
        store(team, data)
    with pytest.raises(PasswordNeeded) as wrong:
        store(team, data, password="marble")

    assert (without.value.code, wrong.value.code) == ("password_needed", "password_wrong")
    assert not Document.objects.exists()


def test_encrypted_pdf_is_kept_with_a_readable_copy_and_without_its_password(team: Team, settings: Settings) -> None:
    data = bad_files.encrypted_pdf("granite")

    document = store(team, data, password="granite")

    copy = blob_path(document.readable).read_bytes()
    assert blob_path(document.blob).read_bytes() == data
    assert copy.startswith(b"%PDF-")
    assert b"/Encrypt" not in copy
    assert not any(b"granite" in path.read_bytes() for path in files_in(Path(settings.GALLEY_DATA)))


def test_same_bytes_make_one_blob_and_two_documents(team: Team) -> None:
    data = bad_files.page_pdf()

    first, second = store(team, data, "one.pdf"), store(team, data, "two.pdf")

    assert first.blob == second.blob
    assert Blob.objects.count() == 1
    assert same_bytes(team, first.blob.sha256) == first


def test_deleting_the_last_document_of_a_blob_deletes_its_files(team: Team, alice: User) -> None:
    data = bad_files.page_pdf()
    first, second = store(team, data), store(team, data)
    path, picture = blob_path(first.blob), image_path(second, "ab" * 32)
    blobs.write_file(picture, b"picture")

    delete_document(document=first, by=alice)
    kept = path.exists()
    delete_document(document=second, by=alice)

    assert kept
    assert not path.exists()
    assert not image_folder(second).exists()
    assert Blob.objects.count() == 0
    assert list(ReviewEvent.objects.values_list("what", "who", "before")) == [
        ("document_deleted", alice.pk, None),
        ("document_deleted", alice.pk, None),
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (bad_files.CLIMBING_NAMES[0], "outside.pdf"),
        (bad_files.CLIMBING_NAMES[1], "outside.pdf"),
        (bad_files.CLIMBING_NAMES[2], "outside.pdf"),
        ("发票 2026.pdf", "发票 2026.pdf"),
        ("in\x00vo\rice\u202e.pdf", "invoice.pdf"),
        ("..", "document"),
        ("", "document"),
    ],
)
def test_clean_name_is_a_base_name_without_control_characters(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_clean_name_cuts_and_keeps_the_extension() -> None:
    name = clean_name(bad_files.LONG_NAME)

    assert len(name) == 255
    assert name == bad_files.LONG_NAME[:251] + ".pdf"


def test_full_disk_is_said_and_leaves_nothing(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)

    with pytest.raises(InvalidUpload) as caught, receive([b"some bytes"]):
        pass

    assert caught.value.code == "disk_full"
    assert files_in(incoming_folder()) == []


def test_sweep_takes_what_was_left_behind_and_nothing_else(team: Team) -> None:
    left = incoming_folder() / "left.part"
    left.write_bytes(b"half")

    with receive([b"whole"]) as incoming:
        swept = sweep_incoming()
        kept = incoming.path.exists()

    assert (swept, kept, left.exists()) == (1, True, False)


def test_unpublished_template_keeps_nothing(team: Team, settings: Settings) -> None:
    template = Template.objects.create(team=team, slug="new", name="New")

    with pytest.raises(StepNotAllowed):
        store(team, bad_files.page_pdf(), template=template)

    assert not Document.objects.exists()
    assert files_in(Path(settings.GALLEY_DATA)) == []


def test_transaction_that_breaks_leaves_no_file(
    team: Team, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**values: object) -> Parse:
        raise DatabaseError("gone")

    monkeypatch.setattr(documents, "start_parse", broken)

    with pytest.raises(DatabaseError):
        store(team, bad_files.page_pdf())

    assert files_in(Path(settings.GALLEY_DATA)) == []


def test_sweep_deletes_files_that_no_row_knows(team: Team) -> None:
    document = store(team, bad_files.page_pdf())
    known = blob_path(document.blob)
    unknown = known.with_name("0" * 64)
    unknown.write_bytes(b"nobody's")

    sweep_store()

    assert (known.exists(), unknown.exists()) == (True, False)


def test_page_limit_of_the_settings_is_the_one_that_holds(team: Team, settings: Settings) -> None:
    settings.GALLEY_MAX_PAGES = 301
    longest = store(team, bad_files.pdf_with_301_pages(), "long.pdf")
    settings.GALLEY_MAX_PAGES = 2

    with pytest.raises(InvalidUpload) as caught:
        store(team, bad_files.page_pdf(3), "letter.pdf")

    assert caught.value.params == {"pages": 3, "limit": 2}
    assert image_file(longest, 301, "thumb").exists()


def test_docx_longer_than_the_limit_says_so(team: Team, settings: Settings) -> None:
    settings.GALLEY_MAX_PAGES = 1
    sample = Path(__file__).parents[2] / "extraction" / "samples" / "contract.docx"
    document = store(team, sample.read_bytes(), "contract.docx")

    with EmbeddedParser() as engine:
        work_once(engine)

    progress = progress_of([document])[document.pk]
    assert (progress.step, progress.error_code, progress.error_params["limit"]) == ("failed", "too_many_pages", 1)


def test_docx_is_planned_by_a_worker(team: Team) -> None:
    sample = Path(__file__).parents[2] / "extraction" / "samples" / "contract.docx"

    document = store(team, sample.read_bytes(), "contract.docx")

    assert (document.blob.kind, document.page_count) == (FileKind.DOCX, None)
    assert not PageRange.objects.exists()
