from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from extraction.engine import reading as reading_module
from extraction.engine.page.layout import build_page
from extraction.engine.page.ocr import OcrChild
from extraction.engine.raw import Pixels, RawPage
from extraction.engine.reading import read_document, turned
from extraction.engine.sandbox.program import ROOT
from extraction.errors import Cancelled, InvalidUpload, ReadingFailed
from extraction.types import FileKind, PageReading, ParseRequest
from tests import bad_files
from tests.engine.pictures import LINES, docx, encoded, receipt, scanned_pdf

WORDS = [word for line in LINES for word in line.split()]


def request(folder: Path, data: bytes, kind: FileKind, pages: tuple[int, ...] | None = None) -> ParseRequest:
    path = folder / f"upload.{kind}"
    path.write_bytes(data)
    return ParseRequest(path, kind, path.name, pages)


def faulty_at(number: int) -> Callable[[RawPage, None], PageReading]:
    """Our own rules with a fault that one page shows."""

    def build(raw: RawPage, outline: None) -> PageReading:
        return build_page(raw, outline) if raw.number != number else build_page(1 / 0)  # type: ignore[arg-type]

    return build


def printed(page: PageReading) -> list[str]:
    return [word.text for word in page.words]


def test_reading_tells_every_page_as_it_is_read(tmp_path: Path) -> None:
    told: list[PageReading] = []

    reading = read_document(request(tmp_path, bad_files.page_pdf(3), FileKind.PDF), on_page=told.append)

    assert [(page.number, printed(page)) for page in told] == [
        (number, ["Page", str(number), "of", "3"]) for number in (1, 2, 3)
    ]
    assert reading.pages == tuple(told)


def test_reading_reads_the_pages_asked_for(tmp_path: Path) -> None:
    asked = request(tmp_path, bad_files.page_pdf(3), FileKind.PDF, pages=(2, 9))

    reading = read_document(asked, on_page=lambda page: None)

    assert [page.number for page in reading.pages] == [2]
    assert reading.failed == ((9, "page_unreadable"),)


def test_page_that_breaks_our_rules_fails_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reading_module, "build_page", faulty_at(2))

    reading = read_document(request(tmp_path, bad_files.page_pdf(3), FileKind.PDF), on_page=lambda page: None)

    assert [page.number for page in reading.pages] == [1, 3]
    assert reading.failed == ((2, "page_not_laid_out"),)
    assert [record.getMessage() for record in caplog.records] == ["page 2: no blocks could be found"]
    assert "ZeroDivisionError" in caplog.text


def test_reading_stops_when_told_to(tmp_path: Path) -> None:
    told: list[int] = []

    def stop_at_two(page: PageReading) -> None:
        told.append(page.number)
        if page.number == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        read_document(request(tmp_path, bad_files.page_pdf(3), FileKind.PDF), on_page=stop_at_two)

    assert told == [1, 2]


def test_reading_recognises_a_scanned_page_in_points(tmp_path: Path, ocr: OcrChild) -> None:
    picture = receipt()
    asked = request(tmp_path, scanned_pdf(picture), FileKind.PDF)

    (page,) = read_document(asked, on_page=lambda page: None, ocr=ocr).pages

    assert (page.width, page.height) == pytest.approx((picture.width * 0.72, picture.height * 0.72), abs=0.5)
    assert sorted(printed(page)) == sorted(WORDS)
    total = next(word for word in page.words if word.text == "Total")
    assert total.bbox.centre == pytest.approx((110 * 0.72, 440 * 0.72), abs=12)


def test_reading_turns_a_lying_photograph_and_its_picture(tmp_path: Path, ocr: OcrChild) -> None:
    picture = receipt()
    asked = request(tmp_path, encoded(picture.rotate(90, expand=True), "PNG"), FileKind.PNG)
    images: list[tuple[int, int, int]] = []

    (page,) = read_document(
        asked,
        on_page=lambda page: None,
        ocr=ocr,
        image_width=1240,
        on_image=lambda number, pixels: images.append((number, pixels.width, pixels.height)),
    ).pages

    assert (page.rotation, page.width, page.height) == (90, *picture.size)
    assert images == [(1, *picture.size)]
    assert sorted(printed(page)) == sorted(WORDS)


def test_reading_lays_out_a_contract(tmp_path: Path) -> None:
    (page,) = read_document(
        request(tmp_path, docx("Agreement of sale"), FileKind.DOCX), on_page=lambda page: None
    ).pages

    assert printed(page) == ["Agreement", "of", "sale"]


@pytest.mark.parametrize(
    ("data", "kind", "error"),
    [
        (bad_files.truncated_pdf(), FileKind.PDF, InvalidUpload),
        (bad_files.pdf_bomb(), FileKind.PDF, ReadingFailed),
    ],
)
def test_reading_fails_where_no_page_can_be_read(
    tmp_path: Path, data: bytes, kind: FileKind, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_document(request(tmp_path, data, kind), on_page=lambda page: None)


def test_turned_turns_clockwise() -> None:
    a, b = b"aaa", b"bbb"

    assert turned(Pixels(2, 1, a + b), 90) == Pixels(1, 2, a + b)
    assert turned(Pixels(2, 1, a + b), 180) == Pixels(2, 1, b + a)
    assert turned(Pixels(2, 1, a + b), 270) == Pixels(1, 2, b + a)


def test_engine_reads_with_the_network_cut(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system gives no network namespace")
    asked = request(tmp_path, encoded(receipt(), "PNG"), FileKind.PNG)
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import pathlib, socket\n"
        "from extraction.engine.page.ocr import OcrChild\n"
        "from extraction.engine.reading import read_document\n"
        "from extraction.types import FileKind, ParseRequest\n"
        "assert [name for _, name in socket.if_nameindex()] == ['lo']\n"
        f"request = ParseRequest(pathlib.Path({str(asked.path)!r}), FileKind.PNG, 'x')\n"
        "with OcrChild() as ocr:\n"
        "    (page,) = read_document(request, on_page=lambda page: None, ocr=ocr).pages\n"
        "print(*sorted(word.text for word in page.words), sep='\\n')\n"
    )

    done = subprocess.run(
        [unshare, "-rn", sys.executable, "-I", "-c", program], check=True, capture_output=True, text=True
    )

    assert done.stdout.splitlines() == sorted(WORDS)
