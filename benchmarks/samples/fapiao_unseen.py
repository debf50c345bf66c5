"""Layouts and kinds kept for the half that is opened once (cards, a list, tolls, offers), and taxis and trains."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from fapiao import capitals
from fapiao_facts import Facts, digits, person
from fapiao_sheet import Sheet

Truth = dict[str, Any]


def cards(sheet: Sheet, facts: Facts, chance: random.Random) -> Truth:
    """An A4 page without rules: labels above their values, sums at the right."""
    sheet.text(40, 60, "电子发票（普通发票）", 20, bold=True)
    head = (("发票号码", facts.long_number), ("开票日期", facts.day.strftime(sheet.hand.day)), ("开票人", facts.drawer))
    for x, (label, value) in zip((40, 220, 400), head, strict=True):
        sheet.text(x, 96, label, 8, ink=sheet.hand.label_ink)
        sheet.text(x, 110, value)
    for x, title, party in ((40, "销售方", facts.seller), (310, "购买方", facts.buyer)):
        sheet.text(x, 150, title, 11, bold=True)
        for row, (label, value) in enumerate((("名称", party.name), ("纳税人识别号", party.tax_id))):
            sheet.text(x, 170 + 30 * row, label, 8, ink=sheet.hand.label_ink)
            sheet.text(x, 183 + 30 * row, value)
    for x, name in ((40, "项目名称"), (300, "数量"), (380, "单价"), (460, "金额"), (540, "税额")):
        sheet.text(x, 250, name, place="left" if x == 40 else "right", ink=sheet.hand.label_ink)
    y = 270.0
    for item in facts.items:
        sheet.text(40, y, item.name)
        for x, words in ((300, item.quantity), (380, item.price), (460, item.net), (540, item.tax)):
            sheet.text(x, y, str(words), place="right")
        y += 20
    y = _sums(sheet, facts, y + 16)
    return {
        "invoice_number": facts.long_number, "issue_date": facts.day.isoformat(), "drawer": facts.drawer,
        "buyer_name": facts.buyer.name, "buyer_tax_id": facts.buyer.tax_id,
        "seller_name": facts.seller.name, "seller_tax_id": facts.seller.tax_id,
        "net_amount": str(facts.net), "tax_amount": str(facts.tax), "total": str(facts.total),
        "total_in_words": capitals(facts.total),
    }  # fmt: skip


def _sums(sheet: Sheet, facts: Facts, y: float) -> float:
    for label, value in (("不含税金额", facts.net), ("税额", facts.tax), ("价税合计", facts.total)):
        sheet.text(420, y, label, place="right", ink=sheet.hand.label_ink)
        sheet.text(540, y, sheet.hand.money(value), place="right", bold=label == "价税合计")
        y += 18
    sheet.text(540, y + 4, f"大写：{capitals(facts.total)}", place="right")
    return y


def machine(sheet: Sheet, facts: Facts, chance: random.Random) -> Truth:
    """The general machine-printed invoice: payer and payee, values at their own column."""
    sheet.text(sheet.width / 2, 40, f"{facts.seller.province}通用机打发票", 16, place="middle", bold=True)
    rows = (
        ("发票代码", facts.code), ("发票号码", facts.number), ("开票日期", facts.day.strftime(sheet.hand.day)),
        ("付款方名称", facts.buyer.name), ("付款方识别号", facts.buyer.tax_id),
        ("收款方名称", facts.seller.name), ("收款方识别号", facts.seller.tax_id),
    )  # fmt: skip
    y = 70.0
    for label, value in rows:
        sheet.pair(50, y, label, value, at=140)
        y += 17
    for item in facts.items:
        sheet.text(50, y + 8, item.name)
        sheet.text(330, y + 8, f"{item.net + item.tax}", place="right")
        y += 16
    sheet.pair(50, y + 20, "合计金额（大写）", capitals(facts.total))
    sheet.pair(320, y + 20, "（小写）", sheet.hand.money(facts.total))
    sheet.pair(50, y + 42, "开票人", facts.drawer)
    sheet.pair(200, y + 42, "收款人", facts.payee)
    return {
        "invoice_code": facts.code, "invoice_number": facts.number, "issue_date": facts.day.isoformat(),
        "buyer_name": facts.buyer.name, "buyer_tax_id": facts.buyer.tax_id,
        "seller_name": facts.seller.name, "seller_tax_id": facts.seller.tax_id,
        "total": str(facts.total), "total_in_words": capitals(facts.total),
        "drawer": facts.drawer, "payee": facts.payee,
    }  # fmt: skip


def toll(sheet: Sheet, facts: Facts, chance: random.Random) -> Truth:
    gate = chance.sample(("城西收费站", "临江北站", "青龙湖收费站", "南湖东站"), 2)
    fare = f"{chance.randint(5, 180)}.00"
    time = f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}"
    sheet.text(sheet.width / 2, 24, f"{facts.seller.province}省车辆通行费发票", 11, place="middle", bold=True)
    rows = (("发票代码", facts.code), ("发票号码", facts.number), ("入口", gate[0]), ("出口", gate[1]),
            ("车型", "一型客车"), ("金额", f"{fare}元"), ("日期", f"{facts.day:%Y-%m-%d} {time}"),
            ("收费员", digits(chance, 5)))  # fmt: skip
    for row, (label, value) in enumerate(rows):
        sheet.pair(14, 46 + 15 * row, label, value)
    return {"invoice_code": facts.code, "invoice_number": facts.number, "travel_date": facts.day.isoformat(),
            "origin": gate[0], "destination": gate[1], "fare": fare}  # fmt: skip


def taxi(sheet: Sheet, facts: Facts, chance: random.Random) -> Truth:
    fare = f"{chance.randint(11, 98)}.{chance.choice(('00', '50', '10'))}"
    plate = f"{chance.choice('浙粤川苏')}A{digits(chance, 5)}"
    begun = chance.randint(6, 21)
    up, down = f"{begun:02}:{chance.randint(0, 29):02}", f"{begun:02}:{chance.randint(31, 59):02}"
    sheet.text(sheet.width / 2, 22, f"{facts.seller.province}出租汽车专用发票", 10, place="middle", bold=True)
    rows = (("发票代码", facts.code), ("发票号码", facts.number), ("电话", digits(chance, 8, first="68")),
            ("车号", plate), ("日期", facts.day.strftime("%Y-%m-%d")), ("上车", up), ("下车", down),
            ("单价", "2.50元"), ("里程", f"{chance.randint(2, 40)}.3km"), ("等候", "00:02:11"),
            ("金额", f"{fare}元"))  # fmt: skip
    for row, (label, value) in enumerate(rows):
        sheet.pair(14, 46 + 14 * row, label, value)
    return {"invoice_code": facts.code, "invoice_number": facts.number, "travel_date": facts.day.isoformat(),
            "plate": plate, "fare": fare}  # fmt: skip


def train(sheet: Sheet, facts: Facts, chance: random.Random) -> Truth:
    stations = chance.sample(("杭州东", "南京南", "武汉", "长沙南", "成都东", "青岛北"), 2)
    fare = f"{chance.randint(40, 690)}.{chance.choice(('00', '50'))}"
    sheet.text(sheet.width / 2, 30, "电子发票（铁路电子客票）", 13, place="middle", bold=True)
    sheet.pair(20, 54, "发票号码", facts.long_number)
    sheet.pair(230, 54, "开票日期", facts.day.strftime("%Y年%m月%d日"))
    sheet.text(40, 84, f"{stations[0]}站", 14)
    sheet.text(170, 84, f"G{digits(chance, 4, first='1')}", 12)
    sheet.text(280, 84, f"{stations[1]}站", 14)
    day = facts.day - timedelta(days=2)
    sheet.text(40, 108, f"{day:%Y年%m月%d日} 08:{digits(chance, 2, first='12')}开 05车12A号 二等座")
    sheet.pair(40, 130, "票价", sheet.hand.money(fare))
    sheet.pair(40, 152, "购买方名称", facts.buyer.name)
    sheet.pair(40, 170, "统一社会信用代码", facts.buyer.tax_id)
    return {"invoice_number": facts.long_number, "issue_date": facts.day.isoformat(), "fare": fare,
            "travel_date": day.isoformat(),
            "buyer_name": facts.buyer.name, "buyer_tax_id": facts.buyer.tax_id}  # fmt: skip


def quotation(sheet: Sheet, facts: Facts, chance: random.Random) -> Truth:
    contact, until = person(chance), facts.day + timedelta(days=30)
    number = f"BJ{facts.day:%Y%m%d}-{digits(chance, 3)}"
    sheet.text(sheet.width / 2, 50, facts.seller.name, 15, place="middle", bold=True)
    sheet.text(sheet.width / 2, 74, "报 价 单", 17, place="middle", bold=True)
    left = (("客户名称", facts.buyer.name), ("联系人", contact), ("联系电话", facts.buyer.phone))
    right = (("报价单号", number), ("报价日期", f"{facts.day:%Y-%m-%d}"), ("有效期至", f"{until:%Y-%m-%d}"))
    for x, rows in ((40, left), (350, right)):
        for row, (label, value) in enumerate(rows):
            sheet.pair(x, 104 + 18 * row, label, value)
    y = _list(sheet, facts, 170)
    sheet.pair(40, y + 24, "合计（大写）", capitals(facts.net))
    sheet.pair(380, y + 24, "总金额", sheet.hand.money(f"{facts.net:,}"))
    sheet.pair(40, y + 50, "付款方式", "款到发货")
    sheet.pair(40, y + 68, "地址", facts.seller.address)
    sheet.pair(40, y + 86, "电话", facts.seller.phone)
    return {"document_number": number, "document_date": facts.day.isoformat(), "customer": facts.buyer.name,
            "supplier": facts.seller.name, "contact": contact, "contact_phone": facts.buyer.phone,
            "valid_until": until.isoformat(), "payment_method": "款到发货", "total": str(facts.net)}  # fmt: skip


def statement(sheet: Sheet, facts: Facts, chance: random.Random) -> Truth:
    number = f"DZ-{facts.day:%Y%m}-{digits(chance, 4)}"
    contact = person(chance)
    sheet.text(sheet.width / 2, 54, "供应商对账单", 17, place="middle", bold=True)
    rows = ((("对账单号", number), ("对账日期", f"{facts.day:%Y/%m/%d}")),
            (("供应商", facts.seller.name), ("客户", facts.buyer.name)),
            (("联系人", contact), ("联系电话", facts.seller.phone)))  # fmt: skip
    for row, pairs in enumerate(rows):
        for x, (label, value) in zip((40, 310), pairs, strict=True):
            sheet.box(x, 80 + 22 * row, x + 75, 102 + 22 * row)
            sheet.box(x + 75, 80 + 22 * row, x + 265, 102 + 22 * row)
            sheet.text(x + 5, 95 + 22 * row, label, ink=sheet.hand.label_ink)
            sheet.text(x + 80, 95 + 22 * row, value)
    y = _list(sheet, facts, 176)
    sheet.text(400, y + 22, "应付总额", place="right", ink=sheet.hand.label_ink)
    sheet.text(550, y + 22, sheet.hand.money(f"{facts.net:,}"), place="right")
    return {"document_number": number, "document_date": facts.day.isoformat(), "customer": facts.buyer.name,
            "supplier": facts.seller.name, "contact": contact, "contact_phone": facts.seller.phone,
            "total": str(facts.net)}  # fmt: skip


def _list(sheet: Sheet, facts: Facts, y: float) -> float:
    for x, name in ((60, "序号"), (90, "品名"), (300, "规格"), (420, "数量"), (480, "单价"), (550, "金额")):
        sheet.text(x, y, name, place="left" if x in (90, 300) else "right", ink=sheet.hand.label_ink)
    for row, item in enumerate(facts.items, start=1):
        y += 18
        sheet.text(90, y, item.name.split("*")[-1])
        sheet.text(300, y, item.model)
        cells = ((60, str(row)), (420, f"{item.quantity}"), (480, f"{item.price}"), (550, f"{item.net:,}"))
        for x, words in cells:
            sheet.text(x, y, words, place="right")
    return y
