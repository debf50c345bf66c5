"""An English invoice of two pages whose table runs over both."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

INK, SOFT, DEEP, PALE, RULE = (HexColor(c) for c in ("#1d2939", "#5b6779", "#0f3d5c", "#eef3f7", "#c9d3dd"))
WIDTH, HEIGHT = A4
LEFT, RIGHT = 51.0, WIDTH - 51.0
RATE = Decimal("0.23")

SUPPLIER = ("Hythe Yard Instruments Ltd", "14 Foundry Lane", "Galway H91 X2K7, Ireland", "VAT ID IE 3748215KH")
CUSTOMER = ("Kestrel Bay Robotics Ltd", "9 Saltworks Quay", "Cork T12 W8N4, Ireland", "VAT ID IE 9182736TB")
META = (
    ("Invoice no.", "HY-2026-004817"),
    ("Issue date", "14 October 2026"),
    ("Due date", "13 November 2026"),
    ("PO number", "PO-58213"),
    ("Currency", "EUR"),
    ("Terms", "Net 30"),
)
ITEMS = (
    ("TS-310", "Thermal sensor head, 310 mm probe, with stainless steel sheath and M12 connector", 12, "148.50"),
    ("TS-120", "Thermal sensor head, 120 mm probe", 8, "119.00"),
    ("CB-M12-5", "M12 connection cable, 5 m, shielded", 20, "13.80"),
    ("CB-M12-10", "M12 connection cable, 10 m, shielded", 10, "19.40"),
    ("GW-4", "4-channel gateway with Modbus TCP and MQTT, including mounting clips for a 35 mm rail", 5, "436.00"),
    ("GW-16", "16-channel gateway with Modbus TCP", 1, "1,184.00"),
    ("PS-24-5", "Power supply 24 V / 5 A, DIN rail", 6, "64.90"),
    ("BR-45", "Mounting bracket 45°, stainless steel", 20, "8.75"),
    ("EN-IP67", "Enclosure IP67, polycarbonate, 200 × 150 × 90 mm", 5, "57.20"),
    ("GL-M20", "Cable gland M20, nickel-plated brass", 40, "2.35"),
    ("TB-8", "Terminal block, 8-way, push-in", 24, "3.60"),
    ("RT-PT100", "Resistance thermometer Pt100, class A, four-wire, for pipes from 20 mm to 60 mm", 6, "82.30"),
    ("DSP-7", "Panel display 7 inches, capacitive touch", 2, "348.00"),
    ("ANT-868", "Antenna 868 MHz with magnetic foot, 3 m lead", 5, "21.90"),
    ("SD-32", "Industrial memory card 32 GB", 6, "29.50"),
    ("SRG-230", "Surge protector 230 V, type 2", 3, "46.75"),
    ("LB-SET", "Label set, laser printed, per channel", 48, "0.85"),
    ("SW-LIC-1", "Monitoring software, site licence for one year, up to 50 channels", 1, "1,290.00"),
    ("CAL-3P", "Calibration certificate, three points", 20, "24.00"),
    ("CFG-DAY", "Configuration and commissioning on site, price for each day", 2, "780.00"),
    ("TRN-H", "Operator training, remote, price for each hour", 6, "95.00"),
    ("FRT-IE", "Freight Galway to Cork, insured", 1, "86.50"),
)
COLUMNS = (("#", 6, 0), ("Article", 27, 0), ("Description", 90, 0), ("Qty", 338, 1), ("Unit price", 395, 1),
           ("VAT", 436, 1), ("Amount", 485, 1))  # fmt: skip
FIRST_PAGE_ROWS = 16


def money(value: Decimal) -> str:
    return f"{value:,.2f}"


def price(item: tuple[str, str, int, str]) -> Decimal:
    return Decimal(item[3].replace(",", ""))


def amounts() -> tuple[Decimal, Decimal, Decimal]:
    subtotal = sum((item[2] * price(item) for item in ITEMS), Decimal())
    vat = (subtotal * RATE).quantize(Decimal("0.01"))
    return subtotal, vat, subtotal + vat


def iban() -> str:
    """An Irish IBAN of an invented bank with right check digits."""
    account = "HYTB99204100738215"
    digits = "".join(str(int(letter, 36)) for letter in account + "IE00")
    plain = f"IE{98 - int(digits) % 97:02d}{account}"
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def truth() -> dict[str, Any]:
    subtotal, vat, total = amounts()
    return {
        "invoice_number": "HY-2026-004817",
        "issue_date": "2026-10-14",
        "due_date": "2026-11-13",
        "po_number": "PO-58213",
        "supplier_name": SUPPLIER[0],
        "supplier_vat_id": "IE 3748215KH",
        "supplier_iban": iban(),
        "customer_name": CUSTOMER[0],
        "currency": "EUR",
        "subtotal": float(subtotal),
        "tax_amount": float(vat),
        "total": float(total),
        "line_items": [_row_truth(item) for item in ITEMS],
    }


def _row_truth(item: tuple[str, str, int, str]) -> dict[str, Any]:
    return {
        "article": item[0],
        "description": item[1],
        "quantity": item[2],
        "unit_price": float(price(item)),
        "amount": float(item[2] * price(item)),
    }


class Sheet:
    """A canvas whose y counts downwards from the page's top."""

    def __init__(self, path: Path) -> None:
        self.canvas = Canvas(str(path), pagesize=A4, invariant=1, pageCompression=1, initialFontName="Sans")
        self.canvas.setTitle("Invoice HY-2026-004817")
        self.canvas.setAuthor(SUPPLIER[0])

    def text(self, x: float, y: float, words: str, size: float = 9, *, bold: bool = False, ink: Any = INK,
             right: bool = False) -> None:  # fmt: skip
        self.canvas.setFont("Sans-Bold" if bold else "Sans", size)
        self.canvas.setFillColor(ink)
        draw = self.canvas.drawRightString if right else self.canvas.drawString
        draw(x, HEIGHT - y, words)

    def rule(self, y: float, *, left: float = LEFT, thick: float = 0.6, ink: Any = RULE) -> None:
        self.canvas.setStrokeColor(ink)
        self.canvas.setLineWidth(thick)
        self.canvas.line(left, HEIGHT - y, RIGHT, HEIGHT - y)

    def fill(self, y: float, height: float, ink: Any) -> None:
        self.canvas.setFillColor(ink)
        self.canvas.rect(LEFT, HEIGHT - y - height, RIGHT - LEFT, height, stroke=0, fill=1)


