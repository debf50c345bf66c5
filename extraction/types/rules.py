"""What a template's author demands of a field's value, beyond its type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from extraction.types.patterns import InvalidPattern, check_pattern

type Limit = Decimal | date

MOST_NAMES = 20
_LONGEST_LIMIT = 40


class Severity(StrEnum):
    """An error stops the approval until it is mended or confirmed, a warning only says so."""

    ERROR = "error"
    WARNING = "warning"


class RuleKind(StrEnum):
    """`required` and `choice` only say how grave it is where a value is missing, or none of the field's options."""

    REQUIRED = "required"
    CHOICE = "choice"
    PATTERN = "pattern"
    RANGE = "range"
    CHECKSUM = "checksum"
    SUM = "sum"
    PRODUCT = "product"
    COMPARE = "compare"
    WORDS = "words"


class Checksum(StrEnum):
    """`uscc` is China's 统一社会信用代码, `luhn` that of payment cards and many other numbers."""

    IBAN = "iban"
    EU_VAT = "eu_vat"
    USCC = "uscc"
    LUHN = "luhn"
    EAN = "ean"


class Comparison(StrEnum):
    LESS = "less"
    AT_MOST = "at_most"
    EQUAL = "equal"
    AT_LEAST = "at_least"
    MORE = "more"


class InvalidRule(ValueError):
    """The rule contradicts itself or its field; `code` names the sentence that people read."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def limit_from(text: str) -> Limit:
    """An ISO date, or a number that can be written out; raises InvalidRule."""
    try:
        if text.count("-") == 2:
            return date.fromisoformat(text)
        number = Decimal(text)
    except (ValueError, InvalidOperation) as exc:
        raise InvalidRule("rule_limit_unknown") from exc
    if len(text) > _LONGEST_LIMIT or not number.is_finite() or abs(number.adjusted()) > _LONGEST_LIMIT:
        raise InvalidRule("rule_limit_unknown")
    return number


# what a rule of each kind has; those of _NEEDED it must have
_KEYS = {
    RuleKind.REQUIRED: (),
    RuleKind.CHOICE: (),
    RuleKind.PATTERN: ("pattern",),
    RuleKind.RANGE: ("least", "most", "not_future"),
    RuleKind.CHECKSUM: ("checksum",),
    RuleKind.SUM: ("of", "less"),
    RuleKind.PRODUCT: ("of",),
    RuleKind.COMPARE: ("of", "comparison"),
    RuleKind.WORDS: ("of",),
}
_NEEDED = {
    RuleKind.PATTERN: ("pattern",),
    RuleKind.CHECKSUM: ("checksum",),
    RuleKind.SUM: ("of",),
    RuleKind.PRODUCT: ("of",),
    RuleKind.COMPARE: ("of", "comparison"),
    RuleKind.WORDS: ("of",),
}
_OF_ONE = (RuleKind.COMPARE, RuleKind.WORDS)
_ALL_KEYS = ("pattern", "least", "most", "not_future", "checksum", "of", "less", "comparison")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a field; `message` is what people read where it is broken, empty for Galley's own words.

    `of` names other fields: the parts of a sum (`less` are taken away, and count as nothing where they are absent), the
    factors of a product, the one field to compare with, or the one with the amount in words. A column names its
    neighbours; `line_items.amount` are all rows of a column, in sums only.
    """

    kind: RuleKind
    severity: Severity = Severity.ERROR
    message: str = ""
    pattern: str = ""
    least: Limit | None = None
    most: Limit | None = None
    not_future: bool = False
    checksum: Checksum | None = None
    of: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    comparison: Comparison | None = None

    def __post_init__(self) -> None:
        # a limit of 0 says something, and equals False
        has = {key: getattr(self, key) for key in _ALL_KEYS}
        given = [key for key, value in has.items() if value is not False and value not in (None, "", ())]
        if set(given) - set(_KEYS[self.kind]):
            raise InvalidRule("rule_key_of_another_kind")
        if set(_NEEDED.get(self.kind, ())) - set(given) or self.kind is RuleKind.RANGE and not given:
            raise InvalidRule("rule_incomplete")
        if self.kind in _OF_ONE and len(self.of) != 1 or len(self.names) > MOST_NAMES:
            raise InvalidRule("rule_of_one_field")
        self._check_limits()
        try:
            check_pattern(self.pattern)
        except InvalidPattern as exc:
            raise InvalidRule("rule_pattern_not_understood") from exc

    def _check_limits(self) -> None:
        limits = [limit for limit in (self.least, self.most) if limit is not None]
        if any(isinstance(limit, Decimal) and not limit.is_finite() for limit in limits):
            raise InvalidRule("rule_limits_upside_down")
        if len(limits) == 2 and (type(limits[0]) is not type(limits[1]) or limits[0] > limits[1]):  # type: ignore[operator]
            raise InvalidRule("rule_limits_upside_down")

    @property
    def names(self) -> tuple[str, ...]:
        """All fields that it names."""
        return (*self.of, *self.less)
