from __future__ import annotations

import pytest
from PIL import Image

from extraction.engine.page.ocr import OcrChild
from extraction.engine.raw import Drawn
from extraction.types import BBox
from tests.engine import scans
from tests.engine.pictures import chinese, pixels

NEAR = 6  # pixels


def near(box: scans.Box | BBox, slack: float = NEAR) -> object:
    return pytest.approx(tuple(box), abs=slack)


def places(drawn: Drawn) -> list[tuple[float, ...]]:
    return sorted((rule.x0, rule.y0, rule.x1, rule.y1) for rule in drawn.rules)


def test_raster_finds_the_rules_of_a_table_and_nothing_else(ocr: OcrChild) -> None:
    picture = scans.page()
    scans.write(picture, (100, 100), *scans.PROSE)
    xs, ys = [100, 400, 700, 1100], [400, 470, 540, 610]
    scans.grid(picture, xs, ys)
    for row, words in enumerate(("Vessel Cargo Crew", "Aurora Timber 12", "Bellis Grain 9")):
        for column, word in enumerate(words.split()):
            scans.write(picture, (xs[column] + 20, ys[row] + 18), word)

    drawn = ocr.read(pixels(picture)).drawn

    expected = [(100, y, 1100, y) for y in ys] + [(x, 400, x, 610) for x in xs]
    assert places(drawn) == [near(rule) for rule in sorted(expected)]
    assert all(1 <= rule.width <= 5 for rule in drawn.rules)
    assert (drawn.pictures, drawn.marks) == ((), ())


def test_raster_finds_dotted_and_broken_rules_but_no_leaders(ocr: OcrChild) -> None:
    picture = scans.page()
    scans.write(picture, (100, 100), *scans.PROSE)
    scans.dotted(picture, 100, 1100, 400)
    scans.broken(picture, 100, 1100, 500)
    scans.write(
        picture,
        (100, 600),
        "Introduction . . . . . . . . . . . . . . . . . 7",
        "Harbours . . . . . . . . . . . . . . . . . . . 12",
    )

    drawn = ocr.read(pixels(picture)).drawn

    assert places(drawn) == [near((100, 400, 1100, 400), 12), near((100, 500, 1100, 500))]


def test_raster_takes_no_strokes_of_large_letters_for_rules(ocr: OcrChild) -> None:
    picture = scans.page()
    scans.write(picture, (100, 100), "HITTITE TITLE", size=110)
    scans.write(picture, (100, 300), *scans.PROSE)

    assert ocr.read(pixels(picture)).drawn == Drawn()


def test_raster_finds_photos_and_line_art(ocr: OcrChild) -> None:
    picture = scans.page()
    scans.write(picture, (100, 60), *scans.PROSE)
    scans.photo(picture, (300, 320, 900, 700))
    scans.write(picture, (100, 760), *scans.PROSE)
    scans.line_art(picture, (320, 1040, 860, 1340))
    scans.write(picture, (100, 1420), *scans.PROSE)

    drawn = ocr.read(pixels(picture)).drawn

    assert sorted(map(tuple, drawn.pictures)) == [near((300, 320, 900, 700), 12), near((320, 1040, 860, 1340), 30)]
    assert drawn.rules == ()


def test_raster_finds_the_shade_behind_a_heading(ocr: OcrChild) -> None:
    picture = scans.page()
    picture.paste((214, 226, 240), (100, 100, 1100, 170))
    scans.write(picture, (120, 118), "Vessel and cargo of the month")
    scans.write(picture, (100, 240), *scans.PROSE)

    drawn = ocr.read(pixels(picture)).drawn

    assert [tuple(box) for box in drawn.fills] == [near((100, 100, 1100, 170))]
    assert drawn.pictures == ()


def test_raster_reads_qr_codes(ocr: OcrChild) -> None:
    picture = scans.page()
    scans.write(picture, (100, 100), *scans.PROSE)
    box = scans.code(picture, (800, 400), "https://example.org/d/20417")

    (mark,) = ocr.read(pixels(picture)).drawn.marks

    assert (mark.kind, mark.text, tuple(mark.bbox)) == ("qrcode", "https://example.org/d/20417", near(box))


@pytest.mark.parametrize("ink", ["#d0202a", "#2238b0"])
def test_raster_finds_a_seal_over_the_text(ocr: OcrChild, ink: str) -> None:
    picture = scans.page()
    scans.write(picture, (100, 100), *scans.PROSE)
    scans.write(picture, (560, 530), "Signed in March")
    scans.seal(picture, (600, 400, 860, 660), "HARBOUR", ink)

    drawn = ocr.read(pixels(picture)).drawn

    (mark,) = drawn.marks
    assert (mark.kind, tuple(mark.bbox)) == ("stamp", near((600, 400, 861, 661)))
    assert drawn.pictures == ()


def test_raster_takes_a_red_ring_without_print_for_no_stamp(ocr: OcrChild) -> None:
    picture = scans.page()
    scans.write(picture, (100, 100), *scans.PROSE)
    scans.write(picture, (700, 520), "120.50")
    scans.seal(picture, (600, 400, 860, 660), "", "#d0202a")
    picture.paste("white", (690, 410, 770, 500))

    assert ocr.read(pixels(picture)).drawn.marks == ()


def test_raster_finds_tick_boxes_and_their_state(ocr: OcrChild) -> None:
    picture = scans.page()
    scans.write(picture, (100, 100), *scans.PROSE)
    boxes = []
    for row, (word, checked) in enumerate((("Timber", True), ("Grain", False), ("Salt", True))):
        boxes.append((scans.tick_box(picture, (100, 402 + 60 * row), checked=checked), checked))
        scans.write(picture, (150, 400 + 60 * row), word)

    marks = sorted(ocr.read(pixels(picture)).drawn.marks, key=lambda mark: mark.bbox.y0)

    states = {True: "checked", False: "unchecked"}
    assert [(mark.kind, mark.text, tuple(mark.bbox)) for mark in marks] == [
        ("box", states[checked], near(box, 3)) for box, checked in boxes
    ]


def test_raster_takes_square_letters_for_no_tick_boxes(ocr: OcrChild) -> None:
    picture = chinese("入口 出口 日 田 国 □")
    if picture is None:
        pytest.skip("no Chinese font on this machine")

    marks = ocr.read(pixels(picture)).drawn.marks

    assert [mark.kind for mark in marks if mark.bbox.x0 < 380] == []


@pytest.mark.parametrize("skew", [3.0, -5.0])
def test_raster_straightens_a_page_that_leans(ocr: OcrChild, skew: float) -> None:
    picture = scans.page()
    scans.write(picture, (150, 300), *scans.PROSE)
    scans.grid(picture, [150, 600, 1050], [700, 780, 860])
    leaning = picture.rotate(-skew, fillcolor="white", resample=Image.Resampling.BICUBIC)

    straight, found = ocr.read(pixels(picture)), ocr.read(pixels(leaning))

    assert (straight.skew, found.skew) == (0.0, pytest.approx(skew, abs=0.2))
    assert [word.text for word in found.words] == [word.text for word in straight.words]
    for word, before in zip(found.words, straight.words, strict=True):
        assert word.bbox.centre == pytest.approx(before.bbox.centre, abs=NEAR)
    assert places(found.drawn) == [near(rule, 8) for rule in places(straight.drawn)]
