from __future__ import annotations

import pytest

from extraction.engine.fields import extract
from extraction.types import ExtractRequest, FieldSpec, FieldType, ReadValue
from tests.engine.fields.readings import document, line, page

OPTIONS = ("Cash", "Visa", "Debit card", "Card")
PAYMENT = FieldSpec("payment_method", FieldType.CHOICE, labels=("paid by",), options=OPTIONS)


def read_payment(*texts: str) -> ReadValue:
    lines = [line(40 + 14 * place, (40, text)) for place, text in enumerate(texts)]
    [value] = extract(ExtractRequest(document(page(1, *lines)), (PAYMENT,)))
    return value


@pytest.mark.parametrize(
    ("printed", "value"),
    [("Paid by card", "Card"), ("Paid by debit card", "Debit card"), ("Visa **** 7702", "Visa"), ("CARD", "Card")],
)
def test_option_is_the_longest_that_is_printed(printed: str, value: str) -> None:
    assert read_payment("TOTAL 13.10", printed).value == value


def test_card_of_a_member_pays_nothing() -> None:
    assert read_payment("Card no: 7702", "Cash 20.00").value == "Cash"


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("☑ Yes ☐ No", True),
        ("☐ Yes ☒ No", False),
        ("□是 √否", False),
        ("是 ☑ 否 ☐", True),
        ("Yes [ ] No [x]", False),
        ("[x] Yes [ ] No", True),
        ("Yes □ No", True),
        ("√", True),
        ("×", False),
        ("No", False),
        ("□ Yes □ No", None),
    ],
)
def test_ticked_answer_is_the_value(printed: str, value: bool | None) -> None:
    field = FieldSpec("student", FieldType.BOOLEAN)
    question = document(page(1, line(40, (40, "Are you a student?"), (200, printed))))
    named = document(page(1, line(40, (40, f"Student: {printed}"))))

    found = [extract(ExtractRequest(paper, (field,)))[0].value for paper in (question, named)]

    assert found == [value, value]
