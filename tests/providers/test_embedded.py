from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from extraction.errors import Cancelled, InvalidUpload, ReadingFailed
from extraction.providers.base import DirectExtractor, DirectParser
from extraction.providers.embedded import EmbeddedExtractor, EmbeddedParser
from extraction.types import (
    AbsentReason,
    BBox,
    DocumentReading,
    ExtractRequest,
    FieldSpec,
    FieldType,
    FileKind,
    PageReading,
    ParseRequest,
    Word,
)
from tests import bad_files


@pytest.fixture
def three_pages(tmp_path: Path) -> ParseRequest:
    path = tmp_path / "three.pdf"
    path.write_bytes(bad_files.page_pdf(3))
    return ParseRequest(path, FileKind.PDF, path.name)


def printed(page: PageReading) -> str:
    return " ".join(word.text for word in page.words)


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_parser_tells_every_page_and_gives_them_all(three_pages: ParseRequest) -> None:
    told: list[PageReading] = []
    parser: DirectParser = EmbeddedParser()

    reading = parser.run(three_pages, told.append)

    assert [printed(page) for page in told] == ["Page 1 of 3", "Page 2 of 3", "Page 3 of 3"]
    assert [printed(page) for page in reading.pages] == [printed(page) for page in told]
    assert reading.failed == ()


def test_parser_reads_the_pages_that_were_asked_for(three_pages: ParseRequest) -> None:
    request = ParseRequest(three_pages.path, three_pages.kind, three_pages.name, pages=(2, 3))

    reading = EmbeddedParser().run(request, lambda page: None)

    assert [(page.number, printed(page)) for page in reading.pages] == [(2, "Page 2 of 3"), (3, "Page 3 of 3")]


def test_parser_stops_when_it_is_told_to(three_pages: ParseRequest) -> None:
    told: list[int] = []

    def cancel(page: PageReading) -> None:
        told.append(page.number)
        raise Cancelled

    with EmbeddedParser() as parser, pytest.raises(Cancelled):
        parser.run(three_pages, cancel)

    assert told == [1]


def test_parser_leaves_no_child_behind(three_pages: ParseRequest) -> None:
    before = children()

    with EmbeddedParser() as parser:
        parser.run(three_pages, lambda page: None)

    assert children() == before


@pytest.mark.parametrize(
    ("data", "code"),
    [(bad_files.encrypted_pdf(), "password_needed"), (bad_files.pdf_with_301_pages(), "too_many_pages")],
)
def test_parser_refuses_what_cannot_be_opened(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "bad.pdf"
    path.write_bytes(data)

    with pytest.raises(InvalidUpload) as refusal:
        EmbeddedParser().run(ParseRequest(path, FileKind.PDF, path.name), lambda page: None)

    assert refusal.value.code == code


def test_parser_fails_when_no_page_could_be_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pdf"
    path.write_bytes(bad_files.pdf_bomb())

    with pytest.raises(ReadingFailed):
        EmbeddedParser().run(ParseRequest(path, FileKind.PDF, path.name), lambda page: None)


def test_extractor_gives_a_value_with_its_place_or_the_reason_for_none() -> None:
    words = (
        Word("Total", BBox(40, 300, 80, 316), line=0),
        Word("18.40", BBox(90, 300, 130, 316), line=0),
    )
    reading = DocumentReading((PageReading(1, 400, 600, words=words),))
    fields = (FieldSpec("total", FieldType.AMOUNT), FieldSpec("due_date", FieldType.DATE))
    extractor: DirectExtractor = EmbeddedExtractor()

    total, due_date = extractor.run(ExtractRequest(reading, fields))

    assert (total.name, total.value, total.text) == ("total", Decimal("18.40"), "18.40")
    assert [(span.page, span.bbox, span.text) for span in total.spans] == [(1, BBox(90, 300, 130, 316), "18.40")]
    assert (due_date.value, due_date.reason) == (None, AbsentReason.LABEL_NOT_FOUND)


def test_providers_say_that_they_can_work() -> None:
    assert EmbeddedParser().check().ok
    assert EmbeddedExtractor().check().ok
