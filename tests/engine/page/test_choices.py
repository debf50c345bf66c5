from __future__ import annotations

import pytest

from extraction.engine.markdown import to_markdown
from extraction.engine.page.layout import build_page
from extraction.engine.page.ticks import Option, options_of
from extraction.engine.raw import RawMark, RawPage, RawRule, RawWord
from extraction.types import BBox, DocumentReading
from tests.engine.printed import page, words


def blocks(raw: RawPage) -> list[tuple[str, str]]:
    return [(block.type, block.content) for block in build_page(raw).blocks]


def box(x: float, y: float, state: str = "unchecked", side: float = 9) -> RawMark:
    return RawMark("box", BBox(x, y, x + side, y + side), state)


def sides(mark: RawMark) -> tuple[RawRule, ...]:
    x0, y0, x1, y1 = mark.bbox
    return (
        RawRule(x0, y0, x1, y0, 0.5),
        RawRule(x0, y1, x1, y1, 0.5),
        RawRule(x0, y0, x0, y1, 0.5),
        RawRule(x1, y0, x1, y1, 0.5),
    )


@pytest.mark.parametrize(
    ("line", "before", "options"),
    [
        ("Gender ☑ male ☐ female", "Gender", [(True, "male"), (False, "female")]),
        ("同意：是☑ 否☐", "同意：", [(True, "是"), (False, "否")]),
        ("yes □ no ■", "", [(False, "yes"), (True, "no")]),
        ("[x] a [ ] b [X] c", "", [(True, "a"), (False, "b"), (True, "c")]),
        ("( ) a (√) b", "", [(False, "a"), (True, "b")]),
        ("○ one ● two", "", [(False, "one"), (True, "two")]),
        ("ⓧ a ✓ b ✗ c ☒ d", "", [(True, "a"), (True, "b"), (True, "c"), (True, "d")]),
        ("f( ) and x[ ]", "f( ) and x[ ]", []),
    ],
)
def test_options_have_states_and_labels(line: str, before: str, options: list[tuple[bool, str]]) -> None:
    assert options_of(line) == (before, [Option(*option) for option in options])


def test_row_of_a_form_is_a_choice_and_what_stands_beside_it_is_not() -> None:
    raw = page(
        words("Name: John Doe", x=50, y=100),
        words("Gender:", x=250, y=100),
        words("☑ male", x=310, y=100),
        words("☐ female", x=370, y=100),
        words("The form is to be filled in by hand and signed.", x=50, y=140),
    )

    assert blocks(raw) == [
        ("text", "Name: John Doe"),
        ("choice", "Gender: ☑ male ☐ female"),
        ("text", "The form is to be filled in by hand and signed."),
    ]


def test_labels_of_several_lines_are_whole() -> None:
    raw = page(
        words("[ ] I accept the general terms and conditions of the company, which I have", x=50, y=100),
        words("read.", x=50, y=112),
        words("[x] I want an invoice by mail.", x=50, y=124),
    )

    (block,) = build_page(raw).blocks

    accepted = "[ ] I accept the general terms and conditions of the company, which I have read."
    assert (block.type, block.content) == (
        "choice",
        f"{accepted}\n[x] I want an invoice by mail.",
    )


@pytest.mark.parametrize(
    "line",
    [
        "● A point of a list",
        "■ Another",
        "✓ Free delivery",
        "Q.E.D. follows at once. □",
        "(x) The tenth",
        "Call f( ) before x[ ] is set",
        "As the mark ☐ in the middle of this long sentence shows, it is none.",
    ],
)
def test_bullets_and_sentences_are_no_choices(line: str) -> None:
    assert [kind for kind, _ in blocks(page(words(line, x=50, y=100)))] == ["text"]


def test_empty_and_full_rounds_under_one_another_are_choices_and_bullets_are_not() -> None:
    options = [words("○ one", x=50, y=100), words("● two", x=50, y=112)]
    bullets = [words("● one", x=50, y=100), words("○ two", x=70, y=112)]

    assert blocks(page(*options)) == [("choice", "○ one\n● two")]
    assert {kind for kind, _ in blocks(page(*bullets))} == {"text"}


