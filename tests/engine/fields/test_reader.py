from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from extraction.engine.fields import extract
from extraction.types import (
    AbsentReason,
    BBox,
    Block,
    DocumentReading,
    ExtractRequest,
    FieldSpec,
    FieldType,
    PageReading,
    ReadValue,
    TableCell,
    Value,
)
from extraction.wire.template_json import load
from tests.engine.fields import samples
from tests.engine.fields.readings import READY_MADE, document, line, page, whole_lines, words


def read(reading: DocumentReading, *fields: FieldSpec) -> dict[str, ReadValue]:
    return {value.name: value for value in extract(ExtractRequest(reading, fields))}


def read_ready_made(name: str, reading: DocumentReading) -> dict[str, ReadValue]:
    data: Any = json.loads((READY_MADE / f"{name}.json").read_text(encoding="utf-8"))
    return read(reading, *load(data).fields)


def values(found: dict[str, ReadValue]) -> dict[str, Value | None]:
    return {name: value.value for name, value in found.items() if not value.rows}


def cells(table: ReadValue) -> list[tuple[Value | None, ...]]:
    return [tuple(cell.value for cell in row) for row in table.rows]


def test_extract_reads_an_invoice_of_two_pages() -> None:
    found = read_ready_made("invoice", samples.invoice())

    assert values(found) == {
        "invoice_number": "INV-2026-0042",
        "issue_date": "2026-10-14",
        "due_date": "2026-11-13",
        "po_number": "4500017",
        "supplier_name": "Northwind Lamps Ltd",
        "supplier_vat_id": "GB 123 4567 89",
        "supplier_iban": "GB82 WEST 1234 5698 7654 32",
        "customer_name": "Harbour Cafe GmbH",
        "currency": "EUR",
        "subtotal": Decimal("334.00"),
        "tax_amount": Decimal("66.80"),
        "total": Decimal("400.80"),
    }
    assert cells(found["line_items"]) == [
        ("L-100", "Desk lamp, brass with a shade of linen", Decimal(2), Decimal("49.50"), Decimal("99.00")),
        ("L-200", "Floor lamp", Decimal(1), Decimal("120.00"), Decimal("120.00")),
        ("S-001", "Delivery to Hamburg", Decimal(1), Decimal("15.00"), Decimal("15.00")),
        ("L-300", "Ceiling lamp white, dimmable", Decimal(10), Decimal("10.00"), Decimal("100.00")),
    ]


def test_extract_gives_every_value_and_cell_a_place_that_says_it() -> None:
    found = read_ready_made("invoice", samples.invoice())

    rows = found["line_items"].rows
    evidence = [value for value in found.values() if value.value is not None] + [cell for row in rows for cell in row]
    assert all(value.spans and value.text == " ".join(span.text for span in value.spans) for value in evidence)
    assert [span.page for span in found["line_items"].spans] == [1, 2]
    assert [span.text for span in rows[0][1].spans] == ["Desk lamp, brass", "with a shade of linen"]
    assert (found["total"].spans[0].bbox, found["total"].spans[0].page) == (BBox(515, 128, 545, 138), 2)
    label = found["total"].label
    assert label is not None and label.text == "Total due (EUR)"


def test_extract_reads_a_receipt() -> None:
    found = read_ready_made("receipt", samples.receipt())

    assert values(found) == {
        "company": "CORNER BAKERY",
        "address": "5 Mill Lane, Leith EH6 6AA",
        "receipt_number": "00817",
        "date": "2026-10-14",
        "payment_method": "Cash",
        "currency": "GBP",
        "tax": Decimal("1.40"),
        "total": Decimal("8.40"),
    }


