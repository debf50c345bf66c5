"""What a review's sheet is made of: fields, rows and tables as they stand, with their states and problems."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

from extraction.choices import FieldState, Kind
from extraction.models import TemplateField
from extraction.types import Span


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    params: dict[str, Any]
    is_error: bool
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A runner-up of the engine: what the input would show, and where it stands."""

    text: str
    spans: tuple[Span, ...]
    percent: int | None


@dataclass(frozen=True, slots=True)
class SheetField:
    """A field or cell; `pk` is its FieldValue's, `percent` the machine's confidence, None where it gave none.

    `home` is the page to look at, `row` a cell's row from 1. `is_extra` is a key that the template does not know.
    `is_nowhere` says that a person gave a value that stands nowhere in the document: nothing is learned from it.
    """

    pk: int
    name: str
    label: str
    kind: str
    text: str
    state: FieldState
    percent: int | None = None
    needs_check: bool = False
    required: bool = False
    options: tuple[str, ...] = ()
    reason: str = ""
    by: str = ""
    printed: str = ""
    spans: tuple[Span, ...] = ()
    offers: tuple[Offer, ...] = ()
    problems: tuple[Problem, ...] = ()
    home: int = 1
    row: int | None = None
    description: str = ""
    is_extra: bool = False
    is_nowhere: bool = False

    @property
    def mark(self) -> str:
        """Changes whenever anything that is shown of the field changes."""
        return f"{zlib.crc32(repr(self).encode()):08x}"

    @property
    def is_number(self) -> bool:
        return self.kind in (Kind.NUMBER, Kind.AMOUNT)


@dataclass(frozen=True, slots=True)
class SheetRow:
    pk: int
    number: int
    cells: tuple[SheetField, ...]

    @property
    def broken(self) -> SheetField | None:
        """The first cell that breaks a rule, else the first with a doubt to tell."""
        cells = [cell for cell in self.cells if cell.problems]
        return next((cell for cell in cells if cell.problems[0].is_error), cells[0] if cells else None)

    @property
    def is_wrong(self) -> bool:
        return self.broken is not None and self.broken.problems[0].is_error


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table, or a list as a table of one column; `pk` is the template field's."""

    pk: int
    name: str
    label: str
    columns: tuple[TemplateField, ...]
    rows: tuple[SheetRow, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def mark(self) -> str:
        return f"{zlib.crc32(repr((self.rows, self.problems)).encode()):08x}"

    @property
    def nowhere(self) -> list[SheetField]:
        """Cells that a person filled with what stands nowhere in the document."""
        return [cell for row in self.rows for cell in row.cells if cell.is_nowhere]

    @property
    def broken_rows(self) -> list[SheetRow]:
        return [row for row in self.rows if row.broken]

    @property
    def is_wrong(self) -> bool:
        """Whether a row breaks a rule; else there are only doubts."""
        return any(row.is_wrong for row in self.rows)

    @property
    def needs_check(self) -> bool:
        return bool(self.problems) or any(cell.needs_check for row in self.rows for cell in row.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`extras` are what a provider sent beyond the template: shown and correctable, but nobody has to check them."""

    fields: tuple[SheetField, ...] = ()
    tables: tuple[SheetTable, ...] = ()
    groups: tuple[tuple[str, tuple[SheetField, ...]], ...] = ()
    by_page: dict[int, int] = field(default_factory=dict)
    extras: tuple[SheetField, ...] = ()

    @property
    def field_count(self) -> int:
        return len(self.fields) + len(self.tables)

    @property
    def to_check(self) -> int:
        fields = sum(item.needs_check for item in self.fields)
        return fields + sum(table.needs_check for table in self.tables)

    @property
    def settled(self) -> int:
        return self.field_count - self.to_check

    @property
    def everything(self) -> dict[int, SheetField]:
        """Fields, cells and extras by the primary key of their value."""
        cells = (cell for table in self.tables for row in table.rows for cell in row.cells)
        return {item.pk: item for item in (*self.fields, *self.extras, *cells)}

    @property
    def unchecked(self) -> list[SheetField | SheetTable]:
        """Fields and cells that need a person, and tables with something wrong as a whole."""
        fields = [item for item in self.everything.values() if item.needs_check]
        return [*fields, *(table for table in self.tables if table.problems)]

    @property
    def blockers(self) -> list[tuple[SheetField | SheetTable, Problem]]:
        """What stands against an approval: broken rules that nobody confirmed."""
        items: list[SheetField | SheetTable] = [*self.everything.values(), *self.tables]
        return [(item, problem) for item in items for problem in item.problems if problem.is_error]
