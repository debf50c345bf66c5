"""A Chinese e-invoice in its ruled grid, marked as a sample."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

BROWN, INK, RED = HexColor("#8a3b12"), HexColor("#16181d"), HexColor("#c8202f")
WIDTH, HEIGHT = 210 * mm, 140 * mm
LEFT, RIGHT = 22.0, WIDTH - 22.0
NUMBER, DATE = "26442000000318520746", "2026年09月26日"
BUYER = ("杭州澄远智能设备有限公司", "91330108MAC7K3QX2H")
SELLER = ("广州禾木办公科技有限公司", "91440101MA9Y5T8L4U")
ITEMS = (
    ("*计算机外部设备*激光打印机", "HM-L3260", "台", 4, "1285.00", "0.13"),
    ("*办公用品*复印纸", "A4 80g", "箱", 25, "138.00", "0.13"),
    ("*办公设备零附件*硒鼓", "HM-T32", "支", 10, "226.50", "0.13"),
    ("*信息技术服务*设备安装调试服务", "", "次", 1, "1500.00", "0.06"),
)
# x of every column's right edge, as printed: 项目名称 规格型号 单位 数量 单价 金额 税率 税额
COLUMNS = (("项目名称", 196), ("规格型号", 258), ("单位", 292), ("数量", 338), ("单价", 396), ("金额", 460),
           ("税率/征收率", 510), ("税额", RIGHT))  # fmt: skip
DIGITS, UNITS = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")


def net(item: tuple[str, str, str, int, str, str]) -> Decimal:
    return item[3] * Decimal(item[4])


def tax(item: tuple[str, str, str, int, str, str]) -> Decimal:
    return (net(item) * Decimal(item[5])).quantize(Decimal("0.01"))


NET = sum((net(item) for item in ITEMS), Decimal())
TAX = sum((tax(item) for item in ITEMS), Decimal())
TOTAL = NET + TAX


def capitals(amount: Decimal) -> str:
    """The amount in financial capitals: 壹仟零伍拾圆整."""
    whole, cents = divmod(int(amount * 100), 100)
    tenths, hundredths = divmod(cents, 10)
    words = _whole(whole) + "圆"
    if not cents:
        return words + "整"
    words += DIGITS[tenths] + "角" if tenths else "零"
    return words + (DIGITS[hundredths] + "分" if hundredths else "整")


def _whole(number: int) -> str:
    high, low = divmod(number, 10000)
    words = _whole(high) + "万" + ("零" if 0 < low < 1000 else "") if high else ""
    digits = str(low) if low else ""
    for at, digit in enumerate(digits):
        if digit != "0":
            words += DIGITS[int(digit)] + UNITS[len(digits) - at - 1]
        elif digits[at:].strip("0") and not words.endswith("零"):
            words += "零"
    return words


def truth() -> dict[str, Any]:
    return {
        "invoice_code": None,
        "invoice_number": NUMBER,
        "issue_date": "2026-09-26",
        "check_code": None,
        "buyer_name": BUYER[0],
        "buyer_tax_id": BUYER[1],
        "seller_name": SELLER[0],
        "seller_tax_id": SELLER[1],
        "net_amount": float(NET),
        "tax_amount": float(TAX),
        "total_in_words": float(TOTAL),
        "total": float(TOTAL),
        "drawer": "林若溪",
        "line_items": [_row_truth(item) for item in ITEMS],
    }


def _row_truth(item: tuple[str, str, str, int, str, str]) -> dict[str, Any]:
    return {
        "description": item[0],
        "specification": item[1] or None,
        "unit": item[2],
        "quantity": item[3],
        "unit_price": float(item[4]),
        "amount": float(net(item)),
        "tax_rate": f"{int(Decimal(item[5]) * 100)}%",
        "tax_amount": float(tax(item)),
    }


class Sheet:
    """A canvas whose y counts downwards from the page's top."""

    def __init__(self, path: Path) -> None:
        self.canvas = Canvas(
            str(path), pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, initialFontName="Sans"
        )
        self.canvas.setTitle("电子发票（增值税专用发票） 样张")

    def text(self, x: float, y: float, words: str, size: float = 9, *, ink: Color = INK, place: str = "left",
             bold: bool = False) -> None:  # fmt: skip
        self.canvas.setFont("Sans-Bold" if bold else "Sans", size)
        self.canvas.setFillColor(ink)
        draw = {"left": self.canvas.drawString, "middle": self.canvas.drawCentredString,
                "right": self.canvas.drawRightString}[place]  # fmt: skip
        draw(x, HEIGHT - y, words)

    def line(self, x0: float, y0: float, x1: float, y1: float, thick: float = 0.7) -> None:
        self.canvas.setStrokeColor(BROWN)
        self.canvas.setLineWidth(thick)
        self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    def upright(self, x: float, y: float, words: str, step: float = 11.5) -> None:
        for row, letter in enumerate(words):
            self.text(x, y + step * row, letter, 9, ink=BROWN, place="middle")


def write(path: Path) -> None:
    sheet = Sheet(path)
    _head(sheet)
    _parties(sheet, 76, 142)
    _items(sheet, 142, 276)
    _total(sheet, 276, 302)
    _remarks(sheet, 302, 356)
    sheet.line(LEFT, 76, LEFT, 356)
    sheet.line(RIGHT, 76, RIGHT, 356)
    sheet.text(LEFT + 24, 374, "开票人：", 9, ink=BROWN)
    sheet.text(LEFT + 62, 374, "林若溪", 9)
    sheet.canvas.save()


