from __future__ import annotations

from extraction.engine.page.layout import build_page
from tests.engine.page.test_layout import kinds, prose
from tests.engine.printed import page, words

FULL = "the quick brown fox jumps over one lazy dog and then it goes to sleep under an old tree"


def test_lines_that_their_writer_ended_stay_lines() -> None:
    reading = build_page(
        page(
            words("Party A: Harbour Works", x=50, y=100),
            words("Party B: Far Sail Testing", x=50, y=112),
            *prose(3, x=50, y=160, text=FULL),
        )
    )

    assert kinds(reading) == [
        ("text", "Party A: Harbour Works\nParty B: Far Sail Testing"),
        ("text", " ".join([FULL] * 3)),
    ]


def test_an_address_of_uneven_lines_stays_lines() -> None:
    address = ["Mr J. Pell", "The Harbour Gazette", "2 Market Square", "Lower Town LT1 1AA"]
    lines = [words(text, x=50, y=100 + 12 * number) for number, text in enumerate(address)]

    reading = build_page(page(*lines, *prose(3, x=50, y=190, text=FULL)))

    assert kinds(reading)[0] == ("text", "\n".join(address))


def test_an_address_on_the_right_stays_lines() -> None:
    address = ["Quay Street 14", "Lower Town and Harbour", "Phone 555 0142"]
    lines = [words(text, x=500 - 5 * len(text), y=60 + 12 * number) for number, text in enumerate(address)]

    reading = build_page(page(*lines, *prose(3, x=50, y=190, text=FULL)))

    assert kinds(reading)[0] == ("text", "\n".join(address))


def test_a_narrow_paragraph_beside_a_picture_runs_on() -> None:
    narrow = "a line no longer than this one"

    reading = build_page(page(*prose(5, x=50, y=100, text=narrow), *prose(3, x=50, y=160, text=FULL)))

    assert kinds(reading)[0] == ("text", " ".join([narrow] * 5 + [FULL] * 3))


def test_a_paragraph_under_a_caption_is_no_part_of_it() -> None:
    caption = words("Figure 2: Revenue by year", x=50, y=90, size=9)

    reading = build_page(page(caption, *prose(3, x=50, y=100, text=FULL)))

    assert kinds(reading) == [("figure_caption", "Figure 2: Revenue by year"), ("text", " ".join([FULL] * 3))]


def test_a_caption_goes_on_where_its_line_is_full() -> None:
    caption = [words(text, x=50, y=90 + 12 * n) for n, text in enumerate([f"Table 1: {FULL}"[: len(FULL)], "of them"])]

    reading = build_page(page(*caption, *prose(3, x=50, y=160, text=FULL)))

    assert kinds(reading)[0] == ("table_caption", f"{f'Table 1: {FULL}'[: len(FULL)]} of them")


def test_a_gap_to_fill_goes_on_with_the_full_line_above() -> None:
    question = "3. Which of these numbers is the mode and which of them is the median of all of them here"

    reading = build_page(page(words(question, x=50, y=100), words("( )", x=50, y=112)))

    assert kinds(reading) == [("text", f"{question} ( )")]


def test_a_gap_to_fill_of_its_own_is_a_blank() -> None:
    reading = build_page(page(*prose(2, x=50, y=60, text=FULL), words("______________", x=50, y=160)))

    assert kinds(reading)[-1] == ("blank", "______________")


def test_headlines_side_by_side_are_titles() -> None:
    heads = [
        words(text, x=x, y=80, size=15, bold=True) for x, text in ((40, "Rye loaf"), (225, "Bridge"), (410, "Seals"))
    ]
    text = "some words of a narrow column here"
    columns = [line for x in (40, 225, 410) for line in prose(6, x=x, y=102, text=text)]

    reading = build_page(page(*heads, *columns))

    assert [content for kind, content in kinds(reading) if kind == "title"] == ["Rye loaf", "Bridge", "Seals"]


def test_a_date_is_no_heading() -> None:
    reading = build_page(page(words("14 March 2026", x=400, y=60), *prose(4, x=50, y=100, text=FULL)))

    assert kinds(reading)[0] == ("text", "14 March 2026")


def test_a_foot_counts_the_pages_in_brackets() -> None:
    foot = words("第1页（共6页）", x=270, y=770)

    reading = build_page(page(*prose(4, x=50, y=100, text=FULL), foot))

    assert kinds(reading)[-1] == ("footer", "第1页（共6页）")