def test_bullets_beside_choices_stay_bullets() -> None:
    raw = page(words("✓ Free delivery", x=50, y=100), words("Gender: ☑ male ☐ female", x=50, y=114))

    assert blocks(raw) == [("text", "✓ Free delivery"), ("choice", "Gender: ☑ male ☐ female")]


def test_drawn_boxes_are_words_with_their_state() -> None:
    marks = (box(50, 100, "checked"), box(110, 100))
    raw = page(
        words("male", x=63, y=100),
        words("female", x=123, y=100),
        marks=marks,
        rules=(*sides(marks[0]), *sides(marks[1])),
    )

    reading = build_page(raw)

    assert [(word.text, word.bbox) for word in reading.words] == [
        ("☑", marks[0].bbox),
        ("male", BBox(63, 100, 83, 110)),
        ("☐", marks[1].bbox),
        ("female", BBox(123, 100, 153, 110)),
    ]
    assert to_markdown(DocumentReading((reading,))) == "- [x] male\n- [ ] female\n"


def test_letter_in_a_drawn_box_ticks_it() -> None:
    raw = page(words("X", x=52, y=100), words("yes", x=63, y=100), marks=(box(50, 100),))

    assert blocks(raw) == [("choice", "☑ yes")]


def test_box_that_was_read_as_a_letter_is_not_told_twice() -> None:
    read = RawWord("口男", BBox(50, 100, 75, 110), 10)
    raw = page([read], words("女", x=98, y=100), marks=(box(50, 100, "checked"), box(85, 100)), source="ocr")

    assert blocks(raw) == [("choice", "☑男 ☐女")]


def test_the_first_letter_of_a_label_is_kept_where_the_box_before_it_was_not_read() -> None:
    read = RawWord("Delivered", BBox(50, 100, 120, 110), 10)
    boxed = RawWord("ODamaged", BBox(50, 120, 120, 130), 10)
    raw = page([read], [boxed], marks=(box(50, 100, "checked"), box(50, 120)), source="ocr")

    assert blocks(raw) == [("choice", "☑ Delivered\n☐ Damaged")]


def test_square_with_other_letters_or_too_large_is_no_tick_box() -> None:
    letter = page(words("A", x=52, y=100), words("first", x=70, y=100), marks=(box(50, 100),))
    large = page(words("first", x=100, y=100), marks=(box(50, 100, side=40),))

    assert [kind for kind, _ in blocks(letter)] == ["text"]
    assert blocks(large) == [("text", "first")]


def test_boxes_inside_a_ruled_table_make_no_columns() -> None:
    marks = (box(160, 104, "checked"), box(210, 104))
    frame = (
        *(RawRule(50, y, 350, y, 0.5) for y in (100, 120, 140)),
        *(RawRule(x, 100, x, 140, 0.5) for x in (50, 150, 350)),
    )
    raw = page(
        words("Gender", x=55, y=105),
        words("male", x=172, y=105),
        words("female", x=222, y=105),
        words("Name", x=55, y=125),
        words("Doe", x=160, y=125),
        marks=marks,
        rules=(*frame, *sides(marks[0]), *sides(marks[1])),
    )

    (block,) = build_page(raw).blocks

    assert [(cell.row, cell.column, cell.text) for cell in block.cells] == [
        (0, 0, "Gender"),
        (0, 1, "☑ male ☐ female"),
        (1, 0, "Name"),
        (1, 1, "Doe"),
    ]


def test_signs_of_symbol_fonts_are_marks() -> None:
    checked, empty = (
        words("\uf0fe", x=50, y=100, font="ABCDEF+Wingdings-Regular"),
        words("£", x=110, y=100, font="Wingdings2"),
    )

    assert blocks(page(checked, words("yes", x=62, y=100), empty, words("no", x=122, y=100))) == [
        ("choice", "☑ yes ☐ no")
    ]


def test_options_that_count_on_across_are_read_row_by_row() -> None:
    rows = [
        [*words(left, x=50, y=100 + 14 * row), *words(right, x=320, y=100 + 14 * row)]
        for row, (left, right) in enumerate([("(a) diffusion", "(b) osmosis"), ("(c) transport", "(d) respiration")])
    ]

    reading = build_page(page(words("2. Water moves through a membrane by", x=50, y=86), *rows))

    contents = [block.content for block in reading.blocks]
    assert contents[-4:] == ["(a) diffusion", "(b) osmosis", "(c) transport", "(d) respiration"]
