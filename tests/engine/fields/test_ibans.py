from __future__ import annotations

from extraction.engine.fields import extract
from extraction.types import ExtractRequest, FieldSpec, ReadValue
from tests.engine.fields.readings import Line, document, line, page

IBAN = "DE89 3704 0044 0532 0130 00"
OTHER = "GB82 WEST 1234 5698 7654 32"


def read_iban(*lines: Line, name: str = "supplier_iban") -> ReadValue:
    [value] = extract(ExtractRequest(document(page(1, *lines)), (FieldSpec(name, labels=("IBAN",)),)))
    return value


def test_iban_is_read_out_of_a_sentence() -> None:
    found = read_iban(line(40, (40, f"Please pay to IBAN {IBAN}, BIC COBADEFFXXX. Thank you.")))

    assert (found.value, [span.text for span in found.spans]) == (IBAN, [IBAN])
    assert found.label is not None and found.label.text == "IBAN"


def test_only_iban_of_a_document_needs_no_label() -> None:
    found = read_iban(line(40, (40, "Berliner Sparbank"), (300, IBAN)))

    assert (found.value, found.label) == (IBAN, None)


def test_iban_with_wrong_check_digits_behind_its_name_is_doubtful() -> None:
    broken = "DE88 3704 0044 0532 0130 00"

    found = read_iban(line(40, (40, f"Please pay to IBAN {broken}")))

    assert found.value == broken
    assert found.confidence is not None and found.confidence < 0.8


def test_valid_iban_comes_before_one_with_wrong_check_digits() -> None:
    found = read_iban(line(40, (40, "IBAN: DE88 3704 0044 0532 0130 00")), line(80, (40, f"IBAN: {IBAN}")))

    assert found.value == IBAN


def test_iban_with_wrong_check_digits_without_its_name_is_none() -> None:
    assert read_iban(line(40, (40, "Please pay to DE88 3704 0044 0532 0130 00"))).is_absent


def test_number_of_no_country_is_no_iban() -> None:
    # its check digits come out right by chance
    assert read_iban(line(40, (40, "OR18031002160274"))).is_absent


def test_one_of_two_ibans_without_a_label_is_not_guessed() -> None:
    found = read_iban(line(40, (40, IBAN)), line(80, (40, OTHER)))

    assert found.is_absent
    assert [other.value for other in found.alternatives] == [IBAN, OTHER]


def test_buyers_iban_is_not_the_sellers() -> None:
    found = read_iban(line(40, (40, "Bill to")), line(54, (40, "Harbour Cafe")), line(68, (40, OTHER)))

    assert found.is_absent
