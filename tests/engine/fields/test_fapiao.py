"""Chinese VAT invoices: values without labels, spread labels, descriptions as labels, sums of columns."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

from extraction.engine.fields import extract
from extraction.engine.fields.segments import lay_out
from extraction.types import BBox, DocumentReading, ExtractRequest, FieldSpec, FieldType, PageReading, Value, Word
from tests.engine.fields.readings import Line, document, line, page, words

AMOUNT, STRING = FieldType.AMOUNT, FieldType.STRING


def values(reading: DocumentReading, *fields: FieldSpec) -> list[Value | None]:
    return [value.value for value in extract(ExtractRequest(reading, fields))]


def test_paper_form_gives_code_and_number_without_labels() -> None:
    head = page(1, line(30, (40, "3300214130"), (240, "浙江增值税专用发票"), (450, "No 24825474")))

    found = values(document(head), FieldSpec("invoice_code", STRING), FieldSpec("invoice_number", STRING))

    assert found == ["3300214130", "24825474"]


def test_same_digits_on_another_document_are_no_invoice_code() -> None:
    head = page(1, line(30, (40, "3300214130"), (240, "送货清单"), (450, "No 24825474")))

    found = values(document(head), FieldSpec("invoice_code", STRING), FieldSpec("invoice_number", STRING))

    assert found == [None, None]


def test_label_spread_over_its_cell_is_one_label() -> None:
    form = page(1, line(40, (40, "收款人:"), (90, "周雨桐"), (200, "复"), (225, "核:徐丽华")))

    assert [s.text for s in lay_out(document(form))[0].segments] == ["收款人:", "周雨桐", "复 核:徐丽华"]
    assert values(document(form), FieldSpec("reviewer", STRING)) == ["徐丽华"]


def test_description_in_chinese_names_the_printed_label() -> None:
    slip = page(1, line(40, (40, "进站口:"), (90, "青龙湖")), line(60, (40, "出站口:"), (90, "临江北")))
    fields = (FieldSpec("a", STRING, description="进站口"), FieldSpec("b", STRING, description="目的地（出站口）"))

    assert values(document(slip), *fields) == ["青龙湖", "临江北"]


def test_bank_and_account_are_given_together() -> None:
    form = page(1, line(40, (40, "开户行及账号:"), (150, "东湖银行城西支行 6540809716592813941")))
    field = FieldSpec("seller_bank_account", STRING, description="销售方开户行及账号")

    assert values(document(form), field) == ["东湖银行城西支行 6540809716592813941"]


def table(*sums: tuple[float, str]) -> Line:
    return line(120, *sums)


def test_column_sum_is_net_amount_where_the_tax_has_its_own_column() -> None:
    items = page(
        1,
        line(40, (40, "项目名称"), (300, "金额"), (400, "税额")),
        line(60, (40, "铜芯电缆"), (300, "2071.20"), (400, "269.26")),
        line(80, (40, "餐费"), (300, "1933.95"), (400, "116.04")),
        table((300, "4005.15"), (400, "385.30")),
    )

    found = values(document(items), FieldSpec("net_amount", AMOUNT), FieldSpec("tax_amount", AMOUNT))

    assert found == [Decimal("4005.15"), Decimal("385.30")]


def test_scan_that_slopes_is_read_by_its_lines() -> None:
    rows = [line(40 + 20 * row, (20, f"项目{row}"), (250, f"{row}1.00"), (500, f"{row}2.00")) for row in range(1, 9)]
    level = words(*rows)
    sloping = tuple(replace(word, bbox=sloped(word.bbox), confidence=0.9) for word in level)

    (sheet,) = lay_out(DocumentReading((PageReading(1, 600, 800, words=sloping),)))

    in_rows = [[s.text for s in sheet.segments if s.row == row] for row in range(8)]
    assert in_rows == [[f"项目{row}", f"{row}1.00", f"{row}2.00"] for row in range(1, 9)]
    assert sheet.segments[2].span(0, 5).bbox == sloping[2].bbox


def sloped(box: BBox) -> BBox:
    down = math.tan(math.radians(1.4)) * box.centre[0]
    return BBox(box.x0, box.y0 + down, box.x1, box.y1 + down)


def test_upright_heading_belongs_to_no_row() -> None:
    form = (
        Word("购买方", BBox(20, 30, 32, 76)),
        Word("纳税人识别号:", BBox(36, 48, 100, 58)),
        Word("91320114MYMNAUGY13", BBox(110, 48, 210, 58)),
        Word("名称:", BBox(36, 30, 60, 40)),
        Word("南京恒明有限公司", BBox(110, 30, 190, 40)),
    )
    reading = DocumentReading((PageReading(1, 600, 800, words=form),))
    fields = (FieldSpec("buyer_tax_id", STRING), FieldSpec("buyer_name", STRING))

    assert values(reading, *fields) == ["91320114MYMNAUGY13", "南京恒明有限公司"]


def test_payer_and_payee_are_buyer_and_seller() -> None:
    form = page(
        1,
        line(40, (40, "付款方名称:"), (140, "成都恒盛文化传播有限公司")),
        line(60, (40, "付款方识别号:"), (140, "91510107M61QM3GU3T")),
        line(80, (40, "收款方名称:"), (140, "青岛川森信息技术有限公司")),
        line(100, (40, "收款方识别号:"), (140, "91370202MX7J6DRU6Q")),
    )
    fields = (FieldSpec("buyer_name", STRING), FieldSpec("seller_name", STRING))

    assert values(document(form), *fields) == ["成都恒盛文化传播有限公司", "青岛川森信息技术有限公司"]
