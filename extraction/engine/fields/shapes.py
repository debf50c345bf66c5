"""What the kinds of text look like: ids, tax numbers, IBANs, organisations, addresses; where they begin and end."""

from __future__ import annotations

import re

from extraction.engine.dates import find_dates
from extraction.engine.fields.lexicon import is_chinese
from extraction.engine.numbers import CURRENCY_CODES, currency_of, parse_number

_IBAN = re.compile(
    r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Z0-9])", re.IGNORECASE | re.ASCII
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"(?:https?://|www\.)\S+|[\w-]+\.(?:com|org|net|eu|de|fr|cn|co\.uk)\b\S*", re.IGNORECASE)
_PHONE = re.compile(r"\+?\(?\d[\d\s()/.-]{5,}\d")
_ID = re.compile(r"[A-Za-z0-9#][A-Za-z0-9./_#-]*(?:\([A-Za-z0-9]+\))?")
_TAX_ID = re.compile(r"[A-Z]{0,4}[ -]?\d[A-Z0-9]*(?:[ ./-][A-Z0-9]{2,})*")
_AMOUNT = re.compile(r"(?:[A-Z]{2,3} ?)?\d{1,3}(?:[., ]?\d{3})*[.,]\d\d")
_ORGANISATION = re.compile(
    r"\b(?:ltd|limited|llc|llp|inc|corp|corporation|company|co|plc|gmbh|ag|kg|ug|s\.?a\.?r\.?l|s\.?a\.?s?|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|oy|ab|as|"
    r"bhd|sdn|pte|pty|trading|enterprises?|restaurant|restoran|store|stores|supermarket|mart|market|shop|hardware|"
    r"pharmacy|bakery|bakeries|cafe|hotel|holdings?|group|industries|services|international|association|committee|university|bank)\b"
    r"|(?<![a-z])s/b\b"
    # OCR may lose the blanks of a line in wide capitals.
    r"|^[a-z&]{6,}(?:shop|store|enterprise|trading|restaurant|restoran|hardware|supermarket|pharmacy|bakery|sdnbhd)$"
    r"|公司|集团|商店|超市|酒店|餐厅|中心|银行|事务所|大学|医院|厂$|店$",
    re.IGNORECASE,
)
_COMPANY_FORM = re.compile(r"\b(?:ltd|limited|llc|inc|corp|gmbh|ag|bhd|plc|pty|s/b|co)\b\.?|公司", re.IGNORECASE)
_SUFFIX_ONLY = re.compile(
    r"(?:sdn\.?|bhd\.?|ltd\.?|limited|inc\.?|llc|gmbh|co\.?|pte\.?|pty\.?|s/b|\W|\([^)]*\))+", re.IGNORECASE
)
_STREET = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|boulevard|blvd|suite|ste|floor|flr|building|bldg|block|blk|lot|unit|"
    r"level|plaza|square|park|way|court|place|highway|hwy|p\.?o\.? ?box|box|jalan|jln|taman|tmn|lorong|"
    r"persiaran|kampung|kg|bandar|"
    r"rue|place|chemin|strasse|str|platz|weg|allee|via|viale|piazza|calle|avenida|plaza|straat|laan|no)\b|stra(?:ß|ss)e\b"
    r"|[省市区县镇路街道巷弄楼室栋座层]|(?<=\d)号(?!码)",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"(?<!\d)\d{5,6}(?:-\d{4})?(?!\d|\.\d)|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b\d{4} [A-Z]{2}\b")
_NOT_ADDRESS = re.compile(
    r"\b(?:tel|fax|phone|email|e-mail|gst|vat|tax|reg|invoice|receipt|date|time|www|hotline|cashier|cash|bill|total|id|ssm|roc)\b|@|https?:|发票|电话",
    re.IGNORECASE,
)
_CENTS = re.compile(r"\.\d")
_COMPANY_NUMBER = re.compile(r"\(?\d{5,8}\s?-\s?[A-Z]\b\)?|\(\d{5,}[^)]*\)")
_REGISTRATION = re.compile(r"\W*(?:co\.?|reg\.?|no\.?|\W)*[A-Z]{0,3}\s?\d{4,}\s?-?\s?[A-Z0-9]{0,2}\W*", re.IGNORECASE)
_NUMBERED = re.compile(
    r"[\s\-:#]*\(?\s*(?:co\.?\s*)?(?:reg\.?\s*)?(?:no\.?\s*:?\s*)?[\dA-Z]*\d{3,}[\s\-·]*[A-Z0-9]?\s*\)?\W*$",
    re.IGNORECASE,
)


def shaped(kind: str, text: str) -> tuple[int, int] | None:
    """Where in a text a value of the kind stands; None when there is none."""
    if kind in _PATTERNS:
        match = _PATTERNS[kind].search(text)
        return match.span() if match else None
    if kind == "id":
        return _id_in(text)
    if kind == "iban":
        return iban_in(text)
    if kind == "currency":
        match = re.search(r"(?<![A-Za-z])(?:" + "|".join(CURRENCY_CODES) + r")(?![A-Za-z])|[$€£¥]|RM", text)
        return match.span() if match else None
    return _words_in(kind, text)


_PATTERNS = {"email": _EMAIL, "url": _URL, "phone": _PHONE}


