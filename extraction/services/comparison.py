"""Two extractions of a document field by field: typed values are compared, not their texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from extraction.choices import AbsentReason, CorrectionKind, Kind
from extraction.models import Extraction, TemplateField
from extraction.queries.comparison import ReadCell, ReadSheet, read_by_machine
from extraction.services.review_sheet import reason_of
from extraction.services.row_pairs import pair_rows
from extraction.services.typed_values import from_json, kind_of, shown, typed
from extraction.types import Span

_WITH_ROWS = (Kind.TABLE, Kind.LIST)


class Verdict(StrEnum):
    EQUAL = "equal"
    DIFFERS = "differs"
    ONLY_A = "only_a"
    ONLY_B = "only_b"
    ABSENT = "absent"

    @property
    def is_difference(self) -> bool:
        return self not in (Verdict.EQUAL, Verdict.ABSENT)


@dataclass(frozen=True, slots=True)
class Side:
    """What one machine read of a field: `percent` None without a confidence, `text` empty for an absent value.

    `said` is the value in a form that can be compared, `corrected` what a person made of it, None if nobody did.
    """

    pk: int
    kind: str
    text: str
    said: Any = None
    percent: int | None = None
    spans: tuple[Span, ...] = ()
    reason: str = ""
    flag: str = ""
    corrected: str | None = None


@dataclass(frozen=True, slots=True)
class ComparedField:
    """`key` names it within the comparison (`total`, `line_items.3.amount`); a side is None without such a field."""

    key: str
    label: str
    verdict: Verdict
    a: Side | None
    b: Side | None
    group: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A pair of rows; `a` and `b` are their numbers from 1, None where only the other has such a row."""

    number: int
    a: int | None
    b: int | None
    cells: tuple[ComparedField, ...]

    @property
    def has_difference(self) -> bool:
        return any(cell.verdict.is_difference for cell in self.cells)


@dataclass(frozen=True, slots=True)
class ComparedTable:
    name: str
    label: str
    columns: tuple[TemplateField, ...]
    rows: tuple[ComparedRow, ...]

    @property
    def has_difference(self) -> bool:
        return any(row.has_difference for row in self.rows)


@dataclass(frozen=True)
class Comparison:
    fields: tuple[ComparedField, ...]
    tables: tuple[ComparedTable, ...]

    @cached_property
    def everything(self) -> tuple[ComparedField, ...]:
        """Fields, then cells, in the order of the screen."""
        return (*self.fields, *(cell for table in self.tables for row in table.rows for cell in row.cells))

    @cached_property
    def differing(self) -> tuple[ComparedField, ...]:
        return tuple(item for item in self.everything if item.verdict.is_difference)

    @property
    def equal_count(self) -> int:
        return sum(item.verdict is Verdict.EQUAL for item in self.everything)

    @property
    def absent_count(self) -> int:
        return sum(item.verdict is Verdict.ABSENT for item in self.everything)

    def find(self, key: str) -> ComparedField | None:
        """The named field, else the first that differs, else the first."""
        named = next((item for item in self.everything if item.key == key), None)
        return named or next(iter(self.differing or self.everything), None)


def compare(a: Extraction, b: Extraction) -> Comparison:
    """Ten queries, whatever the number of fields and rows; fields of the same name belong together."""
    left, right = read_by_machine(a), read_by_machine(b)
    columns = {column.name: column for column in _top(right)} | {column.name: column for column in _top(left)}
    in_order = [columns[name] for name in dict.fromkeys(column.name for column in (*_top(left), *_top(right)))]
    fields = [_plain(column, left, right) for column in in_order if column.type not in _WITH_ROWS]
    tables = [_table(column, left, right) for column in in_order if column.type in _WITH_ROWS]
    return Comparison((*fields, *_unknown(left, right)), tuple(tables))


def _top(sheet: ReadSheet) -> list[TemplateField]:
    return [column for column in sheet.columns if column.parent_id is None]


def _plain(column: TemplateField, left: ReadSheet, right: ReadSheet) -> ComparedField:
    return _field(column.name, column, _found(left, column.name), _found(right, column.name), group=column.group)


def _found(sheet: ReadSheet, name: str) -> tuple[TemplateField | None, ReadCell | None]:
    column = next((column for column in _top(sheet) if column.name == name), None)
    return column, sheet.plain.get(name)


def _unknown(left: ReadSheet, right: ReadSheet) -> Iterator[ComparedField]:
    """Keys that a provider gave and no field takes."""
    known = {column.name for column in (*_top(left), *_top(right))}
    for key in dict.fromkeys((*left.plain, *right.plain)):
        if key not in known:
            a, b = _side(None, left.plain.get(key)), _side(None, right.plain.get(key))
            yield ComparedField(key, key, _verdict(a, b), a, b)


