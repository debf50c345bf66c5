from __future__ import annotations

import pytest
from PIL import Image

from extraction.engine.page.ocr import OcrChild
from extraction.engine.page.tilting import Tilt
from extraction.engine.page.unread import with_unread
from extraction.engine.raw import RawPage
from extraction.types import BBox
from tests.engine import scans
from tests.engine.pictures import pixels

SKEW = 3.0
PAGE = RawPage(number=1, width=620, height=877, source="text", unread=(BBox(50, 100, 600, 400),))


def test_words_of_a_leaning_picture_lie_where_they_are_seen(ocr: OcrChild) -> None:
    picture = scans.page()
    scans.write(picture, (150, 300), *scans.PROSE)
    leaning = picture.rotate(-SKEW, fillcolor="white", resample=Image.Resampling.BICUBIC)

    straight, found = with_unread(PAGE, pixels(picture), ocr), with_unread(PAGE, pixels(leaning), ocr)

    assert [word.text for word in found.words] == [word.text for word in straight.words] != []
    lean = Tilt(PAGE.width, PAGE.height, SKEW)
    for word, before in zip(found.words, straight.words, strict=True):
        assert word.bbox.centre == pytest.approx(lean.box(before.bbox).centre, abs=3)