def test_extract_reads_a_chinese_invoice_without_spaces() -> None:
    found = read_ready_made("fapiao", samples.fapiao())

    assert values(found) == {
        "invoice_code": "031002000411",
        "invoice_number": "12345678",
        "issue_date": "2026-10-14",
        "check_code": "12345 67890 12345 67890",
        "drawer": "张伟",
        "buyer_name": "上海蓝海贸易有限公司",
        "buyer_tax_id": "91310000MA1K4ABC1X",
        "seller_name": "北京晨光文具有限公司",
        "seller_tax_id": "91110000MA01ABCD2Y",
        "net_amount": Decimal("1660.00"),
        "tax_amount": Decimal("215.80"),
        "total_in_words": Decimal("1875.8"),
        "total": Decimal("1875.80"),
    }
    assert cells(found["line_items"]) == [
        ("*纸制品*复印纸", "A4", "箱", Decimal(10), Decimal("150.00"), Decimal("1500.00"), "13%", Decimal("195.00")),
        ("*办公用品*墨盒", "HP-680", "个", Decimal(2), Decimal("80.00"), Decimal("160.00"), "13%", Decimal("20.80")),
    ]


def test_extract_cuts_the_box_of_a_value_out_of_an_unspaced_word() -> None:
    found = read_ready_made("fapiao", samples.fapiao())

    span = found["invoice_number"].spans[0]
    label = found["invoice_number"].label
    # 发票号码：12345678 starts at 400: four signs and a colon of 10 units each, then eight digits of 5.
    assert span.text == "12345678"
    assert tuple(span.bbox) == pytest.approx((450, 64, 490, 74), abs=1)
    assert label is not None and label.text == "发票号码"


def test_extract_tells_buyer_and_seller_side_by_side() -> None:
    found = values(read_ready_made("fapiao", samples.fapiao_beside()))

    assert (found["buyer_name"], found["seller_name"]) == ("上海蓝海贸易有限公司", "北京晨光文具有限公司")
    assert (found["buyer_tax_id"], found["seller_tax_id"]) == ("91310000MA1K4ABC1X", "91110000MA01ABCD2Y")
    assert (found["invoice_code"], found["net_amount"]) == (None, Decimal("1500.00"))


def test_extract_finds_the_seller_when_only_the_seller_is_asked_for() -> None:
    found = read(samples.fapiao(), FieldSpec("seller", description="Name of the seller"))

    assert values(found) == {"seller": "北京晨光文具有限公司"}


def test_extract_reads_a_contract() -> None:
    found = read_ready_made("contract", samples.contract())

    assert values(found) == {
        "title": "SERVICE AGREEMENT",
        "contract_number": "SA-2026-17",
        "effective_date": "2026-11-01",
        "end_date": "2027-10-31",
        "amount": Decimal("12500.00"),
        "currency": "EUR",
        "payment_terms": "30 days from the date of the invoice",
        "governing_law": "Scotland",
    }
    assert cells(found["parties"]) == [("Northwind Lamps Ltd",), ("Harbour Cafe GmbH",)]


def test_extract_leaves_absent_what_the_page_does_not_show() -> None:
    fields = (
        FieldSpec("due_date", FieldType.DATE, description="Date by which the invoice must be paid"),
        FieldSpec("iban", description="IBAN of the seller's bank account"),
        FieldSpec("passport_number", description="Passport number of the customer"),
        FieldSpec("discount", FieldType.AMOUNT),
        FieldSpec("delivery_date", FieldType.DATE),
        FieldSpec("shoe_size", FieldType.NUMBER),
        FieldSpec("is_member", FieldType.BOOLEAN),
        FieldSpec("colours", FieldType.LIST, items=FieldType.STRING),
        FieldSpec("players", FieldType.TABLE, fields=(FieldSpec("shirt", FieldType.NUMBER), FieldSpec("position"))),
    )

    found = read(samples.receipt(), *fields)

    assert {name: value.reason for name, value in found.items()} == {
        spec.name: AbsentReason.LABEL_NOT_FOUND for spec in fields
    }


def test_extract_says_when_a_label_has_no_value() -> None:
    reading = document(page(1, line(40, (40, "Invoice number:")), line(300, (40, "Due date:"), (300, "Thank you"))))

    found = read(reading, FieldSpec("invoice_number"), FieldSpec("due_date", FieldType.DATE))

    assert [value.reason for value in found.values()] == [AbsentReason.LABEL_WITHOUT_VALUE] * 2
    label = found["due_date"].label
    assert label is not None and label.text == "Due date"


