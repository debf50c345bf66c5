from __future__ import annotations

from dataclasses import replace

from extraction.engine.page.layout import build_page, finish_document
from extraction.engine.raw import RawRule, RawWord
from extraction.types import BBox, PageReading
from tests.engine.printed import page, words

SENTENCE = "the quick brown fox jumps over one lazy dog"


def prose(lines: int, *, x: float, y: float, size: float = 10, text: str = SENTENCE) -> list[list[RawWord]]:
    return [words(text, x=x, y=y + 12 * number, size=size) for number in range(lines)]


def kinds(reading: PageReading) -> list[tuple[str, str]]:
    return [(str(block.type), block.content) for block in reading.blocks]


def test_lines_that_follow_one_another_are_one_block() -> None:
    reading = build_page(page(*prose(3, x=50, y=100)))

    assert kinds(reading) == [("text", " ".join([SENTENCE] * 3))]
    assert reading.blocks[0].bbox == BBox(50, 100, 265, 134)


def test_words_know_their_line_and_block() -> None:
    reading = build_page(page(words("One line", x=50, y=100), words("and more", x=50, y=300)))

    assert [(word.text, word.line, word.block) for word in reading.words] == [
        ("One", 0, 0),
        ("line", 0, 0),
        ("and", 1, 1),
        ("more", 1, 1),
    ]


def test_columns_are_read_one_after_the_other() -> None:
    left = prose(8, x=50, y=100, text="left left left left left left left left")
    right = prose(8, x=310, y=100, text="right right right right right right right")
    head = words("A heading over both of the columns of this page here", x=50, y=60, size=18)
    rows = [row for pair in zip(left, right, strict=True) for row in pair]

    reading = build_page(page(head, *rows))

    assert [(kind, text.split()[0], len(text.split())) for kind, text in kinds(reading)] == [
        ("title", "A", 11),
        ("text", "left", 64),
        ("text", "right", 56),
    ]


def test_a_table_over_columns_does_not_hide_them() -> None:
    table = [
        words(text, x=50 + 110 * column, y=60 + 12 * row)
        for row in range(4)
        for column, text in enumerate(["Region", f"{row}1.5", f"{row}2.5", f"{row}3.5", f"{row}4.5"])
    ]
    left = prose(8, x=50, y=140, text="left left left left left left left left")
    right = prose(8, x=310, y=140, text="right right right right right right right")
    rows = [row for pair in zip(left, right, strict=True) for row in pair]

    reading = build_page(page(*table, *rows))

    assert [(kind, text.split()[-1]) for kind, text in kinds(reading)[1:]] == [("text", "left"), ("text", "right")]
    assert kinds(reading)[0][0] == "table"


def test_lines_read_from_a_picture_may_differ_in_height() -> None:
    lines = [words(SENTENCE, x=50, y=100 + 12 * row, size=9.0 + row % 3) for row in range(6)]

    reading = build_page(page(*lines, source="ocr"))

    assert [kind for kind, _ in kinds(reading)] == ["text"]


def test_a_line_that_begins_with_a_reference_is_text() -> None:
    lines = [*prose(2, x=50, y=100), words(f"[7] {SENTENCE}", x=50, y=124), words(SENTENCE, x=50, y=136)]

    reading = build_page(page(*lines))

    assert [kind for kind, _ in kinds(reading)] == ["text"]


def test_references_count_on() -> None:
    lines = [words(f"[{number}] {SENTENCE}", x=50, y=100 + 12 * number) for number in range(1, 5)]

    reading = build_page(page(*lines))

    assert [kind for kind, _ in kinds(reading)] == ["reference"] * 4


def test_a_word_parted_at_the_lines_end_is_made_whole() -> None:
    reading = build_page(page(words("We measure the compu-", x=50, y=100), words("tation as it is", x=50, y=112)))

    assert kinds(reading) == [("text", "We measure the computation as it is")]


def test_chinese_lines_join_without_a_blank() -> None:
    reading = build_page(page(words("合同自签订之日起", x=50, y=100), words("生效", x=50, y=112)))

    assert kinds(reading) == [("text", "合同自签订之日起生效")]


def test_headings_stand_out_by_number_and_face() -> None:
    heading = words("2.1 Methods", x=50, y=160, bold=True)

    reading = build_page(page(*prose(3, x=50, y=100), heading, *prose(3, x=50, y=190)))

    assert [kind for kind, _ in kinds(reading)] == ["text", "title", "text"]


