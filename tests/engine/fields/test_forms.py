"""E-mail and web addresses and telephone numbers that stand without a label."""

from __future__ import annotations

import pytest

from extraction.engine.fields import extract
from extraction.types import DocumentReading, ExtractRequest, FieldSpec, Value
from tests.engine.fields.readings import document, line, page

INVOICE = document(
    page(
        1,
        line(40, (40, "Alder & Finch Ltd")),
        line(52, (40, "14 Wharf Lane, Kelmouth KM2 4QT")),
        line(64, (40, "+44 1632 960001")),
        line(76, (40, "post@alder.example"), (300, "www.alder.example.com")),
        line(88, (40, "Fax 01632 960002")),
        line(130, (40, "Bill to:")),
        line(142, (40, "Quayside Books")),
        line(154, (40, "bill@quayside.example")),
    )
)
NOTHING = document(page(1, line(40, (40, "Alder & Finch Ltd")), line(80, (40, "Invoice no. 20260311045"))))


def read(paper: DocumentReading, *names: str) -> dict[str, Value | None]:
    fields = tuple(FieldSpec(name) for name in names)
    return {value.name: value.value for value in extract(ExtractRequest(paper, fields))}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("email", "post@alder.example"),
        ("supplier_email", "post@alder.example"),
        ("customer_email", "bill@quayside.example"),
        ("website", "www.alder.example.com"),
        ("phone", "+44 1632 960001"),
    ],
)
def test_form_is_found_without_a_label_and_the_sellers_comes_first(name: str, expected: str) -> None:
    assert read(INVOICE, name) == {name: expected}


def test_nothing_of_the_form_is_absent() -> None:
    names = ("email", "website", "phone")

    assert read(NOTHING, *names) == dict.fromkeys(names)


def test_only_address_is_taken_wherever_it_stands() -> None:
    paper = document(page(1, line(40, (40, "To"), (100, "Larkspur Textiles")), line(60, (40, "Ask buy@quay.example"))))

    assert read(paper, "contact_email") == {"contact_email": "buy@quay.example"}
