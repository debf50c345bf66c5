from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pytest

from extraction.engine.rules import Broken
from extraction.engine.rules import check as check_on
from extraction.types import FieldSpec, FieldType, Severity, Value

AMOUNT, DATE = FieldType.AMOUNT, FieldType.DATE
SUMS = (FieldSpec("subtotal", AMOUNT), FieldSpec("tax_amount", AMOUNT, label="VAT"), FieldSpec("total", AMOUNT))
ITEMS = FieldSpec(
    "line_items",
    FieldType.TABLE,
    fields=(
        FieldSpec("description"),
        FieldSpec("quantity", FieldType.NUMBER),
        FieldSpec("unit_price", AMOUNT),
        FieldSpec("amount", AMOUNT),
    ),
)


def check(fields: Sequence[FieldSpec], values: Mapping[str, Value | None]) -> list[Broken]:
    return check_on(fields, values, today=date(2026, 11, 22))


def numbers(**values: str) -> dict[str, Value | None]:
    return {name: Decimal(value) for name, value in values.items()}


def row(number: int, quantity: str, price: str, amount: str) -> dict[str, Value | None]:
    cells = {"quantity": quantity, "unit_price": price, "amount": amount}
    return {f"line_items[{number}].{name}": Decimal(value) for name, value in cells.items()}


def test_a_total_that_is_not_its_parts_is_broken_with_its_fix() -> None:
    broken = check(SUMS, numbers(subtotal="6236.90", tax_amount="1185.01", total="7412.91"))

    params = {"parts": "subtotal + VAT", "sum": Decimal("7421.91")}
    assert broken == [Broken("total", "rule_total", Severity.ERROR, params, Decimal("7421.91"))]


@pytest.mark.parametrize("total", ["7421.91", "7421.92", "7421.90"])
def test_a_total_may_be_a_cent_off(total: str) -> None:
    assert check(SUMS, numbers(subtotal="6236.90", tax_amount="1185.01", total=total)) == []


@pytest.mark.parametrize("total", ["119.00", "109.00", "124.00", "114.00"])
def test_discount_and_shipping_may_or_may_not_be_in_the_total(total: str) -> None:
    fields = (*SUMS, FieldSpec("discount", AMOUNT), FieldSpec("shipping", AMOUNT))
    values = numbers(subtotal="100", tax_amount="19", discount="10", shipping="5", total=total)

    assert check(fields, values) == []


def test_a_missing_part_breaks_no_sum() -> None:
    assert check(SUMS, numbers(subtotal="1", total="3")) == []


def test_chinese_fields_are_recognised_by_their_labels() -> None:
    fields = (
        FieldSpec("a", AMOUNT, label="合计金额"),
        FieldSpec("b", AMOUNT, label="合计税额"),
        FieldSpec("c", AMOUNT, label="价税合计"),
    )

    assert [broken.path for broken in check(fields, numbers(a="100", b="13", c="112"))] == ["c"]


def test_a_tax_number_is_no_tax() -> None:
    fields = (FieldSpec("subtotal", AMOUNT), FieldSpec("tax_rate", FieldType.NUMBER), FieldSpec("total", AMOUNT))

    assert check(fields, numbers(subtotal="100", tax_rate="19", total="119")) == []


def test_required_and_choice_and_type_are_checked() -> None:
    fields = (
        FieldSpec("number", required=True),
        FieldSpec("kind", FieldType.CHOICE, options=("Invoice", "Credit note")),
        FieldSpec("date", DATE),
        FieldSpec("paid", FieldType.BOOLEAN),
        FieldSpec("count", FieldType.NUMBER),
    )

    broken = check(fields, {"kind": "invoice", "date": "14 October", "paid": "perhaps", "count": "many"})

    assert broken == [
        Broken("number", "rule_required"),
        Broken("kind", "rule_choice", suggestion="Invoice"),
        Broken("date", "rule_not_date"),
        Broken("paid", "rule_not_boolean"),
        Broken("count", "rule_not_number"),
    ]


def test_dates_in_the_wrong_order_are_a_warning() -> None:
    fields = (FieldSpec("invoice_date", DATE, label="Issued"), FieldSpec("due_date", DATE, label="Due"))

    broken = check(fields, {"invoice_date": "2026-11-13", "due_date": "2026-10-14"})

    assert broken == [Broken("due_date", "rule_date_order", Severity.WARNING, {"start": "Issued", "end": "Due"})]
    assert check(fields, {"invoice_date": "2026-10-14", "due_date": "2026-10-14"}) == []


def test_a_row_whose_product_is_wrong_is_broken_with_its_fix() -> None:
    broken = check((ITEMS,), row(0, "2", "3.00", "6.00") | row(1, "18", "22.00", "369.00"))

    assert [(rule.path, rule.code, rule.suggestion) for rule in broken] == [
        ("line_items[1].amount", "rule_row_product", Decimal("396.00"))
    ]


def test_rounded_unit_prices_are_allowed_for() -> None:
    assert check((ITEMS,), row(0, "1000", "0.33", "333.33")) == []


def test_rows_make_the_subtotal_or_the_total() -> None:
    rows = row(0, "2", "3.00", "6.00") | row(1, "1", "4.00", "4.00")
    fields = (*SUMS, ITEMS)

    assert check(fields, rows | numbers(subtotal="10.00", tax_amount="1.00", total="11.00")) == []
    assert check(fields, rows | numbers(subtotal="9.00", tax_amount="1.00", total="10.00")) == []
    wrong = check(fields, rows | numbers(subtotal="12.00", tax_amount="1.00", total="13.00"))
    assert [(rule.path, rule.severity, rule.params["difference"]) for rule in wrong] == [
        ("line_items", Severity.WARNING, Decimal("-2.00"))
    ]


def test_products_beyond_all_rounding_are_compared_as_they_are() -> None:
    (broken,) = check((ITEMS,), row(0, "9" * 20, "12345678901.50", "6.00"))

    assert (broken.code, broken.suggestion) == ("rule_row_product", Decimal("9" * 20) * Decimal("12345678901.50"))
