"""Layouts of Chinese VAT invoices: each prints the facts its own way and says what a reader can find."""

from __future__ import annotations

import random
from typing import Any

from fapiao import capitals
from fapiao_facts import Facts, Item, Party
from fapiao_sheet import Sheet

Truth = dict[str, Any]
COLUMNS = ("规格型号", "单位", "数量", "单价", "金额", "税率", "税额")


def _shared(facts: Facts) -> Truth:
    return {
        "issue_date": facts.day.isoformat(),
        "buyer_name": facts.buyer.name,
        "buyer_tax_id": facts.buyer.tax_id,
        "seller_name": facts.seller.name,
        "seller_tax_id": facts.seller.tax_id,
        "total": str(facts.total),
        "total_in_words": capitals(facts.total),
    }


def paper(sheet: Sheet, facts: Facts, chance: random.Random) -> Truth:
    """The stamped form on paper: code and number in the head without labels, the parties one above the other."""
    kind = chance.choice(("专用", "普通"))
    sheet.text(sheet.width / 2, 40, f"{facts.seller.province}增值税{kind}发票", 17, place="middle", bold=True)
    sheet.text(40, 40, facts.code, 15)
    sheet.text(sheet.width - 160, 40, "№", 15)
    sheet.text(sheet.width - 138, 40, facts.number, 15)
    sheet.text(sheet.width - 80, 52, facts.code, 7)
    sheet.pair(sheet.width - 170, 68, "开票日期", facts.day.strftime(sheet.hand.day))
    told = _form(sheet, facts, chance)
    found = {"invoice_code": facts.code, "invoice_number": facts.number}
    if kind == "普通":
        sheet.pair(40, 68, "校验码", " ".join(facts.check[at : at + 5] for at in range(0, 20, 5)))
        found["check_code"] = facts.check
    return told | found


def electronic(sheet: Sheet, facts: Facts, chance: random.Random) -> Truth:
    """The same form sent as a file: code, number, day and check code stand labelled in the head."""
    sheet.text(sheet.width / 2, 44, f"{facts.seller.province}增值税电子普通发票", 17, place="middle", bold=True)
    sheet.pair(40, 66, "机器编号", facts.machine)
    check = " ".join(facts.check[at : at + 5] for at in range(0, 20, 5))
    lines = (("发票代码", facts.code), ("发票号码", facts.number),
             ("开票日期", facts.day.strftime(sheet.hand.day)), ("校 验 码", check))  # fmt: skip
    for row, (label, value) in enumerate(lines):
        sheet.pair(sheet.width - 185, 24 + 15 * row, label, value)
    told = _form(sheet, facts, chance)
    return told | {"invoice_code": facts.code, "invoice_number": facts.number, "check_code": facts.check}


def _form(sheet: Sheet, facts: Facts, chance: random.Random) -> Truth:
    left, right = 36.0, sheet.width - 36
    top = 78.0
    sheet.box(left, top, right, top + 306)
    _party(sheet, left, top, "购买方", facts.buyer, bank=chance.random() < 0.7)
    _cipher(sheet, right - 240, top, chance)
    _items(sheet, left, right, top + 66, top + 196, facts, wide=0.27, header="货物或应税劳务、服务名称")
    _total(sheet, left, right, top + 196, facts, cross=chance.random() < 0.6)
    _party(sheet, left, top + 222, "销售方", facts.seller, bank=True)
    _remark(sheet, right - 240, top + 222, chance)
    people = (("收款人", facts.payee), ("复核", facts.reviewer), ("开票人", facts.drawer))
    for step, (label, value) in enumerate(people):
        sheet.pair(left + 20 + 150 * step, top + 322, label, value)
    sheet.text(left + 500, top + 322, "销售方：（章）", ink=sheet.hand.label_ink)
    return _shared(facts) | _sums(facts) | _people(facts) | _places(facts)


def _sums(facts: Facts) -> Truth:
    return {"net_amount": str(facts.net), "tax_amount": str(facts.tax)}


