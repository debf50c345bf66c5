"""What the documents of `kinds_set.py` say: fictitious people, firms, places, numbers and days."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

FIRMS = {
    "en": (
        "Northgate Power & Light",
        "Harlow Office Supplies Ltd",
        "Brightwater Utilities",
        "Alder & Finch LLP",
        "Cobalt Freight Services Inc.",
        "Meridian Mutual Insurance",
        "Oakfield Dental Practice",
        "Tern Island Lodge",
        "Pemberton Engineering Co.",
        "Larkspur Textiles GmbH",
        "Kestrel Logistics",
        "Quayside Books",
    ),
    "zh": (
        "临川市恒远贸易有限公司",
        "青岚信息技术有限公司",
        "海棠精密机械厂",
        "云溪物业服务有限公司",
        "锦程物流有限公司",
        "北辰建材有限公司",
        "明德医疗器械有限公司",
        "晨曦食品股份有限公司",
        "广源仓储服务有限公司",
        "天成机电设备有限公司",
    ),
}
PEOPLE = {
    "en": ("Martha Ellison", "Devon Pryce", "Ingrid Sol", "Tobias Wren", "Amara Okoye", "Lucia Ferrant", "Henry Quill"),
    "zh": ("陆文轩", "沈若溪", "江一帆", "顾明哲", "叶知秋", "韩雪莹", "罗子健", "唐婉清"),
}
STREETS = {
    "en": (
        "14 Wharf Lane, Kelmouth KM2 4QT",
        "220 Juniper Avenue, Fairhaven, OR 97412",
        "7 Station Road, Abbotsley AB1 9RD",
        "3801 Delmont Street, Suite 12, Marlow, OH 44321",
    ),
    "zh": (
        "临川市青云区文昌路18号",
        "海州市东港区滨河大道266号3楼",
        "云溪市高新区科苑路9号2栋",
        "安平市北城区建设街51号",
    ),
}
GOODS = {
    "en": ("Copy paper A4", "Desk lamp", "Steel bracket 40 mm", "Ink cartridge black", "Storage box", "Cable 5 m"),
    "zh": ("不锈钢法兰", "办公椅", "打印纸A4", "轴承6204", "电缆线5米", "包装纸箱"),
}
_TENS = "零壹贰叁肆伍陆柒捌玖"


@dataclass(frozen=True, slots=True)
class Pair:
    """A label as one of several wordings with the printed value; `name` is the field asked for, "" for none."""

    name: str
    labels: tuple[str, ...]
    printed: str
    truth: str = ""
    optional: bool = False

    @property
    def answer(self) -> str:
        return self.truth or self.printed.replace("\n", " ")


@dataclass(frozen=True, slots=True)
class Made:
    """One document before it is laid out: pairs by group, a table with its sums, and what stands without a label."""

    title: str
    head: tuple[str, ...]
    groups: tuple[tuple[Pair, ...], ...]
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    sums: tuple[Pair, ...] = ()
    foot: tuple[Pair, ...] = ()
    unlabelled: dict[str, str] = field(default_factory=dict)


class Facts:
    """Draws values, each firm and person once a document."""

    def __init__(self, chance: random.Random, lang: str) -> None:
        self.chance, self.lang = chance, lang
        self._left = {
            name: chance.sample(words[lang], len(words[lang]))
            for name, words in (("firm", FIRMS), ("person", PEOPLE), ("street", STREETS), ("good", GOODS))
        }
        orders = {
            "en": ("%d %B %Y", "%b %d, %Y", "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y"),
            "zh": ("%Y年%m月%d日", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"),
        }
        self._order = chance.choice(orders[lang])
        self._day = date(2025, 1, 13) + timedelta(days=chance.randint(0, 500))

    def firm(self) -> str:
        return self._left["firm"].pop()

    def person(self) -> str:
        return self._left["person"].pop()

    def street(self) -> str:
        return self._left["street"].pop()

    def good(self) -> str:
        return self._left["good"].pop()

    def digits(self, count: int, first: str = "") -> str:
        return first + "".join(str(self.chance.randint(0, 9)) for _ in range(count - len(first)))

    def phone(self) -> str:
        if self.lang == "zh":
            return self.chance.choice((f"0{self.digits(3, '5')}-{self.digits(8, '6')}", self.digits(11, "138")))
        return self.chance.choice(
            (f"+44 {self.digits(4, '16')} {self.digits(6)}", f"({self.digits(3, '5')}) 555-{self.digits(4)}")
        )

    def day(self, later: int = 0) -> tuple[str, str]:
        """A day so many after the document's, as printed and as ISO."""
        day = self._day + timedelta(days=later)
        return day.strftime(self._order), day.isoformat()

    def dated(self, name: str, labels: tuple[str, ...], later: int = 0, *, optional: bool = False) -> Pair:
        printed, iso = self.day(later)
        return Pair(name, labels, printed, iso, optional)

    def amount(self, low: int, high: int) -> Decimal:
        return Decimal(self.chance.randint(low * 100, high * 100)) / 100

    def pick(self, *words: str) -> str:
        return self.chance.choice(words)

    def ticked(self, yes: bool, words: tuple[str, str]) -> str:
        """Both answers with a box each, the right one marked."""
        marks = self.chance.choice((("✓", "□"), ("[x]", "[ ]"), ("■", "□"), ("√", "□")))
        first, second = marks if yes else marks[::-1]
        return f"{first} {words[0]}   {second} {words[1]}"


def capitals(amount: Decimal) -> str:
    """An amount below a hundred million in Chinese numerals."""
    whole, cents = divmod(int(amount * 100), 100)
    jiao, fen = divmod(cents, 10)
    tail = (f"{_TENS[jiao]}角" if jiao else "零" if fen else "") + (f"{_TENS[fen]}分" if fen else "整")
    return f"{_whole(whole)}元{tail}"


def _whole(number: int) -> str:
    high, low = divmod(number, 10000)
    if high:
        return _whole(high) + "万" + ("零" if 0 < low < 1000 else "") + (_whole(low) if low else "")
    text, gap = "", False
    for unit, size in (("仟", 1000), ("佰", 100), ("拾", 10), ("", 1)):
        digit, number = divmod(number, size)
        if digit:
            text += ("零" if gap and text else "") + _TENS[digit] + unit
        gap = not digit
    return text or "零"