def test_extract_says_when_nothing_was_read() -> None:
    found = read(DocumentReading((PageReading(1, 100, 100),)), FieldSpec("total", FieldType.AMOUNT))

    assert found["total"].reason is AbsentReason.NOT_READ


def test_extract_reads_printed_lines_as_well_as_words() -> None:
    lines = whole_lines(
        line(20, (150, "NORTH MILL TRADING LTD")),
        line(60, (40, "Date: 14/10/2026"), (300, "Invoice No: A-771")),
        line(100, (40, "Total amount due: GBP 12.50")),
    )

    found = read(
        DocumentReading((PageReading(1, 600, 800, words=lines),)),
        FieldSpec("company"),
        FieldSpec("date", FieldType.DATE),
        FieldSpec("invoice_number"),
        FieldSpec("total", FieldType.AMOUNT),
    )

    assert values(found) == {
        "company": "NORTH MILL TRADING LTD",
        "date": "2026-10-14",
        "invoice_number": "A-771",
        "total": Decimal("12.50"),
    }
    # The label takes 5.2 of the line's 15.2 widths: colon and space are narrow.
    assert tuple(found["date"].spans[0].bbox) == pytest.approx((40 + 80 * 5.2 / 15.2, 60, 120, 70))


def test_extract_forgives_slips_of_ocr_in_labels() -> None:
    reading = document(
        page(1, line(40, (40, "lnvoice Nurnber"), (200, "4711-B")), line(60, (40, "T0TAL"), (200, "19.90")))
    )

    found = read(reading, FieldSpec("invoice_number"), FieldSpec("total", FieldType.AMOUNT))

    assert values(found) == {"invoice_number": "4711-B", "total": Decimal("19.90")}


def test_extract_reads_the_order_of_dates_from_the_document() -> None:
    american = document(
        page(1, line(40, (40, "Invoice date"), (200, "03/04/2026")), line(60, (40, "Due date"), (200, "03/31/2026")))
    )

    found = read(american, FieldSpec("invoice_date", FieldType.DATE), FieldSpec("due_date", FieldType.DATE))

    assert values(found) == {"invoice_date": "2026-03-04", "due_date": "2026-03-31"}


def test_extract_gives_each_end_of_a_printed_range_to_its_field() -> None:
    reading = document(page(1, line(40, (40, "Service period"), (200, "01.10.2026 - 31.10.2026"))))

    found = read(reading, FieldSpec("period_from", FieldType.DATE), FieldSpec("period_to", FieldType.DATE))

    assert values(found) == {"period_from": "2026-10-01", "period_to": "2026-10-31"}


def test_extract_prefers_the_total_that_its_parts_prove() -> None:
    reading = document(
        page(
            1,
            line(40, (40, "TOTAL"), (200, "10.00")),
            line(60, (40, "VAT"), (200, "2.00")),
            line(80, (40, "TOTAL"), (200, "12.00")),
            line(100, (40, "CASH"), (200, "20.00")),
            line(120, (40, "CHANGE"), (200, "8.00")),
        )
    )

    found = read(reading, FieldSpec("total", FieldType.AMOUNT))

    assert found["total"].value == Decimal("12.00")
    assert [alternative.value for alternative in found["total"].alternatives] == [Decimal("10.00")]


def test_extract_reads_ticks_words_and_options() -> None:
    reading = document(
        page(
            1,
            line(40, (40, "☑ Express delivery"), (300, "☐ Gift wrap")),
            line(60, (40, "Insured: yes")),
            line(80, (40, "Payment method"), (200, "bank transfer")),
        )
    )

    found = read(
        reading,
        FieldSpec("express_delivery", FieldType.BOOLEAN),
        FieldSpec("gift_wrap", FieldType.BOOLEAN),
        FieldSpec("insured", FieldType.BOOLEAN),
        FieldSpec("payment_method", FieldType.CHOICE, options=("Cash", "Bank transfer")),
    )

    assert values(found) == {
        "express_delivery": True,
        "gift_wrap": False,
        "insured": True,
        "payment_method": "Bank transfer",
    }


