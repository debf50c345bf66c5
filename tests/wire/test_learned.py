from __future__ import annotations

import json
from dataclasses import replace

import pytest

from extraction.types import (
    Calibration,
    Check,
    LayoutMark,
    Learned,
    LearnedColumn,
    LearnedField,
    LearnedLayout,
    LearnedTable,
    Lesson,
    Option,
    Pointer,
    RankedField,
    Ranking,
    Spot,
    Trial,
)
from extraction.wire.learned import dump_learned, dump_lesson, load_learned, load_lesson, load_looks, load_outline

SPOT = Spot(0, 1, 0.1, 0.2, 0.3, "our sign", "", "A/9", 1, 1, (Pointer("our sign", 0.0, 4.0, 1.4, 0.7),), True, (7, 8))
CALIBRATION = Calibration(42, 0.5, 0.4, 0.9, -0.3, (("number", -1.2),))
LAYOUT = LearnedLayout(
    (LayoutMark("our sign", 0.1, 0.2), LayoutMark("页", 0.5, 0.9, -1)),
    (
        LearnedField("number", (SPOT,)),
        LearnedField("seller", constant="Gantry & Sons"),
        LearnedField("due", absent=2, mended=1),
    ),
    2,
    True,
    tables=(
        LearnedTable("items", (LearnedColumn("amount", ("Fee",), 0.7, 0.8),), ("total station",), ("pledge kept",)),
    ),
)


def test_a_lesson_comes_back_from_its_json() -> None:
    options = (Option(0.7, "our sign", (("left", 0.1),), True, (1, 4, 60, 0, 7)), Option(0.3, "", (), False))
    trials = (Trial("number", 0.45, False, options), Trial("due", 0.42, True, ()))
    lesson = Lesson(
        LAYOUT, (("number", "GS/2041"),), (("number", "our sign"),), ("seller",), trials, (Check("number", 0.91, True),)
    )

    assert load_lesson(json.loads(json.dumps(dump_lesson(lesson)))) == lesson


def test_what_was_learned_comes_back_from_its_json() -> None:
    ranking = Ranking(24, 70, 60, 66, (RankedField("number", (("left", -0.2), ("label: our sign", 0.3))),))
    learned = Learned((LAYOUT,), (("number", ("our sign",)),), 2, ranking, (("number", ("our sign",)),), CALIBRATION)

    assert load_learned(json.loads(json.dumps(dump_learned(learned)))) == learned


def test_an_outline_counts_without_marks_and_fields() -> None:
    learned = Learned((LAYOUT,), (("number", ("our sign",)),), 2, calibration=CALIBRATION)

    bare = replace(LAYOUT, marks=(), fields=(), tables=())
    assert load_outline(json.loads(json.dumps(dump_learned(learned)))) == replace(learned, layouts=(bare,))


def test_looks_are_the_marks_of_the_first_page() -> None:
    marks = (LayoutMark("hire sheet", 0.5, 0.1, 0), LayoutMark("page two", 0.5, 0.1, 1))
    learned = Learned((replace(LAYOUT, marks=marks),), (("number", ("our sign",)),), 2, calibration=CALIBRATION)

    look = replace(LAYOUT, marks=marks[:1], fields=(), tables=())
    assert load_looks(json.loads(json.dumps(dump_learned(learned)))) == replace(learned, layouts=(look,))


def test_other_json_is_refused() -> None:
    with pytest.raises((TypeError, ValueError)):
        load_learned([])


def test_what_was_kept_before_tables_were_learned_is_still_understood() -> None:
    pointers = [["our sign", 0.0, 4.0, 1.4, 0.7]]
    spot = [0, 1, 0.1, 0.2, 0.3, "our sign", "", "A/9", 1, 1, pointers]
    layout = [[["our sign", 0.1, 0.2, 0]], [["number", [spot], 0, ""]], 2, True, None]

    kept = load_learned([[layout], [["number", ["our sign"]]], 2])

    assert kept.layouts[0].fields[0].spots == (replace(SPOT, is_cut=False, echoes=()),)
    assert (kept.layouts[0].documents, kept.layouts[0].tables) == (2, ())