def _people(facts: Facts) -> Truth:
    return {"drawer": facts.drawer, "payee": facts.payee, "reviewer": facts.reviewer}


def _places(facts: Facts) -> Truth:
    seller = facts.seller
    return {
        "seller_address_phone": f"{seller.address} {seller.phone}",
        "seller_bank_account": f"{seller.bank} {seller.account}",
    }


def _party(sheet: Sheet, left: float, top: float, title: str, party: Party, *, bank: bool) -> None:
    sheet.upright(left + 10, top + 20, title, 16)
    sheet.line(left + 20, top, left + 20, top + (66 if title == "购买方" else 84))
    rows = [("名称", party.name), ("纳税人识别号", party.tax_id)]
    if bank:
        rows += [("地址、电话", f"{party.address} {party.phone}"), ("开户行及账号", f"{party.bank} {party.account}")]
    for row, (label, value) in enumerate(rows):
        sheet.pair(left + 26, top + 14 + 15 * row, label, value, at=left + 100)


def _cipher(sheet: Sheet, left: float, top: float, chance: random.Random) -> None:
    sheet.line(left, top, left, top + 66)
    sheet.line(left + 20, top, left + 20, top + 66)
    sheet.upright(left + 10, top + 20, "密码区", 16)
    for row in range(4):
        sheet.text(left + 28, top + 14 + 15 * row, "".join(chance.choices("0123456789+-*/<>", k=27)))


def _items(sheet: Sheet, left: float, right: float, top: float, bottom: float, facts: Facts, *, wide: float,
           header: str) -> None:  # fmt: skip
    sheet.line(left, top, right, top)
    edges = [left, left + (right - left) * wide]
    step = (right - edges[1]) / len(COLUMNS)
    edges += [edges[1] + step * (at + 1) for at in range(len(COLUMNS))]
    for name, start, end in zip((header, *COLUMNS), edges, edges[1:], strict=False):
        sheet.text((start + end) / 2, top + 13, name, place="middle", ink=sheet.hand.label_ink)
    for edge in edges[1:-1]:
        sheet.line(edge, top, edge, bottom)
    for row, item in enumerate(facts.items):
        _item(sheet, edges, top + 30 + 16 * row, item)
    sheet.text((edges[0] + edges[1]) / 2, bottom - 6, "合        计", place="middle", ink=sheet.hand.label_ink)
    sheet.text(edges[6] - 4, bottom - 6, sheet.hand.money(facts.net), place="right")
    sheet.text(edges[8] - 4, bottom - 6, sheet.hand.money(facts.tax), place="right")
    sheet.line(left, bottom, right, bottom)


def _item(sheet: Sheet, edges: list[float], y: float, item: Item) -> None:
    sheet.text(edges[0] + 4, y, item.name)
    cells = (item.model, item.unit, str(item.quantity), f"{item.price}", f"{item.net}", f"{item.rate:.0%}",
             f"{item.tax}")  # fmt: skip
    for at, words in enumerate(cells):
        if at < 2:
            sheet.text(edges[at + 1] + 4, y, words)
        else:
            sheet.text(edges[at + 2] - 4, y, words, place="right")


def _total(sheet: Sheet, left: float, right: float, top: float, facts: Facts, *, cross: bool) -> None:
    wide = right - left
    sheet.text(left + wide * 0.135, top + 17, "价税合计（大写）", place="middle", ink=sheet.hand.label_ink)
    sheet.line(left + wide * 0.27, top, left + wide * 0.27, top + 26)
    sheet.text(left + wide * 0.29, top + 17, ("⊗ " if cross else "") + capitals(facts.total))
    end = sheet.text(left + wide * 0.7, top + 17, "（小写）", ink=sheet.hand.label_ink)
    sheet.text(end + 4, top + 17, sheet.hand.money(facts.total))
    sheet.line(left, top + 26, right, top + 26)


