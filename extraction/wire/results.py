"""Extractions as JSON: a line of `extract`, with the place of every value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from extraction.types import AbsentReason, BBox, FieldSpec, FieldType, ReadValue, Span, Value
from extraction.wire.readings import dump_page, dump_reading, load_page, load_reading

__all__ = ["dump_page", "dump_reading", "dump_result", "evidence_of", "extracted_data", "load_page", "load_reading"]


def dump_result(
    file: str, values: Sequence[ReadValue], fields: Sequence[FieldSpec], *, error: str | None = None
) -> dict[str, Any]:
    """One line of `extract`; with an error there is no data."""
    if error is not None:
        return {"file": file, "status": "failed", "extractedData": None, "evidence": {}, "error": error}
    data, evidence = extracted_data(values, fields), evidence_of(values, fields)
    return {"file": file, "status": "completed", "extractedData": data, "evidence": evidence, "error": None}


def evidence_of(values: Sequence[ReadValue], fields: Sequence[FieldSpec]) -> dict[str, Any]:
    """Page, box, text and confidence by path: `total`, `line_items[3].quantity`, of a single table `seller.name`."""
    by_name = {value.name: value for value in values}
    return dict(entry for field in fields for entry in _entries(field, by_name.get(field.name)))


def extracted_data(values: Sequence[ReadValue], fields: Sequence[FieldSpec]) -> dict[str, Any]:
    """Values by field name in the template's order; None stands for an absent one."""
    by_name = {value.name: value for value in values}
    return {field.name: _plain(field, by_name.get(field.name)) for field in fields}


def _plain(field: FieldSpec, value: ReadValue | None) -> Any:
    if value is None or value.is_absent:
        return None
    if field.single:
        return {cell.name: json_value(cell.value) for row in value.rows[:1] for cell in row}
    if field.type is FieldType.TABLE:
        return [{cell.name: json_value(cell.value) for cell in row} for row in value.rows]
    if field.type is FieldType.LIST:
        return [json_value(item.value) for row in value.rows for item in row]
    return json_value(value.value)


def json_value(value: Value | None) -> str | int | float | bool | None:
    """A number without drift: one that no float can carry stays text."""
    if not isinstance(value, Decimal):
        return value
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value() and abs(value) < 10**15:
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)


def _entries(field: FieldSpec, value: ReadValue | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Evidence under the field's path, and under each cell's."""
    if value is None or value.is_absent:
        yield field.name, _absent(value)
        return
    if not value.rows:
        yield field.name, _present(value)
        return
    yield field.name, _around_rows(value)
    for number, row in enumerate(value.rows[:1] if field.single else value.rows):
        for cell in row:
            path = field.name if field.single else f"{field.name}[{number}]"
            name = path if field.type is FieldType.LIST else f"{path}.{cell.name}"
            yield name, _absent(cell) if cell.is_absent else _present(cell)


def _absent(value: ReadValue | None) -> dict[str, Any]:
    reason = (value.reason if value else None) or AbsentReason.NOT_READ
    confidence = value.confidence if value else None
    return {"page": None, "bbox": None, "text": None, "confidence": confidence, "reason": str(reason)}


def _present(value: ReadValue) -> dict[str, Any]:
    return _evidence(value.spans, value.text, value.confidence)


def _around_rows(value: ReadValue) -> dict[str, Any]:
    """A table's own entry: the box around its cells on its first page, all its text, its lowest confidence."""
    cells = [cell for row in value.rows for cell in row]
    spans = value.spans or tuple(span for cell in cells for span in cell.spans)
    text = value.text or "\n".join(" ".join(cell.text for cell in row if cell.text) for row in value.rows)
    known = [cell.confidence for cell in cells if cell.confidence is not None]
    lowest = value.confidence if value.confidence is not None else min(known, default=None)
    return _evidence(spans, text, lowest)


def _evidence(spans: Sequence[Span], text: str | None, confidence: float | None) -> dict[str, Any]:
    if not spans:
        return {"page": None, "bbox": None, "text": text, "confidence": confidence}
    page = min(span.page for span in spans)
    box = BBox.around(*(span.bbox for span in spans if span.page == page))
    text = " ".join(span.text for span in spans) if text is None else text
    return {"page": page, "bbox": [*box], "text": text, "confidence": confidence}
