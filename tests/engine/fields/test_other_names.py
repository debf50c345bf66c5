"""Fields that are called otherwise than what documents print: by synonyms, in the other language, by a description."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extraction.engine.fields import extract
from extraction.types import DocumentReading, ExtractRequest, FieldSpec, FieldType, Value
from tests.engine.fields.readings import document, line, page

TICKET = document(
    page(
        1,
        line(40, (200, "电子客票行程单")),
        line(70, (40, "旅客姓名："), (120, "江一帆")),
        line(90, (40, "票号："), (120, "781-2423886313")),
        line(110, (40, "航班号："), (120, "MU5577")),
        line(130, (40, "乘机日期："), (120, "2026-02-12")),
        line(150, (40, "燃油附加费："), (120, "77.00")),
    )
)
PAYSLIP = document(
    page(
        1,
        line(40, (40, "Kestrel Logistics Ltd")),
        line(70, (40, "Employee name"), (200, "Martha Ellison")),
        line(90, (40, "Department"), (200, "Accounts")),
        line(110, (40, "Total earnings"), (200, "3,900.91")),
        line(130, (40, "Take home pay"), (200, "3,308.72")),
    )
)


def read(paper: DocumentReading, *fields: FieldSpec) -> dict[str, Value | None]:
    return {value.name: value.value for value in extract(ExtractRequest(paper, fields))}


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (FieldSpec("passenger", description="Name of the passenger"), "江一帆"),
        (FieldSpec("ticket_number", description="电子客票号码"), "781-2423886313"),
        (FieldSpec("flight_number"), "MU5577"),
        (FieldSpec("travel_date", FieldType.DATE, description="Day of travel"), "2026-02-12"),
        (FieldSpec("fuel_surcharge", FieldType.AMOUNT), 77),
    ],
)
def test_english_field_is_found_in_a_chinese_document(field: FieldSpec, expected: Value) -> None:
    assert read(TICKET, field) == {field.name: expected}


def test_chinese_field_is_found_in_an_english_document() -> None:
    fields = (FieldSpec("姓名", description="员工姓名"), FieldSpec("部门"), FieldSpec("单位", description="用人单位"))

    assert read(PAYSLIP, *fields) == {"姓名": "Martha Ellison", "部门": "Accounts", "单位": "Kestrel Logistics Ltd"}


def test_bare_name_means_what_its_description_says() -> None:
    paper = document(
        page(1, line(40, (40, "Alder & Finch LLP")), line(60, (40, "14 Wharf Lane, Kelmouth KM2 4QT")),
             line(100, (40, "Home address:"), (140, "7 Station Road, Abbotsley AB1 9RD")))
    )  # fmt: skip

    assert read(paper, FieldSpec("address", description="Home address")) == {
        "address": "7 Station Road, Abbotsley AB1 9RD"
    }


def test_name_that_is_only_alike_must_end_alike() -> None:
    flight = document(page(1, line(40, (40, "Flight dates"), (140, "01/02/2026 - 03/02/2026"))))

    assert read(flight, FieldSpec("flight_code")) == {"flight_code": None}


@pytest.mark.parametrize("name", ["net_pay", "take_home_pay", "net_salary_amount", "实发工资"])
def test_label_of_a_paper_is_a_name_for_its_field(name: str) -> None:
    assert read(PAYSLIP, FieldSpec(name, FieldType.AMOUNT)) == {name: Decimal("3308.72")}


def test_employer_name_is_the_employer() -> None:
    assert read(PAYSLIP, FieldSpec("employer_name")) == {"employer_name": "Kestrel Logistics Ltd"}
