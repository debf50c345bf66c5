from __future__ import annotations

import numpy
import pytest
from PIL import Image, ImageDraw, ImageFont

from extraction.engine.page.ink import Grey, LineFace, line_faces, line_ink
from tests.engine.pictures import chinese

SENTENCE = "several ordinary words in a line of print"


def line(text: str, *, size: int = 30, stroke: int = 0, ink: str = "black", paper: str = "white") -> Grey:
    picture = Image.new("L", (60 + round(0.6 * size * len(text)), 3 * size), paper)
    font = ImageFont.load_default(size)
    ImageDraw.Draw(picture).text((30, size), text, fill=ink, font=font, stroke_width=stroke)
    return numpy.asarray(picture, dtype=numpy.uint8)


def faces(*lines: tuple[Grey, str]) -> list[LineFace | None]:
    return line_faces([line_ink(grey, text) for grey, text in lines])


@pytest.mark.parametrize("text", ["aces never soar", "Type, quickly: jumps", "LAST YEAR", "2026 04 17", SENTENCE])
def test_the_em_is_measured_whatever_the_letters(text: str) -> None:
    measured = line_ink(line(text, size=40), text)

    assert measured is not None
    assert measured.size == pytest.approx(40, rel=0.2)


def test_chinese_characters_fill_the_em() -> None:
    text = "甲方与乙方签订合同"
    picture = chinese(text)
    if picture is None:
        pytest.skip("no Chinese font on this machine")

    measured = line_ink(numpy.asarray(picture.convert("L"), dtype=numpy.uint8), text)

    assert measured is not None
    assert measured.size == pytest.approx(48, rel=0.12)


def test_larger_lines_are_larger_and_equal_ones_equal() -> None:
    sizes = (30, 30, 30, 36, 24)

    found = faces(*((line(SENTENCE, size=size), SENTENCE) for size in sizes))

    ems = [face.size for face in found if face]
    assert [em / ems[0] for em in ems] == pytest.approx([1, 1, 1, 1.2, 0.8], rel=0.05)


@pytest.mark.parametrize(("ink", "paper"), [("black", "white"), ("#555555", "#eeeeee"), ("white", "black")])
def test_bold_lines_are_told_from_the_page_s_others(ink: str, paper: str) -> None:
    lines = [(line(SENTENCE, stroke=stroke, ink=ink, paper=paper), SENTENCE) for stroke in (0, 0, 0, 0, 0, 2)]

    assert [face.is_bold for face in faces(*lines) if face] == [False] * 5 + [True]


def test_the_print_stands_on_its_line_and_not_in_the_margins() -> None:
    (face,) = faces((line("aces never soar", size=40), "aces never soar"))

    _, top, _, bottom = ImageFont.load_default(40).getbbox("hg")
    assert face is not None
    assert (face.top, face.bottom) == pytest.approx(((40 + top) / 120, (40 + bottom) / 120), abs=0.04)


def test_an_empty_picture_has_no_ink() -> None:
    assert line_ink(numpy.full((20, 100), 255, dtype=numpy.uint8), "x") is None
    assert line_faces([None]) == [None]
