from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extraction.engine.fields import extract
from extraction.engine.fields.derived_labels import derived_labels
from extraction.types import DateOrder, DecimalMark, ExtractRequest, FieldSpec, FieldType, Notation, Value
from tests.engine.fields.readings import document, line, page

PAPER = document(
    page(
        1,
        line(100, (50, "Delivery date:"), (150, "05/06/2026")),
        line(130, (50, "Invoice date:"), (150, "03/04/2026")),
        line(160, (50, "Weight:"), (150, "1,234")),
    )
)
DAY = FieldSpec("date", FieldType.DATE, label="Date")
WEIGHT = FieldSpec("weight", FieldType.NUMBER, label="Weight")


def read(*fields: FieldSpec, notation: Notation = Notation()) -> list[Value | None]:  # noqa: B008
    return [value.value for value in extract(ExtractRequest(PAPER, fields, notation=notation))]


@pytest.mark.parametrize(
    ("order", "mark", "expected"),
    [
        (None, None, ["2026-04-03", Decimal(1234)]),
        (DateOrder.DAY_FIRST, DecimalMark.POINT, ["2026-04-03", Decimal(1234)]),
        (DateOrder.MONTH_FIRST, DecimalMark.COMMA, ["2026-03-04", Decimal("1.234")]),
    ],
)
def test_the_template_says_how_its_documents_write(
    order: DateOrder | None, mark: DecimalMark | None, expected: list[Value]
) -> None:
    day = replace(DAY, labels=("Invoice date",))

    assert read(day, WEIGHT, notation=Notation(order, mark)) == expected


def test_a_label_that_must_not_count_names_nothing() -> None:
    day = FieldSpec("date", FieldType.DATE, label="Invoice date", labels=("Delivery date",))

    assert read(day) == ["2026-06-05"]
    assert read(replace(day, not_labels=("delivery date",))) == ["2026-04-03"]


def test_labels_are_shown_without_those_that_must_not_count() -> None:
    spec = FieldSpec("invoice_number", label="Invoice no.", labels=("Beleg",))

    shown = derived_labels(spec)
    chinese = derived_labels(spec, language="zh-hans")
    fewer = derived_labels(replace(spec, not_labels=("rechnungsnummer", "INVOICE NO")))

    assert shown[:2] == ("Beleg", "Invoice no.")
    assert {"rechnungsnummer", "发票号码"} < set(shown)
    assert chinese.index("发票号码") < chinese.index("rechnungsnummer")
    assert set(shown) - set(fewer) == {"Invoice no.", "rechnungsnummer"}
