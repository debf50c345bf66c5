"""The rules of a template's field as JSON: only the keys that say something, limits as numbers or ISO dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from extraction.types import Checksum, Comparison, InvalidRule, Limit, Rule, RuleKind, Severity, limit_from

MOST_RULES = 20
_KEYS = {"kind", "severity", "message", "pattern", "min", "max", "not_future", "checksum", "of", "less", "comparison"}


def load_rule(data: Any) -> Rule:
    """Raise InvalidRule for anything that is no rule."""
    if not isinstance(data, Mapping) or set(data) - _KEYS:
        raise InvalidRule("rule_not_understood")
    return Rule(
        kind=_word(RuleKind, data.get("kind")),
        severity=_word(Severity, data.get("severity", Severity.ERROR)),
        message=_text(data, "message"),
        pattern=_text(data, "pattern"),
        least=load_limit(data.get("min")),
        most=load_limit(data.get("max")),
        not_future=_flag(data, "not_future"),
        checksum=_word(Checksum, data["checksum"]) if data.get("checksum") is not None else None,
        of=_names(data, "of"),
        less=_names(data, "less"),
        comparison=_word(Comparison, data["comparison"]) if data.get("comparison") is not None else None,
    )


def dump_rule(rule: Rule) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": rule.kind.value}
    if rule.severity is not Severity.ERROR:
        data["severity"] = rule.severity.value
    for key, text in (("message", rule.message), ("pattern", rule.pattern)):
        if text:
            data[key] = text
    for key, limit in (("min", rule.least), ("max", rule.most)):
        if limit is not None:
            data[key] = _dump_limit(limit)
    if rule.not_future:
        data["not_future"] = True
    for key, word in (("checksum", rule.checksum), ("comparison", rule.comparison)):
        if word is not None:
            data[key] = word.value
    for key, names in (("of", rule.of), ("less", rule.less)):
        if names:
            data[key] = list(names)
    return data


def load_limit(value: Any) -> Limit | None:
    """A number, an ISO date, or the text of a number; raises InvalidRule."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise InvalidRule("rule_limit_unknown")
    return limit_from(str(value).strip())


def _dump_limit(limit: Limit) -> int | float | str:
    """A number as JSON has it where that says the same."""
    if isinstance(limit, date):
        return limit.isoformat()
    if repr(int(limit)) == str(limit):
        return int(limit)
    return float(limit) if repr(float(limit)) == str(limit) else str(limit)


def _word[Word: StrEnum](words: type[Word], value: Any) -> Word:
    try:
        return words(value)
    except ValueError as exc:
        raise InvalidRule("rule_not_understood") from exc


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key) or ""
    if not isinstance(value, str) or len(value) > 500:
        raise InvalidRule("rule_not_understood")
    return value


def _flag(data: Mapping[str, Any], key: str) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        raise InvalidRule("rule_not_understood")
    return value


def _names(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = data.get(key) or ()
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) and value for value in values):
        raise InvalidRule("rule_not_understood")
    return tuple(values)
