from __future__ import annotations

from extraction.engine.pointing import is_misread, is_same_line, joined, nearest, text_inside
from extraction.types import BBox, PageReading, Span, Word


def page_of(*lines: str) -> PageReading:
    """Words 10 wide and 10 high, one below the other by line, the next 12 to the right."""
    words = tuple(
        Word(text, BBox(12.0 * at, 20.0 * row, 12.0 * at + 10, 20.0 * row + 10), line=row, block=row)
        for row, line in enumerate(lines)
        for at, text in enumerate(line.split())
    )
    return PageReading(1, 600, 800, words=words)


def test_a_region_takes_the_words_of_which_half_lies_inside() -> None:
    page = page_of("Total due EUR", "7,421.91")

    span = text_inside(page, BBox(0, 0, 17.5, 12))

    assert span == Span(1, BBox(0, 0, 22, 10), "Total due", 0)


def test_a_region_without_words_gives_none() -> None:
    assert text_inside(page_of("Total"), BBox(300, 300, 400, 400)) is None


def test_the_nearest_of_several_places_is_taken() -> None:
    spans = [Span(1, BBox(0, 0, 10, 10), "12"), Span(1, BBox(24, 20, 34, 30), "12")]

    assert nearest(spans, Span(1, BBox(24, 20, 34, 30), "72")) == spans[1]
    assert nearest(spans, None) == spans[0]
    assert nearest([], None) is None


def test_two_places_are_on_one_line_when_their_heights_meet() -> None:
    span = Span(1, BBox(0, 0, 10, 10), "12")

    assert is_same_line(span, Span(1, BBox(50, 5, 60, 15), "x"))
    assert not is_same_line(span, Span(1, BBox(0, 12, 10, 20), "x"))
    assert not is_same_line(span, Span(2, BBox(0, 0, 10, 10), "x"))


def test_a_slip_of_the_reading_is_told_from_another_value() -> None:
    assert is_misread("396.00", "369.00")
    assert not is_misread("Hamburg", "369.00")


def test_chinese_words_join_without_a_blank() -> None:
    words = page_of("深圳市 海岳 Co. 有限").words

    assert joined(words) == "深圳市海岳 Co. 有限"
