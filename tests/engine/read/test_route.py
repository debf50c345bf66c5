"""Whether a page's text layer is read, or OCR reads the page or some of its pictures."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from extraction.engine.raw import RawPage
from extraction.engine.read.pdf import read_page
from tests import bad_pages
from tests.bad_pages import PROSE, drawn_font_pages, outlined, pages, prose, scan, shifted, text
from tests.engine.pictures import LINES, receipt

PLACE = "300 0 0 215 150 200"
AREA = (150, 427, 450, 642)
SHIFTED = {sign: shifted([sign], 3)[0] for sign in "".join(PROSE)}
CUT = [line[:40] for line in PROSE * 2]


def read(data: bytes) -> RawPage:
    return read_page(pypdfium2.PdfDocument(data), 1)


def areas(page: RawPage) -> list[tuple[int, ...]]:
    return [tuple(round(edge) for edge in area) for area in page.unread]


def scanned_page() -> Image.Image:
    paper = Image.new("L", (1240, 1754), 255)
    paper.paste(receipt().convert("L"), (200, 300))
    return paper


def hidden(lines: tuple[str, ...] = LINES) -> bytes:
    """The lines of the scanned page where they stand on it, printed so that nothing shows."""
    return b"".join(
        text(line, x=125, y=842 - 0.48 * (395 + 90 * row), size=19, mode=3) for row, line in enumerate(lines)
    )


def photograph() -> Image.Image:
    """Shades and speckles, no lines."""
    return Image.blend(Image.radial_gradient("L").resize((600, 430)), Image.effect_noise((600, 430), 90), 0.4)


def chart() -> Image.Image:
    """Bars over an axis, a number on each."""
    picture = Image.new("L", (600, 430), 255)
    draw = ImageDraw.Draw(picture)
    draw.line((40, 10, 40, 400, 590, 400), fill=0, width=2)
    for bar in range(14):
        draw.rectangle((60 + 36 * bar, 400 - 24 * (bar + 2), 84 + 36 * bar, 400), fill=90, outline=0)
        draw.text((62 + 36 * bar, 406), str(10 * bar), fill=0)
    return picture


@pytest.mark.parametrize(
    "make",
    [
        lambda: pages(prose(shifted(PROSE * 4, 3))),
        lambda: drawn_font_pages(LINES * 2, says=None),
        lambda: drawn_font_pages(CUT, says=SHIFTED),
        lambda: outlined(LINES),
        lambda: scan(scanned_page()),
        lambda: scan(scanned_page(), under=prose(x=60, top=300, mode=3)),
        lambda: scan(scanned_page(), over=text("Received by the archive on 3 March 2026", y=815)),
        lambda: scan(scanned_page(), under=hidden(("GALLEY STATIONERS LTD",))),
    ],
    ids=["shifted", "nameless", "wrong names", "outlines", "scan", "astray", "stamped scan", "half hidden"],
)
def test_page_that_shows_more_than_its_text_layer_says_is_left_to_ocr(make: Callable[[], bytes]) -> None:
    page = read(make())

    assert (page.source, page.words, page.unread) == ("none", (), ())
    assert (page.width, page.height) == (595, 842)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: scan(scanned_page(), under=hidden()), 16),
        (lambda: pages(prose()), 224),
        (lambda: drawn_font_pages(CUT, says={}), 50),
        (lambda: scan(photograph(), place=PLACE, over=prose()), 224),
        (lambda: scan(chart(), place=PLACE, over=prose()), 224),
        (lambda: scan(photograph(), over=prose()), 224),
        (lambda: scan(Image.new("L", (800, 570), 255), place=PLACE, over=prose()), 224),
        (lambda: scan(receipt(), place="60 0 0 43 500 780", over=prose()), 224),
    ],
    ids=["hidden", "prose", "own font", "photograph", "chart", "background", "blank picture", "logo"],
)
def test_page_whose_text_layer_says_all_is_read_without_ocr(make: Callable[[], bytes], words: int) -> None:
    page = read(make())

    assert (page.source, len(page.words), page.unread) == ("text", words, ())


def test_picture_with_text_in_a_page_is_left_to_ocr() -> None:
    page = read(scan(receipt(), place=PLACE, over=prose()))

    assert (page.source, len(page.words), areas(page)) == ("text", 224, [AREA])


def test_picture_whose_text_runs_up_is_left_to_ocr() -> None:
    page = read(scan(receipt().rotate(90, expand=True), place="215 0 0 300 150 150", over=prose()))

    assert (page.source, areas(page)) == ("text", [(150, 392, 365, 692)])


def test_picture_whose_text_the_page_says_is_not() -> None:
    said = b"".join(text(line, x=172, y=415 - 34 - 34 * row, size=14, mode=3) for row, line in enumerate(LINES))

    page = read(scan(receipt(), place=PLACE, over=prose() + said))

    assert (page.source, page.unread) == ("text", ())


def test_only_what_a_nameless_font_prints_is_left_to_ocr() -> None:
    page = read(drawn_font_pages(LINES, says=None, more=prose(x=60, top=400)))

    assert (page.source, len(page.words), len(page.unread)) == ("text", 224, 1)
    (area,) = page.unread
    assert (round(area.x0), 70 < area.y0 < 105, 215 < area.y1 < 240) == (60, True, True)


def test_page_that_lies_is_left_to_ocr_as_it_lies() -> None:
    lying = b"".join(
        f"BT /F 11 Tf 0 1 -1 0 {60 + 16 * row} 60 Tm ({line}) Tj ET\n".encode()
        for row, line in enumerate(shifted(PROSE * 4, 3))
    )

    page = read(pages(lying))

    assert (page.source, page.rotation, page.width, page.height) == ("none", 0, 595, 842)


def test_deep_and_empty_pages_are_told_apart() -> None:
    assert [read(make()).source for make in (bad_pages.nested_forms, lambda: pages(b""))] == ["text", "text"]
