"""Exports as a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from extraction.choices import Kind
from extraction.models import TemplateField
from extraction.services.export_files import HEAD, all_values, field_names, finished_at, has_rows
from extraction.services.exports import ExportedDocument, ExportedTable, ExportedValue

_CELL_LIMIT = 32_767  # signs in a cell: Excel's own limit


def write_xlsx(documents: Iterable[ExportedDocument], columns: Sequence[TemplateField], file: IO[bytes]) -> None:
    """A sheet of documents, one for each table, and one with the place of every value."""
    book = Workbook(write_only=True)
    sheets = _Sheets(book, columns)
    for exported in documents:
        sheets.add(exported)
    book.save(file)


class _Sheets:
    def __init__(self, book: Workbook, columns: Sequence[TemplateField]) -> None:
        self._names = field_names(columns)
        self._tables = {
            table: list(dict.fromkeys(_inner_names(table, columns)))
            for table in dict.fromkeys(column.name for column in columns if has_rows(column))
        }
        taken: set[str] = set()
        self._documents = _sheet(book, _("Documents"), [*HEAD, *_labelled(self._names, columns)], taken)
        self._rows = {
            table: _sheet(book, table, ["document", "row", *_cell_labels(table, inner, columns)], taken)
            for table, inner in self._tables.items()
        }
        evidence = [
            "document",
            "field",
            "value",
            "text",
            "page",
            "x0",
            "y0",
            "x1",
            "y1",
            "confidence",
            "corrected",
            "reviewer",
        ]
        self._evidence = _sheet(book, _("Evidence"), evidence, taken)

    def add(self, exported: ExportedDocument) -> None:
        by_name = {value.path: value for value in exported.fields}
        values = [_cell_value(by_name[name]) if name in by_name else None for name in self._names]
        _append(self._documents, [*_head_values(exported), *values])
        for table in exported.tables:
            self._add_rows(exported, table)
        for value in all_values(exported):
            box = [*value.bbox] if value.bbox else [None] * 4
            place = [value.page, *box, value.confidence, value.corrected, value.reviewer]
            _append(self._evidence, [exported.document.name, value.path, _cell_value(value), value.text, *place])

    def _add_rows(self, exported: ExportedDocument, table: ExportedTable) -> None:
        for number, row in enumerate(table.rows, start=1):
            cells = {cell.field.name: _cell_value(cell) for cell in row}
            values = [cells.get(name) for name in self._tables[table.field.name]]
            _append(self._rows[table.field.name], [exported.document.name, number, *values])


def _inner_names(table: str, columns: Sequence[TemplateField]) -> list[str]:
    inner = [column.name for column in columns if column.parent and column.parent.name == table]
    return inner or [table]


def _labelled(names: Sequence[str], columns: Sequence[TemplateField]) -> list[str]:
    labels = {column.name: column.label for column in columns if column.parent_id is None}
    return [labels.get(name) or name for name in names]


def _cell_labels(table: str, names: Sequence[str], columns: Sequence[TemplateField]) -> list[str]:
    labels = {column.name: column.label for column in columns if column.parent and column.parent.name == table}
    return [labels.get(name) or name for name in names]


def _head_values(exported: ExportedDocument) -> list[Any]:
    version = exported.extraction.version
    return [
        exported.document.name,
        version.template.name,
        version.number,
        exported.state,
        exported.reviewer,
        _local_time(exported),
        exported.document.page_count,
        exported.document.blob.sha256,
        exported.extraction.public_id,
    ]


def _local_time(exported: ExportedDocument) -> datetime | None:
    """Spreadsheets know no time zones: the team's clock."""
    text = finished_at(exported)
    return datetime.fromisoformat(text).replace(tzinfo=None) if text else None


def _cell_value(value: ExportedValue) -> Any:
    kind = value.field.items if value.field.type == Kind.LIST else value.field.type
    if kind == Kind.DATE and isinstance(value.value, str):
        try:
            return date.fromisoformat(value.value)
        except ValueError:
            return value.value
    return value.value


def _sheet(book: Workbook, title: str, header: Sequence[str], taken: set[str]) -> Any:
    name = re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ")[:28] or "Sheet"
    number = 2
    unique = name
    while unique.casefold() in taken:
        unique, number = f"{name} {number}", number + 1
    taken.add(unique.casefold())
    sheet = book.create_sheet(unique)
    sheet.freeze_panes = "A2"
    bold = [_text_cell(sheet, label) for label in header]
    for cell in bold:
        cell.font = Font(bold=True)
    sheet.append(bold)
    return sheet


def _append(sheet: Any, values: Sequence[Any]) -> None:
    sheet.append([_text_cell(sheet, value) if isinstance(value, str) else value for value in values])


def _text_cell(sheet: Any, text: str) -> Any:
    """Text stays text, also where it begins with an equals sign."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)[:_CELL_LIMIT])
    cell.data_type = "s"
    return cell
