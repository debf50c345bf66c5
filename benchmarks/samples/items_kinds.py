"""Kinds of documents with line items: their columns, their rows with the truth, their totals and their templates."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import items_words as words

TOTALS = {
    "en": ("Subtotal", "VAT 20%", "Total due"),
    "zh": ("小计", "税额", "价税合计"),
}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True)
class Column:
    """A column: its key in the template, what its header may say by language, its share of the width."""

    key: str
    type: str
    about: dict[str, str]
    heads: dict[str, tuple[str, ...]]
    weight: float = 1.0
    right: bool = False


@dataclass
class Line:
    """A row as printed; only kind "item" is in the truth."""

    cells: dict[str, str]
    truth: dict[str, Any] = field(default_factory=dict)
    kind: str = "item"


@dataclass
class Made:
    kind: str
    title: str
    columns: list[Column]
    lines: list[Line]
    totals: list[tuple[str, str]]


class Writer:
    """Prints values in one document's manner."""

    def __init__(self, chance: random.Random, lang: str) -> None:
        self.chance, self.lang = chance, lang
        self.sign = chance.choice(("", "", "", "$")) if lang == "en" else chance.choice(("", "", "", "¥"))
        self.thousands = lang == "en" or chance.random() < 0.5
        self.dates = chance.choice(("iso", "words", "dots"))

    def money(self, value: Decimal, *, sign: bool = True) -> str:
        text = f"{value:,.2f}" if self.thousands else f"{value:.2f}"
        return (self.sign if sign else "") + text

    def day(self, day: date) -> str:
        if self.dates == "iso":
            return day.isoformat()
        if self.lang == "en":
            return f"{day.day:02d} {MONTHS[day.month - 1]} {day.year}"
        return f"{day.year}年{day.month:02d}月{day.day:02d}日" if self.dates == "words" else f"{day:%Y.%m.%d}"


def _column(key: str, kind: str, en: str, zh: str, about_en: str, about_zh: str, weight: float = 1.0) -> Column:
    heads = {"en": tuple(en.split("|")), "zh": tuple(zh.split("|"))}
    return Column(key, kind, {"en": about_en, "zh": about_zh}, heads, weight, kind == "number")


C = {
    "pos": _column("pos", "string", "#|Pos|No.", "序号|行号", "Position", "序号", 0.45),
    "description": _column("description", "string", "Description|Item|Goods|Product|Particulars",
                           "货物名称|品名|商品名称|名称", "Description of the goods", "货物名称", 2.2),
    "article": _column("article", "string", "Article no.|Item code|SKU|Part number", "货号|商品编码|编号",
                       "Article number", "货号", 1.2),
    "model": _column("model", "string", "Model|Type", "规格型号|规格", "Model", "规格型号", 1.1),
    "unit": _column("unit", "string", "Unit|UoM|U/M", "单位", "Unit of measure", "单位", 0.6),
    "quantity": _column("quantity", "number", "Qty|Quantity|Units", "数量", "Quantity", "数量", 0.8),
    "ordered": _column("ordered", "number", "Ordered|Qty ordered", "订货数量|应送数量",
                           "Quantity ordered", "订货数量", 1.0),
    "delivered": _column("delivered", "number", "Delivered|Qty shipped|Shipped", "实送数量|实收数量",
                           "Quantity delivered",
                         "实送数量", 1.0),
    "unit_price": _column("unit_price", "number", "Unit price|Price|Rate|Price each",
                           "单价|单价(元)", "Price of one unit",
                          "单价", 1.1),
    "amount": _column("amount", "number", "Amount|Total|Line total|Net amount", "金额|金额(元)", "Amount of the line",
                      "金额", 1.2),
    "tax_rate": _column("tax_rate", "string", "VAT|Tax rate", "税率", "Tax rate", "税率", 0.7),
    "tax": _column("tax", "number", "Tax|VAT amount", "税额", "Tax amount", "税额", 1.0),
    "delivery_date": _column("delivery_date", "date", "Delivery date|Due|Required by", "交货日期|交期", "Delivery date",
                             "交货日期", 1.3),
    "date": _column("date", "date", "Date", "日期|交易日期", "Date", "日期", 1.3),
    "reference": _column("reference", "string", "Reference|Document|Invoice no.", "单号|凭证号",
                           "Reference number", "单号",
                         1.2),
    "details": _column("details", "string", "Details|Transaction|Description", "摘要|交易摘要", "What the entry is for",
                       "摘要", 1.8),
    "charges": _column("charges", "number", "Charges|Debit|Invoiced", "应收金额|借方",
                           "Amount charged", "应收金额", 1.1),
    "payments": _column("payments", "number", "Payments|Credit|Received", "已收金额|贷方",
                           "Amount paid", "已收金额", 1.1),
    "withdrawal": _column("withdrawal", "number", "Withdrawals|Paid out|Money out",
                           "支出|支出金额", "Money paid out", "支出",
                          1.1),
    "deposit": _column("deposit", "number", "Deposits|Paid in|Money in", "收入|存入金额", "Money paid in", "收入", 1.1),
    "balance": _column("balance", "number", "Balance", "余额", "Balance", "余额", 1.2),
    "task": _column("task", "string", "Task|Activity|Work done", "工作内容|任务", "Task", "工作内容", 1.9),
    "person": _column("person", "string", "Employee|Name", "姓名|员工", "Name of the employee", "姓名", 1.4),
    "hours": _column("hours", "number", "Hours|Hrs", "工时|小时数", "Hours worked", "工时", 0.8),
}  # fmt: skip


