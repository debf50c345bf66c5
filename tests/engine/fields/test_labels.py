from __future__ import annotations

import pytest

from extraction.engine.fields import extract
from extraction.types import ExtractRequest, FieldSpec, FieldType, ReadValue
from tests.engine.fields.readings import document, line, page

PO_NUMBER = FieldSpec("po_number")
DUE_DATE = FieldSpec("due_date", FieldType.DATE)


def read_line(spec: FieldSpec, *texts: tuple[float, str]) -> ReadValue:
    [value] = extract(ExtractRequest(document(page(1, line(40, *texts))), (spec,)))
    return value


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("USt-IdNr. DE 287 441 903", "DE 287 441 903"),
        ("VAT ID: DE 287 441 903", "DE 287 441 903"),
        ("VAT No GB 318 4407 22", "GB 318 4407 22"),
        ("VAT NO 318 4407 22", "318 4407 22"),
    ],
)
def test_country_before_a_tax_number_belongs_to_it(printed: str, value: str) -> None:
    assert read_line(FieldSpec("vat_id"), (40, printed)).value == value


@pytest.mark.parametrize("printed", ["GBP 1,038.96", "EUR 38,96", "1 038 241.96"])
def test_amount_of_the_vat_is_no_tax_number(printed: str) -> None:
    assert read_line(FieldSpec("supplier_vat_id"), (40, "VAT 20%"), (300, printed)).is_absent


@pytest.mark.parametrize("label", ["Payable by", "Please pay by", "Fällig am"])
def test_due_date_stands_under_many_labels(label: str) -> None:
    assert read_line(DUE_DATE, (40, label), (200, "17 Sept 2026")).value == "2026-09-17"


def test_time_of_day_labels_no_due_date() -> None:
    assert read_line(DUE_DATE, (40, "9:30 AM, 21 March 2018")).is_absent


def test_due_date_stands_in_brackets_behind_the_terms() -> None:
    assert read_line(DUE_DATE, (40, "Due: Net 30 (12/17/2026)")).value == "2026-12-17"


def test_net_days_are_no_net_amount() -> None:
    subtotal = read_line(FieldSpec("subtotal", FieldType.AMOUNT), (40, "Terms Net 30"))

    assert (subtotal.value, subtotal.alternatives) == (None, ())


@pytest.mark.parametrize("label", ["Your reference", "Ihre Bestellung", "Your order", "订单号"])
def test_po_number_stands_under_many_labels(label: str) -> None:
    assert read_line(PO_NUMBER, (40, label), (200, "ORD-7741")).value == "ORD-7741"


def test_po_number_is_not_the_sellers_own_reference() -> None:
    assert read_line(PO_NUMBER, (40, "Our reference"), (200, "ORD-7741")).is_absent
