from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from extraction.choices import SENTENCES
from extraction.errors import InvalidTemplate
from extraction.types import (
    Checksum,
    Comparison,
    DateOrder,
    DecimalMark,
    FieldSpec,
    FieldType,
    Notation,
    Rule,
    RuleKind,
    Severity,
)
from extraction.wire.template_json import TemplateDefinition, dump, load
from tests.engine.fields.readings import READY_MADE

FULL = TemplateDefinition(
    "Invoice",
    (
        FieldSpec("number", label="Number", labels=("No.", "Nr."), required=True, description="Its number"),
        FieldSpec("note", options=("a",)),
        FieldSpec("total", FieldType.AMOUNT),
        FieldSpec("pages", FieldType.NUMBER),
        FieldSpec("day", FieldType.DATE),
        FieldSpec("paid", FieldType.BOOLEAN),
        FieldSpec("way", FieldType.CHOICE, options=("cash", "card")),
        FieldSpec("tags", FieldType.LIST, items=FieldType.AMOUNT),
        FieldSpec("items", FieldType.TABLE, fields=(FieldSpec("price", FieldType.AMOUNT), FieldSpec("name"))),
        FieldSpec("seller", FieldType.TABLE, fields=(FieldSpec("name"),), single=True),
        FieldSpec("iban", not_labels=("BIC", "客户账号"), rules=(Rule(RuleKind.CHECKSUM, checksum=Checksum.IBAN),)),
        FieldSpec("code", options=("A-1",), rules=(
            Rule(RuleKind.PATTERN, Severity.WARNING, "As on the box", pattern=r"[A-Z]-\d"),
            Rule(RuleKind.CHOICE, Severity.WARNING),
            Rule(RuleKind.REQUIRED),
        )),
        FieldSpec("due", FieldType.DATE, rules=(
            Rule(RuleKind.RANGE, least=date(2020, 1, 1), not_future=True),
            Rule(RuleKind.COMPARE, of=("day",), comparison=Comparison.AT_LEAST),
        )),
        FieldSpec("gross", FieldType.AMOUNT, rules=(
            Rule(RuleKind.RANGE, least=Decimal(0), most=Decimal("1000.50")),
            Rule(RuleKind.RANGE, least=Decimal("0.1"), most=Decimal("12345678901234567890.123")),
            Rule(RuleKind.SUM, of=("items.price", "total"), less=("pages",)),
            Rule(RuleKind.PRODUCT, of=("pages", "total")),
            Rule(RuleKind.WORDS, of=("note",)),
        )),
    ),
    notation=Notation(DateOrder.MONTH_FIRST, DecimalMark.COMMA),
    name_checks=False,
)  # fmt: skip


def test_load_gives_back_what_was_dumped() -> None:
    assert load(json.loads(json.dumps(dump(FULL)))) == FULL


def test_dump_writes_docmaps_words_and_our_keys_beside_them() -> None:
    variables = {variable["name"]: variable for variable in dump(FULL)["variables"]}

    assert variables["number"] == {
        "name": "number",
        "type": "string",
        "description": "Its number",
        "label": "Number",
        "labels": ["No.", "Nr."],
        "required": True,
    }
    assert variables["total"] == {"name": "total", "type": "number", "description": "", "kind": "amount"}
    assert variables["tags"] == {"name": "tags", "type": "array", "description": "", "items": "amount"}
    assert [variables[name]["type"] for name in ("way", "items", "seller")] == ["string", "array", "object"]


def test_load_reads_plain_docmap_variables() -> None:
    data = {"name": "Receipt", "variables": [{"name": "total", "type": "number"}, {"name": "lines", "type": "array"}]}

    template = load(data)

    assert template.fields == (
        FieldSpec("total", FieldType.NUMBER),
        FieldSpec("lines", FieldType.LIST, items=FieldType.STRING),
    )