def _goods(chance: random.Random, lang: str, count: int) -> list[str]:
    pool = list(words.GOODS[lang])
    picked: list[str] = []
    while len(picked) < count:
        chance.shuffle(pool)
        picked += pool
    return picked[:count]


def _priced(chance: random.Random) -> tuple[int, Decimal, Decimal]:
    quantity = chance.choice((1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 40, 100, 250))
    price = Decimal(chance.randint(45, 90000 if quantity < 10 else 4000)) / 100
    return quantity, price, quantity * price


def _code(chance: random.Random) -> str:
    return f"{chance.choice('ABCDEHKLMPRT')}{chance.choice('ABCEHKLMNPR')}-{chance.randint(1000, 9999)}"


def _sales(kind: str, keys: list[str], titles: dict[str, str]) -> Callable[[random.Random, str, int], Made]:
    def make(chance: random.Random, lang: str, count: int) -> Made:
        writer = Writer(chance, lang)
        with_unit = "unit" not in keys and chance.random() < 0.5
        lines, net, day = [], Decimal(), date(2026, chance.randint(1, 6), 13)
        for number, name in enumerate(_goods(chance, lang, count), start=1):
            quantity, price, amount = _priced(chance)
            net += amount
            unit = chance.choice(words.UNITS[lang])
            code, model = _code(chance), chance.choice(words.MODELS)
            day += timedelta(days=chance.randint(0, 3))
            short = quantity if chance.random() < 0.8 else max(0, quantity - 1)
            tax = (amount * Decimal("0.13")).quantize(Decimal("0.01"))
            cells = {
                "pos": (str(number), str(number)),
                "description": (name, name), "article": (code, code), "model": (model, model), "unit": (unit, unit),
                "quantity": (f"{quantity} {unit}" if with_unit else str(quantity), quantity),
                "ordered": (str(quantity), quantity), "delivered": (str(short), short),
                "unit_price": (writer.money(price), float(price)), "amount": (writer.money(amount), float(amount)),
                "tax_rate": ("13%", "13%"), "tax": (writer.money(tax), float(tax)),
                "delivery_date": (writer.day(day), day.isoformat()),
            }  # fmt: skip
            lines.append(Line({key: cells[key][0] for key in keys}, {key: cells[key][1] for key in keys}))
        totals = []
        if "amount" in keys:
            tax = (net * Decimal("0.2")).quantize(Decimal("0.01"))
            totals = list(zip(TOTALS[lang], map(writer.money, (net, tax, net + tax)), strict=True))
        return Made(kind, titles[lang], [C[key] for key in keys], lines, totals)

    return make


