"""Exports as JSON and CSV, some documents at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from extraction.choices import Kind
from extraction.models import TemplateField
from extraction.services.exports import ExportedDocument, ExportedTable, ExportedValue, plain_data
from extraction.types import Value
from extraction.wire.results import json_value

BOM = "\ufeff"
HEAD = ("document", "template", "version", "state", "reviewer", "finished_at", "pages", "sha256", "extraction")
# what a spreadsheet takes for the beginning of a formula: OWASP, CSV Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def document_json(exported: ExportedDocument) -> dict[str, Any]:
    return {
        **_about(exported),
        "file": {
            "name": exported.document.name,
            "sha256": exported.document.blob.sha256,
            "bytes": exported.document.blob.size,
        },
        "pages": [{"page": number, "width": width, "height": height} for number, width, height in exported.pages],
        "extractedData": _json(plain_data(exported)),
        "evidence": {value.path: _evidence(value) for value in all_values(exported)},
    }


def json_chunks(documents: Iterable[ExportedDocument]) -> Iterator[str]:
    yield '{"documents": ['
    between = ""
    for exported in documents:
        yield between + json.dumps(document_json(exported), ensure_ascii=False, indent=2)
        between = ",\n"
    yield "]}\n"


def _about(exported: ExportedDocument) -> dict[str, Any]:
    version = exported.extraction.version
    return {
        "id": exported.document.pk,
        "document": exported.document.name,
        "extraction": exported.extraction.public_id,
        "template": {"slug": version.template.slug, "name": version.template.name, "version": version.number},
        "state": exported.state,
        "reviewer": exported.reviewer or None,
        "finishedAt": finished_at(exported) or None,
    }


def finished_at(exported: ExportedDocument) -> str:
    """When the review ended, in the team's time zone; empty while it is open."""
    if exported.review is None or exported.review.finished_at is None:
        return ""
    return exported.review.finished_at.astimezone(exported.document.team.zone).isoformat(timespec="seconds")


def all_values(exported: ExportedDocument) -> Iterator[ExportedValue]:
    yield from exported.fields
    for table in exported.tables:
        for row in table.rows:
            yield from row


def _evidence(value: ExportedValue) -> dict[str, Any]:
    data: dict[str, Any] = {
        "value": _json(value.value),
        "text": value.text or None,
        "page": value.page,
        "bbox": [round(edge, 2) for edge in value.bbox] if value.bbox else None,
        "confidence": value.confidence,
        "corrected": value.corrected,
        "reviewer": value.reviewer,
    }
    if value.reason:
        data["reason"] = value.reason
    return data


def _json(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _json(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_json(value) for value in data]
    return json_value(data)


def csv_chunks(documents: Iterable[ExportedDocument], columns: Sequence[TemplateField], *, bom: bool) -> Iterator[str]:
    """A line per row of a table, the document's own fields repeated; a document without rows has one line."""
    fields, cells = field_names(columns), _cell_names(columns)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([safe_text(name) for name in (*HEAD, *fields, "table", "row", *cells)])
    yield (BOM if bom else "") + _taken(buffer)
    for exported in documents:
        writer.writerows(_csv_lines(exported, fields, cells))
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def field_names(columns: Sequence[TemplateField]) -> list[str]:
    """Of the fields that have one value, in order, each name once."""
    names = (column.name for column in columns if column.parent_id is None and not has_rows(column))
    return list(dict.fromkeys(names))


def _cell_names(columns: Sequence[TemplateField]) -> list[str]:
    """Columns of tables as `line_items.quantity`, a list as its own name."""
    lists = [column.name for column in columns if column.type == Kind.LIST]
    inner = [f"{column.parent.name}.{column.name}" for column in columns if column.parent]
    return list(dict.fromkeys([*inner, *lists]))


def has_rows(column: TemplateField) -> bool:
    return column.type in (Kind.TABLE, Kind.LIST)


def _csv_lines(exported: ExportedDocument, fields: Sequence[str], cells: Sequence[str]) -> Iterator[list[str]]:
    by_name = {value.path: value.value for value in exported.fields}
    start = [*_head(exported), *(csv_text(by_name.get(name)) for name in fields)]
    empty = True
    for table in exported.tables:
        for number, row in enumerate(table.rows, start=1):
            values = {_cell_name(table, cell): cell.value for cell in row}
            yield [*start, safe_text(table.field.name), str(number), *(csv_text(values.get(name)) for name in cells)]
            empty = False
    if empty:
        yield [*start, "", "", *("" for _name in cells)]


def _cell_name(table: ExportedTable, cell: ExportedValue) -> str:
    return table.field.name if cell.field == table.field else f"{table.field.name}.{cell.field.name}"


def _head(exported: ExportedDocument) -> list[str]:
    version, pages = exported.extraction.version, exported.document.page_count
    texts = (exported.document.name, version.template.name, str(version.number), exported.state, exported.reviewer)
    return [
        *(safe_text(text) for text in texts),
        finished_at(exported),
        "" if pages is None else str(pages),
        exported.document.blob.sha256,
        exported.extraction.public_id,
    ]


def csv_text(value: Value | None) -> str:
    """Numbers as they are, also negative ones; text that a spreadsheet would run is quoted."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else safe_text(value)


def safe_text(text: str) -> str:
    """With a quote before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip(" ").startswith(_FORMULA) else text
