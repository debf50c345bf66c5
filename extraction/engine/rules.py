"""Checks over the values of a document as they stand now: pure; a broken rule may bring what would mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from extraction.engine.broken import Broken, Values, row_count
from extraction.engine.field_rules import Surroundings, broken_rules, told
from extraction.engine.named_checks import check_by_names
from extraction.types import FieldSpec, FieldType, Rule, RuleKind, Severity, Value

__all__ = ["Broken", "check"]

_NUMBERS = (FieldType.NUMBER, FieldType.AMOUNT)


def check(fields: Sequence[FieldSpec], values: Values, *, today: date, by_names: bool = True) -> list[Broken]:
    """Every broken rule; a rule whose values are not all there is not broken.

    `by_names` adds what the fields' names suggest: that subtotal and tax make the total, for one.
    """
    around = Surroundings(fields, values, today)
    broken = [found for spec in fields for found in _check_field(spec, around)]
    return [*broken, *(check_by_names(fields, values) if by_names else ())]


def _check_field(spec: FieldSpec, around: Surroundings) -> Iterator[Broken]:
    if spec.type not in (FieldType.TABLE, FieldType.LIST):
        yield from _check_value(spec, spec.name, around)
        return
    rows = row_count(spec.name, around.values)
    if rows == 0 and (rule := _required(spec)):
        # nobody can confirm that a table is absent, so this only warns
        yield told(replace(rule, severity=Severity.WARNING), Broken(spec.name, "rule_required"))
    for row in range(rows):
        yield from _check_row(spec, row, around)


def _check_row(spec: FieldSpec, row: int, around: Surroundings) -> Iterator[Broken]:
    path = f"{spec.name}[{row}]"
    if spec.type is FieldType.LIST:
        value = around.values.get(path)
        if value not in (None, ""):
            item = replace(spec, type=spec.item_type, items=None)
            yield from () if _wrong_type(item, value) else broken_rules(item, path, value, around)
        return
    inside = replace(around, near=spec.fields, prefix=f"{path}.")
    for column in spec.fields:
        yield from _check_value(column, f"{path}.{column.name}", inside)


def _check_value(spec: FieldSpec, path: str, around: Surroundings) -> Iterator[Broken]:
    value = around.values.get(path)
    if value is None or value == "":
        if rule := _required(spec):
            yield told(rule, Broken(path, "rule_required"))
        return
    wrong = _wrong_type(spec, value)
    if wrong:
        yield Broken(path, wrong)
        return
    if spec.options and value not in spec.options:
        rule = next((rule for rule in spec.rules if rule.kind is RuleKind.CHOICE), Rule(RuleKind.CHOICE))
        yield told(rule, Broken(path, "rule_choice", suggestion=_same_option(spec, str(value))))
    yield from broken_rules(spec, path, value, around)


def _required(spec: FieldSpec) -> Rule | None:
    """The rule that says how grave it is where the value is missing; None where it may be."""
    own = next((rule for rule in spec.rules if rule.kind is RuleKind.REQUIRED), None)
    return own or (Rule(RuleKind.REQUIRED) if spec.required else None)


def _wrong_type(spec: FieldSpec, value: Value) -> str | None:
    if spec.type in _NUMBERS and not isinstance(value, Decimal):
        return "rule_not_number"
    if spec.type is FieldType.DATE and not re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        return "rule_not_date"
    if spec.type is FieldType.BOOLEAN and not isinstance(value, bool):
        return "rule_not_boolean"
    return None


def _same_option(spec: FieldSpec, value: str) -> str | None:
    return next((option for option in spec.options if option.casefold() == value.strip().casefold()), None)
