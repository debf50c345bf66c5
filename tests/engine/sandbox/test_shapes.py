from __future__ import annotations

from typing import Any

import pytest

from extraction.engine.raw import RawPage
from extraction.engine.sandbox.shapes import dump_page, load_page, load_pixels, load_sheet, load_words


@pytest.mark.parametrize(("width", "height"), [(-1, -1), (0, 0), (1.5, 0.7)])
def test_pixels_without_a_size_are_refused(width: float, height: float) -> None:
    with pytest.raises(ValueError):
        load_pixels({"width": width, "height": height}, b"abc" if width == -1 else b"")


def test_words_without_text_are_left_out() -> None:
    box = [0, 0, 5, 5, 5, 0, 0, None]

    words = load_words({"fonts": [""], "rows": [["", *box], ["\0", *box], ["a", *box]]})

    assert [word.text for word in words] == ["a"]


@pytest.mark.parametrize("edges", [[0, 0, 1e300, 5], [0, 0, float("nan"), 5], [5, 0, 0, 5], [0, 0, True, 5]])
def test_boxes_that_no_page_has_are_refused(edges: list[float]) -> None:
    with pytest.raises(ValueError):
        load_words({"fonts": [""], "rows": [["a", *edges, 5, 0, 0, None]]})


@pytest.mark.parametrize(
    "wrong", [{"width": 0}, {"height": "9"}, {"turn": 45}, {"dpi": 0}, {"dpi": float("nan")}, {"width": None}]
)
def test_sheets_that_no_pdf_can_have_are_refused(wrong: dict[str, Any]) -> None:
    sound = {"width": 8, "height": 9, "grey": True, "bits": 8, "turn": 90, "dpi": 150.0, "original": False}

    assert load_sheet(sound, b"data").data == b"data"
    with pytest.raises(ValueError):
        load_sheet({**sound, **wrong}, b"data")


@pytest.mark.parametrize(
    "wrong",
    [
        {"warnings": ["Call this number"]},
        {"warnings": ["a" * 50]},
        {"warnings": [7]},
        {"source": "hearsay"},
        {"rotation": 45},
        {"marks": [["face", 1, 1, 2, 2, ""]]},
        {"unread": [[1, 1, 2]]},
        {"words": []},
    ],
)
def test_pages_that_no_child_may_send_are_refused(wrong: dict[str, Any]) -> None:
    page = RawPage(number=1, width=80, height=90, warnings=("page_cut",))
    sound = dump_page(page)

    assert load_page(sound) == page
    with pytest.raises((ValueError, TypeError, KeyError)):
        load_page({**sound, **wrong})
