"""The JSON Schema of a model's answer, made from a template's fields; strict as `response_format` wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from extraction.types import FieldSpec, FieldType

_TEXTS = {"type": "array", "items": {"type": "string"}}


def answer_schema(fields: Sequence[FieldSpec]) -> dict[str, Any]:
    """Every field is required and null where the document does not state it."""
    return _object({spec.name: _answer(spec) for spec in fields})


def _answer(spec: FieldSpec) -> dict[str, Any]:
    if spec.type is FieldType.TABLE:
        values = _object({column.name: _nullable(_value(column)) for column in spec.fields})
        return _nullable({"type": "array", "items": _object({"lines": _TEXTS, "values": values})})
    if spec.type is FieldType.LIST:
        return _nullable({"type": "array", "items": _said(spec)})
    return _nullable(_said(spec))


def _said(spec: FieldSpec) -> dict[str, Any]:
    return _object({"value": _value(spec), "lines": _TEXTS, "quote": {"type": "string"}})


def _value(spec: FieldSpec) -> dict[str, Any]:
    kind = (spec.items or FieldType.STRING) if spec.type is FieldType.LIST else spec.type
    if kind in (FieldType.NUMBER, FieldType.AMOUNT):
        return {"type": "number"}
    if kind is FieldType.BOOLEAN:
        return {"type": "boolean"}
    if kind is FieldType.CHOICE and spec.options:
        return {"type": "string", "enum": list(dict.fromkeys(spec.options))}
    return {"type": "string"}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _nullable(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"anyOf": [dict(schema), {"type": "null"}]}
