"""One normaliser for printed numbers: the engine's candidates and people's typed edits pass through it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

CURRENCY_SIGNS = {
    "€": "EUR", "£": "GBP", "¥": "CNY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₫": "VND", "฿": "THB",
    "US$": "USD", "HK$": "HKD", "NT$": "TWD", "S$": "SGD", "A$": "AUD", "C$": "CAD", "R$": "BRL", "$": "USD",
    "RM": "MYR", "RMB": "CNY", "Rs": "INR", "Rp": "IDR", "人民币": "CNY", "元": "CNY", "圆": "CNY", "円": "JPY",
    "美元": "USD", "欧元": "EUR", "港币": "HKD", "日元": "JPY", "英镑": "GBP",
}  # fmt: skip
_CODE_LIST = (
    "AED AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF IDR ILS INR JPY KRW MXN MYR NOK NZD PHP PLN RON RUB SAR SEK SGD "
    "THB TRY TWD USD VND ZAR"
)
CURRENCY_CODES = frozenset(_CODE_LIST.split())
_SIGN_WORDS = "|".join(re.escape(sign) + r"\.?" for sign in sorted(CURRENCY_SIGNS, key=len, reverse=True))
_CODES = "|".join(sorted(CURRENCY_CODES))
_CURRENCY = rf"(?:{_SIGN_WORDS}|(?<![A-Za-z])(?:{_CODES})(?![A-Za-z]))"
_SPACE = "\u00a0\u2007\u2009\u202f"
_BODY = (
    rf"(?:\d{{1,3}}(?:[{_SPACE}]\d{{3}})+(?:[.,]\d+)?"
    r"|\d{1,3}(?: \d{3})+,\d{1,2}(?!\d)"
    r"|\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:'\d{3})+(?:[.,]\d+)?"
    r"|\d+[.,]\d+|\d+|[.,]\d+)"
)
_NUMBER = re.compile(
    rf"(?P<open>\(\s?)?(?P<minus>[-+]\s?)?(?:(?P<before>{_CURRENCY})\s?)?(?P<inner>[-+]\s?)?"
    rf"(?<![\d])(?<!\d[.,/])(?P<body>{_BODY})(?!\d)(?P<after_minus>\s?-(?![\w-]))?"
    r"(?:\s?(?P<scale>[万萬亿億](?![\u3400-\u9fff](?<![元圆圓]))|million\b|billion\b))?"
    rf"(?:\s?(?P<after>{_CURRENCY})(?!\s?\d))?(?P<after_code_minus>-(?![\w-]))?(?P<close>\s?\))?(?P<percent>\s?%)?"
)
_SCALES = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "million": 10**6, "billion": 10**9}
_UNIT = re.compile(r"(?:kg|km|kWh|MWh)(?![A-Za-z0-9])", re.IGNORECASE)
_DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "○": 0, "两": 2, "貳": 2, "弐": 2, "參": 3, "叄": 3, "陸": 6, "兩": 2, "贰": 2, "幺": 1,
}  # fmt: skip
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LONGEST_CAPITAL = 60  # signs; the longest printed amounts have about 40
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_CAPITAL = re.compile(
    r"(?:人民币|RMB)?[:\s]*(?P<minus>负)?"
    rf"(?:(?P<whole>[{''.join(_DIGITS)}{''.join(_TENS)}{''.join(_MYRIADS)}]+)(?:[元圆圓]|$|(?=[整正])))?"
    rf"(?:零?(?P<jiao>[{''.join(_DIGITS)}])角)?(?:零?(?P<fen>[{''.join(_DIGITS)}])分)?[整正]?"
)


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """A number inside a text: `start` and `end` in characters, `currency` an ISO code or None."""

    start: int
    end: int
    value: Decimal
    currency: str | None = None
    decimals: int = 0
    is_percent: bool = False


def fold(text: str) -> str:
    """Give full-width forms, odd minus signs and apostrophes their plain form; lengths may change."""
    folded = unicodedata.normalize("NFKC", text.replace("\u00a0", " ").replace("￥", "¥"))
    return folded.replace("\u2212", "-").replace("\u2013", "-").replace("’", "'").replace("`", "'")


def currency_of(text: str) -> str | None:
    """ISO code of the first currency sign or code in the text."""
    found = re.search(_CURRENCY, fold(text))
    return _currency_code(found.group()) if found else None


def _currency_code(sign: str) -> str:
    sign = sign.rstrip(".")
    return CURRENCY_SIGNS.get(sign, sign)


@lru_cache(maxsize=2048)
def parse_number(text: str, *, decimal_comma: bool | None = None) -> Decimal | None:
    """The one number that the text is, or None.

    A lone dot is a decimal point and a lone comma with three digits groups thousands, unless `decimal_comma` says
    that the document writes commas for decimals.
    """
    folded = fold(text).strip()
    if not folded:
        return None
    capital = parse_capital(folded)
    if capital is not None:
        return capital
    joined = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", folded) if re.search(r"\d{1,3}(?: \d{3})+", folded) else folded
    found = find_numbers(joined, decimal_comma=decimal_comma)
    if len(found) != 1 or joined[: found[0].start].strip() or joined[found[0].end :].strip(" "):
        return None
    return found[0].value


def find_numbers(text: str, *, decimal_comma: bool | None = None) -> tuple[FoundNumber, ...]:
    """Every number in a folded text, with sign and currency; digits inside ids, dates and times are left out."""
    return tuple(_found(match, decimal_comma) for match in _NUMBER.finditer(text) if _stands_alone(text, match))


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    return _starts_alone(text, match) and _ends_alone(text, match)


def _starts_alone(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()][-2:]
    if match["minus"] and before[-1:].isalnum():
        return False
    if match["before"] or not before:
        return True
    if before[-1] in ":#":
        return not before[0].isdigit()
    return before[-1] not in "/_-" and not (before[-1].isascii() and before[-1].isalpha())


def _ends_alone(text: str, match: re.Match[str]) -> bool:
    after = text[match.end() :][:4]
    if re.match(r"[/:\-.,]\d|[/_]", after):
        return False
    if match.end() > match.end("body") or not re.match(r"[A-Za-z]", after) or _UNIT.match(after):
        return True
    # A tax class printed tight behind an amount, as in 12.00SR.
    return bool(re.search(r"[.,]\d\d$", match["body"]) and re.match(r"[A-Z]{1,2}(?![A-Za-z0-9])", after))


def _found(match: re.Match[str], decimal_comma: bool | None) -> FoundNumber:
    value, decimals = _value(match["body"], decimal_comma)
    scaled = value * _SCALES[match["scale"]] if match["scale"] else value
    in_brackets = bool(match["open"]) and bool(match["close"])
    signs = "".join(match[name] or "" for name in ("minus", "inner", "after_minus", "after_code_minus"))
    sign = match["before"] or match["after"]
    start = match.start() if in_brackets or not match["open"] else match.end("open")
    end = match.end() if in_brackets or not match["close"] else match.start("close")
    return FoundNumber(
        start=start,
        end=end,
        value=-scaled if in_brackets or "-" in signs else scaled,
        currency=_currency_code(sign) if sign else None,
        decimals=decimals,
        is_percent=bool(match["percent"]),
    )


def _value(body: str, decimal_comma: bool | None) -> tuple[Decimal, int]:
    digits = re.sub(rf"['{_SPACE} ]", "", body)
    mark = _decimal_mark(digits, decimal_comma)
    plain = "".join(c for c in digits if c.isdigit() or c == mark).replace(",", ".")
    return Decimal(plain), len(plain.partition(".")[2])


def _decimal_mark(digits: str, decimal_comma: bool | None) -> str:
    comma, dot = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and dot >= 0:
        return "," if comma > dot else "."
    if comma >= 0:
        tail = len(digits) - comma - 1
        grouped = digits.count(",") > 1 or (tail == 3 and decimal_comma is not True and not digits.startswith("0"))
        return "" if grouped else ","
    grouped = digits.count(".") > 1 or bool(decimal_comma is True and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", digits))
    return "" if grouped else "."


def parse_capital(text: str) -> Decimal | None:
    """The number that Chinese numerals write, as in 壹仟贰佰元伍角 or 二〇二六; None for anything else."""
    plain = re.sub(r"\s|[()⊗]", "", text)
    match = _CAPITAL.fullmatch(plain) if len(plain) <= _LONGEST_CAPITAL else None
    if not match or not any(match[name] for name in ("whole", "jiao", "fen")):
        return None
    amount = Decimal(_whole(match["whole"] or "零"))
    amount += Decimal(_DIGITS[match["jiao"] or "零"]) / 10 + Decimal(_DIGITS[match["fen"] or "零"]) / 100
    return -amount if match["minus"] else amount


def _whole(numerals: str) -> int:
    if all(c in _DIGITS for c in numerals):
        return int("".join(str(_DIGITS[c]) for c in numerals))
    for sign in ("亿", "億", "万", "萬"):
        if sign in numerals:
            high, _, low = numerals.partition(sign)
            return _whole(high or "一") * _MYRIADS[sign] + (_whole(low) if low else 0)
    total = digit = 0
    for c in numerals:
        if c in _DIGITS:
            digit = _DIGITS[c]
        else:
            total, digit = total + (digit or 1) * _TENS[c], 0
    return total + digit
