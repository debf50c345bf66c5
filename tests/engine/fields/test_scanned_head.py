"""The head of a scanned receipt: names written by hand, words that OCR joined, addresses that end in time."""

from __future__ import annotations

from dataclasses import replace

from extraction.engine.fields import extract
from extraction.types import DocumentReading, ExtractRequest, FieldSpec, FieldType, PageReading, Value
from tests.engine.fields.readings import Line, line, words

FIELDS = (FieldSpec("company", FieldType.STRING), FieldSpec("address", FieldType.STRING))
STREET = line(60, (180, "12, Jalan Satu 7/4, Taman Mutiara,"))
TOWN = line(74, (180, "81200 Johor Bahru, Johor"))


def head(*lines: Line, unsure: str = "") -> list[Value | None]:
    read = tuple(replace(word, confidence=0.5 if word.text in unsure.split() else 0.99) for word in words(*lines))
    reading = DocumentReading((PageReading(1, 600, 800, words=read),))
    return [value.value for value in extract(ExtractRequest(reading, FIELDS))]


def test_scribble_above_the_name_is_no_company() -> None:
    found = head(
        line(20, (200, "pushamnerd")), line(40, (180, "PERNIAGAAN GIN KEE")), STREET, TOWN, unsure="pushamnerd"
    )

    assert found[0] == "PERNIAGAAN GIN KEE"


def test_name_and_its_kind_of_shop_stand_apart_in_one_row() -> None:
    assert head(line(40, (180, "B & BEST"), (260, "RESTAURANT")), STREET, TOWN)[0] == "B & BEST RESTAURANT"


def test_name_without_blanks_is_a_company() -> None:
    found = head(line(40, (180, "MUTIARASTATIONERYSHOP")), STREET, TOWN, line(100, (180, "MUTIARA SUPPLY SDN BHD")))

    assert found[0] == "MUTIARASTATIONERYSHOP"


def test_address_ends_before_the_title_that_ocr_joined() -> None:
    found = head(line(40, (180, "ACME TRADING")), STREET, TOWN, line(88, (200, "TAXINVOICE")))

    assert found[1] == "12, Jalan Satu 7/4, Taman Mutiara, 81200 Johor Bahru, Johor"


def test_letters_of_a_currency_within_a_word_do_not_end_an_address() -> None:
    street = line(54, (180, "No.2, Jalan Harmoni 3/2,"))
    found = head(
        line(40, (180, "ACME TRADING")),
        street,
        line(68, (180, "TAMAN DESA HARMONI.")),
        line(82, (180, "81100 JOHOR BAHRU")),
    )

    assert found[1] == "No.2, Jalan Harmoni 3/2, TAMAN DESA HARMONI. 81100 JOHOR BAHRU"