def write(path: Path) -> None:
    sheet = Sheet(path)
    _head(sheet)
    y = _table(sheet, 236, list(enumerate(ITEMS, start=1))[:FIRST_PAGE_ROWS])
    sheet.text(RIGHT, y + 16, "Continued on page 2", 8, ink=SOFT, right=True)
    _foot(sheet, 1)
    sheet.canvas.showPage()
    _running_head(sheet)
    y = _table(sheet, 92, list(enumerate(ITEMS, start=1))[FIRST_PAGE_ROWS:])
    _payment(sheet, _totals(sheet, y + 26) + 44)
    _foot(sheet, 2)
    sheet.canvas.save()


def _head(sheet: Sheet) -> None:
    sheet.text(LEFT, 72, "INVOICE", 25, bold=True, ink=DEEP)
    _logo(sheet, RIGHT - 124, 44)
    for x, heading, lines in ((LEFT, "SUPPLIER", SUPPLIER), (LEFT + 172, "BILL TO", CUSTOMER)):
        sheet.text(x, 122, heading, 7.5, bold=True, ink=SOFT)
        for row, line in enumerate(lines):
            sheet.text(x, 137 + 13.5 * row, line, 9.5 if row == 0 else 9, bold=row == 0)
    for row, (label, value) in enumerate(META):
        sheet.text(LEFT + 344, 122 + 15 * row, label, 9, ink=SOFT)
        sheet.text(LEFT + 408, 122 + 15 * row, value, 9, bold=row == 0)


