"""Numbers that prove themselves: IBAN, EU VAT numbers, China's 统一社会信用代码, Luhn and EAN.

The VAT algorithms are those that the member states publish for VIES; where a state publishes none, only the form
counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import cycle

from extraction.engine.fields.ibans import has_iban_length
from extraction.engine.fields.shapes import is_iban
from extraction.types import Checksum

# what OCR takes for what
_ALIKE = {
    "0": "OQD", "O": "0", "Q": "0", "D": "0", "1": "IL7", "I": "1", "L": "1", "7": "1", "5": "S", "S": "5", "8": "B",
    "B": "8", "2": "Z", "Z": "2", "6": "G", "G": "6",
}  # fmt: skip
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_EU_FORMS = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"[1-9]\d{8}",
    "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]", "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}", "HR": r"\d{11}", "HU": r"\d{8}", "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}", "LT": r"(?:\d{9}|\d{12})", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}", "NL": r"\d{9}B\d{2}",
    "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{10}01", "SI": r"\d{8}", "SK": r"\d{10}",
    "XI": r"(?:\d{9}|\d{12}|GD\d{3}|HA\d{3})",
}  # fmt: skip


def is_valid(checksum: Checksum, text: str) -> bool:
    """Of a number as printed, whatever parts its groups."""
    return _CHECKS[checksum](_compact(text))


def mended(checksum: Checksum, text: str) -> str | None:
    """The only valid number that differs by one sign which OCR takes for another; None where there is not just one."""
    found = {other for other in _slips(_compact(text)) if _CHECKS[checksum](other)}
    return found.pop() if len(found) == 1 else None


def _compact(text: str) -> str:
    return re.sub(r"[\s.\-/]", "", text).upper()


def _slips(text: str) -> Iterator[str]:
    for place, sign in enumerate(text[:40]):
        for other in _ALIKE.get(sign, ""):
            yield text[:place] + other + text[place + 1 :]


def _iban(text: str) -> bool:
    return has_iban_length(text) and is_iban(text)


def _uscc(text: str) -> bool:
    """GB 32100-2015: the sum of all signs, weighted by powers of 3, makes a whole number of 31s with the last one."""
    if not re.fullmatch(rf"[{_USCC}]{{2}}[0-9]{{6}}[{_USCC}]{{10}}", text):
        return False
    return (
        sum(_USCC.index(sign) * pow(3, place, 31) for place, sign in enumerate(text[:17])) + _USCC.index(text[17])
    ) % 31 == 0


def _luhn(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{2,30}", text)) and _cross_sums(reversed(text)) % 10 == 0


def _cross_sums(digits: Iterable[str]) -> int:
    """Every second digit is doubled, and counts by the digits of that."""
    return sum(sum(divmod(int(digit) * factor, 10)) for digit, factor in zip(digits, cycle((1, 2)), strict=False))


def _ean(text: str) -> bool:
    """EAN-8, UPC-A, EAN-13 and GTIN-14."""
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", text):
        return False
    return sum(int(digit) * factor for digit, factor in zip(reversed(text), cycle((1, 3)), strict=False)) % 10 == 0


def _eu_vat(text: str) -> bool:
    country, number = text[:2].replace("GR", "EL"), text[2:]
    form = _EU_FORMS.get(country)
    if form is None or not re.fullmatch(form, number, re.ASCII):
        return False
    return country not in _EU_CHECKS or _EU_CHECKS[country](number)


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _at(number: str) -> bool:
    return (6 - _cross_sums(number[1:8])) % 10 == int(number[8])


def _be(number: str) -> bool:
    return 97 - int(number[:8]) % 97 == int(number[8:])


def _mod_11_10(number: str) -> bool:
    """ISO 7064, as Germany and Croatia use it."""
    product = 10
    for digit in number[:-1]:
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return (11 - product) % 10 == int(number[-1])


def _dk(number: str) -> bool:
    return number[0] != "0" and _weighted(number, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _ee(number: str) -> bool:
    return _weighted(number, (3, 7, 1, 3, 7, 1, 3, 7, 1)) % 10 == 0


def _el(number: str) -> bool:
    return _weighted(number, (256, 128, 64, 32, 16, 8, 4, 2)) % 11 % 10 == int(number[8])


def _fi(number: str) -> bool:
    return _weighted(number, (7, 9, 10, 5, 8, 4, 2, 1)) % 11 == 0


def _fr(number: str) -> bool:
    """Only keys of two digits are public; others are taken as they are."""
    if not number[:2].isdigit():
        return True
    return int(number[2:] + "12") % 97 == int(number[:2])


def _hu(number: str) -> bool:
    return _weighted(number, (9, 7, 3, 1, 9, 7, 3, 1)) % 10 == 0


def _ie(number: str) -> bool:
    if not number[:7].isdigit():
        return True
    extra = (ord(number[8]) - ord("A") + 1) * 9 if len(number) == 9 else 0
    return "WABCDEFGHIJKLMNOPQRSTUV"[(_weighted(number, (8, 7, 6, 5, 4, 3, 2)) + extra) % 23] == number[7]


def _lu(number: str) -> bool:
    return int(number[:6]) % 89 == int(number[6:])


def _mt(number: str) -> bool:
    return _weighted(number, (3, 4, 6, 7, 8, 9, 10, 1)) % 37 == 0


def _nl(number: str) -> bool:
    """By the old weights, or since 2020 by 97 of the whole number."""
    old = _weighted(number[:8], (9, 8, 7, 6, 5, 4, 3, 2)) % 11 == int(number[8])
    return old or int("".join(str(int(sign, 36)) for sign in "NL" + number)) % 97 == 1


def _pl(number: str) -> bool:
    return _weighted(number, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(number[9])


def _pt(number: str) -> bool:
    return (11 - _weighted(number, (9, 8, 7, 6, 5, 4, 3, 2)) % 11) % 11 % 10 == int(number[8])


def _ro(number: str) -> bool:
    return _weighted(number[:-1].zfill(9), (7, 5, 3, 2, 1, 7, 5, 3, 2)) * 10 % 11 % 10 == int(number[-1])


def _se(number: str) -> bool:
    return _luhn(number[:10])


def _si(number: str) -> bool:
    check = 11 - _weighted(number, (8, 7, 6, 5, 4, 3, 2)) % 11
    return check != 11 and check % 10 == int(number[7])


def _sk(number: str) -> bool:
    return int(number) % 11 == 0


_EU_CHECKS: dict[str, Callable[[str], bool]] = {
    "AT": _at, "BE": _be, "DE": _mod_11_10, "DK": _dk, "EE": _ee, "EL": _el, "FI": _fi, "FR": _fr, "HR": _mod_11_10,
    "HU": _hu, "IE": _ie, "IT": _luhn, "LU": _lu, "MT": _mt, "NL": _nl, "PL": _pl, "PT": _pt, "RO": _ro, "SE": _se,
    "SI": _si, "SK": _sk,
}  # fmt: skip
_CHECKS: dict[Checksum, Callable[[str], bool]] = {
    Checksum.IBAN: _iban,
    Checksum.EU_VAT: _eu_vat,
    Checksum.USCC: _uscc,
    Checksum.LUHN: _luhn,
    Checksum.EAN: _ean,
}