def test_extract_reads_lists_behind_and_under_their_label() -> None:
    reading = document(
        page(
            1,
            line(40, (40, "Colours: red, green and blue")),
            line(60, (40, "Attachments")),
            line(72, (40, "- Plan of site")),
            line(84, (40, "- Price list")),
            line(140, (40, "Signed in Leith")),
        )
    )

    found = read(
        reading,
        FieldSpec("colours", FieldType.LIST, items=FieldType.STRING),
        FieldSpec("attachments", FieldType.LIST, items=FieldType.STRING),
    )

    assert cells(found["colours"]) == [("red",), ("green",), ("blue",)]
    assert cells(found["attachments"]) == [("Plan of site",), ("Price list",)]


def test_extract_reads_an_object_as_a_table_of_one_row() -> None:
    seller = FieldSpec(
        "seller", FieldType.TABLE, fields=(FieldSpec("vat_id"), FieldSpec("email"), FieldSpec("fax")), single=True
    )
    reading = document(page(1, line(40, (40, "VAT ID: GB123456789")), line(60, (40, "mail: desk@northwind.example"))))

    found = read(reading, seller)

    assert cells(found["seller"]) == [("GB123456789", "desk@northwind.example", None)]


def test_extract_gives_confidences_between_nothing_and_certainty() -> None:
    found = read_ready_made("invoice", samples.invoice())

    confidences = [value.confidence for value in found.values()]
    assert all(confidence is not None and 0 < confidence < 1 for confidence in confidences)


def test_extract_joins_wrapped_lines_by_the_cells_of_a_table() -> None:
    # The numbers stand level with the middle of a description of three lines: only the ruled cells tell whose they are.
    lines = words(
        line(40, (40, "Description"), (300, "Quantity"), (400, "Amount")),
        line(60, (40, "Desk lamp,")),
        line(72, (40, "brass,"), (320, "2"), (400, "99.00")),
        line(84, (40, "linen shade")),
        line(96, (40, "Floor lamp,")),
        line(108, (40, "oak,"), (320, "1"), (400, "20.00")),
        line(120, (40, "tall")),
    )
    texts = (
        ("Description", "Quantity", "Amount"),
        ("Desk lamp, brass, linen shade", "2", "99.00"),
        ("Floor lamp, oak, tall", "1", "20.00"),
    )
    lefts, tops = (30, 290, 390, 500), (36, 56, 95, 134)
    table = Block(
        0,
        "table",
        BBox(30, 36, 500, 134),
        "",
        cells=tuple(
            TableCell(row, column, text, BBox(lefts[column], tops[row], lefts[column + 1], tops[row + 1]))
            for row, row_texts in enumerate(texts)
            for column, text in enumerate(row_texts)
        ),
    )
    reading = DocumentReading((PageReading(1, 600, 800, blocks=(table,), words=lines),))
    columns = (FieldSpec("description"), FieldSpec("quantity", FieldType.NUMBER), FieldSpec("amount", FieldType.AMOUNT))

    found = read(reading, FieldSpec("items", FieldType.TABLE, fields=columns))

    assert cells(found["items"]) == [
        ("Desk lamp, brass, linen shade", Decimal(2), Decimal("99.00")),
        ("Floor lamp, oak, tall", Decimal(1), Decimal("20.00")),
    ]


def test_extract_keeps_the_text_of_a_date_without_a_year() -> None:
    reading = document(page(1, line(40, (40, "Due date:"), (100, "14 October"))))

    due = read(reading, FieldSpec("due_date", FieldType.DATE))["due_date"]

    assert (due.value, due.text, due.reason) == (None, "14 October", AbsentReason.NOT_READ)
    assert due.confidence is None


def test_extract_takes_the_languages_order_where_the_page_leaves_it_open() -> None:
    reading = document(page(1, line(40, (40, "Due date:"), (100, "03/04/2026"))))
    fields = (FieldSpec("due_date", FieldType.DATE),)

    found = [extract(ExtractRequest(reading, fields, language))[0].value for language in ("en", "en-us")]

    assert found == ["2026-04-03", "2026-03-04"]