def _logo(sheet: Sheet, x: float, y: float) -> None:
    canvas = sheet.canvas
    canvas.setFillColor(DEEP)
    canvas.roundRect(x, HEIGHT - y - 38, 124, 38, 4, stroke=0, fill=1)
    canvas.setStrokeColor(HexColor("#6fc3df"))
    canvas.setLineWidth(2)
    canvas.circle(x + 21, HEIGHT - y - 19, 9, stroke=1, fill=0)
    canvas.line(x + 21, HEIGHT - y - 10, x + 21, HEIGHT - y - 28)
    sheet.text(x + 38, y + 18.5, "HYTHE YARD", 12, bold=True, ink=HexColor("#ffffff"))
    sheet.text(x + 38, y + 29.5, "INSTRUMENTS", 7.5, ink=HexColor("#bfe3ef"))


def _running_head(sheet: Sheet) -> None:
    sheet.text(LEFT, 54, "Hythe Yard Instruments Ltd", 9, bold=True, ink=DEEP)
    sheet.text(RIGHT, 54, "Invoice HY-2026-004817", 9, ink=SOFT, right=True)
    sheet.rule(64)


def _table(sheet: Sheet, y: float, items: list[tuple[int, tuple[str, str, int, str]]]) -> float:
    sheet.fill(y, 21, PALE)
    for name, offset, right in COLUMNS:
        sheet.text(LEFT + offset, y + 14, name, 8.5, bold=True, right=bool(right))
    sheet.rule(y + 21, thick=0.9, ink=DEEP)
    y += 21
    for number, item in items:
        y = _row(sheet, y, number, item)
    return y


def _row(sheet: Sheet, y: float, number: int, item: tuple[str, str, int, str]) -> float:
    lines = _wrap(item[1], 9, 222)
    cells = (str(number), item[0], "", str(item[2]), money(price(item)), "23 %", money(item[2] * price(item)))
    for (_, offset, right), cell in zip(COLUMNS, cells, strict=True):
        sheet.text(LEFT + offset, y + 16.5, cell, 9, right=bool(right))
    for row, line in enumerate(lines):
        sheet.text(LEFT + 90, y + 16.5 + 12 * row, line, 9)
    bottom = y + 26 + 12 * (len(lines) - 1)
    sheet.rule(bottom)
    return bottom


def _wrap(words: str, size: float, width: float) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if stringWidth(longer, "Sans", size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _totals(sheet: Sheet, y: float) -> float:
    subtotal, vat, total = amounts()
    for label, value in (("Subtotal", subtotal), ("VAT 23 %", vat)):
        sheet.text(LEFT + 300, y, label, 9.5, ink=SOFT)
        sheet.text(LEFT + 485, y, money(value), 9.5, right=True)
        sheet.rule(y + 7, left=LEFT + 296)
        y += 21
    sheet.rule(y - 14, left=LEFT + 296, thick=1.6, ink=DEEP)
    sheet.text(LEFT + 300, y + 4, "Total due EUR", 12, bold=True)
    sheet.text(LEFT + 485, y + 4, money(total), 12, bold=True, right=True)
    return y


def _payment(sheet: Sheet, y: float) -> None:
    sheet.text(LEFT, y, "Payment instructions", 9.5, bold=True)
    for row, line in enumerate((
        "Please transfer the total amount within 30 days, quoting the invoice number.",
        f"IBAN {iban()}, BIC HYTBIE2G, Hythe Trading Bank, Galway",
        "Goods remain the property of the supplier until paid in full.",
    )):  # fmt: skip
        sheet.text(LEFT, y + 16 + 13 * row, line, 9)


def _foot(sheet: Sheet, number: int) -> None:
    sheet.rule(796)
    line = "Hythe Yard Instruments Ltd | Registered in Ireland no. 482093 | accounts@hytheyard.example"
    sheet.text(LEFT, 809, line, 7.5, ink=SOFT)
    sheet.text(RIGHT, 809, f"Page {number} of 2", 7.5, ink=SOFT, right=True)