@pytest.mark.parametrize(
    ("data", "code", "variable"),
    [
        ([], "template_not_an_object", None),
        ({"name": " ", "variables": []}, "template_without_name", None),
        ({"name": "T", "variables": []}, "template_without_variables", None),
        ({"name": "T", "variables": ["x"]}, "variable_not_an_object", "1"),
        ({"name": "T", "variables": [{"type": "string"}]}, "variable_without_name", "1"),
        ({"name": "T", "variables": [{"name": "a"}, {"name": "a"}]}, "variable_name_twice", "a"),
        ({"name": "T", "variables": [{"name": "a", "type": "text"}]}, "variable_type_unknown", "a"),
        ({"name": "T", "variables": [{"name": "a", "type": "date", "kind": "amount"}]}, "variable_kind_unknown", "a"),
        ({"name": "T", "variables": [{"name": "a", "kind": "choice"}]}, "variable_without_options", "a"),
        ({"name": "T", "variables": [{"name": "a", "type": "object"}]}, "variable_without_fields", "a"),
        ({"name": "T", "variables": [{"name": "a", "fields": [{"name": "b"}]}]}, "variable_with_fields", "a"),
        ({"name": "T", "variables": [{"name": "a", "type": "array", "items": "table"}]}, "variable_items_unknown", "a"),
        ({"name": "T", "variables": [{"name": "a", "required": "yes"}]}, "variable_key_not_flag", "a"),
        ({"name": "T", "variables": [{"name": "a", "labels": "x"}]}, "variable_key_not_texts", "a"),
        (
            {"name": "T", "variables": [{"name": "a", "type": "array", "fields": [{"name": "b", "type": "array"}]}]},
            "variable_nested_too_deep",
            "a.b",
        ),
    ],
)
def test_load_names_the_variable_that_is_wrong(data: Any, code: str, variable: str | None) -> None:
    with pytest.raises(InvalidTemplate) as refusal:
        load(data)

    assert (refusal.value.code, refusal.value.params.get("variable")) == (code, variable)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("iban", "rule_not_understood"),
        ({"kind": "magic"}, "rule_not_understood"),
        ({"kind": "required", "colour": "red"}, "rule_not_understood"),
        ({"kind": "required", "severity": "fatal"}, "rule_not_understood"),
        ({"kind": "required", "message": 7}, "rule_not_understood"),
        ({"kind": "required", "pattern": "a"}, "rule_key_of_another_kind"),
        ({"kind": "choice"}, "rule_not_of_this_type"),
        ({"kind": "pattern"}, "rule_incomplete"),
        ({"kind": "pattern", "pattern": "(a"}, "rule_pattern_not_understood"),
        ({"kind": "checksum", "checksum": "md5"}, "rule_not_understood"),
        ({"kind": "range", "min": 1}, "rule_not_of_this_type"),
        ({"kind": "range", "min": 2, "max": 1}, "rule_limits_upside_down"),
        ({"kind": "range", "min": 2, "max": "2026-01-01"}, "rule_limits_upside_down"),
        ({"kind": "range", "min": "NaN"}, "rule_limit_unknown"),
        ({"kind": "range", "min": "sNaN"}, "rule_limit_unknown"),
        ({"kind": "range", "min": "1e5000"}, "rule_limit_unknown"),
        ({"kind": "range", "min": "1." + 50 * "0"}, "rule_limit_unknown"),
        ({"kind": "range", "min": "soon"}, "rule_limit_unknown"),
        ({"kind": "range", "not_future": 1}, "rule_not_understood"),
        ({"kind": "sum", "of": "b"}, "rule_not_understood"),
        ({"kind": "compare", "of": ["b", "c"], "comparison": "less"}, "rule_of_one_field"),
    ],
)
def test_load_says_what_is_wrong_with_a_rule(data: Any, code: str) -> None:
    with pytest.raises(InvalidTemplate) as refusal:
        load({"name": "T", "variables": [{"name": "a", "rules": [data]}]})

    told = {"variable": "a", "rule": 1, "problem": {"code": code}}
    assert (refusal.value.code, refusal.value.params) == ("variable_rule_invalid", told)
    assert code in SENTENCES


@pytest.mark.parametrize("name", ["nothing", "total", "text", "items", "items.article", "items.nothing"])
def test_a_rule_names_only_fields_that_it_can_use(name: str) -> None:
    columns = [{"name": "article", "type": "string"}, {"name": "price", "type": "number"}]
    total = {"name": "total", "type": "number", "rules": [{"kind": "sum", "of": ["items.price", name]}]}
    table = {"name": "items", "type": "array", "fields": columns}

    with pytest.raises(InvalidTemplate) as refusal:
        load({"name": "T", "variables": [{"name": "text"}, table, total]})

    problem = {"code": "rule_field_unknown", "params": {"field": name}}
    assert refusal.value.params == {"variable": "total", "rule": "sum", "problem": problem}


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("date_order", "year_first", "template_date_order_unknown"),
        ("date_order", ["day_first"], "template_date_order_unknown"),
        ("decimal_mark", ",", "template_decimal_mark_unknown"),
        ("name_checks", "no", "template_name_checks_not_flag"),
    ],
)
def test_load_names_the_templates_own_key_that_is_wrong(key: str, value: Any, code: str) -> None:
    with pytest.raises(InvalidTemplate) as refusal:
        load({"name": "T", "variables": [{"name": "a"}], key: value})

    assert refusal.value.code == code


@pytest.mark.parametrize("name", ["invoice", "receipt", "fapiao", "contract"])
def test_ready_made_templates_are_in_their_canonical_form(name: str) -> None:
    data = json.loads((READY_MADE / f"{name}.json").read_text(encoding="utf-8"))

    assert dump(load(data)) == data
