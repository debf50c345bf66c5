from __future__ import annotations

import pytest

from extraction.engine.fields import extract
from extraction.types import ExtractRequest, FieldSpec, Value
from tests.engine.fields.readings import document, line, page


def read_head(*texts: str) -> tuple[Value | None, ...]:
    """Company and address of a receipt that begins with these lines."""
    lines = [line(40 + 14 * place, (60, text)) for place, text in enumerate(texts)]
    found = extract(ExtractRequest(document(page(1, *lines)), (FieldSpec("company"), FieldSpec("address"))))
    return tuple(value.value for value in found)


@pytest.mark.parametrize("name", ["WILLOW STREET GROCERS", "Mill Lane Flowers"])
def test_name_with_a_street_in_it_is_no_address(name: str) -> None:
    assert read_head(name, "48 Willow Street, Leeds", "VAT No GB 318 4407 22") == (name, "48 Willow Street, Leeds")


def test_street_at_the_top_is_no_name() -> None:
    company, address = read_head("Willow Street", "Leeds LS1 4AB")

    assert (company, address) == (None, "Willow Street Leeds LS1 4AB")
