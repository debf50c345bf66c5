"""Confidence: what raises it and what lowers it, for values, absences and cells."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extraction.engine.fields import extract, learn, lesson_of
from extraction.engine.fields.confidence import confidence_of
from extraction.types import (
    AbsentReason,
    Approved,
    BBox,
    Block,
    Checksum,
    DocumentReading,
    ExtractRequest,
    FieldSpec,
    FieldType,
    Learned,
    PageReading,
    ReadValue,
    Rule,
    RuleKind,
    Signs,
    TableCell,
)
from tests.engine.fields.readings import document, line, page

TOTAL, IBAN = FieldSpec("total", FieldType.AMOUNT), FieldSpec("iban")
TAX_ID = FieldSpec("seller_tax_id", label="Tax ID")


def read(reading: DocumentReading, *fields: FieldSpec, learned: Learned | None = None) -> list[ReadValue]:
    return list(extract(ExtractRequest(reading, fields, "en", learned=learned)))


def sure(reading: DocumentReading, field: FieldSpec, learned: Learned | None = None) -> float:
    confidence = read(reading, field, learned=learned)[0].confidence
    assert confidence is not None
    return confidence


@pytest.mark.parametrize(
    ("kind", "confidence"),
    [
        ("text", 0.7311),  # bias 0 + 2 × 0.5
        ("date", 0.8808),  # and 1 that the kind adds
    ],
)
def test_confidence_is_a_logistic_of_the_signs(kind: str, confidence: float) -> None:
    weights = {"value": {"bias": 0.0, "margin": 2.0}, "value date": {"bias": 1.0}}

    assert confidence_of(Signs("value", kind, {"margin": 0.5, "other": 1.0}), weights) == confidence


def test_confidence_of_decisions_that_were_never_fitted_is_unknown() -> None:
    assert confidence_of(Signs("picture", "text", {}), {"value": {"bias": 1.0}}) is None


def test_confidence_never_reaches_certainty() -> None:
    assert confidence_of(Signs("value", "text", {}), {"value": {"bias": 50.0}}) == 0.994


def test_words_that_ocr_was_unsure_of_lower_it() -> None:
    clear = page(1, line(60, (60, "Total"), (300, "84.20")))
    blurred = replace(clear, words=tuple(replace(word, confidence=0.4) for word in clear.words))
    scanned = replace(clear, words=tuple(replace(word, confidence=0.99) for word in clear.words))

    assert sure(document(blurred), TOTAL) < sure(document(scanned), TOTAL)


def test_a_rival_of_another_value_lowers_it() -> None:
    alone = document(page(1, line(60, (60, "Total"), (300, "84.20"))))
    rivalled = document(page(1, line(60, (60, "Total"), (300, "84.20")), line(90, (60, "Total"), (300, "48.20"))))

    assert sure(rivalled, TOTAL) < sure(alone, TOTAL)


def test_the_same_value_with_a_label_elsewhere_raises_it() -> None:
    first = line(60, (60, "Invoice number"), (300, "QX-2041"))
    once = page(1, first, line(600, (60, "Thank you")))
    twice = page(1, first, line(600, (60, "Invoice number"), (300, "QX-2041")))

    assert sure(document(twice), FieldSpec("invoice_number")) > sure(document(once), FieldSpec("invoice_number"))


@pytest.mark.parametrize(("number", "is_valid"), [("91510107M61QM3GU3T", True), ("91510107M61QM3GU3X", False)])
def test_a_rule_that_is_kept_raises_it_and_a_broken_one_lowers_it(number: str, is_valid: bool) -> None:
    reading = document(page(1, line(60, (60, "Tax ID"), (300, number))))
    ruled = replace(TAX_ID, rules=(Rule(RuleKind.CHECKSUM, checksum=Checksum.USCC),))

    value = read(reading, ruled)[0]

    assert value.value == number
    assert (sure(reading, ruled) > sure(reading, TAX_ID)) is is_valid


def test_a_document_without_a_total_is_less_likely_than_one_without_an_iban() -> None:
    reading = document(page(1, line(60, (60, "Thank you for your visit"))))

    total, iban = read(reading, TOTAL, IBAN)

    assert [value.reason for value in (total, iban)] == [AbsentReason.LABEL_NOT_FOUND] * 2
    assert (total.confidence or 0.0) < 0.6
    assert (iban.confidence or 0.0) > 0.9


def test_a_label_makes_an_absence_less_sure() -> None:
    labelled = document(page(1, line(60, (60, "IBAN:")), line(300, (60, "Thank you"))))
    plain = document(page(1, line(300, (60, "Thank you"))))

    assert sure(labelled, IBAN) < sure(plain, IBAN)


def test_a_familiar_layout_raises_it_for_values_and_absences() -> None:
    def slip(total: str) -> DocumentReading:
        rows = [line(40, (60, "Site sheet"), (400, "Brackley yard")), line(80, (60, "Our sign"), (230, "Your sign"))]
        return document(page(1, *rows, line(130, (60, "Balance forward"), (470, total))))

    amount = FieldSpec("balance_forward", FieldType.AMOUNT)
    spans = read(slip("84.20"), amount)[0].spans
    approved = [Approved("balance_forward", Decimal("84.20"), spans), Approved("iban")]
    learned = learn([lesson_of(slip("84.20"), (amount, IBAN), approved)])

    assert sure(slip("61.90"), amount, learned) > sure(slip("61.90"), amount)
    assert sure(slip("61.90"), IBAN, learned) > sure(slip("61.90"), IBAN)


def test_a_row_whose_arithmetic_fails_is_doubted() -> None:
    columns = tuple(FieldSpec(name, FieldType.NUMBER) for name in ("quantity", "unit_price", "amount"))
    field = FieldSpec("items", FieldType.TABLE, fields=(FieldSpec("description"), *columns))
    header = ("Description", "Quantity", "Unit price", "Amount")
    rows = (header, ("Lamp", "2", "10.00", "20.00"), ("Desk", "3", "10.00", "80.00"), ("Sofa", "4", "10.00", "40.00"))

    table = read(document(_tabled(*rows)), field)[0]

    proven, disproven, _other = ([cell.confidence or 0.0 for cell in row[1:]] for row in table.rows)
    assert max(disproven) < 0.85
    assert min(proven) > 0.95
    assert table.confidence == min(disproven)


def _tabled(*rows: tuple[str, ...]) -> PageReading:
    lines = [line(200 + 20 * y, *((60.0 + 120 * x, text) for x, text in enumerate(row))) for y, row in enumerate(rows)]
    made = page(1, *lines)
    cells = tuple(
        TableCell(y, x, text, BBox(60 + 120 * x, 200 + 20 * y, 170 + 120 * x, 210 + 20 * y))
        for y, row in enumerate(rows)
        for x, text in enumerate(row)
    )
    return replace(made, blocks=(Block(0, "table", BBox(50, 195, 560, 300), "", "html", cells=cells),))
