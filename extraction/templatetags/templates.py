from __future__ import annotations

from django import template

from extraction.choices import Kind, RuleKind

register = template.Library()


@register.filter
def kind_label(kind: str) -> str:
    return str(Kind(str(kind)).label)


@register.filter
def rule_label(kind: str) -> str:
    return str(RuleKind(str(kind)).label)
