"""Whole documents with pages that are hard to read: each gives its words or a clear code, within its limits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from extraction.engine.page.ocr import OcrChild
from extraction.engine.reading import read_document
from extraction.errors import GalleyError, InvalidUpload, ReadingFailed
from extraction.types import DocumentReading, FileKind, ParseRequest
from tests import bad_files, bad_pages
from tests.bad_pages import PROSE, pages, prose, text
from tests.engine.pictures import LINES, receipt


def read(folder: Path, data: bytes, ocr: OcrChild | None = None) -> DocumentReading:
    path = folder / "upload.pdf"
    path.write_bytes(data)
    return read_document(ParseRequest(path, FileKind.PDF, path.name), on_page=lambda page: None, ocr=ocr)


def printed(reading: DocumentReading) -> list[str]:
    return [" ".join(word.text for word in page.words) for page in reading.pages]


def sized(box: str) -> bytes:
    return pages(text("odd size", x=10, y=10), box=box)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: bad_pages.without_cross_references(bad_files.page_pdf(2)), ["Page 1 of 2", "Page 2 of 2"]),
        (lambda: pages(prose(), font=b"null"), [" ".join(PROSE * 4)]),
        (
            lambda: pages(prose(), font=b"<< /Type /Font /Subtype /TrueType /BaseFont /Nowhere-Bold >>"),
            [" ".join(PROSE * 4)],
        ),
        (lambda: pages(text("far", x=1e6, y=1e6) + text("near")), ["near"]),
        (lambda: pages(b"BT /F 12 Tf 1e39 0 0 1e39 90 90 Tm (huge) Tj ET\n" + text("near")), ["near"]),
        (bad_pages.many_lines, ["Plan of the ground floor"]),
        (bad_pages.many_pictures, ["Swatches of the season"]),
        (bad_pages.nested_forms, ["Printed on the page"]),
        (bad_pages.form_that_holds_itself, ["Printed in the form"]),
        (lambda: bad_pages.right_to_left("שלום"), ["שלום"]),
    ],
)
def test_page_gives_its_words(tmp_path: Path, make: Callable[[], bytes], expected: list[str]) -> None:
    reading = read(tmp_path, make())

    assert (printed(reading), reading.failed, reading.warnings) == (expected, (), ())


@pytest.mark.parametrize(
    ("box", "size"),
    [
        ("-500 -500 95 342", (595, 842)),
        ("595 842 0 0", (595, 842)),
        ("0 0 10000 10000", (10_000, 10_000)),
        ("0 0 1000000 1000000", (1_000_000, 1_000_000)),
        ("0 0 1e38 1e38", (612, 792)),
        ("0 0 nan inf", (612, 792)),
        ("0 0 0 0", (612, 792)),
        ("", (612, 792)),
    ],
)
def test_page_with_an_odd_box_gives_its_words(tmp_path: Path, box: str, size: tuple[int, int]) -> None:
    reading = read(tmp_path, sized(box))

    assert [(page.width, page.height) for page in reading.pages] == [size]
    assert printed(reading) == ["odd size"]


@pytest.mark.parametrize(
    ("data", "error", "code"),
    [
        (sized("0 0 .001 .001"), ReadingFailed, "page_empty_box"),
        (sized("0 0 300 .5"), ReadingFailed, "page_empty_box"),
        (sized("0 0 1000000000 1000000000"), ReadingFailed, "page_too_large"),
        (bad_pages.cut_short(bad_files.page_pdf(5), 0.9), InvalidUpload, "truncated_pdf"),
        (bad_pages.cut_short(bad_files.page_pdf(5), 0.3), InvalidUpload, "truncated_pdf"),
        (bad_files.pdf_bomb(), ReadingFailed, "parser_crashed"),
    ],
)
def test_document_of_which_nothing_can_be_read_says_why(
    tmp_path: Path, data: bytes, error: type[GalleyError], code: str
) -> None:
    with pytest.raises(error) as caught:
        read(tmp_path, data)

    assert caught.value.code == code


def test_pages_that_kill_the_child_leave_the_others(tmp_path: Path) -> None:
    reading = read(tmp_path, bad_pages.with_bombs("bxbybz"))

    assert [(page.number, page.words[0].text) for page in reading.pages] == [(2, "x"), (4, "y"), (6, "z")]
    assert reading.failed == tuple((number, "parser_crashed") for number in (1, 3, 5))


def test_pages_after_many_that_kill_the_child_are_not_tried(tmp_path: Path) -> None:
    reading = read(tmp_path, bad_pages.with_bombs("xbbby"))

    assert [page.number for page in reading.pages] == [1]
    assert reading.failed == tuple((number, "parser_crashed") for number in (2, 3, 4, 5))


def test_million_characters_on_a_page_are_read(tmp_path: Path) -> None:
    reading = read(tmp_path, bad_pages.million_characters())

    (page,) = reading.pages
    assert (page.width, page.height, reading.failed) == (2620, 3100, ())
    assert sum(len(word.text) for word in page.words) == 810_000
    assert len(page.words) == 190_000


@pytest.mark.parametrize("data", [bad_pages.dense_page(), bad_pages.scattered_words(30_000)])
def test_thirty_thousand_words_on_a_page_are_laid_out(tmp_path: Path, data: bytes) -> None:
    reading = read(tmp_path, data)

    (page,) = reading.pages
    assert 29_900 < len(page.words) <= 30_000
    assert {word.block for word in page.words} == {block.idx for block in page.blocks}


@pytest.mark.parametrize(
    "make",
    [
        lambda: bad_pages.drawn_font_pages(LINES, says=None),
        lambda: bad_pages.outlined(LINES),
        lambda: bad_pages.scan(receipt(), under=prose(mode=3)),
    ],
    ids=["font without names", "outlines", "text layer astray"],
)
def test_page_that_only_shows_its_words_is_recognised(tmp_path: Path, ocr: OcrChild, make: Callable[[], bytes]) -> None:
    reading = read(tmp_path, make(), ocr)

    assert (printed(reading), reading.failed, reading.warnings) == ([" ".join(LINES)], (), ())


@pytest.mark.parametrize(
    ("turn", "place", "total"),
    [
        (0, "300 0 0 215 150 150", (191, 642)),
        (90, "215 0 0 300 150 150", (315, 651)),
        (180, "300 0 0 215 150 150", (409, 527)),
    ],
)
def test_picture_pasted_into_a_page_gives_its_words_where_they_stand(
    tmp_path: Path, ocr: OcrChild, turn: int, place: str, total: tuple[int, int]
) -> None:
    picture = receipt().rotate(turn, expand=True)

    (page,) = read(tmp_path, bad_pages.scan(picture, place=place, over=prose()), ocr).pages

    recognised = [word for word in page.words if word.confidence is not None]
    assert sorted(word.text for word in recognised) == sorted(word for line in LINES for word in line.split())
    assert len(page.words) == 224 + len(recognised)
    (found,) = [word for word in recognised if word.text == "Total"]
    assert found.bbox.centre == pytest.approx(total, abs=8)
    assert page.rotation == 0


def test_pages_each_stand_upright_by_themselves(tmp_path: Path, ocr: OcrChild) -> None:
    lying = b"".join(
        f"BT /F 11 Tf 0 1 -1 0 {60 + 16 * row} 60 Tm ({line}) Tj ET\n".encode() for row, line in enumerate(PROSE)
    )

    reading = read(tmp_path, pages(prose(PROSE), lying, prose(PROSE)), ocr)

    assert printed(reading) == [" ".join(PROSE)] * 3
    assert [(page.rotation, page.width, page.height) for page in reading.pages] == [
        (0, 595, 842),
        (90, 842, 595),
        (0, 595, 842),
    ]
