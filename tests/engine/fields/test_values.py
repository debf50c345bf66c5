from __future__ import annotations

from decimal import Decimal

import pytest

from extraction.engine.fields import normalise
from extraction.types import FieldSpec, FieldType, Value

WAY = FieldSpec("way", FieldType.CHOICE, options=("Bank transfer", "Cash"))


@pytest.mark.parametrize(
    ("spec", "text", "value"),
    [
        (FieldSpec("name"), "  Northwind   Lamps ", "Northwind Lamps"),
        (FieldSpec("total", FieldType.AMOUNT), "1.234,50 €", Decimal("1234.50")),
        (FieldSpec("pages", FieldType.NUMBER), "12", Decimal(12)),
        (FieldSpec("day", FieldType.DATE), "14 Oct 2026", "2026-10-14"),
        (FieldSpec("paid", FieldType.BOOLEAN), "Yes", True),
        (FieldSpec("paid", FieldType.BOOLEAN), "否", False),
        (WAY, "bank TRANSFER", "Bank transfer"),
        (FieldSpec("sums", FieldType.LIST, items=FieldType.AMOUNT), "5.00", Decimal("5.00")),
    ],
)
def test_normalise_gives_the_value_of_the_type(spec: FieldSpec, text: str, value: Value) -> None:
    assert normalise(text, spec, language="en") == value


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (FieldSpec("name"), "  "),
        (FieldSpec("total", FieldType.AMOUNT), "twelve"),
        (FieldSpec("day", FieldType.DATE), "October 2026"),
        (FieldSpec("paid", FieldType.BOOLEAN), "perhaps"),
        (WAY, "cheque"),
    ],
)
def test_normalise_refuses_what_does_not_fit(spec: FieldSpec, text: str) -> None:
    assert normalise(text, spec, language="en") is None


def test_normalise_reads_an_ambiguous_date_in_the_order_of_the_language() -> None:
    spec = FieldSpec("day", FieldType.DATE)

    assert [normalise("03/04/2026", spec, language=language) for language in ("en", "en-us")] == [
        "2026-04-03",
        "2026-03-04",
    ]
