"""What to look for, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from extraction.types.boxes import BBox
from extraction.types.pages import check_confidence
from extraction.types.rules import InvalidRule, Rule, RuleKind

type Value = str | Decimal | bool
"""A field's value: text, a number without drift, an ISO date as text, or yes and no."""


class FieldType(StrEnum):
    STRING = "string"
    NUMBER = "number"
    AMOUNT = "amount"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    LIST = "list"
    TABLE = "table"


class Precision(StrEnum):
    """How closely a span's box fits the value."""

    WORD = "word"
    CELL = "cell"
    LINE = "line"
    BLOCK = "block"


class AbsentReason(StrEnum):
    LABEL_WITHOUT_VALUE = "label_without_value"
    LABEL_NOT_FOUND = "label_not_found"
    NOT_READ = "not_read"


_NUMBERS = (FieldType.NUMBER, FieldType.AMOUNT)
_TEXTS = (FieldType.STRING, FieldType.CHOICE)
# on which fields a rule of a kind can be; the others can be anywhere
_RULED = {
    RuleKind.PATTERN: _TEXTS,
    RuleKind.CHECKSUM: _TEXTS,
    RuleKind.CHOICE: _TEXTS,
    RuleKind.RANGE: (*_NUMBERS, FieldType.DATE),
    RuleKind.COMPARE: (*_NUMBERS, FieldType.DATE),
    RuleKind.SUM: _NUMBERS,
    RuleKind.PRODUCT: _NUMBERS,
    RuleKind.WORDS: _NUMBERS,
}


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What to look for: `fields` are a table's columns, `items` a list's type, `labels` words beside the value.

    `group` is the heading under which people see the field; a `single` table has one row (DocMap's `object`).
    `not_labels` are words that never name the value; a list's `rules` are those of its items.
    """

    name: str
    type: FieldType = FieldType.STRING
    label: str = ""
    description: str = ""
    labels: tuple[str, ...] = ()
    required: bool = False
    options: tuple[str, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    items: FieldType | None = None
    group: str = ""
    single: bool = False
    not_labels: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a field needs a name")
        if bool(self.fields) != (self.type is FieldType.TABLE):
            raise ValueError(f"{self.name}: a table has columns, and nothing else has")
        for rule in self.rules:
            if not self.takes(rule):
                raise InvalidRule("rule_not_of_this_type")

    @property
    def item_type(self) -> FieldType:
        """The type of a single value."""
        return (self.items or FieldType.STRING) if self.type is FieldType.LIST else self.type

    def takes(self, rule: Rule) -> bool:
        """Whether a field of this type can have the rule."""
        if self.item_type not in _RULED.get(rule.kind, tuple(FieldType)):
            return False
        if rule.kind is RuleKind.CHOICE and not self.options:
            return False
        is_date = self.item_type is FieldType.DATE
        wrong = Decimal if is_date else date
        return not (rule.not_future and not is_date or isinstance(rule.least, wrong) or isinstance(rule.most, wrong))


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands: page from 1, box in that page's units, the text inside, the block's idx."""

    page: int
    bbox: BBox
    text: str
    block: int | None = None
    precision: Precision = Precision.WORD


@dataclass(frozen=True, slots=True)
class Alternative:
    """A runner-up: another value that could be meant, with its place."""

    value: Value
    text: str
    spans: tuple[Span, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Signs:
    """What a value's confidence is made of: features by name for the `group` of decisions and the field's `kind`."""

    group: str
    kind: str
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ReadValue:
    """A field's value as a machine read it.

    `text` is as printed. An absent value has `value` None and a reason; a list or table has its `rows` instead, each
    row one ReadValue per cell (a list: one). `label` is where the field's label stands, `method` how it was found.
    `flag` is the code of a doubt that a person should see: a provider's value that does not fit its field (then `value`
    is None and `text` what the provider said), or that stands nowhere in the document. `signs` are there where the
    confidence was reckoned, and are not kept.
    """

    name: str
    value: Value | None = None
    text: str | None = None
    spans: tuple[Span, ...] = ()
    confidence: float | None = None
    reason: AbsentReason | None = None
    label: Span | None = None
    method: str = ""
    alternatives: tuple[Alternative, ...] = ()
    rows: tuple[tuple[ReadValue, ...], ...] = ()
    flag: str = ""
    signs: Signs | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_confidence(self.confidence)
        if self.value is not None and self.reason is not None:
            raise ValueError(f"{self.name}: a value that is there has no reason for absence")

    @property
    def is_absent(self) -> bool:
        return self.value is None and not self.rows
