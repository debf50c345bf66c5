"""What the template's rules say of the values found: kept and broken ones are signs of confidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from extraction.engine.rules import check
from extraction.types import FieldSpec, FieldType, ReadValue, Rule, RuleKind, Value

_TELLING = (RuleKind.PATTERN, RuleKind.CHECKSUM, RuleKind.SUM, RuleKind.PRODUCT, RuleKind.WORDS)
"""The kinds that hardly any wrong value keeps."""

_NO_DAY = date.max
"""Today is not known here, so that nothing lies in the future."""


def with_rules(values: Sequence[ReadValue], fields: Sequence[FieldSpec]) -> tuple[ReadValue, ...]:
    """The values with `rule_kept` and `rule_broken` among their signs; absent ones keep what they have."""
    specs = {spec.name: spec for spec in fields}
    said = {path: value for one in values for path, value in _paths(one, specs[one.name])}
    broken = {one.path for one in check(fields, said, today=_NO_DAY)}
    return tuple(_ruled(value, specs[value.name], said, broken) for value in values)


def _paths(value: ReadValue, spec: FieldSpec) -> Iterator[tuple[str, Value]]:
    if value.value is not None:
        yield value.name, value.value
    for number, row in enumerate(value.rows):
        for cell in row:
            if cell.value is not None:
                yield _cell_path(spec, number, cell), cell.value


def _cell_path(spec: FieldSpec, number: int, cell: ReadValue) -> str:
    """A list's items have no names."""
    return f"{spec.name}[{number}]" + ("" if spec.type is FieldType.LIST else f".{cell.name}")


def _ruled(value: ReadValue, spec: FieldSpec, said: Mapping[str, Value], broken: set[str]) -> ReadValue:
    if not value.rows:
        return _signed(value, spec, value.name, said, broken)
    columns = {column.name: column for column in spec.fields}
    rows = tuple(
        tuple(_signed(cell, columns.get(cell.name, spec), _cell_path(spec, number, cell), said, broken) for cell in row)
        for number, row in enumerate(value.rows)
    )
    return replace(value, rows=rows)


def _signed(value: ReadValue, spec: FieldSpec, path: str, said: Mapping[str, Value], broken: set[str]) -> ReadValue:
    if value.signs is None or value.value is None:
        return value
    is_broken = path in broken
    is_kept = not is_broken and any(_is_decided(rule, path, said) for rule in spec.rules)
    if not is_broken and not is_kept:
        return value
    features = {**value.signs.features, "rule_broken": float(is_broken), "rule_kept": float(is_kept)}
    return replace(value, signs=replace(value.signs, features=features))


def _is_decided(rule: Rule, path: str, said: Mapping[str, Value]) -> bool:
    """Whether the rule tells something and all that it compares is there."""
    row = path.rpartition(".")[0]
    return rule.kind in _TELLING and all(_is_there(name, row, said) for name in rule.of)


def _is_there(name: str, row: str, said: Mapping[str, Value]) -> bool:
    table, _dot, column = name.partition(".")
    return any(path in said for path in (name, f"{row}.{name}", f"{table}[0].{column}"))
