from __future__ import annotations

import pytest

from extraction.engine.raw import RawWord
from extraction.engine.read.pdf import read_page
from extraction.engine.read.tracking import join_tracked
from extraction.types import BBox
from tests.engine.printed import document, shown

SIZE = 10.0


def spread(*texts: str, gaps: tuple[float, ...]) -> tuple[RawWord, ...]:
    """Words on one line, each letter 6 wide."""
    words, x = [], 40.0
    for text, gap in zip(texts, (*gaps, 0.0), strict=True):
        words.append(RawWord(text, BBox(x, 40, x + 6 * len(text), 40 + SIZE), SIZE))
        x += 6 * len(text) + gap
    return tuple(words)


def texts(words: tuple[RawWord, ...]) -> list[str]:
    return [word.text for word in words]


def test_letters_set_wide_are_joined_to_words() -> None:
    heading = spread("B", "R", "AMBLE", "&", "FI", "N", "CH", "G", "m", "bH", gaps=(2, 2, 7, 7, 2, 2, 7, 2, 2))

    joined = join_tracked(heading)

    assert texts(joined) == ["BRAMBLE", "&", "FINCH", "GmbH"]
    assert joined[0].bbox == BBox(40, 40, 86, 50)


def test_heading_of_one_word_is_joined() -> None:
    assert texts(join_tracked(spread(*"STATEMENT", gaps=(3.0,) * 8))) == ["STATEMENT"]


@pytest.mark.parametrize(
    "line",
    [
        spread("to", "be", "or", "I", "a", "m", "A", "B", gaps=(3,) * 7),
        spread(*"ABCDE", "Ltd", gaps=(3,) * 5),
        spread(*"12345678", gaps=(3,) * 7),
        spread(*"ABCDEFGH", gaps=(9,) * 7),
        spread(*"ABCDEFGH", gaps=(2, 3, 4, 5, 2, 3, 4)),
        spread(*"ABCD", gaps=(2,) * 3),
    ],
    ids=["short words", "initials", "digits", "columns", "uneven", "few"],
)
def test_other_short_words_stay_apart(line: tuple[RawWord, ...]) -> None:
    assert join_tracked(line) == line


def test_lines_are_joined_each_for_itself() -> None:
    upper = spread(*"BRAMBLES", gaps=(3,) * 7)
    lower = tuple(RawWord(word.text, BBox(word.bbox.x0, 60, word.bbox.x1, 70), SIZE) for word in upper)

    assert texts(join_tracked((*upper, *lower))) == ["BRAMBLES", "BRAMBLES"]


def test_spaced_heading_of_a_page_is_read_in_words() -> None:
    tracked = "3 Tc\n" + shown("BRAMBLE & FINCH", x=30, y=300, size=15)
    typed = "0 Tc\n" + shown("B R A M B L E   &   F I N C H", x=30, y=250)

    words = read_page(document(tracked + typed), 1).words

    assert texts(words) == ["BRAMBLE", "&", "FINCH", "BRAMBLE", "&", "FINCH"]
