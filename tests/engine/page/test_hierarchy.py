from __future__ import annotations

from dataclasses import replace

from extraction.engine.page.layout import build_page, finish_document
from extraction.engine.page.numbering import Numbering, numbering_of
from extraction.engine.raw import RawPage, RawWord
from tests.engine.printed import page, words

SENTENCE = "the quick brown fox jumps over one lazy dog and sleeps"
CHINESE = "甲方将座落于本市的房屋出租给乙方使用双方约定如下事项并共同遵守各项条款"


def titles(*pages: RawPage) -> list[tuple[str, int | None]]:
    done = finish_document([build_page(replace(raw, number=number)) for number, raw in enumerate(pages, start=1)])
    return [(b.content, b.title_level) for p in done.pages for b in p.blocks if b.type == "title"]


def sectioned(*headings: list[RawWord], text: str = SENTENCE) -> RawPage:
    """A page of headings, each 60 below the last, with two lines of text under it."""
    lines: list[list[RawWord]] = []
    for heading in headings:
        bottom = max(word.bbox.y1 for word in heading)
        lines += [heading, words(text, x=50, y=bottom + 6), words(text, x=50, y=bottom + 18)]
    return page(*lines)


def test_levels_follow_numbers_and_print_over_the_whole_document() -> None:
    first = sectioned(
        words("A Study of Water", x=50, y=100, size=18, bold=True),
        words("1 Introduction", x=50, y=170, size=14, bold=True),
        words("1.1 Data", x=50, y=240, bold=True),
        words("1.1.1 Sensors", x=50, y=310, bold=True),
    )
    second = sectioned(
        words("2 Results", x=50, y=100, size=14, bold=True), words("References", x=50, y=170, size=14, bold=True)
    )

    assert titles(first, second) == [
        ("A Study of Water", 1),
        ("1 Introduction", 2),
        ("1.1 Data", 3),
        ("1.1.1 Sensors", 4),
        ("2 Results", 2),
        ("References", 2),
    ]


def test_chinese_numbers_nest_where_all_headings_are_printed_alike() -> None:
    whole = sectioned(
        words("房屋租赁合同", x=180, y=100, size=18, bold=True),
        words("第一章 总则", x=50, y=170, bold=True),
        words("第一节 房屋", x=50, y=240, bold=True),
        words("第三条 租金", x=50, y=310, bold=True),
        words("一、支付方式", x=50, y=380, bold=True),
        words("（一）转账", x=50, y=450, bold=True),
        words("第二章 附则", x=50, y=520, bold=True),
        text=CHINESE,
    )

    assert titles(whole) == [
        ("房屋租赁合同", 1),
        ("第一章总则", 2),
        ("第一节房屋", 3),
        ("第三条租金", 4),
        ("一、支付方式", 5),
        ("（一）转账", 6),
        ("第二章附则", 2),
    ]


def test_a_clause_that_is_a_paragraph_is_no_heading() -> None:
    clause = words("第三条 " + CHINESE + CHINESE[:20], x=50, y=100)

    assert titles(page(clause, words(CHINESE, x=50, y=116), words(CHINESE, x=50, y=132))) == []


def test_items_that_count_on_in_plain_print_are_no_headings() -> None:
    items = [words(f"{number}. 身份证复印件", x=50, y=100 + 24 * number) for number in range(1, 6)]

    assert titles(page(*items)) == []


def test_a_question_with_a_gap_to_fill_is_no_heading() -> None:
    question = words("1. 最小的数是（ ）", x=50, y=100, bold=True)

    assert titles(page(question, *[words(CHINESE, x=50, y=130 + 14 * row) for row in range(4)])) == []


def test_a_heading_that_wraps_is_one_title() -> None:
    text = [words(SENTENCE, x=50, y=100 + 12 * row) for row in range(4)]
    heading = [words("III. THE GLOBAL INTERATOMIC REPULSION", x=60, y=170), words("PARAMETER", x=150, y=182)]
    below = [words(SENTENCE, x=50, y=206 + 12 * row) for row in range(4)]

    assert titles(page(*text, *heading, *below)) == [("III. THE GLOBAL INTERATOMIC REPULSION PARAMETER", 1)]


def test_numbers_tell_scheme_and_depth() -> None:
    printed = ["第十二章 附则", "第2部分", "1.2.3 Data", "A.2 Proofs", "IV. Ends", "三、费用", "（二）范围", "(3) last"]
    plain = ["A Study", "2026年报告", "12月1日", "Data 1.2", "3.5% more"]

    assert [numbering_of(text) for text in printed] == [
        Numbering(1, 1),
        Numbering(0, 1),
        Numbering(8, 3),
        Numbering(8, 2),
        Numbering(6, 1),
        Numbering(4, 1),
        Numbering(5, 1),
        Numbering(9, 1),
    ]
    assert [numbering_of(text) for text in plain] == [None] * 5


def test_a_heading_in_chinese_set_wide_is_one_word() -> None:
    assert titles(sectioned(words("通 知 书", x=200, y=100, size=20), text=CHINESE)) == [("通知书", 1)]
