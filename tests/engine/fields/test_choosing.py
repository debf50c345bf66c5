"""Values that owe each other something are chosen together: sums, orders of dates, words and figures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extraction.engine.fields.candidates import Candidate
from extraction.engine.fields.choosing import choose
from extraction.engine.fields.profiles import compile_field
from extraction.engine.fields.scoring import Scored
from extraction.engine.fields.segments import Segment, lay_out
from extraction.types import FieldSpec, FieldType, Value
from tests.engine.fields.readings import document, line, page

type Offer = dict[str, list[tuple[Value, float]]]

SUBTOTAL, TAX, TOTAL = (FieldSpec(name, FieldType.AMOUNT) for name in ("subtotal", "tax_amount", "total"))
WORDS = FieldSpec("total_in_words", description="价税合计（大写）")
START, END = FieldSpec("start_date", FieldType.DATE), FieldSpec("end_date", FieldType.DATE)
QUANTITY, PRICE = FieldSpec("quantity", FieldType.NUMBER), FieldSpec("unit_price", FieldType.AMOUNT)


def segments() -> list[Segment]:
    lines = [line(20.0 + 12 * row, (40, f"value {row}")) for row in range(40)]
    return [segment for sheet in lay_out(document(page(1, *lines))) for segment in sheet.segments]


def chosen(fields: tuple[FieldSpec, ...], offer: Offer) -> dict[str, Value | None]:
    """What is chosen of candidates that each stand at a place of their own."""
    profiles = [compile_field(field) for field in fields]
    places = iter(segments())
    scored = {
        name: [Scored(Candidate(next(places), 0, 5, value), score) for value, score in values]
        for name, values in offer.items()
    }
    choices = choose(profiles, scored)
    return {name: choice.chosen.candidate.value if choice.chosen else None for name, choice in choices.items()}


def test_sum_chooses_among_candidates_that_are_nearly_as_good() -> None:
    offer: Offer = {
        "subtotal": [(Decimal(100), 0.9)],
        "tax_amount": [(Decimal(20), 0.8), (Decimal(19), 0.75)],
        "total": [(Decimal(100), 0.95), (Decimal(119), 0.85)],
    }

    found = chosen((SUBTOTAL, TAX, TOTAL), offer)

    assert found == {"subtotal": Decimal(100), "tax_amount": Decimal(19), "total": Decimal(119)}


def test_sum_moves_nothing_where_it_would_cost_too_much() -> None:
    offer: Offer = {
        "subtotal": [(Decimal(100), 0.9)],
        "tax_amount": [(Decimal(19), 0.8)],
        "total": [(Decimal(125), 1.0), (Decimal(119), 0.5)],
    }

    assert chosen((SUBTOTAL, TAX, TOTAL), offer)["total"] == Decimal(125)


@pytest.mark.parametrize(("score", "total"), [(0.3, Decimal(119)), (0.2, None)])
def test_sum_decides_for_a_weak_candidate_of_a_field_left_absent(score: float, total: Decimal | None) -> None:
    offer: Offer = {
        "subtotal": [(Decimal(100), 0.9)],
        "tax_amount": [(Decimal(19), 0.8)],
        "total": [(Decimal(7), score + 0.05), (Decimal(119), score)],
    }

    assert chosen((SUBTOTAL, TAX, TOTAL), offer)["total"] == total


def test_amount_in_words_decides_for_the_amount_in_figures() -> None:
    offer: Offer = {
        "total": [(Decimal(1000), 0.95), (Decimal(1130), 0.9)],
        "total_in_words": [(Decimal(1130), 0.9)],
    }

    assert chosen((TOTAL, WORDS), offer) == {"total": Decimal(1130), "total_in_words": Decimal(1130)}


def test_start_stands_before_the_end() -> None:
    offer: Offer = {
        "start_date": [("2026-12-31", 0.9), ("2026-01-01", 0.85)],
        "end_date": [("2026-06-30", 0.9)],
    }

    assert chosen((START, END), offer) == {"start_date": "2026-01-01", "end_date": "2026-06-30"}
    assert chosen((START, replace(END, name="due_date")), {**offer, "due_date": offer["end_date"]})["start_date"] == (
        "2026-12-31"
    )


def test_quantity_times_price_is_the_amount() -> None:
    offer: Offer = {
        "quantity": [(Decimal(12), 0.9), (Decimal(3), 0.85)],
        "unit_price": [(Decimal("4.50"), 0.9)],
        "line_total": [(Decimal("13.50"), 0.9)],
    }

    found = chosen((QUANTITY, PRICE, FieldSpec("line_total", FieldType.AMOUNT)), offer)

    assert found == {"quantity": Decimal(3), "unit_price": Decimal("4.50"), "line_total": Decimal("13.50")}
