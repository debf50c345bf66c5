"""An order is the buyer's paper: its letterhead names the buyer, and it is sent to the seller."""

from __future__ import annotations

import pytest

from extraction.engine.fields import extract
from extraction.types import DocumentReading, ExtractRequest, FieldSpec, Value
from tests.engine.fields.readings import document, line, page


def paper(title: str) -> DocumentReading:
    return document(
        page(
            1,
            line(40, (40, "Quayside Books Ltd")),
            line(60, (40, "7 Station Road, Abbotsley AB1 9RD")),
            line(90, (40, title)),
            line(120, (40, "To:"), (90, "Larkspur Textiles GmbH")),
            line(135, (40, "Terms:"), (90, "Net 30 days")),
            line(150, (40, "Remarks")),
        )
    )


FIELDS = (
    FieldSpec("buyer"),
    FieldSpec("vendor_name"),
    FieldSpec("delivery_address"),
    FieldSpec("payment_terms"),
)


@pytest.mark.parametrize(
    ("title", "buyer", "vendor"),
    [
        ("PURCHASE ORDER", "Quayside Books Ltd", "Larkspur Textiles GmbH"),
        ("采购订单", "Quayside Books Ltd", "Larkspur Textiles GmbH"),
        ("INVOICE", "Larkspur Textiles GmbH", "Quayside Books Ltd"),
    ],
)
def test_title_says_whose_paper_it_is(title: str, buyer: str, vendor: str) -> None:
    found: dict[str, Value | None] = {v.name: v.value for v in extract(ExtractRequest(paper(title), FIELDS))}

    assert found == {
        "buyer": buyer,
        "vendor_name": vendor,
        "delivery_address": None,
        "payment_terms": "Net 30 days",
    }
