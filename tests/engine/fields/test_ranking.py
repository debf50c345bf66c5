"""A template's own weights: taken where they prove better on documents that they were not fitted to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.engine.fields import LEAST_DOCUMENTS, extract, learn, lesson_of, locate, rank
from extraction.types import (
    Approved,
    DocumentReading,
    ExtractRequest,
    FieldSpec,
    FieldType,
    Learned,
    Option,
    Trial,
    Value,
)
from tests.engine.fields.readings import document, line, page

FIELDS = (FieldSpec("total", FieldType.AMOUNT),)
WORDS = ("Plank", "Tower", "Ladder", "Trestle", "Prop", "Rack", "Clamp", "Sheeting", "Bracket", "Coupler")


def _trial(wins: bool, *, high: float = 0.8, low: float = 0.7) -> Trial:
    """Two candidates: the shipped score prefers the one on the right, and `wins` says that the left one is meant."""
    right = Option(high, "", (("left", 0.9),), not wins, (1, 1, 500, 0, 5))
    left = Option(low, "", (("left", 0.1),), wins, (1, 1, 60, 0, 5))
    return Trial("number", 0.45, False, (right, left))


def test_weights_that_prove_better_are_taken() -> None:
    ranking = rank([[_trial(True)] for _ in range(24)])

    assert ranking is not None
    assert (ranking.documents, ranking.asked, ranking.before, ranking.after) == (24, 24, 0, 24)
    assert [(field.name, dict(field.weights)["left"] < 0) for field in ranking.fields] == [("number", True)]


def test_weights_that_prove_no_better_are_tried_and_not_taken() -> None:
    ranking = rank([[_trial(number % 2 == 0)] for number in range(24)])

    assert ranking is not None
    assert (ranking.asked, ranking.before, ranking.after, ranking.fields) == (24, 12, 12, ())


def test_what_is_right_already_stays_as_it_is() -> None:
    ranking = rank([[_trial(False)] for _ in range(24)])

    assert ranking is not None
    assert (ranking.before, ranking.after, ranking.fields) == (24, 24, ())


def test_too_few_documents_are_not_ranked() -> None:
    assert rank([[_trial(True)] for _ in range(LEAST_DOCUMENTS - 1)]) is None


def test_a_place_is_chosen_once() -> None:
    """A field that only takes what another one has is right by the joint choice already."""
    shared = Option(0.9, "", (), False, (1, 2, 60, 0, 5))
    other = Trial("date", 0.45, False, (replace(shared, score=1.2, is_right=True),))
    number = Trial("number", 0.45, False, (shared, Option(0.6, "", (("left", 0.1),), True, (1, 3, 60, 0, 5))))

    ranking = rank([[other, number] for _ in range(24)])

    assert ranking is not None
    assert (ranking.asked, ranking.before, ranking.fields) == (48, 48, ())


def test_absent_fields_are_learned_to_be_left_empty() -> None:
    never = Trial("number", 0.45, True, (Option(0.5, "", (("way: behind", 1.0),), False, (1, 1, 60, 0, 5)),))

    ranking = rank([[never] for _ in range(24)])

    assert ranking is not None
    assert (ranking.before, ranking.after) == (0, 24)


def _bill(number: int) -> DocumentReading:
    """Each of a layout of its own; the sum that is meant stands left, another one with its currency right."""
    own = [line(100 + 15 * at, (60, f"{WORDS[(number * 3 + at) % 10]} {WORDS[(number + at) % 10]}")) for at in range(6)]
    return document(
        page(
            1,
            line(40, (60 + 9 * number, WORDS[number % 10])),
            *own,
            line(300, (60, "Total"), (150, f"{10 + number}.25"), (400, "Total"), (480, f"${50 + number}.75")),
        )
    )


def _lesson_of(number: int) -> tuple[DocumentReading, Approved]:
    reading = _bill(number)
    text = f"{10 + number}.25"
    return reading, Approved("total", text, locate(reading, text, type=FieldType.AMOUNT)[:1])


def _read(reading: DocumentReading, learned: Learned | None) -> Value | None:
    return extract(ExtractRequest(reading, FIELDS, learned=learned))[0].value


@pytest.fixture(scope="module")
def learned() -> Learned:
    lessons = (_lesson_of(number) for number in range(24))
    return learn([lesson_of(reading, FIELDS, [approved]) for reading, approved in lessons])


def test_a_new_layout_is_read_as_the_template_ranks(learned: Learned) -> None:
    reading = _bill(31)

    only_ranked = Learned(ranking=learned.ranking)

    assert str(_read(reading, None)) == "81.75"
    assert str(_read(reading, only_ranked)) == "41.25"
    assert learned.ranking is not None
    assert (learned.ranking.before, learned.ranking.after) == (0, 24)
