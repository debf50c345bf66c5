from __future__ import annotations

from decimal import Decimal

from extraction.engine.fields.proposing import Proposal, language_of, propose
from extraction.engine.fields.proposing_names import clean_label
from extraction.engine.fields.reader import extract
from extraction.types import DocumentReading, ExtractRequest, FieldType
from tests.engine.fields import samples
from tests.engine.fields.readings import document, line, page


def by_name(reading: DocumentReading) -> dict[str, Proposal]:
    return {proposal.spec.name: proposal for proposal in propose(reading)}


def likely(reading: DocumentReading) -> dict[str, object]:
    return {
        name: proposal.value.value
        for name, proposal in by_name(reading).items()
        if proposal.is_likely and not proposal.spec.fields
    }


def test_an_invoice_proposes_what_it_prints() -> None:
    assert likely(samples.invoice()) == {
        "supplier_name": "Northwind Lamps Ltd",
        "supplier_address": "12 Harbour Road, Leith EH6 7AB",
        "supplier_vat_id": "GB 123 4567 89",
        "customer_name": "Harbour Cafe GmbH",
        "invoice_number": "INV-2026-0042",
        "issue_date": "2026-10-14",
        "due_date": "2026-11-13",
        "po_number": "4500017",
        "subtotal": Decimal("334.00"),
        "tax_amount": Decimal("66.80"),
        "total": Decimal("400.80"),
        "iban": "GB82 WEST 1234 5698 7654 32",
        "bic": "WESTGB2L",
    }


def test_a_chinese_invoice_names_whose_value_is_whose() -> None:
    found = by_name(samples.fapiao())

    assert language_of(samples.fapiao()) == "zh-hans"
    assert {name: (found[name].spec.label, found[name].value.value) for name in ("supplier_name", "customer_name")} == {
        "supplier_name": ("销售方名称", "北京晨光文具有限公司"),
        "customer_name": ("购买方名称", "上海蓝海贸易有限公司"),
    }
    assert found["subtotal"].value.value == Decimal("1660.00")


def test_labels_that_nobody_knows_name_their_fields() -> None:
    reading = document(
        page(
            1,
            line(40, (40, "Berth: Quay 7"), (300, "Draught (m):"), (400, "8.25")),
            line(60, (40, "Pilot aboard:"), (130, "03/09/2026")),
            line(80, (40, "Manifest code:"), (130, "0042"), (300, "Dangerous goods:"), (420, "Yes")),
            line(100, (40, "泊位长度：320"), (300, "引航员：李明")),
        )
    )

    proposed = {p.spec.name: (p.spec.label, p.spec.type, p.value.value) for p in propose(reading) if p.is_likely}

    assert proposed == {
        "berth": ("Berth", FieldType.STRING, "Quay 7"),
        "draught_m": ("Draught (m)", FieldType.AMOUNT, Decimal("8.25")),
        "pilot_aboard": ("Pilot aboard", FieldType.DATE, "2026-09-03"),
        "manifest_code": ("Manifest code", FieldType.STRING, "0042"),
        "dangerous_goods": ("Dangerous goods", FieldType.BOOLEAN, True),
        "泊位长度": ("泊位长度", FieldType.NUMBER, Decimal(320)),
        "引航员": ("引航员", FieldType.STRING, "李明"),
    }


def test_one_label_of_both_parties_is_a_field_of_each() -> None:
    reading = document(
        page(
            1,
            line(40, (40, "Supplier"), (330, "Bill to")),
            line(54, (40, "Northwind Lamps Ltd"), (330, "Harbour Cafe GmbH")),
            line(68, (40, "Phone: +44 131 555 0101"), (330, "Phone: +49 40 555 0202")),
        )
    )

    found = by_name(reading)

    assert {name: (found[name].spec.label, found[name].value.value) for name in found if name.endswith("phone")} == {
        "supplier_phone": ("Supplier phone", "+44 131 555 0101"),
        "customer_phone": ("Customer phone", "+49 40 555 0202"),
    }


def test_boxes_periods_and_lists_get_their_kinds() -> None:
    reading = document(
        page(
            1,
            line(40, (40, "Payment: ☑ Bank transfer ☐ Cash ☐ Card")),
            line(54, (40, "☒ Goods inspected"), (300, "☐ Insured")),
            line(68, (40, "Hazardous:"), (120, "☐ Yes"), (200, "☒ No")),
            line(90, (40, "Rental period: 03/04/2026 - 17/04/2026")),
            line(110, (40, "Serial numbers:")),
            line(124, (52, "- SN424929")),
            line(138, (52, "- SN803424")),
            line(180, (40, "Attendees: Helen Strand, Rosa Field")),
        )
    )

    proposed = {p.spec.name: (p.spec.type, p.value.value or texts(p)) for p in propose(reading) if p.is_likely}

    assert proposed == {
        "payment": (FieldType.CHOICE, "Bank transfer"),
        "goods_inspected": (FieldType.BOOLEAN, True),
        "insured": (FieldType.BOOLEAN, []),
        "hazardous": (FieldType.BOOLEAN, []),
        "rental_period_from": (FieldType.DATE, "2026-04-03"),
        "rental_period_to": (FieldType.DATE, "2026-04-17"),
        "serial_numbers": (FieldType.LIST, ["SN424929", "SN803424"]),
        "attendees": (FieldType.LIST, ["Helen Strand", "Rosa Field"]),
    }
    assert by_name(reading)["payment"].spec.options == ("Bank transfer", "Cash", "Card")
    assert (by_name(reading)["insured"].value.value, by_name(reading)["hazardous"].value.value) == (False, False)


def texts(proposal: Proposal) -> list[object]:
    return [cell.value for row in proposal.value.rows for cell in row]


def test_goods_with_their_prices_are_no_fields() -> None:
    reading = document(
        page(
            1,
            line(40, (40, "Ribs"), (300, "25.90")),
            line(54, (40, "Apple juice"), (300, "18.90")),
            line(68, (40, "Garden salad"), (300, "12.90")),
            line(90, (40, "Total"), (300, "57.70")),
        )
    )

    assert likely(reading) == {"total": Decimal("57.70")}


def test_prose_proposes_nothing() -> None:
    reading = document(
        page(
            1,
            line(40, (40, "The parties met in March and agreed on the total amount of the work to be done.")),
            line(52, (40, "Nobody shall be liable for any delay, whatever the date of the invoice may be.")),
        )
    )

    assert [proposal for proposal in propose(reading) if proposal.is_likely] == []


def test_a_draft_reads_its_sample_again() -> None:
    reading = samples.invoice()
    proposals = [proposal for proposal in propose(reading) if proposal.is_likely]

    values = extract(ExtractRequest(reading, tuple(proposal.spec for proposal in proposals), "en"))

    assert [value.value for value in values] == [proposal.value.value for proposal in proposals]


def test_a_label_has_no_signs_that_nobody_sees() -> None:
    printed = ("Total\x00 due EUR:", "Ref\x01no", "Payable\u202e to\u200b:", "VAT 20 %:")

    assert [clean_label(text) for text in printed] == ["Total due", "Ref no", "Payable to", "VAT"]