def _remark(sheet: Sheet, left: float, top: float, chance: random.Random) -> None:
    sheet.line(left, top, left, top + 84)
    sheet.line(left + 20, top, left + 20, top + 84)
    sheet.upright(left + 10, top + 28, "备注", 22)
    order = "".join(chance.choices("0123456789", k=12))
    sheet.text(left + 28, top + 16, chance.choice((f"订单号：{order}", f"合同编号：HT-{order[:8]}", "")))


def digital(sheet: Sheet, facts: Facts, chance: random.Random) -> Truth:
    """The fully electronic invoice: one long number, both parties side by side."""
    kind = chance.choice(("增值税专用发票", "普通发票"))
    sheet.text(sheet.width / 2, 40, f"电子发票（{kind}）", 17, place="middle", bold=True)
    sheet.pair(sheet.width - 190, 36, "发票号码", facts.long_number)
    sheet.pair(sheet.width - 190, 54, "开票日期", facts.day.strftime(sheet.hand.day))
    left, right, top = 24.0, sheet.width - 24, 76.0
    sheet.box(left, top, right, top + 280)
    middle = (left + right) / 2
    for x, title, party in ((left, "购买方信息", facts.buyer), (middle, "销售方信息", facts.seller)):
        sheet.upright(x + 9, top + 12, title)
        sheet.line(x + 18, top, x + 18, top + 66)
        sheet.line(x, top, x, top + 66)
        sheet.pair(x + 24, top + 20, "名称", party.name)
        sheet.pair(x + 24, top + 50, "统一社会信用代码/纳税人识别号", party.tax_id)
    _items(sheet, left, right, top + 66, top + 196, facts, wide=0.32, header="项目名称")
    _total(sheet, left, right, top + 196, facts, cross=chance.random() < 0.8)
    sheet.upright(left + 9, top + 240, "备注", 22)
    sheet.line(left + 18, top + 222, left + 18, top + 280)
    told = _shared(facts) | _sums(facts)
    if chance.random() < 0.5:
        seller = facts.seller
        told["seller_bank_account"] = None
        sheet.text(left + 24, top + 238, f"销方开户银行:{seller.bank}; 银行账号:{seller.account};")
    sheet.pair(left + 24, top + 298, "开票人", facts.drawer)
    return told | {"invoice_number": facts.long_number, "drawer": facts.drawer}


def roll(sheet: Sheet, facts: Facts, chance: random.Random) -> Truth:
    """A till roll: one label under the other."""
    sheet.text(sheet.width / 2, 24, f"{facts.seller.province}增值税普通发票（卷票）", 10, place="middle", bold=True)
    rows = [
        ("发票代码", facts.code), ("发票号码", facts.number), ("机打号码", facts.number),
        ("机器编号", facts.machine), ("销售方名称", facts.seller.name), ("纳税人识别号", facts.seller.tax_id),
        ("开票日期", facts.day.strftime("%Y-%m-%d")), ("收款员", facts.payee),
        ("购买方名称", facts.buyer.name), ("纳税人识别号", facts.buyer.tax_id),
    ]  # fmt: skip
    y = 44.0
    for label, value in rows:
        sheet.pair(10, y, label, value)
        y += 14
    for x, name in ((10, "项目"), (92, "单价"), (130, "数量"), (170, "金额")):
        sheet.text(x, y + 4, name)
    for item in facts.items:
        sheet.text(10, y + 18, item.name.split("*")[-1])
        gross = (item.net + item.tax) / item.quantity
        sheet.text(118, y + 30, f"{gross:.2f}", place="right")
        sheet.text(150, y + 30, str(item.quantity), place="right")
        sheet.text(198, y + 30, f"{item.net + item.tax}", place="right")
        y += 26
    sums = (("合计金额（小写）", sheet.hand.money(facts.total)), ("合计金额（大写）", capitals(facts.total)))
    for label, value in (*sums, ("校验码", facts.check)):
        sheet.pair(10, y + 26, label, value)
        y += 14
    found = {"invoice_code": facts.code, "invoice_number": facts.number, "check_code": facts.check}
    return _shared(facts) | found | {"payee": facts.payee}
