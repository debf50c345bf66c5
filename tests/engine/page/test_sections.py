"""Contents, listings, references and lists: kinds and content of whole pages."""

from __future__ import annotations

from dataclasses import replace

from extraction.engine.page.layout import build_page, finish_document
from extraction.engine.raw import RawPage, RawWord
from tests.engine.printed import page, words

SENTENCE = "the quick brown fox jumps over one lazy dog"


def blocks(raw: RawPage) -> list[tuple[str, str]]:
    return [(str(block.type), block.content) for block in build_page(raw).blocks]


def entry(text: str, number: str, *, y: float) -> list[RawWord]:
    return words(text, x=50, y=y) + words(number, x=550 - 5 * len(number), y=y)


def fixed(text: str, *, y: float, x: float = 50) -> list[RawWord]:
    """A line of code, its indent kept, in a face of equal widths."""
    indent = len(text) - len(text.lstrip())
    return words(text.lstrip(), x=x + 5 * indent, y=y, font="LiberationMono")


def prose(lines: int, *, y: float) -> list[list[RawWord]]:
    return [words(SENTENCE, x=50, y=y + 12 * row) for row in range(lines)]


def test_contents_without_leaders_are_known_by_their_heading() -> None:
    raw = page(
        words("Contents", x=50, y=60, size=14, bold=True),
        entry("Foreword", "2", y=100),
        entry("1 Report of the board", "3", y=116),
        entry("1.1 Markets", "4", y=132),
        entry("2 Accounts", "12", y=148),
    )

    assert blocks(raw) == [
        ("cate", "Contents"),
        ("cate_item", "Foreword 2"),
        ("cate_item", "1 Report of the board 3"),
        ("cate_item", "1.1 Markets 4"),
        ("cate_item", "2 Accounts 12"),
    ]


def test_leaders_are_shortened_and_a_wrapped_entry_is_one() -> None:
    raw = page(
        words("目录", x=280, y=60, size=14),
        words("第一章 总则 ........................ 1", x=50, y=100),
        words("第二章 关于房屋租赁期限以及租金支付方式的", x=50, y=116),
        words("特别约定 ........................ 7", x=70, y=132),
    )

    assert blocks(raw) == [
        ("cate", "目录"),
        ("cate_item", "第一章总则 … 1"),
        ("cate_item", "第二章关于房屋租赁期限以及租金支付方式的特别约定 … 7"),
    ]


def test_figures_that_fall_are_no_contents() -> None:
    raw = page(
        words("Contents", x=50, y=60, size=14, bold=True),
        entry("Apples in boxes", "120", y=100),
        entry("Pears in boxes", "80", y=116),
        entry("Plums in boxes", "7", y=132),
    )

    assert [kind for kind, _ in blocks(raw)] == ["title", "table"]


def test_a_listing_keeps_breaks_indents_and_blank_lines() -> None:
    code = ["def total(rows):", "    for row in rows:", "        yield row[0] * 2", "print(total([]))"]
    tops = (160, 172, 184, 208)
    raw = page(*prose(4, y=100), *[fixed(text, y=y) for text, y in zip(code, tops, strict=True)], *prose(4, y=240))

    assert [kind for kind, _ in blocks(raw)] == ["text", "code", "text"]
    assert blocks(raw)[1][1] == "\n".join([*code[:3], "", code[3]])


def test_a_letter_typed_in_a_fixed_face_is_text() -> None:
    lines = [words(SENTENCE, x=50, y=100 + 12 * row, font="Courier") for row in range(8)]

    assert [kind for kind, _ in blocks(page(*lines))] == ["text"]


def test_references_part_by_hanging_indent() -> None:
    raw = page(
        *prose(3, y=60),
        words("References", x=50, y=110, bold=True, size=14),
        words("Adams, J. (2021). Pricing of water in five", x=50, y=140),
        words("countries of the north. Utilities 14.", x=70, y=152),
        words("Brown, K. (2019). Leakage. Pipe Press.", x=50, y=164),
        words("Clark, P. (2023). Households with meters use", x=50, y=176),
        words("less water. Water Letters 7.", x=70, y=188),
    )

    assert blocks(raw)[1:] == [
        ("title", "References"),
        ("reference", "Adams, J. (2021). Pricing of water in five countries of the north. Utilities 14."),
        ("reference", "Brown, K. (2019). Leakage. Pipe Press."),
        ("reference", "Clark, P. (2023). Households with meters use less water. Water Letters 7."),
    ]


def test_references_part_by_numbers_that_count_on() -> None:
    raw = page(
        *prose(3, y=60),
        words("参考文献", x=50, y=110, bold=True, size=14),
        words("1. 张三. 供水管网漏损控制", x=50, y=140),
        words("2018. 北京", x=50, y=152),
        words("2. 李四. 城市供水系统", x=50, y=164),
    )

    assert blocks(raw)[1:] == [
        ("title", "参考文献"),
        ("reference", "1.张三.供水管网漏损控制 2018.北京"),
        ("reference", "2.李四.城市供水系统"),
    ]


def test_an_item_ends_where_text_goes_back_to_the_left() -> None:
    raw = page(
        *prose(2, y=100),
        words("• first item", x=70, y=124),
        words("• the second item runs over to one more", x=70, y=136),
        words("line that hangs", x=80, y=148),
        *prose(2, y=160),
    )

    assert blocks(raw) == [
        ("text", f"{SENTENCE} {SENTENCE}"),
        ("text", "• first item"),
        ("text", "• the second item runs over to one more line that hangs"),
        ("text", f"{SENTENCE} {SENTENCE}"),
    ]


def test_chinese_items_are_blocks_of_their_own() -> None:
    items = [
        "（一）乙方应当按期支付租金",
        "（二）乙方不得擅自转租",
        "2、其他约定事项",
        "第四条 本合同一式两份双方各执一份具有同等效力",
    ]

    raw = page(
        words("租赁期满甲方有权收回全部房屋乙方应如期交还", x=50, y=88),
        *[words(t, x=50, y=100 + 12 * n) for n, t in enumerate(items)],
    )

    assert [content for _, content in blocks(raw)] == [
        "租赁期满甲方有权收回全部房屋乙方应如期交还",
        *[item.replace(" ", "") for item in items],
    ]


def test_the_end_of_a_paragraph_is_no_formula() -> None:
    text = words("typical sizes of the core are between the bound of 1.89", x=50, y=100)
    end = words("− 4.72 Å", x=50, y=112)

    assert [kind for kind, _ in blocks(page(*prose(3, y=64), text, end))] == ["text"]


def test_references_go_on_over_the_page() -> None:
    first = page(
        *prose(3, y=60),
        words("References", x=50, y=110, bold=True, size=14),
        words("Adams (2021). Pricing.", x=50, y=140),
    )
    second = page(
        words("Brown, K. (2019). Leakage. Pipe Press.", x=50, y=60),
        words("Appendix", x=50, y=110, bold=True, size=14),
        words("Measured in 2020 by hand.", x=50, y=140),
    )

    done = finish_document(
        [replace(build_page(raw), number=number) for number, raw in enumerate((first, second), start=1)]
    )

    assert [str(block.type) for block in done.pages[1].blocks] == ["reference", "title", "text"]
