from __future__ import annotations

from decimal import Decimal

from extraction.engine.fields import extract
from extraction.types import ExtractRequest, FieldSpec, FieldType
from tests.engine.fields.readings import document, line, page

SURE = 0.85


def test_tax_of_zero_is_sure_where_the_sums_agree() -> None:
    fields = tuple(FieldSpec(name, FieldType.AMOUNT) for name in ("subtotal", "tax_amount", "total"))
    sums = page(
        1,
        line(40, (430, "Subtotal $1,595.70")),
        line(54, (425, "Sales tax 0% $0.00")),
        line(68, (410, "TOTAL USD $1,595.70")),
    )

    found = extract(ExtractRequest(document(sums), fields))

    assert [value.value for value in found] == [Decimal("1595.70"), Decimal("0.00"), Decimal("1595.70")]
    assert [(value.confidence or 0.0) > SURE for value in found] == [True, True, True]