def _field(
    key: str,
    column: TemplateField,
    a: tuple[TemplateField | None, ReadCell | None],
    b: tuple[TemplateField | None, ReadCell | None],
    *,
    group: str = "",
) -> ComparedField:
    sides = _side(a[0], a[1]), _side(b[0], b[1])
    kind = kind_of(column)
    is_number = kind in (Kind.NUMBER, Kind.AMOUNT)
    return ComparedField(key, _word(column), _verdict(*sides), *sides, group=group, is_number=is_number)


def _side(column: TemplateField | None, cell: ReadCell | None) -> Side | None:
    """None where the template has no such field and the machine gave none either."""
    if cell is None:
        return Side(0, kind_of(column), "", reason=AbsentReason.NOT_READ) if column else None
    kind, stored = kind_of(column), cell.stored
    unfit = stored.value is None and bool(stored.flag) and bool(stored.text)
    return Side(
        pk=stored.pk,
        kind=kind,
        text=str(stored.text) if unfit else shown(kind, stored.value),
        said=_said(kind, typed(kind, str(stored.text)) if unfit else stored.value),
        percent=None if stored.confidence is None else round(stored.confidence * 100),
        spans=cell.spans,
        reason=reason_of(stored),
        flag=stored.flag,
        corrected=_corrected(kind, cell),
    )


def _said(kind: str, data: Any) -> Any:
    """Spaces do not count twice."""
    value = from_json(kind, data)
    return " ".join(value.split()) if isinstance(value, str) else value


def _corrected(kind: str, cell: ReadCell) -> str | None:
    change = cell.corrected
    if change is None or change.kind == CorrectionKind.CONFIRM:
        return None
    return shown(kind, change.value)


def _verdict(a: Side | None, b: Side | None) -> Verdict:
    if a is None or not a.text:
        return Verdict.ONLY_B if b and b.text else Verdict.ABSENT
    if b is None or not b.text:
        return Verdict.ONLY_A
    return Verdict.EQUAL if _is_same(a, b) else Verdict.DIFFERS


def _is_same(a: Side, b: Side) -> bool:
    """Fields of different types are compared as either of them: a text “1,234.50” is the amount 1234.5."""
    if a.kind == b.kind:
        return bool(a.said == b.said)
    return bool(_as(b.kind, a) == b.said or a.said == _as(a.kind, b))


def _as(kind: str, side: Side) -> Any:
    return _said(kind, typed(kind, side.text))


def _table(column: TemplateField, left: ReadSheet, right: ReadSheet) -> ComparedTable:
    inner = _inner(column, left, right)
    a_rows, b_rows = _sides(column.name, left), _sides(column.name, right)
    rows = []
    for number, (a, b) in enumerate(pair_rows(_said_in(a_rows), _said_in(b_rows)), start=1):
        here, there = {} if a is None else a_rows[a], {} if b is None else b_rows[b]
        cells = tuple(_cell(column, number, child, here.get(child.name), there.get(child.name)) for child in inner)
        rows.append(ComparedRow(number, None if a is None else a + 1, None if b is None else b + 1, cells))
    return ComparedTable(column.name, _word(column), tuple(inner), tuple(rows))


def _word(column: TemplateField) -> str:
    return column.label or column.name


def _inner(table: TemplateField, left: ReadSheet, right: ReadSheet) -> list[TemplateField]:
    """The columns of both versions, those of A first; a list is a table of one column."""
    if table.type == Kind.LIST:
        return [table]
    found: dict[str, TemplateField] = {}
    for sheet in (left, right):
        parent = next((column.pk for column in _top(sheet) if column.name == table.name), None)
        for column in sheet.columns:
            if parent is not None and column.parent_id == parent:
                found.setdefault(column.name, column)
    return list(found.values())


def _sides(name: str, sheet: ReadSheet) -> list[dict[str, Side]]:
    columns = {column.pk: column for column in sheet.columns}
    rows = []
    for row in sheet.rows.get(name, ()):
        sides = {key: _side(columns.get(cell.stored.field_id or 0), cell) for key, cell in row.items()}
        rows.append({key: side for key, side in sides.items() if side})
    return rows


def _said_in(rows: Sequence[Mapping[str, Side]]) -> list[dict[str, Any]]:
    return [{key: side.said for key, side in row.items() if side.text} for row in rows]


def _cell(table: TemplateField, row: int, column: TemplateField, a: Side | None, b: Side | None) -> ComparedField:
    label = f"{_word(table)} {row}" if column == table else f"{_word(table)} {row} · {_word(column)}"
    key = f"{table.name}.{row}.{column.name}"
    is_number = kind_of(column) in (Kind.NUMBER, Kind.AMOUNT)
    return ComparedField(key, label, _verdict(a, b), a, b, is_number=is_number)
