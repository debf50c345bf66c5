"""What stands around the text, and lines that only leave room."""

from __future__ import annotations

from extraction.engine.page.layout import build_page
from extraction.engine.raw import RawPage, RawWord
from tests.engine.printed import page, words

SENTENCE = "the quick brown fox jumps over one lazy dog and sleeps in the shade of trees"


def kinds(raw: RawPage) -> list[tuple[str, str]]:
    return [(str(block.type), block.content.split()[0]) for block in build_page(raw).blocks]


def prose(lines: int, *, y: float, x: float = 120) -> list[list[RawWord]]:
    return [words(SENTENCE, x=x, y=y + 12 * row) for row in range(lines)]


def test_small_print_at_the_edges_is_head_and_foot() -> None:
    raw = page(words("Printed on Monday", x=50, y=20, size=8), *prose(6, y=100), words("draft", x=50, y=770, size=8))

    assert sorted(kinds(raw)) == [("footer", "draft"), ("header", "Printed"), ("text", "the")]


def test_a_title_with_the_pages_number_behind_it_is_a_running_head() -> None:
    head = words("Cosmology with baryons", x=120, y=30, size=12) + words("15", x=270, y=30, size=12)

    assert kinds(page(head, *prose(6, y=100))) == [("header", "Cosmology"), ("text", "the")]


def test_a_narrow_column_in_the_margin_is_a_side_bar() -> None:
    note = [words("see page", x=30, y=200, size=8), words("twelve", x=30, y=210, size=8)]

    assert sorted(kinds(page(*prose(20, y=100), *note))) == [("sider", "see"), ("text", "the")]


def test_lines_to_write_on_are_blanks() -> None:
    rows = [words("_" * 40, x=120, y=200 + 30 * row) for row in range(2)]

    assert [kind for kind, _ in kinds(page(*prose(4, y=100), *rows))] == ["text", "blank", "blank"]


def test_a_heading_between_two_columns_and_wide_text_follows_both() -> None:
    left = [words("left left left left left left left", x=50, y=100 + 12 * row) for row in range(8)]
    right = [words("right right right right right right", x=310, y=100 + 12 * row) for row in range(8)]
    rows = [row for pair in zip(left, right, strict=True) for row in pair]
    below = [words(SENTENCE, x=50, y=260 + 12 * row) for row in range(4)]

    raw = page(*rows, words("2 Risks", x=50, y=220, size=14, bold=True), *below)

    assert kinds(raw) == [("text", "left"), ("text", "right"), ("title", "2"), ("text", "the")]


def test_names_over_a_tables_columns_are_no_headings() -> None:
    names = [
        word
        for n, name in enumerate(["Rate", "Spots", "Amount"])
        for word in words(name, x=50 + 180 * n, y=60, size=12)
    ]

    assert "title" not in [kind for kind, _ in kinds(page(names, *prose(6, y=100)))]


def test_a_large_label_with_a_colon_is_no_heading() -> None:
    assert "title" not in [
        kind for kind, _ in kinds(page(*prose(6, y=100), words("Signature:", x=120, y=240, size=12)))
    ]


def test_small_print_with_a_circled_number_at_the_foot_is_a_footnote() -> None:
    raw = page(*prose(6, y=100), words("① 本通知由公司客户服务部负责解释", x=120, y=720, size=7))

    assert kinds(raw) == [("text", "the"), ("footnote", "①本通知由公司客户服务部负责解释")]
