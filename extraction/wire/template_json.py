"""A template as JSON: DocMap's `variables`, with our keys beside theirs where they say less than we know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from extraction.errors import InvalidTemplate
from extraction.types import (
    AS_PRINTED,
    DateOrder,
    DecimalMark,
    FieldSpec,
    FieldType,
    InvalidRule,
    Notation,
    Rule,
    strange_names,
)
from extraction.wire.rule_json import MOST_RULES, dump_rule, load_rule

_WIRE_TYPES = {
    FieldType.STRING: "string",
    FieldType.CHOICE: "string",
    FieldType.NUMBER: "number",
    FieldType.AMOUNT: "number",
    FieldType.DATE: "date",
    FieldType.BOOLEAN: "boolean",
    FieldType.LIST: "array",
    FieldType.TABLE: "array",
}
_READ_TYPES = {
    "string": FieldType.STRING,
    "number": FieldType.NUMBER,
    "date": FieldType.DATE,
    "boolean": FieldType.BOOLEAN,
}
_ITEM_TYPES = frozenset(FieldType) - {FieldType.LIST, FieldType.TABLE}


@dataclass(frozen=True, slots=True)
class TemplateDefinition:
    """A template's name and fields, in the order they are shown; `language` is that of its documents.

    `name_checks` are those that the fields' names suggest, such as that subtotal and tax make the total.
    """

    name: str
    fields: tuple[FieldSpec, ...]
    language: str = "en"
    notation: Notation = AS_PRINTED
    name_checks: bool = True


def load(data: Any) -> TemplateDefinition:
    """Raise InvalidTemplate, whose params name the variable, for anything that is not such a template."""
    if not isinstance(data, dict):
        raise InvalidTemplate("a template is a JSON object", code="template_not_an_object")
    name = data.get("name")
    if not isinstance(name, str) or not name.strip():
        raise InvalidTemplate("a template needs a name", code="template_without_name")
    variables = data.get("variables")
    if not isinstance(variables, list) or not variables:
        raise InvalidTemplate("a template needs variables", code="template_without_variables")
    language = data.get("language", "en")
    if not isinstance(language, str) or not language:
        raise InvalidTemplate("a language is a short text", code="template_language_unknown")
    name_checks = data.get("name_checks", True)
    if not isinstance(name_checks, bool):
        raise InvalidTemplate("name_checks is a flag", code="template_name_checks_not_flag")
    fields = _load_fields(variables, parent="")
    check_names(fields)
    return TemplateDefinition(name.strip(), fields, language, _notation(data), name_checks)


def check_names(fields: tuple[FieldSpec, ...]) -> None:
    """Raise InvalidTemplate where a rule names what is no field that it can use."""
    for path, rule, name in strange_names(fields):
        problem = {"code": "rule_field_unknown", "params": {"field": name}}
        raise _invalid("variable_rule_invalid", path, rule=rule.kind.value, problem=problem)


def _notation(data: dict[str, Any]) -> Notation:
    order, mark = data.get("date_order"), data.get("decimal_mark")
    if order is not None and order not in [*DateOrder]:
        raise InvalidTemplate(f"no date order {order!r}", code="template_date_order_unknown")
    if mark is not None and mark not in [*DecimalMark]:
        raise InvalidTemplate(f"no decimal mark {mark!r}", code="template_decimal_mark_unknown")
    return Notation(DateOrder(order) if order else None, DecimalMark(mark) if mark else None)


def dump(template: TemplateDefinition) -> dict[str, Any]:
    data: dict[str, Any] = {"name": template.name, "language": template.language}
    if template.notation.date_order:
        data["date_order"] = template.notation.date_order.value
    if template.notation.decimal_mark:
        data["decimal_mark"] = template.notation.decimal_mark.value
    if not template.name_checks:
        data["name_checks"] = False
    return data | {"variables": [_dump_field(spec) for spec in template.fields]}


def _load_fields(variables: list[Any], *, parent: str) -> tuple[FieldSpec, ...]:
    fields: list[FieldSpec] = []
    for number, variable in enumerate(variables, start=1):
        spec = _load_field(variable, place=f"{parent}{number}", parent=parent)
        if any(spec.name == other.name for other in fields):
            raise _invalid("variable_name_twice", parent + spec.name)
        fields.append(spec)
    return tuple(fields)


def _load_field(variable: Any, *, place: str, parent: str) -> FieldSpec:
    if not isinstance(variable, dict):
        raise _invalid("variable_not_an_object", place)
    name = variable.get("name")
    if not isinstance(name, str) or not name.strip():
        raise _invalid("variable_without_name", place)
    name = name.strip()
    path = parent + name
    kind = _kind(variable, path)
    if parent and kind in (FieldType.TABLE, FieldType.LIST):
        raise _invalid("variable_nested_too_deep", path)
    spec = FieldSpec(
        name=name,
        type=kind,
        label=_text(variable, "label", path),
        description=_text(variable, "description", path),
        labels=_texts(variable, "labels", path),
        required=_flag(variable, "required", path),
        options=_texts(variable, "options", path),
        fields=_columns(variable, kind, path),
        items=_items(variable, kind, path),
        group=_text(variable, "group", path),
        single=variable.get("type") == "object",
        not_labels=_texts(variable, "not_labels", path),
    )
    return replace(spec, rules=tuple(_rules(variable, spec, path)))


def _rules(variable: dict[str, Any], spec: FieldSpec, path: str) -> Iterator[Rule]:
    rules = variable.get("rules") or []
    if not isinstance(rules, list) or len(rules) > MOST_RULES:
        raise _invalid("variable_rules_not_list", path, limit=MOST_RULES)
    for number, data in enumerate(rules, start=1):
        try:
            rule = load_rule(data)
        except InvalidRule as exc:
            raise _invalid("variable_rule_invalid", path, rule=number, problem={"code": exc.code}) from exc
        if not spec.takes(rule):
            raise _invalid("variable_rule_invalid", path, rule=number, problem={"code": "rule_not_of_this_type"})
        yield rule


def _kind(variable: dict[str, Any], path: str) -> FieldType:
    wire_type, kind = variable.get("type", "string"), variable.get("kind")
    if kind is not None:
        if kind not in [*FieldType] or wire_type not in (*_wire_names(FieldType(kind)), kind):
            raise _invalid("variable_kind_unknown", path, kind=kind)
        return _checked_choice(FieldType(kind), variable, path)
    if wire_type in ("array", "object"):
        return FieldType.TABLE if wire_type == "object" or variable.get("fields") else FieldType.LIST
    if wire_type == "string" and variable.get("options"):
        return FieldType.CHOICE
    if not isinstance(wire_type, str) or wire_type not in _READ_TYPES:
        raise _invalid("variable_type_unknown", path, type=wire_type)
    return _READ_TYPES[wire_type]


def _wire_names(kind: FieldType) -> tuple[str, ...]:
    return (_WIRE_TYPES[kind], "object") if kind is FieldType.TABLE else (_WIRE_TYPES[kind],)


def _checked_choice(kind: FieldType, variable: dict[str, Any], path: str) -> FieldType:
    if kind is FieldType.CHOICE and not variable.get("options"):
        raise _invalid("variable_without_options", path)
    return kind


def _columns(variable: dict[str, Any], kind: FieldType, path: str) -> tuple[FieldSpec, ...]:
    columns = variable.get("fields")
    if kind is not FieldType.TABLE:
        if columns:
            raise _invalid("variable_with_fields", path)
        return ()
    if not isinstance(columns, list) or not columns:
        raise _invalid("variable_without_fields", path)
    return _load_fields(columns, parent=f"{path}.")


def _items(variable: dict[str, Any], kind: FieldType, path: str) -> FieldType | None:
    if kind is not FieldType.LIST:
        return None
    items = variable.get("items", "string")
    if items not in [*_ITEM_TYPES]:
        raise _invalid("variable_items_unknown", path, items=items)
    return FieldType(items)


def _text(variable: dict[str, Any], key: str, path: str) -> str:
    value = variable.get(key)
    if value is not None and not isinstance(value, str):
        raise _invalid("variable_key_not_text", path, key=key)
    return value or ""


def _texts(variable: dict[str, Any], key: str, path: str) -> tuple[str, ...]:
    values = variable.get(key)
    if values is not None and not (isinstance(values, list) and all(isinstance(value, str) for value in values)):
        raise _invalid("variable_key_not_texts", path, key=key)
    return tuple(values or ())


def _flag(variable: dict[str, Any], key: str, path: str) -> bool:
    value = variable.get(key, False)
    if not isinstance(value, bool):
        raise _invalid("variable_key_not_flag", path, key=key)
    return value


def _invalid(code: str, variable: str, **params: Any) -> InvalidTemplate:
    return InvalidTemplate(f"{variable}: {code}", code=code, variable=variable, **params)


def _dump_field(spec: FieldSpec) -> dict[str, Any]:
    wire_type = "object" if spec.single else _WIRE_TYPES[spec.type]
    data: dict[str, Any] = {"name": spec.name, "type": wire_type, "description": spec.description}
    if spec.type is FieldType.AMOUNT or spec.type is FieldType.STRING and spec.options:
        data["kind"] = spec.type.value
    if spec.label:
        data["label"] = spec.label
    if spec.group:
        data["group"] = spec.group
    for key, values in (("labels", spec.labels), ("not_labels", spec.not_labels), ("options", spec.options)):
        if values:
            data[key] = list(values)
    if spec.required:
        data["required"] = True
    if spec.fields:
        data["fields"] = [_dump_field(column) for column in spec.fields]
    if spec.items:
        data["items"] = spec.items.value
    if spec.rules:
        data["rules"] = [dump_rule(rule) for rule in spec.rules]
    return data