def _id_in(text: str) -> tuple[int, int] | None:
    dates = find_dates(text)
    for match in _ID.finditer(text):
        start, end = match.start(), match.start() + len(match.group().rstrip("./-_#"))
        word = text[start:end].lstrip("#")
        if any(date.start < end and start < date.end for date in dates):
            continue
        if any(c.isdigit() for c in word) and len(word) >= 2 and not re.search(r"\d\.\d\d$", word):
            return end - len(word), _groups_end(text, word, end)
    return None


def _groups_end(text: str, word: str, end: int) -> int:
    """A number printed in groups of as many digits, as in `12345 67890 12345`, goes on to its last group.

    OCR may have joined two of them.
    """
    if not (word.isdigit() and (4 <= len(word) <= 6 or len(word) in (8, 10, 12))):
        return end
    size = len(word) if len(word) <= 6 else len(word) // 2
    match = re.match(rf"(?: (?:\d{{{size}}}){{1,2}}(?!\d))*", text[end:])
    return end + (match.end() if match and (len(word) <= 6 or len(match.group()) > size) else 0)


def tax_id_in(text: str) -> tuple[int, int] | None:
    for match in _TAX_ID.finditer(text):
        length = sum(c.isalnum() for c in match.group())
        if 7 <= length <= 22 and not _AMOUNT.fullmatch(match.group()):
            return match.span()
    return None


def iban_like(text: str) -> str:
    """What a text begins with that is written as IBANs are, whatever its check digits; empty when nothing is."""
    match = _IBAN.match(text)
    return match.group() if match else ""


def iban_in(text: str) -> tuple[int, int] | None:
    for match in _IBAN.finditer(text):
        for end in range(match.end(), match.start() + 14, -1):
            at_word_end = not text[end - 1].isspace() and (end == len(text) or text[end].isspace())
            if (end == match.end() or at_word_end) and is_iban(text[match.start() : end]):
                return match.start(), end
    return None


def is_iban(text: str) -> bool:
    """By its check digits."""
    compact = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", compact):
        return False
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def _words_in(kind: str, text: str) -> tuple[int, int] | None:
    if kind == "tax_id":
        return tax_id_in(text)
    start = len(text) - len(text.lstrip(" :.-#*|"))
    end = len(text.rstrip(" :|"))
    if end <= start or not any(c.isalnum() for c in text[start:end]):
        return None
    return start, end


def fit(kind: str, text: str) -> float:
    """How much a text is like the kind: 1 typical, 0 impossible."""
    if kind in ("org", "party"):
        return _organisation_fit(text)
    if kind == "address":
        return min(1.0, 0.4 + 0.3 * address_score(text))
    if kind == "text":
        return 0.6 if parse_number(text) is not None or len(text) > 120 else 1.0
    if kind == "clause":
        return 0.8
    return 1.0


def _organisation_fit(text: str) -> float:
    letters = sum(c.isalpha() for c in text)
    if letters < 2 or find_dates(text) or parse_number(text) is not None or _EMAIL.search(text):
        return 0.1
    if letters < 0.5 * len(text.replace(" ", "")):
        return 0.4
    return 1.0 if len(text) < 80 else 0.6


def has_organisation_word(text: str) -> bool:
    return bool(_ORGANISATION.search(text))


def opens_with_organisation_word(text: str) -> bool:
    match = _ORGANISATION.search(text)
    return match is not None and match.start() <= 1


def has_company_form(text: str) -> bool:
    return bool(_COMPANY_FORM.search(text))


def is_suffix_only(text: str) -> bool:
    return bool(_SUFFIX_ONLY.fullmatch(text)) and any(c.isalpha() for c in re.sub(r"\([^)]*\)", "", text))


def without_registration(text: str) -> int:
    """Where a name ends before a registration number printed behind it, as in `Acme Ltd (123456-X)`."""
    match = _NUMBERED.search(text)
    if is_registration(text):
        return len(text)
    if match and match.start() > 3 and not is_chinese(text):
        return len(text[: match.start()].rstrip(" ("))
    return len(text)


def is_registration(text: str) -> bool:
    return bool(_REGISTRATION.fullmatch(text.strip()))


def address_score(text: str) -> float:
    """Signs of an address in a line: street words, a number, a comma, a postal code."""
    text = _COMPANY_NUMBER.sub(" ", text)
    if is_registration(text) or _NOT_ADDRESS.search(text) and not _POSTCODE.search(text):
        return 0.0
    score = 1.0 * bool(_STREET.search(text)) + 1.2 * bool(_POSTCODE.search(text))
    has_digit = any(c.isdigit() for c in text)
    return score + 0.5 * ("," in text and has_digit) + 0.4 * text.rstrip().endswith(",")


def breaks_address(text: str) -> bool:
    if _NOT_ADDRESS.search(text) or find_dates(text):
        return True
    return bool(_CENTS.search(text)) and currency_of(text) is not None


def ends_as_street(text: str) -> bool:
    """Whether a street word closes the line, as in `Mill Lane` and not in `Mill Lane Bakery`."""
    ends = [match.end() for match in _STREET.finditer(text)]
    return bool(ends) and not any(c.isalnum() for c in text[ends[-1] :])


def is_phone(text: str) -> bool:
    """Whether the text is nothing but a telephone number, as `+44 1632 960001`."""
    return bool(_PHONE.fullmatch(text.strip())) and not find_dates(text)


def has_postcode(text: str) -> bool:
    return bool(_POSTCODE.search(text))
