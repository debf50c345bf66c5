"""A field's rules in the template editor: rows of their own inside the field's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from extraction.choices import Checksum, Comparison, RuleKind, Severity, sentence_of
from extraction.types import Checksum as KnownChecksum
from extraction.types import Comparison as KnownComparison
from extraction.types import InvalidRule, Rule, limit_from
from extraction.types import RuleKind as KnownKind
from extraction.types import Severity as KnownSeverity

MOST_RULES = 20
_TEXTS = ("kind", "severity", "pattern", "min", "max", "checksum", "comparison", "of", "less", "message")
_BETWEEN = re.compile(r"[,;+×、，；]")
# which inputs a kind of rule has; the others are left aside
_USED = {
    "pattern": ("pattern",),
    "range": ("min", "max", "not_future"),
    "checksum": ("checksum",),
    "sum": ("of", "less"),
    "product": ("of",),
    "compare": ("comparison", "of"),
    "words": ("of",),
}


class RuleForm(forms.Form):
    kind = forms.ChoiceField(label=_("Rule"), choices=RuleKind.choices)
    pattern = forms.CharField(label=_("Pattern of the whole value"), required=False, max_length=200)
    min = forms.CharField(label=_("At least"), required=False, max_length=40)
    max = forms.CharField(label=_("At most"), required=False, max_length=40)
    not_future = forms.BooleanField(label=_("Not in the future"), required=False)
    checksum = forms.ChoiceField(label=_("Check digits of"), required=False, choices=[("", "–"), *Checksum.choices])
    comparison = forms.ChoiceField(label=_("The value is"), required=False, choices=[("", "–"), *Comparison.choices])
    of = forms.CharField(
        label=_("Names of the fields, with commas"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"list": "field-names"}),
    )
    less = forms.CharField(label=_("Less these, where they are there"), required=False, max_length=2000)
    severity = forms.ChoiceField(label=_("Where it is broken"), choices=Severity.choices)
    message = forms.CharField(label=_("What people read then"), required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                data["rule"] = _rule(data)
            except InvalidRule as exc:
                self.add_error("kind", sentence_of(exc.code))
        return data


def _rule(data: Mapping[str, Any]) -> Rule:
    """Raise InvalidRule where something is missing or contradicts the rest."""
    used = {name: data[name] for name in _USED.get(data["kind"], ())}
    return Rule(
        kind=KnownKind(data["kind"]),
        severity=KnownSeverity(data["severity"]),
        message=data["message"],
        pattern=used.get("pattern", ""),
        least=limit_from(used["min"]) if used.get("min") else None,
        most=limit_from(used["max"]) if used.get("max") else None,
        not_future=used.get("not_future", False),
        checksum=KnownChecksum(used["checksum"]) if used.get("checksum") else None,
        of=_names(used.get("of", "")),
        less=_names(used.get("less", "")),
        comparison=KnownComparison(used["comparison"]) if used.get("comparison") else None,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in _BETWEEN.split(text) if (name := part.strip())))


@dataclass(slots=True)
class RuleRow:
    """A rule in the editor; `owner` is the prefix of its field's row."""

    key: int
    owner: str
    values: dict[str, Any] = field(default_factory=lambda: {"kind": "pattern", "severity": "error"})
    form: RuleForm | None = None

    @property
    def prefix(self) -> str:
        return f"{self.owner}-r{self.key}"

    @property
    def title(self) -> str:
        return str(dict(RuleKind.choices).get(self.values.get("kind", ""), ""))

    def show(self) -> None:
        self.form = RuleForm(initial=self.values, prefix=self.prefix, auto_id="%s")

    def check(self) -> None:
        data = {f"{self.prefix}-{name}": value for name, value in self.values.items()}
        self.form = RuleForm(data, prefix=self.prefix, auto_id="%s")
        self.form.full_clean()

    @property
    def rule(self) -> Rule | None:
        return self.form.cleaned_data.get("rule") if self.form and self.form.is_valid() else None

    def refuse(self, code: str, **params: Any) -> None:
        if self.form:
            self.form.add_error("of" if params else "kind", sentence_of(code, params))


def rows_of(rules: tuple[Rule, ...], owner: str) -> list[RuleRow]:
    return [RuleRow(number, owner, _values_of(rule)) for number, rule in enumerate(rules)]


def posted_rules(data: Mapping[str, str], owner: str) -> Iterator[RuleRow]:
    keys = dict.fromkeys(key for key in data.get(f"{owner}-rules", "").split() if key.isdecimal() and len(key) < 4)
    for key in list(keys)[:MOST_RULES]:
        row = RuleRow(int(key), owner)
        row.values = {name: data.get(f"{row.prefix}-{name}", "") for name in _TEXTS}
        row.values["not_future"] = f"{row.prefix}-not_future" in data
        yield row


def _values_of(rule: Rule) -> dict[str, Any]:
    return {
        "kind": rule.kind.value,
        "severity": rule.severity.value,
        "pattern": rule.pattern,
        "min": "" if rule.least is None else str(rule.least),
        "max": "" if rule.most is None else str(rule.most),
        "not_future": rule.not_future,
        "checksum": rule.checksum.value if rule.checksum else "",
        "comparison": rule.comparison.value if rule.comparison else "",
        "of": ", ".join(rule.of),
        "less": ", ".join(rule.less),
        "message": rule.message,
    }