def _head(sheet: Sheet) -> None:
    _code(sheet, LEFT + 2, 12, 54)
    sheet.text(WIDTH / 2 - 20, 38, "电子发票（增值税专用发票）", 17, ink=BROWN, place="middle")
    for y in (47, 50):
        sheet.line(WIDTH / 2 - 138, y, WIDTH / 2 + 98, y, 0.6)
    _stamp(sheet, 119, 42)
    for y, label, value in ((36, "发票号码：", NUMBER), (54, "开票日期：", DATE)):
        sheet.text(424, y, label, 9, ink=BROWN)
        sheet.text(470, y, value, 9)


def _code(sheet: Sheet, x: float, y: float, side: float) -> None:
    widget = QrCodeWidget(f"SAMPLE,{NUMBER},{TOTAL},20260926", barLevel="M", barBorder=0)
    x0, y0, x1, y1 = widget.getBounds()
    drawing = Drawing(side, side, transform=[side / (x1 - x0), 0, 0, side / (y1 - y0), 0, 0])
    drawing.add(widget)
    renderPDF.draw(drawing, sheet.canvas, x, HEIGHT - y - side)


def _stamp(sheet: Sheet, x: float, y: float) -> None:
    """An oval that says that this is a sample, so that nobody takes it for a tax office's."""
    canvas = sheet.canvas
    canvas.saveState()
    canvas.setStrokeColor(RED)
    canvas.setStrokeAlpha(0.75)
    canvas.setFillAlpha(0.75)
    canvas.setLineWidth(1.6)
    canvas.ellipse(x - 34, HEIGHT - y - 22, x + 34, HEIGHT - y + 22)
    sheet.text(x, y - 2, "样 张", 13, ink=RED, place="middle", bold=True)
    sheet.text(x, y + 11, "仅供演示", 7.5, ink=RED, place="middle")
    canvas.restoreState()


def _parties(sheet: Sheet, top: float, bottom: float) -> None:
    middle = WIDTH / 2
    sheet.line(LEFT, top, RIGHT, top, 1)
    for x in (LEFT + 18, middle, middle + 18):
        sheet.line(x, top, x, bottom)
    for x, title, party in ((LEFT, "购买方信息", BUYER), (middle, "销售方信息", SELLER)):
        sheet.upright(x + 9, top + 13, title)
        for y, label, value in (
            (top + 22, "名称：", party[0]),
            (top + 52, "统一社会信用代码/纳税人识别号：", party[1]),
        ):
            sheet.text(x + 24, y, label, 9, ink=BROWN)
            sheet.text(x + 26 + 9 * len(label) - (4.5 if "/" in label else 0), y, value, 9)


def _items(sheet: Sheet, top: float, bottom: float) -> None:
    sheet.line(LEFT, top, RIGHT, top)
    edges = [LEFT, *(edge for _, edge in COLUMNS)]
    for (name, right), left in zip(COLUMNS, edges, strict=False):
        sheet.text((left + right) / 2, top + 15, name, 9, ink=BROWN, place="middle")
    for row, item in enumerate(ITEMS):
        _item(sheet, top + 35 + 19 * row, item)
    sheet.text((LEFT + COLUMNS[0][1]) / 2, bottom - 9, "合      计", 9, ink=BROWN, place="middle")
    sheet.text(COLUMNS[5][1] - 6, bottom - 9, f"¥{NET:.2f}", 9, place="right")
    sheet.text(RIGHT - 6, bottom - 9, f"¥{TAX:.2f}", 9, place="right")


def _item(sheet: Sheet, y: float, item: tuple[str, str, str, int, str, str]) -> None:
    rate = f"{int(Decimal(item[5]) * 100)}%"
    edges = [edge for _, edge in COLUMNS]
    sheet.text(LEFT + 5, y, item[0], 9)
    sheet.text(edges[0] + 8, y, item[1], 9)
    sheet.text((edges[1] + edges[2]) / 2, y, item[2], 9, place="middle")
    for column, words in ((3, str(item[3])), (4, item[4]), (5, f"{net(item):.2f}"), (7, f"{tax(item):.2f}")):
        sheet.text(edges[column] - 6, y, words, 9, place="right")
    sheet.text((edges[5] + edges[6]) / 2, y, rate, 9, place="middle")


def _total(sheet: Sheet, top: float, bottom: float) -> None:
    sheet.line(LEFT, top, RIGHT, top)
    sheet.line(LEFT, bottom, RIGHT, bottom)
    sheet.line(COLUMNS[0][1] - 20, top, COLUMNS[0][1] - 20, bottom)
    sheet.text((LEFT + COLUMNS[0][1] - 20) / 2, top + 16.5, "价税合计（大写）", 9, ink=BROWN, place="middle")
    sheet.text(COLUMNS[0][1] - 8, top + 16.5, capitals(TOTAL), 10)
    sheet.text(430, top + 16.5, "（小写）", 9, ink=BROWN)
    sheet.text(470, top + 16.5, f"¥{TOTAL:.2f}", 10)


def _remarks(sheet: Sheet, top: float, bottom: float) -> None:
    sheet.line(LEFT + 18, top, LEFT + 18, bottom)
    sheet.line(LEFT, bottom, RIGHT, bottom, 1)
    sheet.upright(LEFT + 9, top + 21, "备注", 16)
    sheet.text(LEFT + 26, top + 17, "合同编号：HM-CG-2026-0917", 9)
    sheet.text(LEFT + 26, top + 33, "收货地址：杭州市滨江区云澜路18号3幢", 9)
