from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont

from extraction.engine.page.ocr import OcrChild
from tests.engine.pictures import pixels

LONG = " ".join(("Every vessel that enters or leaves the bay is written into a book",) * 2)
SHORT = "Paid"


@pytest.mark.parametrize("turn", [0, 180])
def test_long_lines_of_small_print_and_short_ones_are_read_whole(ocr: OcrChild, turn: int) -> None:
    """Their pictures are the widest and the narrowest that the model gets, and tell little of which way they stand."""
    picture = Image.new("RGB", (1000, 500), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(14)
    for row in range(7):
        draw.text((30, 40 + 40 * row), LONG if row < 6 else SHORT, fill="black", font=font)

    page = ocr.read(pixels(picture.rotate(turn)))

    assert page.rotation == turn
    assert [word.text for word in page.words] == [*LONG.split() * 6, *SHORT.split()]
