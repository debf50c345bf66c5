"""What a proposed field is called, and of which type it is by the form of what stands there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from extraction.engine.dates import find_dates
from extraction.engine.fields.contents import look_into
from extraction.engine.fields.lexicon import Concept, is_chinese, tokens
from extraction.engine.fields.values import read_boolean
from extraction.engine.numbers import CURRENCY_CODES, currency_of, find_numbers, parse_number
from extraction.types import FieldType

_KIND_TYPES = {"amount": FieldType.AMOUNT, "number": FieldType.NUMBER, "date": FieldType.DATE}
_NOISE = re.compile(r"\s*[@(]*\d+(?:\.\d+)?\s?%\)?|\(\s*\)|^[\s\W]+|[\s:#*=.\-–]+$")
_CODES = re.compile(rf"\s+\(?(?:{'|'.join(sorted(CURRENCY_CODES))}|RM|[$€£¥])\)?$")
_ID_WORDS = frozenset({"number", "id", "code", "reference", "reg"})
_ID_SIGNS = re.compile(r"号|码|编号|单号|账户|代码")
_OWNERS = {"supplier": "销售方", "customer": "购买方"}
_ACRONYMS = frozenset(("vat", "id", "iban", "bic", "po"))
_SPREAD = re.compile(r"(?<=[\u3400-\u9fff(]) (?=[\u3400-\u9fff()])|(?<=\)) (?=[\u3400-\u9fff])")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_MOSTLY = 0.8
_LONGEST_NUMBER = 9


def type_of_kind(kind: str) -> FieldType:
    """Of a concept's kind of value."""
    return _KIND_TYPES.get(kind, FieldType.STRING)


def clean_label(text: str) -> str:
    """A printed label without its colon, rate, currency and signs that nobody sees: `VAT 20 %:` is VAT."""
    seen = _UNSEEN.sub(" ", unicodedata.normalize("NFKC", text))
    cleaned = _SPREAD.sub("", " ".join(seen.split()))
    for _ in range(3):
        shorter = _CODES.sub("", _NOISE.sub("", cleaned)).strip()
        if not shorter or shorter == cleaned:
            break
        cleaned = shorter
    return _paired(cleaned)[:100]


def _paired(text: str) -> str:
    """Without a bracket that the text alone does not close or open."""
    if text.count("(") == text.count(")"):
        return text
    return text.replace("(", " ").replace(")", " ").strip()


def name_of(label: str) -> str:
    """`Cost centre (SAP)` gives cost_centre_sap; signs of other scripts are kept."""
    return re.sub(r"\W+", "_", label.lower()).strip("_")[:60]


def free_name(name: str, taken: Iterable[str]) -> str:
    names = set(taken)
    numbered = (f"{name}_{number}" for number in range(2, len(names) + 3))
    return name if name not in names else next(one for one in numbered if one not in names)


def standard_label(concept: Concept, *, chinese: bool) -> str:
    """What people call the concept: `Supplier VAT id`, 销售方名称."""
    named = [name for name in (*concept.names, *concept.phrases) if is_chinese(name) is chinese]
    label = named[0] if named else concept.names[0]
    if is_chinese(label):
        owner = _OWNERS.get(concept.role, "")
        return label if any(label.startswith(one) for one in _OWNERS.values()) else owner + label
    if concept.role and concept.role not in label:
        label = f"{concept.role} {label}"
    words = " ".join(word.upper() if word in _ACRONYMS else word for word in label.split())
    return words[:1].upper() + words[1:]


def type_of_text(text: str, label: str = "") -> FieldType:
    """By what stands there: a date, a number with cents or a currency, a plain number, yes or no; else words."""
    text = text.strip()
    dates = find_dates(text)
    if len(dates) == 1 and dates[0].end - dates[0].start >= _MOSTLY * len(text):
        return FieldType.DATE
    numbers = find_numbers(text)
    if len(numbers) == 1 and parse_number(text) is not None:
        if currency_of(text) or numbers[0].decimals == 2 and not numbers[0].is_percent:
            return FieldType.AMOUNT
        return FieldType.STRING if _is_id(text, label) else FieldType.NUMBER
    if len(text) > 1 and read_boolean(text) is not None:
        return FieldType.BOOLEAN
    return FieldType.STRING


def type_of_column(texts: Sequence[str], label: str = "") -> FieldType:
    """By most cells of the column."""
    content = look_into(list(texts))
    if content.dates >= _MOSTLY:
        return FieldType.DATE
    if content.numbers < _MOSTLY or content.percents >= _MOSTLY:
        return FieldType.NUMBER if content.percents >= _MOSTLY else FieldType.STRING
    types = [type_of_text(text, label) for text in texts]
    if types.count(FieldType.AMOUNT) >= 0.5 * len(types):
        return FieldType.AMOUNT
    if types.count(FieldType.STRING) > 0.5 * len(types) and any(_is_id(text, label) for text in texts):
        return FieldType.STRING
    return FieldType.NUMBER


def _is_id(text: str, label: str) -> bool:
    """Digits that count nothing: after a leading zero, too many of them, or beside a label that says so."""
    digits = re.sub(r"\D", "", text)
    has_leading_zero = text.startswith("0") and len(digits) > 1 and not set(".,") & set(text)
    if has_leading_zero or len(digits) > _LONGEST_NUMBER:
        return True
    return bool(_ID_WORDS & {token.text for token in tokens(label)} or _ID_SIGNS.search(label))
