from __future__ import annotations

import os
import signal

import pytest
from PIL import Image

from extraction.engine.page.ocr import OcrChild, OcrPage
from extraction.errors import ParserCrashed
from tests.engine.pictures import LINES, chinese, pixels, receipt

WORDS = [word for line in LINES for word in line.split()]


def test_ocr_reads_words_with_their_boxes(ocr: OcrChild) -> None:
    page = ocr.read(pixels(receipt()))

    assert [word.text for word in page.words] == WORDS
    for row, line in enumerate(LINES):
        words = page.words[sum(len(LINES[before].split()) for before in range(row)) :][: len(line.split())]
        assert all(40 + 90 * row < word.bbox.centre[1] < 130 + 90 * row for word in words)
        assert [word.bbox.x0 for word in words] == sorted(word.bbox.x0 for word in words)
        assert 40 < words[0].bbox.x0 < 75
    assert all(0.8 < (word.confidence or 0) <= 1 and 30 < word.size < 75 for word in page.words)


def test_ocr_cuts_a_line_where_its_words_part(ocr: OcrChild) -> None:
    ink = receipt(("Invoice number 20417",))

    invoice, number, digits = ocr.read(pixels(ink)).words

    for word, printed in ((invoice, "Invoice"), (number, "number"), (digits, "20417")):
        left, right = _printed_between(ink, LINES[1], printed)
        assert word.bbox.x0 == pytest.approx(left, abs=4)
        assert word.bbox.x1 == pytest.approx(right, abs=4)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_ocr_stands_turned_pages_upright(ocr: OcrChild, turn: int) -> None:
    upright = receipt()
    lying = upright.rotate(turn, expand=True)

    page = ocr.read(pixels(lying))

    assert page.rotation == turn
    assert [word.text for word in page.words] == WORDS
    assert page.words[0].bbox.centre[1] < 150


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("text", ["第三章 付款方式", "合同编号：20260314"])
def test_ocr_stands_pages_of_one_short_line_upright(ocr: OcrChild, text: str, turn: int) -> None:
    picture = chinese(text)
    if picture is None:
        pytest.skip("no Chinese font on this machine")

    page = ocr.read(pixels(picture.rotate(turn, expand=True)))

    assert (page.rotation, "".join(word.text for word in page.words)) == (turn, text.replace(" ", ""))


def test_ocr_finds_nothing_on_an_empty_page(ocr: OcrChild) -> None:
    assert ocr.read(pixels(Image.new("RGB", (600, 800), "white"))) == OcrPage(())


def test_ocr_keeps_chinese_in_runs(ocr: OcrChild) -> None:
    picture = chinese("甲方与乙方签订合同")
    if picture is None:
        pytest.skip("no Chinese font on this machine")

    page = ocr.read(pixels(picture))

    assert [word.text for word in page.words] == ["甲方与乙方签订合同"]


def test_ocr_starts_anew_after_a_crash() -> None:
    with OcrChild() as child:
        child.read(pixels(receipt(LINES[:1])))
        assert child._child is not None
        os.kill(child._child.process.pid, signal.SIGKILL)

        with pytest.raises(ParserCrashed):
            child.read(pixels(receipt(LINES[:1])))
        page = child.read(pixels(receipt(LINES[:1])))

    assert [word.text for word in page.words] == LINES[0].split()


def _printed_between(picture: Image.Image, line: str, word: str) -> tuple[float, float]:
    """Where a word's ink begins and ends: the columns of dark pixels, parted at gaps wider than 11 pixels."""
    dark = [
        x for x in range(picture.width) if min(picture.crop((x, 0, x + 1, picture.height)).convert("L").tobytes()) < 128
    ]
    runs = [[dark[0], dark[0]]]
    for x in dark[1:]:
        if x - runs[-1][1] > 11:
            runs.append([x, x])
        runs[-1][1] = x
    left, right = runs[line.split().index(word)]
    return float(left), float(right)
