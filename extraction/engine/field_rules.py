"""The rules that a template's author wrote for a field, held against its value and those it is compared with."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import prod

from extraction.engine.amount_words import parse_amount_words
from extraction.engine.broken import CENTS, Broken, Values, round_to_cents, row_count
from extraction.engine.checksums import is_valid, mended
from extraction.types import Comparison, FieldSpec, Limit, Rule, RuleKind, Value, matches

_HOLDS: dict[Comparison, Callable[[Limit, Limit], bool]] = {
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.EQUAL: operator.eq,
    Comparison.AT_LEAST: operator.ge,
    Comparison.MORE: operator.gt,
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All fields and values of a document; for a cell the columns `near` it, whose paths begin with `prefix`."""

    fields: Sequence[FieldSpec]
    values: Values
    today: date
    near: Sequence[FieldSpec] = ()
    prefix: str = ""

    def label(self, name: str) -> str:
        """What people call the field that a rule names."""
        table, _dot, column = name.partition(".")
        spec = self._field(name) or next((spec for spec in self.fields if spec.name == table), None)
        inner = next((one for one in spec.fields if one.name == column), None) if spec and column else None
        return " ".join(one.label or one.name for one in (spec, inner) if one) or name

    def value(self, name: str) -> Value | None:
        is_near = any(spec.name == name for spec in self.near)
        return self.values.get(f"{self.prefix}{name}" if is_near else name)

    def numbers(self, name: str) -> list[Decimal] | None:
        """The number of a field, or all of a column; None where one is missing or there is none."""
        table, dot, column = name.partition(".")
        found = [self.value(name)]
        if dot and not self._field(name):
            found = [self.values.get(f"{table}[{row}].{column}") for row in range(row_count(table, self.values))]
        numbers = [value for value in found if isinstance(value, Decimal)]
        return numbers if numbers and len(numbers) == len(found) else None

    def _field(self, name: str) -> FieldSpec | None:
        return next((spec for spec in (*self.near, *self.fields) if spec.name == name), None)


def broken_rules(spec: FieldSpec, path: str, value: Value, around: Surroundings) -> Iterator[Broken]:
    """Of a value of the field's type."""
    for rule in spec.rules:
        held = _HELD.get(rule.kind)
        broken = held(rule, path, value, around) if held else None
        if broken and broken.suggestion != value:
            yield told(rule, broken)


def told(rule: Rule, broken: Broken) -> Broken:
    """As grave as the rule says, in its author's words where it has some."""
    broken = replace(broken, severity=rule.severity)
    return replace(broken, code="rule_said", params={"message": rule.message}) if rule.message else broken


def _pattern(rule: Rule, path: str, value: Value, around: Surroundings) -> Broken | None:
    text = str(value).strip()
    if matches(rule.pattern, text):
        return None
    tight = re.sub(r"\s", "", text)
    mend = tight if tight != text and matches(rule.pattern, tight) else None
    return Broken(path, "rule_pattern", params={"pattern": rule.pattern}, suggestion=mend)


def _range(rule: Rule, path: str, value: Value, around: Surroundings) -> Broken | None:
    limit = _limit(value)
    if limit is None:
        return None
    is_date = isinstance(limit, date)
    if rule.not_future and isinstance(limit, date) and limit > around.today:
        return Broken(path, "rule_in_future")
    if rule.least is not None and _HOLDS[Comparison.LESS](limit, rule.least):
        return Broken(path, "rule_too_early" if is_date else "rule_too_small", params={"limit": _plain(rule.least)})
    if rule.most is not None and _HOLDS[Comparison.MORE](limit, rule.most):
        return Broken(path, "rule_too_late" if is_date else "rule_too_large", params={"limit": _plain(rule.most)})
    return None


def _checksum(rule: Rule, path: str, value: Value, around: Surroundings) -> Broken | None:
    if rule.checksum is None or is_valid(rule.checksum, str(value)):
        return None
    return Broken(path, f"rule_{rule.checksum}", suggestion=mended(rule.checksum, str(value)))


def _sum(rule: Rule, path: str, value: Value, around: Surroundings) -> Broken | None:
    parts = [around.numbers(name) for name in rule.of]
    if not isinstance(value, Decimal) or any(part is None for part in parts):
        return None
    total = sum((number for part in parts for number in part or ()), Decimal(0))
    # what is printed as a discount has its minus or has it not
    total -= sum((abs(number) for name in rule.less for number in around.numbers(name) or ()), Decimal(0))
    if abs(total - value) <= CENTS:
        return None
    words = " + ".join(around.label(name) for name in rule.of)
    words += "".join(f" − {around.label(name)}" for name in rule.less if around.numbers(name))
    return Broken(path, "rule_total", params={"parts": words, "sum": total}, suggestion=total)


def _product(rule: Rule, path: str, value: Value, around: Surroundings) -> Broken | None:
    found = [around.value(name) for name in rule.of]
    factors = [factor for factor in found if isinstance(factor, Decimal)]
    if not isinstance(value, Decimal) or len(factors) < len(found):
        return None
    product = round_to_cents(prod(factors, start=Decimal(1)))
    # the first is the quantity: a printed price may be rounded by half a cent
    if abs(product - value) <= CENTS + abs(factors[0]) * Decimal("0.005"):
        return None
    params = {"parts": " × ".join(around.label(name) for name in rule.of), "sum": product}
    return Broken(path, "rule_total", params=params, suggestion=product)


def _compare(rule: Rule, path: str, value: Value, around: Surroundings) -> Broken | None:
    other = around.value(rule.of[0])
    mine, theirs = _limit(value), _limit(other)
    if mine is None or theirs is None or type(mine) is not type(theirs) or rule.comparison is None:
        return None
    if _HOLDS[rule.comparison](mine, theirs):
        return None
    params = {"name": around.label(rule.of[0]), "value": _plain(theirs)}
    mend = other if rule.comparison is Comparison.EQUAL else None
    return Broken(path, f"rule_not_{rule.comparison}", params=params, suggestion=mend)


def _words(rule: Rule, path: str, value: Value, around: Surroundings) -> Broken | None:
    words = around.value(rule.of[0])
    written = words if isinstance(words, Decimal) else parse_amount_words(words) if isinstance(words, str) else None
    if written is None or written == value:
        return None
    params = {"name": around.label(rule.of[0]), "sum": written}
    return Broken(path, "rule_words", params=params, suggestion=written)


def _limit(value: Value | None) -> Limit | None:
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _plain(limit: Limit) -> Decimal | str:
    return limit.isoformat() if isinstance(limit, date) else limit


_HELD: dict[RuleKind, Callable[[Rule, str, Value, Surroundings], Broken | None]] = {
    RuleKind.PATTERN: _pattern,
    RuleKind.RANGE: _range,
    RuleKind.CHECKSUM: _checksum,
    RuleKind.SUM: _sum,
    RuleKind.PRODUCT: _product,
    RuleKind.COMPARE: _compare,
    RuleKind.WORDS: _words,
}
