"""Whole scanned pages: what stands on them besides letters becomes blocks, where people see it."""

from __future__ import annotations

import pytest
from PIL import Image

from extraction.engine.page.layout import build_page
from extraction.engine.page.ocr import OcrChild
from extraction.engine.raw import RawPage
from extraction.engine.reading import recognised
from extraction.types import Block, PageReading
from tests.engine import scans
from tests.engine.pictures import pixels


def read(ocr: OcrChild, picture: Image.Image) -> PageReading:
    raw = RawPage(number=1, width=picture.width, height=picture.height, source="none")
    return build_page(recognised(raw, pixels(picture), ocr))


def of_kind(page: PageReading, kind: str) -> list[Block]:
    return [block for block in page.blocks if block.type == kind]


def test_a_scans_code_and_seal_become_blocks(ocr: OcrChild) -> None:
    picture = scans.page()
    scans.write(picture, (100, 100), *scans.PROSE)
    square = scans.code(picture, (150, 500), "https://example.org/d/20417")
    scans.seal(picture, (700, 500, 960, 760), "HARBOUR")

    page = read(ocr, picture)

    (code,), (stamp,) = of_kind(page, "qrcode"), of_kind(page, "stamp")
    assert (code.content, tuple(code.bbox or ())) == ("https://example.org/d/20417", pytest.approx(square, abs=6))
    assert "HARBOUR" in stamp.content
    assert tuple(stamp.bbox or ()) == pytest.approx((700, 500, 961, 761), abs=6)
    assert of_kind(page, "figure") == []


def test_a_photo_becomes_a_figure_between_the_paragraphs(ocr: OcrChild) -> None:
    picture = scans.page()
    scans.write(picture, (100, 60), *scans.PROSE)
    scans.photo(picture, (300, 320, 900, 700))
    scans.write(picture, (100, 760), *scans.PROSE)

    page = read(ocr, picture)

    assert [block.type for block in page.blocks] == ["text", "figure", "text"]
    assert tuple(page.blocks[1].bbox or ()) == pytest.approx((300, 320, 900, 700), abs=12)


@pytest.mark.parametrize("skew", [3.0, -4.0])
def test_a_leaning_scan_is_laid_out_as_the_straight_one(ocr: OcrChild, skew: float) -> None:
    picture = scans.page()
    scans.write(picture, (150, 250), *scans.PROSE)
    xs, ys = [150, 450, 750, 1050], [600, 670, 740, 810]
    scans.grid(picture, xs, ys)
    for row, words in enumerate(("Vessel Cargo Crew", "Aurora Timber 12", "Bellis Grain 98")):
        for column, word in enumerate(words.split()):
            scans.write(picture, (xs[column] + 20, ys[row] + 18), word)

    straight = read(ocr, picture)
    leaning = read(ocr, picture.rotate(-skew, fillcolor="white", resample=Image.Resampling.BICUBIC))

    said = [(block.type, block.content) for block in straight.blocks]
    assert [kind for kind, _ in said] == ["text", "table"]
    assert [(block.type, block.content) for block in leaning.blocks] == said
    first, last = leaning.words[0].bbox.centre, leaning.words[len(scans.PROSE[0].split()) - 1].bbox.centre
    assert (last[1] - first[1]) / (last[0] - first[0]) == pytest.approx(skew / 57.3, abs=0.01)
