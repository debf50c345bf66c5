"""Files of every kind from the upload to their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from extraction.choices import JobState
from extraction.engine.sandbox import converter
from extraction.engine.sandbox.converter import missing_packages
from extraction.errors import InvalidUpload
from extraction.models import Document, PageRange, ParsedPage, Team
from extraction.providers.embedded import EmbeddedParser
from extraction.services.documents import store_document
from extraction.services.page_images import image_file
from extraction.services.readings import page_reading
from extraction.services.remote_ranges import file_of
from extraction.services.work import work_once
from extraction.types import FileKind
from tests.engine.office_files import ole, pptx, styled, styled_docx, xlsx
from tests.engine.pictures import encoded, receipt

pytestmark = pytest.mark.django_db

PHOTOGRAPH = Path(__file__).parents[1] / "files" / "photograph.heic"
needs_libreoffice = pytest.mark.skipif(bool(missing_packages()), reason=f"not installed: {missing_packages()}")


@pytest.fixture(scope="module")
def engine() -> Iterator[EmbeddedParser]:
    with EmbeddedParser() as engine:
        yield engine


def store(team: Team, data: bytes, name: str) -> Document:
    return store_document(team=team, file=ContentFile(data, name=name), by=None)


def read(document: Document, engine: EmbeddedParser) -> list[list[str]]:
    """The words of its pages, once all work is done."""
    while work_once(engine):
        pass
    assert document.parses.get().state == JobState.DONE
    pages = ParsedPage.objects.filter(parse__document=document).order_by("number")
    return [[word.text for word in page_reading(page).words] for page in pages]


@pytest.mark.parametrize(
    ("make", "name", "kind"),
    [
        (lambda: encoded(receipt(), "WEBP"), "receipt.webp", FileKind.WEBP),
        (lambda: encoded(receipt(), "BMP"), "receipt.bmp", FileKind.BMP),
        (lambda: encoded(receipt(), "GIF"), "receipt.gif", FileKind.GIF),
        (lambda: encoded(receipt(), "JPEG2000"), "receipt.jp2", FileKind.JP2),
        (PHOTOGRAPH.read_bytes, "IMG_0417.HEIC", FileKind.HEIC),
    ],
)
def test_picture_is_read_from_upload_to_words(
    make: Callable[[], bytes], name: str, kind: FileKind, team: Team, engine: EmbeddedParser
) -> None:
    document = store(team, make(), name)

    (words,) = read(document, engine)

    assert (document.blob.kind, document.page_count) == (kind, 1)
    assert "20417" in " ".join(words)
    assert image_file(document, 1, "image").exists()


def test_picture_of_another_kind_goes_to_providers_as_pdf(team: Team) -> None:
    document = store(team, encoded(receipt(), "WEBP"), "receipt.webp")

    with file_of(document, 1, 1) as (path, kind):
        assert (kind, path.read_bytes()[:5]) == (FileKind.PDF, b"%PDF-")


@needs_libreoffice
@pytest.mark.parametrize(
    ("make", "name", "words"),
    [
        (lambda: xlsx([["Paper", 27]], [["Total", 27]]), "prices.xlsx", [["Paper", "27"], ["Total", "27"]]),
        (lambda: pptx("Agenda", "Budget"), "talk.pptx", [["Agenda"], ["Budget"]]),
    ],
)
def test_office_document_is_laid_out_once_and_read(
    make: Callable[[], bytes], name: str, words: list[list[str]], team: Team, engine: EmbeddedParser
) -> None:
    document = store(team, make(), name)
    assert (document.page_count, PageRange.objects.count()) == (None, 0)

    assert read(document, engine) == words
    document.refresh_from_db()
    assert document.readable is not None
    assert (document.readable.kind, document.page_count) == (FileKind.PDF, 2)


@needs_libreoffice
def test_damaged_office_document_fails_with_its_sentence(team: Team, engine: EmbeddedParser) -> None:
    document = store(team, ole("WordDocument"), "letter.doc")

    while work_once(engine):
        pass

    parse = document.parses.get()
    assert (parse.state, parse.error_class) == (JobState.FAILED, "office_unreadable")


def test_without_libreoffice_the_upload_names_the_package(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converter, "program_folder", lambda: None)

    with pytest.raises(InvalidUpload) as caught:
        store(team, xlsx([["Paper"]]), "prices.xlsx")

    assert (caught.value.code, caught.value.params) == (
        "office_program_missing",
        {"package": "libreoffice-calc-nogui"},
    )
    assert not Document.objects.exists()


def test_docx_is_read_by_its_own_headings(team: Team, engine: EmbeddedParser) -> None:
    clause = "The parties agree that the goods are delivered within thirty days after the order was confirmed."
    document = store(team, styled_docx(styled("Scope", "a1"), styled(clause), styled("Term", "a2")), "contract.docx")

    read(document, engine)

    page = page_reading(ParsedPage.objects.get(parse__document=document))
    told = [(block.type, block.title_level, block.content) for block in page.blocks]
    assert told == [("title", 1, "Scope"), ("text", None, clause), ("title", 2, "Term")]
