from __future__ import annotations

import pytest

from extraction.engine.page.layout import build_page
from extraction.engine.read.pdf import read_page
from tests.engine.printed import document, shown

ADVANCE, SPACE = 0.556, 0.278  # of Helvetica's figures and of "a b d e g h n o p u", and of its blank


def sign_by_sign(text: str, *, x: float, y: float, size: float) -> str:
    """Each sign by itself and no blanks, as browsers print."""
    result = ""
    for sign in text:
        result += "" if sign == " " else shown(sign, x=round(x, 2), y=y, size=size)
        x += size * (SPACE if sign == " " else ADVANCE)
    return result


@pytest.mark.parametrize("rotate", [0, 90])
def test_words_are_whole_where_pdfium_takes_rows_for_columns(rotate: int) -> None:
    rows = [
        sign_by_sign(text, x=x, y=390 - 10 * row, size=8)
        for row in range(38)
        for x, text in ((10, f"{row + 10}"), (60, f"gone page {row + 10} ended abed"), (260, f"{row + 100}"))
    ]

    with document("".join(rows), rotate=rotate) as pdf:
        told = pdf[0].get_textpage().get_text_range(0, 60)
        printed = [word.text for word in read_page(pdf, 1).words]

    assert told.count("\n") >= 20
    assert printed[:7] == ["10", "gone", "page", "10", "ended", "abed", "100"]


def test_hyphen_at_a_lines_end_is_kept_and_the_word_made_whole() -> None:
    content = shown("A code for the hydrody-", x=20, y=360) + shown("namical simulation.", x=20, y=348)

    with document(content) as pdf:
        raw = read_page(pdf, 1)

    assert [word.text for word in raw.words] == ["A", "code", "for", "the", "hydrody-", "namical", "simulation."]
    assert [block.content for block in build_page(raw).blocks] == ["A code for the hydrodynamical simulation."]
