"""Fictitious sellers, buyers and goods of Chinese invoices, drawn by a seed; tax numbers carry right check signs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

PLACES = (
    ("杭州", "浙江", "330108", "0571", "滨江区", ("江晖路", "月明路", "滨盛路")),
    ("广州", "广东", "440106", "020", "天河区", ("华穗路", "棠安路", "科韵路")),
    ("成都", "四川", "510107", "028", "武侯区", ("锦悦西路", "武青南路", "晋阳路")),
    ("南京", "江苏", "320114", "025", "雨花台区", ("软件大道", "宁双路", "花神大道")),
    ("武汉", "湖北", "420111", "027", "洪山区", ("珞喻路", "光谷大道", "雄楚大道")),
    ("西安", "陕西", "610113", "029", "雁塔区", ("丈八东路", "科技二路", "雁南五路")),
    ("青岛", "山东", "370202", "0532", "市南区", ("香港中路", "闽江路", "宁夏路")),
    ("长沙", "湖南", "430104", "0731", "岳麓区", ("麓谷大道", "枫林三路", "潇湘中路")),
)
FIRST = "禾澄远博瑞辰嘉盛恒泰云启明川岚锦源宏达信木森凌峰"
LINES = ("办公科技", "智能设备", "商贸", "信息技术", "食品", "建材", "文化传播", "机电工程", "物流", "餐饮管理")
ENDS = ("有限公司", "有限公司", "有限公司", "股份有限公司", "有限责任公司")
SURNAMES, GIVEN = (
    "王李张刘陈杨赵黄周吴林徐孙马",
    ("若溪", "建国", "敏", "思远", "静", "浩然", "丽华", "志强", "雨桐", "晓东"),
)
BANKS = ("东湖银行", "江城农商银行", "云岭银行", "海右商业银行")
GOODS = (
    ("*计算机外部设备*激光打印机", "HM-L3260", "台", "1285.00", "0.13"),
    ("*办公用品*复印纸", "A4 80g", "箱", "138.00", "0.13"),
    ("*办公设备零附件*硒鼓", "HM-T32", "支", "226.50", "0.13"),
    ("*信息技术服务*设备安装调试服务", "", "次", "1500.00", "0.06"),
    ("*餐饮服务*餐费", "", "", "386.79", "0.06"),
    ("*运输服务*货物运输", "", "趟", "920.18", "0.09"),
    ("*家具*人体工学椅", "BY-770", "把", "759.00", "0.13"),
    ("*电线电缆*铜芯电缆", "YJV 3*25", "米", "86.30", "0.13"),
    ("*乳制品*纯牛奶", "250ml*24", "箱", "58.41", "0.13"),
    ("*现代服务*咨询费", "", "项", "4716.98", "0.06"),
    ("*纸制品*纸箱", "50*40*30", "个", "4.25", "0.13"),
    ("*非学历教育服务*培训费", "", "人", "1188.12", "0.01"),
)
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Party:
    """A company; `tax_id` is empty for a person."""

    name: str
    tax_id: str
    address: str = ""
    phone: str = ""
    bank: str = ""
    account: str = ""
    province: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    model: str
    unit: str
    quantity: int
    price: Decimal
    rate: Decimal

    @property
    def net(self) -> Decimal:
        return (self.quantity * self.price).quantize(Decimal("0.01"))

    @property
    def tax(self) -> Decimal:
        return (self.net * self.rate).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Facts:
    """What one invoice says; a layout prints a part of it."""

    seller: Party
    buyer: Party
    items: tuple[Item, ...]
    day: date
    code: str
    number: str
    long_number: str
    check: str
    machine: str
    drawer: str
    payee: str
    reviewer: str

    @property
    def net(self) -> Decimal:
        return sum((item.net for item in self.items), Decimal())

    @property
    def tax(self) -> Decimal:
        return sum((item.tax for item in self.items), Decimal())

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def facts(chance: random.Random, *, most: int = 4) -> Facts:
    seller = party(chance)
    buyer = party(chance)
    goods = chance.sample(GOODS, chance.randint(1, most))
    return Facts(
        seller=seller,
        buyer=buyer,
        items=tuple(
            Item(name, model, unit, chance.choice((1, 1, 2, 3, 5, 10, 24)), Decimal(price), Decimal(rate))
            for name, model, unit, price, rate in goods
        ),
        day=date(2024, 1, 1) + timedelta(days=chance.randrange(1000)),
        code=digits(chance, 10, first="1234"),
        number=digits(chance, 8),
        long_number=digits(chance, 20, first="2"),
        check=digits(chance, 20),
        machine=digits(chance, 12, first="6"),
        drawer=person(chance),
        payee=person(chance),
        reviewer=person(chance),
    )


def party(chance: random.Random) -> Party:
    city, province, area, dialling, district, streets = chance.choice(PLACES)
    name = city + "".join(chance.sample(FIRST, 2)) + chance.choice(LINES) + chance.choice(ENDS)
    street = f"{chance.choice(streets)}{chance.randint(3, 988)}号"
    room = chance.choice(("", f"{chance.randint(1, 9)}幢{chance.randint(101, 1502)}室", f"{chance.randint(2, 20)}楼"))
    return Party(
        name=name,
        tax_id=credit_code(chance, area),
        address=f"{chance.choice(('', province + '省'))}{city}市{district}{street}{room}",
        phone=f"{dialling}-{digits(chance, 8, first='5678')}",
        bank=f"{chance.choice(BANKS)}{city}{district.rstrip('区')}支行",
        account=digits(chance, chance.choice((16, 19)), first="6"),
        province=province,
    )


def person(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + chance.choice(GIVEN)


def digits(chance: random.Random, count: int, *, first: str = "0123456789") -> str:
    return chance.choice(first) + "".join(chance.choices("0123456789", k=count - 1))


def credit_code(chance: random.Random, area: str) -> str:
    """A 统一社会信用代码 with both its check signs (GB 11714, GB 32100)."""
    body = "M" + "".join(chance.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=7))
    base = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weighed = sum(base.index(sign) * weight for sign, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    rest = 11 - weighed % 11
    code = "91" + area + body + {10: "X", 11: "0"}.get(rest, str(rest))
    whole = sum(SIGNS.index(sign) * pow(3, at, 31) for at, sign in enumerate(code))
    return code + SIGNS[-whole % 31]
