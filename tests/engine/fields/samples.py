"""Documents made in code: an invoice of two pages, a receipt, two Chinese VAT invoices and a contract."""

from __future__ import annotations

from extraction.types import DocumentReading
from tests.engine.fields.readings import document, line, page

_INVOICE_1 = page(
    1,
    line(40, (40, "Northwind Lamps Ltd"), (400, "INVOICE")),
    line(54, (40, "12 Harbour Road, Leith EH6 7AB")),
    line(68, (40, "VAT ID: GB 123 4567 89")),
    line(100, (40, "Bill to"), (330, "Invoice number"), (450, "INV-2026-0042")),
    line(114, (40, "Harbour Cafe GmbH"), (330, "Invoice date"), (450, "14 October 2026")),
    line(128, (40, "Kanalstrasse 7, 20095 Hamburg"), (330, "Due date"), (450, "13 November 2026")),
    line(142, (40, "Germany"), (330, "PO number"), (450, "4500017")),
    line(180, (40, "Article"), (100, "Description"), (340, "Quantity"), (410, "Unit price"), (520, "Amount")),
    line(196, (40, "L-100"), (100, "Desk lamp, brass"), (365, "2"), (430, "49.50"), (520, "99.00")),
    line(208, (100, "with a shade of linen")),
    line(224, (40, "L-200"), (100, "Floor lamp"), (365, "1"), (430, "120.00"), (515, "120.00")),
    line(240, (40, "S-001"), (100, "Delivery to Hamburg"), (365, "1"), (430, "15.00"), (520, "15.00")),
    line(780, (270, "Page 1 of 2")),
)
_INVOICE_2 = page(
    2,
    line(40, (40, "Article"), (100, "Description"), (340, "Quantity"), (410, "Unit price"), (520, "Amount")),
    line(56, (40, "L-300"), (100, "Ceiling lamp"), (360, "10"), (430, "10.00"), (515, "100.00")),
    line(68, (100, "white, dimmable")),
    line(100, (400, "Subtotal"), (515, "334.00")),
    line(114, (400, "VAT 20%"), (520, "66.80")),
    line(128, (400, "Total due (EUR)"), (515, "400.80")),
    line(170, (40, "IBAN: GB82 WEST 1234 5698 7654 32"), (330, "BIC: WESTGB2L")),
    line(190, (40, "Thank you for your order.")),
    line(780, (270, "Page 2 of 2")),
)
_FAPIAO = page(
    1,
    line(30, (200, "增值税电子普通发票")),
    line(50, (400, "发票代码：031002000411")),
    line(64, (400, "发票号码：12345678")),
    line(78, (400, "开票日期：2026年10月14日")),
    line(92, (400, "校验码：12345 67890 12345 67890")),
    line(120, (30, "购"), (60, "名称：上海蓝海贸易有限公司")),
    line(134, (30, "买"), (60, "纳税人识别号：91310000MA1K4ABC1X")),
    line(148, (30, "方"), (60, "地址、电话：上海市黄浦区人民路1号 021-12345678")),
    line(
        180,
        (40, "货物或应税劳务、服务名称"),
        (190, "规格型号"),
        (250, "单位"),
        (300, "数量"),
        (350, "单价"),
        (420, "金额"),
        (480, "税率"),
        (530, "税额"),
    ),
    line(
        196,
        (40, "*纸制品*复印纸"),
        (190, "A4"),
        (250, "箱"),
        (310, "10"),
        (345, "150.00"),
        (410, "1500.00"),
        (480, "13%"),
        (530, "195.00"),
    ),
    line(
        210,
        (40, "*办公用品*墨盒"),
        (190, "HP-680"),
        (250, "个"),
        (315, "2"),
        (350, "80.00"),
        (415, "160.00"),
        (480, "13%"),
        (535, "20.80"),
    ),
    line(240, (80, "合计"), (405, "¥1660.00"), (525, "¥215.80")),
    line(260, (40, "价税合计（大写）"), (190, "壹仟捌佰柒拾伍元捌角整"), (400, "（小写）¥1875.80")),
    line(290, (30, "销"), (60, "名称：北京晨光文具有限公司")),
    line(304, (30, "售"), (60, "纳税人识别号：91110000MA01ABCD2Y")),
    line(318, (30, "方"), (60, "地址、电话：北京市海淀区中关村大街5号 010-87654321")),
    line(350, (40, "收款人：王芳"), (180, "复核：李明"), (320, "开票人：张伟"), (450, "销售方：（章）")),
)
_FAPIAO_BESIDE = page(
    1,
    line(30, (200, "电子发票（普通发票）")),
    line(50, (400, "发票号码：26312000000123456789")),
    line(64, (400, "开票日期：2026年10月14日")),
    line(100, (20, "购"), (40, "名称：上海蓝海贸易有限公司"), (300, "销"), (320, "名称：北京晨光文具有限公司")),
    line(114, (20, "买"), (300, "售")),
    line(128, (20, "方"), (300, "方")),
    line(
        142,
        (40, "统一社会信用代码/纳税人识别号：91310000MA1K4ABC1X"),
        (320, "统一社会信用代码/纳税人识别号：91110000MA01ABCD2Y"),
    ),
    line(
        180,
        (40, "项目名称"),
        (140, "规格型号"),
        (210, "单位"),
        (260, "数量"),
        (310, "单价"),
        (390, "金额"),
        (450, "税率/征收率"),
        (530, "税额"),
    ),
    line(
        196,
        (40, "*纸制品*复印纸"),
        (140, "A4"),
        (210, "箱"),
        (270, "10"),
        (305, "150.00"),
        (380, "1500.00"),
        (460, "13%"),
        (530, "195.00"),
    ),
    line(240, (80, "合 计"), (375, "¥1500.00"), (525, "¥195.00")),
    line(260, (40, "价税合计（大写）"), (190, "壹仟陆佰玖拾伍元整"), (400, "（小写）¥1695.00")),
    line(290, (40, "开票人：张伟")),
)
_CONTRACT = page(
    1,
    line(40, (220, "SERVICE AGREEMENT")),
    line(60, (230, "Contract No. SA-2026-17")),
    line(90, (40, 'This Agreement is made between Northwind Lamps Ltd (the "Supplier") and Harbour Cafe GmbH (the')),
    line(102, (40, '"Customer").')),
    line(130, (40, "1. Term")),
    line(144, (40, "Effective date: 1 November 2026")),
    line(158, (40, "End date: 31 October 2027")),
    line(180, (40, "2. Fees")),
    line(194, (40, "The Customer pays a fee of EUR 12,500.00 a year.")),
    line(208, (40, "Payment terms: 30 days from the date of the invoice")),
    line(230, (40, "3. Governing law")),
    line(244, (40, "This Agreement is governed by the laws of Scotland.")),
)
_RECEIPT = page(
    1,
    line(20, (200, "CORNER BAKERY")),
    line(34, (190, "5 Mill Lane, Leith EH6 6AA")),
    line(48, (210, "Tel 0131 555 0101")),
    line(70, (40, "Receipt no: 00817"), (400, "14/10/2026 09:12")),
    line(90, (40, "2 Croissant"), (500, "5.00")),
    line(104, (40, "1 Flat white"), (500, "3.40")),
    line(124, (40, "Subtotal"), (500, "7.00")),
    line(138, (40, "VAT 20%"), (500, "1.40")),
    line(152, (40, "TOTAL GBP"), (500, "8.40")),
    line(166, (40, "Cash"), (495, "10.00")),
    line(180, (40, "Change"), (500, "1.60")),
)


def invoice() -> DocumentReading:
    return document(_INVOICE_1, _INVOICE_2)


def receipt() -> DocumentReading:
    return document(_RECEIPT)


def fapiao() -> DocumentReading:
    """The form with the buyer above and the seller below."""
    return document(_FAPIAO)


def fapiao_beside() -> DocumentReading:
    """The form with the buyer left and the seller right."""
    return document(_FAPIAO_BESIDE)


def contract() -> DocumentReading:
    return document(_CONTRACT)