def test_a_numbered_formula_is_an_equation() -> None:
    formula = words("E = m c", x=120, y=160, font="CMMI10") + words("(3)", x=250, y=160)

    reading = build_page(page(*prose(3, x=50, y=100), formula, *prose(3, x=50, y=190)))

    assert kinds(reading)[1] == ("equation", "E = m c (3)")


def test_a_page_number_is_a_foot() -> None:
    reading = build_page(page(*prose(3, x=50, y=100), words("7", x=300, y=770)))

    assert kinds(reading)[1] == ("footer", "7")


def test_small_print_under_a_short_rule_is_a_footnote() -> None:
    note = words("1 See the report of the year before", x=50, y=705, size=8)
    rule = RawRule(50, 700, 150, 700, 0.5)

    reading = build_page(page(*prose(6, x=50, y=100), note, rules=(rule,)))

    assert kinds(reading)[1] == ("footnote", "1 See the report of the year before")


def test_a_caption_is_bound_to_its_picture() -> None:
    caption = words("Figure 2: Sales by region", x=50, y=410)

    reading = build_page(page(*prose(3, x=50, y=100), caption, pictures=(BBox(50, 200, 300, 400),)))

    assert [(str(block.type), block.captions) for block in reading.blocks] == [
        ("text", ()),
        ("figure", (2,)),
        ("figure_caption", ()),
    ]


def test_a_picture_under_running_text_is_no_figure() -> None:
    reading = build_page(page(*prose(6, x=60, y=110), pictures=(BBox(50, 100, 300, 190),)))

    assert [kind for kind, _ in kinds(reading)] == ["text"]


def test_texts_side_by_side_are_small_blocks() -> None:
    rows = [
        words("Supplier", x=50, y=100) + words("Bill to", x=250, y=100) + words("Date:", x=450, y=100),
        words("Yard Ltd", x=50, y=112) + words("Bay Inc", x=250, y=112),
        words("Galway", x=50, y=124) + words("Cork", x=250, y=124),
    ]

    reading = build_page(page(*rows))

    assert kinds(reading) == [
        ("text", "Supplier\nYard Ltd\nGalway"),
        ("text", "Bill to\nBay Inc\nCork"),
        ("text", "Date:"),
    ]


def test_a_label_with_a_colon_keeps_its_value() -> None:
    rows = [words("Order:", x=50, y=100 + 12 * row) + words(f"A-{row}", x=130, y=100 + 12 * row) for row in range(2)]

    reading = build_page(page(*rows))

    assert kinds(reading) == [("text", "Order: A-0\nOrder: A-1")]


def test_text_up_the_side_is_a_sider() -> None:
    upended = [RawWord("Draft", BBox(20, 300, 30, 330), 10, vertical=True)]

    reading = build_page(page(*prose(3, x=50, y=100), upended))

    assert kinds(reading)[1] == ("sider", "Draft")


def test_an_empty_page_has_no_blocks() -> None:
    assert build_page(page()) == PageReading(number=1, width=600.0, height=800.0)


def test_every_word_stands_in_a_block() -> None:
    rows = [words(f"{row} a {row * 3} b", x=50, y=100 + 15 * row) for row in range(20)]

    reading = build_page(page(*rows, words("alone", x=400, y=333)))

    assert len(reading.words) == 81
    assert {word.block for word in reading.words} <= {block.idx for block in reading.blocks}


def test_lines_that_pages_repeat_are_running_heads() -> None:
    pages = [
        replace(build_page(page(words(f"Annual report {number}", x=50, y=30), *prose(3, x=50, y=100))), number=number)
        for number in (1, 2, 3)
    ]

    document = finish_document(pages, failed=[(4, "page_failed")])

    assert [[str(block.type) for block in done.blocks] for done in document.pages] == [["header", "text"]] * 3
    assert document.failed == ((4, "page_failed"),)


def test_titles_get_levels_by_size_and_number() -> None:
    printed = page(
        words("The whole thing", x=50, y=40, size=20),
        *prose(3, x=50, y=100),
        words("1 First", x=50, y=160, size=14),
        *prose(3, x=50, y=190),
        words("1.1 Inner", x=50, y=250, size=14),
        *prose(3, x=50, y=280),
    )

    done = finish_document([build_page(printed)]).pages[0]

    titles = [(block.content, block.title_level) for block in done.blocks if block.type == "title"]
    assert titles == [("The whole thing", 1), ("1 First", 2), ("1.1 Inner", 3)]
