from __future__ import annotations

import pytest

from extraction.engine.raw import RawPage
from extraction.engine.read import pdf as pdf_module
from extraction.engine.read.pdf import read_page
from tests.engine.printed import document, shown

UPWARD, DOWNWARD = "0 1 -1 0", "0 -1 1 0"


def texts(page: RawPage) -> list[str]:
    return [word.text for word in page.words]


def corners(page: RawPage) -> list[tuple[int, int]]:
    """Left and lower edges of the words, in whole points."""
    return [(round(word.bbox.x0), round(word.bbox.y1)) for word in page.words]


def test_words_are_parted_at_blanks_and_measured_from_the_top() -> None:
    pdf = document(shown("Total due", x=50, y=300, size=12))

    page = read_page(pdf, 1)

    assert (page.number, page.width, page.height, page.source, page.rotation) == (1, 300.0, 400.0, "text", 0)
    assert texts(page) == ["Total", "due"]
    assert [round(word.size) for word in page.words] == [12, 12]
    assert all(50 <= word.bbox.x0 < 110 and 85 < word.bbox.y0 < 95 and 100 < word.bbox.y1 < 105 for word in page.words)


def test_words_know_their_face() -> None:
    pdf = document(shown("plain", x=50, y=300) + shown("strong", x=50, y=280, font="B"))

    page = read_page(pdf, 1)

    assert [(word.font, word.bold) for word in page.words] == [("Helvetica", False), ("Helvetica-Bold", True)]


def test_pages_count_from_one() -> None:
    pdf = document(shown("first", x=50, y=300), shown("second", x=50, y=300))

    page = read_page(pdf, 2)

    assert (page.number, texts(page)) == (2, ["second"])


def test_signs_placed_one_by_one_make_words() -> None:
    signs = [shown(sign, x=50 + 6 * place, y=300) for place, sign in enumerate("ab")]
    far = shown("c", x=90, y=300)

    page = read_page(document("".join([*signs, far])), 1)

    assert texts(page) == ["ab", "c"]


def test_text_printed_twice_for_boldness_counts_once() -> None:
    pdf = document(shown("Invoice", x=50, y=300) + shown("Invoice", x=50.4, y=300))

    page = read_page(pdf, 1)

    assert texts(page) == ["Invoice"]


def test_text_outside_the_crop_box_is_dropped() -> None:
    content = shown("outside", x=10, y=300) + shown("inside", x=120, y=300)
    pdf = document(content, boxes="/MediaBox [0 0 300 400] /CropBox [100 100 300 400]")

    page = read_page(pdf, 1)

    assert (page.width, page.height) == (200.0, 300.0)
    assert texts(page) == ["inside"]
    assert 19 <= page.words[0].bbox.x0 <= 21


@pytest.mark.parametrize(
    ("rotate", "turn", "x", "y"), [(90, UPWARD, 100, 50), (270, DOWNWARD, 200, 350), (180, "-1 0 0 -1", 250, 300)]
)
def test_the_files_own_turn_stands_the_page_upright(rotate: int, turn: str, x: float, y: float) -> None:
    pdf = document(shown("left right", x=x, y=y, turn=turn), rotate=rotate)

    page = read_page(pdf, 1)

    assert page.rotation == 0
    assert texts(page) == ["left", "right"]
    assert corners(page)[0][0] == 50
    assert page.words[0].bbox.x1 < page.words[1].bbox.x0


@pytest.mark.parametrize(("turn", "y", "rotation"), [(UPWARD, 50, 90), (DOWNWARD, 350, 270)])
def test_a_page_whose_text_runs_sideways_is_turned(turn: str, y: float, rotation: int) -> None:
    pdf = document(shown("left right", x=100, y=y, turn=turn))

    page = read_page(pdf, 1)

    assert (page.width, page.height, page.rotation) == (400.0, 300.0, rotation)
    assert [word.vertical for word in page.words] == [False, False]
    assert page.words[0].bbox.x1 < page.words[1].bbox.x0


def test_a_note_up_the_side_of_an_upright_page_is_marked() -> None:
    body = "".join(shown("Some words of running text on a line", x=60, y=300 - 14 * line) for line in range(5))
    pdf = document(body + shown("Draft", x=30, y=100, turn=UPWARD))

    page = read_page(pdf, 1)

    assert page.rotation == 0
    assert [word.text for word in page.words if word.vertical] == ["Draft"]


def test_rules_fills_and_drawings_are_told_apart() -> None:
    rule = "0.2 w 50 200 m 250 200 l S\n"
    frame = "50 100 100 40 re S\n"
    fill = "0.5 g 160 100 80 40 re f\n"
    curves = "".join(f"{50 + 20 * n} 300 m 60 {310 + n} 80 350 {100 + 20 * n} 390 c S\n" for n in range(4))

    page = read_page(document(shown("Words", x=50, y=50) + rule + frame + fill + curves), 1)

    flat = [(round(rule.x0), round(rule.y0), round(rule.x1)) for rule in page.rules if rule.is_horizontal]
    assert sorted(flat) == [(50, 200, 250), (50, 260, 150), (50, 300, 150)]
    assert len([rule for rule in page.rules if not rule.is_horizontal]) == 2
    assert [tuple(round(edge) for edge in fill) for fill in page.fills] == [(160, 260, 240, 300)]
    assert len(page.pictures) == 1


def test_a_page_of_outlines_without_text_needs_ocr() -> None:
    strokes = "".join(f"{20 + n} 100 m {25 + n} 140 l S\n" for n in range(60))

    assert read_page(document(strokes), 1).source == "none"


def test_an_empty_page_needs_nothing() -> None:
    page = read_page(document(""), 1)

    assert (page.source, page.words) == ("text", ())


def test_words_beyond_what_an_answer_holds_are_left_out_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "MAX_WORDS", 3)
    full, crowded = (
        read_page(document(shown(line, x=50, y=300)), 1) for line in ("one two three", "one two three four")
    )

    assert (texts(full), full.warnings) == (["one", "two", "three"], ())
    assert (texts(crowded), crowded.warnings) == (["one", "two", "three"], ("page_cut",))


def test_rules_of_one_page_are_bounded() -> None:
    ladder = "".join(f"50 {20 + 0.001 * step:.3f} l 250 {20 + 0.001 * step:.3f} l " for step in range(190))
    content = f"0.2 w 50 20 m {ladder} S\n" * 120

    page = read_page(document(shown("Words", x=50, y=350) + content), 1)

    assert texts(page) == ["Words"]
    assert len(page.rules) <= 20_000