def _account(kind: str, keys: list[str], titles: dict[str, str]) -> Callable[[random.Random, str, int], Made]:
    def make(chance: random.Random, lang: str, count: int) -> Made:
        writer = Writer(chance, lang)
        out_key, in_key = keys[-3], keys[-2]
        balance, day = Decimal(chance.randint(100000, 900000)) / 100, date(2026, 3, chance.randint(13, 28))
        lines = []
        for _ in range(count):
            amount = Decimal(chance.randint(500, 60000)) / 100
            spent = chance.random() < 0.6 and amount < balance
            grows = not spent if kind == "bank" else spent
            balance += amount if grows else -amount
            day += timedelta(days=chance.randint(0, 4))
            name, code = chance.choice(words.PAYMENTS[lang]), _code(chance)
            values = {
                "date": (writer.day(day), day.isoformat()), "details": (name, name), "reference": (code, code),
                out_key if spent else in_key: (writer.money(amount, sign=False), float(amount)),
                in_key if spent else out_key: ("", None),
                "balance": (writer.money(balance, sign=False), float(balance)),
            }  # fmt: skip
            lines.append(Line({key: values[key][0] for key in keys}, {key: values[key][1] for key in keys}))
        closing = {"en": "Closing balance", "zh": "期末余额"}[lang]
        return Made(kind, titles[lang], [C[key] for key in keys], lines, [(closing, writer.money(balance))])

    return make


def _timesheet(chance: random.Random, lang: str, count: int) -> Made:
    writer, day, lines, total = Writer(chance, lang), date(2026, 5, 13), [], Decimal()
    keys = ["date", "person", "task", "hours"]
    for _ in range(count):
        hours = Decimal(chance.randint(2, 18)) / 2
        total += hours
        person, task = chance.choice(words.PEOPLE[lang]), chance.choice(words.TASKS[lang])
        values = {"date": (writer.day(day), day.isoformat()), "person": (person, person), "task": (task, task),
                  "hours": (f"{hours:.1f}", float(hours))}  # fmt: skip
        lines.append(Line({key: values[key][0] for key in keys}, {key: values[key][1] for key in keys}))
        day += timedelta(days=chance.randint(0, 1))
    label = {"en": "Total hours", "zh": "工时合计"}[lang]
    return Made("timesheet", {"en": "TIMESHEET", "zh": "工时表"}[lang], [C[key] for key in keys], lines,
                [(label, f"{total:.1f}")])  # fmt: skip


KINDS: dict[str, Callable[[random.Random, str, int], Made]] = {
    "invoice": _sales("invoice", ["article", "description", "quantity", "unit_price", "amount"],
                      {"en": "INVOICE", "zh": "发票"}),
    "delivery": _sales("delivery", ["pos", "article", "description", "ordered", "delivered"],
                       {"en": "DELIVERY NOTE", "zh": "送货单"}),
    "order": _sales("order", ["article", "description", "delivery_date", "quantity", "unit_price", "amount"],
                    {"en": "PURCHASE ORDER", "zh": "采购订单"}),
    "sales": _sales("sales", ["description", "model", "unit", "quantity", "unit_price", "amount", "tax_rate", "tax"],
                    {"en": "SALES LIST", "zh": "销货清单"}),
    "statement": _account("statement", ["date", "reference", "charges", "payments", "balance"],
                          {"en": "STATEMENT OF ACCOUNT", "zh": "对账单"}),
    "bank": _account("bank", ["date", "details", "withdrawal", "deposit", "balance"],
                     {"en": "BANK STATEMENT", "zh": "银行流水"}),
    "timesheet": _timesheet,
}  # fmt: skip
TABLES = {"en": ("line_items", "The lines of the table"), "zh": ("明细", "表格中的每一行")}
OWN_NAMES = ("order", "bank", "sales", "timesheet")


def name_of(column: Column, kind: str, lang: str) -> str:
    """The column's name in the template: Chinese for some kinds, as a Chinese author would write it."""
    return column.about["zh"] if lang == "zh" and kind in OWN_NAMES else column.key


def template(kind: str, lang: str) -> dict[str, Any]:
    made = KINDS[kind](random.Random(0), lang, 1)
    fields = [{"name": name_of(column, kind, lang), "type": column.type, "description": column.about[lang]}
              for column in made.columns]  # fmt: skip
    name, about = TABLES[lang]
    table = {"name": name, "type": "array", "description": about, "fields": fields}
    return {"name": made.title.title(), "language": lang, "variables": [table]}


def truth_rows(made: Made, lang: str) -> list[dict[str, Any]]:
    names = {column.key: name_of(column, made.kind, lang) for column in made.columns}
    return [{names[key]: value for key, value in line.truth.items()} for line in made.lines if line.kind == "item"]