def test_extract_takes_a_column_of_items_for_what_is_missing() -> None:
    columns = (FieldSpec("article"), FieldSpec("description"), FieldSpec("amount", FieldType.AMOUNT))
    spec = FieldSpec("items", FieldType.TABLE, fields=columns)
    alone = document(page(1, line(40, (40, "Item"), (400, "Amount")), line(60, (40, "Consulting"), (400, "9.00"))))
    beside = document(
        page(
            1,
            line(40, (40, "Item"), (140, "Description"), (400, "Amount")),
            line(60, (40, "C-1"), (140, "Consulting"), (400, "9.00")),
        )
    )

    found = [cells(read(reading, spec)["items"]) for reading in (alone, beside)]

    assert found == [[(None, "Consulting", Decimal("9.00"))], [("C-1", "Consulting", Decimal("9.00"))]]


def test_extract_reads_a_german_invoice() -> None:
    reading = document(
        page(
            1,
            line(40, (40, "Lampenhaus Nord GmbH")),
            line(90, (40, "Rechnung an"), (330, "Rechnungsnr.:"), (450, "2026/0815")),
            line(102, (40, "Café Hafen KG"), (330, "Rechnungsdatum:"), (450, "14.10.2026")),
            line(180, (40, "Bezeichnung"), (340, "Menge"), (410, "Einzelpreis"), (520, "Betrag")),
            line(196, (40, "Tischlampe"), (350, "2"), (430, "1.049,50"), (520, "2.099,00")),
            line(220, (400, "Nettobetrag"), (510, "2.099,00 €")),
            line(232, (400, "MwSt. 19 %"), (510, "398,81 €")),
            line(244, (400, "Gesamtbetrag"), (510, "2.497,81 €")),
        )
    )

    found = read_ready_made("invoice", reading)

    assert {name: value for name, value in values(found).items() if value is not None} == {
        "invoice_number": "2026/0815",
        "issue_date": "2026-10-14",
        "supplier_name": "Lampenhaus Nord GmbH",
        "customer_name": "Café Hafen KG",
        "currency": "EUR",
        "subtotal": Decimal("2099.00"),
        "tax_amount": Decimal("398.81"),
        "total": Decimal("2497.81"),
    }
    assert cells(found["line_items"]) == [(None, "Tischlampe", Decimal(2), Decimal("1049.50"), Decimal("2099.00"))]


def test_party_lines_left_blank_give_no_party() -> None:
    parties = FieldSpec("parties", FieldType.LIST, items=FieldType.STRING)
    blank = document(
        page(1, line(40, (40, "甲方：")), line(60, (40, "乙方：上海蓝海贸易有限公司")), line(80, (40, "甲方：“”，")))
    )

    found = read(blank, parties)["parties"]

    assert [cell.value for row in found.rows for cell in row] == ["上海蓝海贸易有限公司"]


def test_law_left_blank_is_absent() -> None:
    law = FieldSpec("governing_law")

    found = read(document(page(1, line(40, (40, 'This is governed by the laws of " ".')))), law)["governing_law"]

    assert found.is_absent


def test_rows_of_blanks_without_width_are_no_items() -> None:
    table = FieldSpec(
        "items", FieldType.TABLE, fields=(FieldSpec("description"), FieldSpec("amount", FieldType.AMOUNT))
    )
    rows = document(
        page(
            1,
            line(40, (40, "Description"), (300, "Amount")),
            line(60, (40, "\u200b"), (300, "\u200b")),
            line(80, (40, "Desk lamp"), (300, "99.00")),
        )
    )

    assert cells(read(rows, table)["items"]) == [("Desk lamp", Decimal("99.00"))]


def test_iban_is_read_behind_letters_that_grow_in_capitals() -> None:
    printed = document(page(1, line(40, (40, "IBAN")), line(52, (40, "Bank Gießen GB82 WEST 1234 5698 7654 32"))))

    assert read(printed, FieldSpec("iban"))["iban"].value == "GB82 WEST 1234 5698 7654 32"


def test_empty_option_is_never_chosen() -> None:
    way = FieldSpec("way", FieldType.CHOICE, options=("", "Cash"))

    assert read(document(page(1, line(40, (40, "Way: Cash")))), way)["way"].value == "Cash"
