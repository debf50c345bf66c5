from __future__ import annotations

from dataclasses import replace

from extraction.engine.page.layout import build_page, finish_document
from extraction.engine.raw import RawPage, RawWord
from tests.engine.printed import page, words

FULL = "the board of the water works is confident that all the plans"
CHINESE = "甲方将座落于本市的房屋出租给乙方使用双方约定如下事项并共同遵守各项条款"


def continues(first: RawPage, second: RawPage) -> bool:
    pages = [replace(build_page(first), number=1), replace(build_page(second), number=2)]
    return finish_document(pages).pages[1].continues_previous


def low(*texts: str, size: float = 10) -> RawPage:
    """A page whose last lines stand at its foot."""
    return page(*[words(text, x=50, y=600 + 12 * row, size=size) for row, text in enumerate([FULL] * 4 + list(texts))])


def high(*texts: str, indent: float = 0, size: float = 10) -> RawPage:
    """A page that begins with these lines, the first stands in."""
    lines: list[list[RawWord]] = [words(texts[0], x=50 + indent, y=60, size=size)]
    lines += [words(text, x=50, y=72 + 12 * row, size=size) for row, text in enumerate(texts[1:])]
    return page(*lines, *[words(FULL, x=50, y=400 + 12 * row) for row in range(8)])


def test_a_sentence_goes_on_in_small_letters() -> None:
    assert continues(low("and the people we"), high("employ are ready for it.", FULL))


def test_a_parted_word_goes_on() -> None:
    assert continues(low("we are confi-"), high("dent that it is so.", FULL))


def test_a_full_line_goes_on_with_a_name() -> None:
    assert continues(low(FULL), high("Adams and Brown agree with us.", FULL, FULL))


def test_chinese_goes_on_after_a_full_line() -> None:
    first = page(*[words(CHINESE, x=50, y=600 + 14 * row) for row in range(4)])
    second = page(*[words(CHINESE, x=50, y=60 + 14 * row) for row in range(3)])

    assert continues(first, second)


def test_a_finished_sentence_does_not_go_on() -> None:
    assert not continues(low("and so it ended."), high("the next begins", FULL))


def test_an_indented_paragraph_does_not_go_on() -> None:
    assert not continues(low(FULL), high("Another thing is the weather", FULL, FULL, indent=20))


def test_an_item_and_other_print_do_not_go_on() -> None:
    assert not continues(low(FULL), high("2. 身份证复印件", FULL, FULL))
    assert not continues(low("and the people we"), high("employ are ready for it.", FULL, size=8))


def test_a_heading_between_ends_the_text() -> None:
    titled = page(
        words("2 Results", x=50, y=40, size=14, bold=True), *[words(FULL, x=50, y=70 + 12 * n) for n in range(4)]
    )

    assert not continues(low("and the people we"), titled)
