"""The fields that rules name: whether they are there, and of a type that the rule can use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extraction.types.fields import FieldSpec, FieldType
from extraction.types.rules import Rule, RuleKind

_NUMBERS = (FieldType.NUMBER, FieldType.AMOUNT)


def strange_names(fields: Sequence[FieldSpec]) -> Iterator[tuple[str, Rule, str]]:
    """A field's path, its rule, and the name there that is no field which it could use."""
    for spec in fields:
        yield from _strange(spec.name, spec, fields, fields)
        for column in spec.fields:
            yield from _strange(f"{spec.name}.{column.name}", column, spec.fields, fields)


def _strange(
    path: str, spec: FieldSpec, near: Sequence[FieldSpec], fields: Sequence[FieldSpec]
) -> Iterator[tuple[str, Rule, str]]:
    for rule in spec.rules:
        for name in rule.names:
            other = _named(name, near, fields, is_sum=rule.kind is RuleKind.SUM)
            if other is None or other is spec or not _fits(rule, spec, other):
                yield path, rule, name


def _named(name: str, near: Sequence[FieldSpec], fields: Sequence[FieldSpec], *, is_sum: bool) -> FieldSpec | None:
    found = next((spec for spec in (*near, *fields) if spec.name == name), None)
    table, _dot, column = name.partition(".")
    inner = next((spec for spec in fields if spec.name == table), None) if is_sum else None
    return found or next((spec for spec in (inner.fields if inner else ()) if spec.name == column), None)


def _fits(rule: Rule, spec: FieldSpec, other: FieldSpec) -> bool:
    if rule.kind is RuleKind.WORDS:
        return other.type in (FieldType.STRING, *_NUMBERS)
    if rule.kind is RuleKind.COMPARE and spec.item_type is FieldType.DATE:
        return other.type is FieldType.DATE
    return other.type in _NUMBERS
