"""Tables that a document suggests: grids with a header row, their columns named by it and typed by their cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from extraction.engine.fields.cells import head_texts
from extraction.engine.fields.contents import NUMERIC, Content, look_into, number_of
from extraction.engine.fields.gridded import Grid, GridRow
from extraction.engine.fields.items import is_carried, sums_row
from extraction.engine.fields.lexicon import Concept, concepts, is_chinese, tokens
from extraction.engine.fields.matching import concept_book
from extraction.engine.fields.proposing_names import (
    clean_label,
    free_name,
    name_of,
    standard_label,
    type_of_column,
    type_of_kind,
)
from extraction.engine.fields.splitting import mended_grids
from extraction.types import DocumentReading, FieldSpec, FieldType

_HEADER_ROWS = 3
_SECTIONS = 3
_LEAST_ROWS = 3
_AMOUNTS = ("amount", "unit_price")
_SURELY_KNOWN = 2.0
_LEAST_SAID = 0.8
_LONGEST_LABEL = 40
_MOST_COLUMNS = 16
_ENTRIES = frozenset(("balance", "withdrawal", "deposit", "charge", "payment_received"))
_ITEMS = frozenset(("quantity", "unit_price", "amount", "ordered", "delivered"))


@dataclass(frozen=True, slots=True)
class _Head:
    """A grid's header rows as first and behind the last, the label of each column, and how good they are."""

    first: int
    end: int
    labels: dict[int, str]
    score: float


def suggested_tables(reading: DocumentReading, *, chinese: bool) -> list[FieldSpec]:
    """One spec for each grid that has a header and rows; those made by their labels alone where no grid is found."""
    grids = mended_grids(reading)
    starts = {(grid.rows[0].page, grid.rows[0].top) for grid in grids}
    found = [spec for grid in grids if (spec := _table(grid, starts, chinese=chinese))]
    kept: list[FieldSpec] = []
    for spec in sorted(found, key=lambda spec: -len(spec.fields)):
        if not any(_labels(spec) <= _labels(other) for other in kept):
            kept.append(spec)
    return kept


def usual_table(*, chinese: bool) -> FieldSpec:
    """All columns that tables usually have, to see which of them a page without a grid prints."""
    columns = [
        FieldSpec(key, type_of_kind(concept.kind), label=standard_label(concept, chinese=chinese))
        for key, concept in concepts().items()
        if key in ("article", "description", "specification", "unit", "quantity", "unit_price", "amount", "tax_rate")
    ]
    return FieldSpec("line_items", FieldType.TABLE, label="明细" if chinese else "Line items", fields=tuple(columns))


def _labels(spec: FieldSpec) -> set[str]:
    return {column.label.lower() for column in spec.fields}


def _table(grid: Grid, starts: set[tuple[int, float]], *, chinese: bool) -> FieldSpec | None:
    head = max(_heads(grid), key=lambda head: head.score, default=None)
    if head is None:
        columns = _by_content(grid, chinese=chinese)
    else:
        body = _own_rows(grid.rows[head.end :], starts)
        columns = list(_columns(head, body, chinese=chinese))[:_MOST_COLUMNS]
        if not any(column.type is not FieldType.STRING for column in columns) and len(body) < 2:
            return None
    if len(columns) < 2:
        return None
    keys = {column.name for column in columns}
    label = _caption(keys, chinese=chinese)
    return FieldSpec(_name(keys), FieldType.TABLE, label=label, description=label, fields=tuple(columns))


def _own_rows(rows: tuple[GridRow, ...], starts: set[tuple[int, float]]) -> list[GridRow]:
    """Those before another table begins, sums left out; all of them where a table only goes on there."""
    first = next((n for n, row in enumerate(rows) if n > 1 and (row.page, row.top) in starts), len(rows))
    return [row for row in rows[:first] if not _is_sum(row)]


def _by_content(grid: Grid, *, chinese: bool) -> list[FieldSpec]:
    """Columns of a table without a header, where the cells alone tell an article from a price; else none."""
    rows = [row for row in grid.rows if not _is_sum(row)]
    full = [row for row in rows if len(row.cells) > 0.5 * len(grid.columns) and not row.wide]
    texts = {c: [row.text(c) for row in full if c in row.cells] for c in grid.columns}
    contents = {column: look_into(found) for column, found in texts.items()}
    amounts = [c for c in grid.columns if contents[c].numbers >= 0.8 and contents[c].whole < 0.5]
    if len(full) < _LEAST_ROWS or not 1 <= len(amounts) <= len(_AMOUNTS):
        return []
    keys = dict(zip(reversed(amounts), _AMOUNTS, strict=False))
    for column in (c for c in grid.columns if c not in keys):
        key = _key_of(contents[column])
        if key and key not in keys.values():
            keys[column] = key
    if "description" not in keys.values():
        return []
    found = [concepts()[keys[column]] for column in grid.columns if column in keys]
    labels = [standard_label(concept, chinese=chinese) for concept in found]
    return [
        FieldSpec(concept.key, type_of_kind(concept.kind), label=label, description=label)
        for concept, label in zip(found, labels, strict=True)
    ]


def _key_of(content: Content) -> str:
    if content.dates >= 0.8:
        return "entry_date"
    if content.numbers >= 0.8:
        return "position" if content.counted else "quantity"
    if content.codes >= 0.7:
        return "article"
    return "description" if content.words >= 0.7 else ""


def _heads(grid: Grid) -> Iterator[_Head]:
    for first in range(len(grid.rows) - 1):
        for end in range(first + 1, min(first + _HEADER_ROWS, len(grid.rows) - 1) + 1):
            head = _head(grid, first, end)
            if head:
                yield head


def _head(grid: Grid, first: int, end: int) -> _Head | None:
    rows = grid.rows[first:end]
    if any(_has_values(row) for row in rows) or end - first > 1 and not _is_stacked(rows):
        return None
    labels = {column: clean_label(text) for column, text in head_texts(grid, rows).items()}
    labels = {column: label for column, label in labels.items() if _is_label(label)}
    below = _first_full(grid.rows[end:], labels)
    if len(labels) < 2 or below is None or len(labels) < 0.5 * len(grid.columns):
        return None
    if len({label.lower() for label in labels.values()}) < 0.7 * len(labels):
        return None
    known = sum(_said(label) for label in labels.values())
    if any(len(row.cells) > 1 for row in grid.rows[:first]) and known < _SURELY_KNOWN:
        return None
    typed = any(number_of(below.text(column)) is not None for column in labels)
    score = known + 0.3 * len(labels) + (0.5 if typed else 0.0) - 0.02 * first - 0.2 * (end - first)
    return _Head(first, end, labels, score)


def _first_full(rows: tuple[GridRow, ...], labels: dict[int, str]) -> GridRow | None:
    """The first row with a cell under most labels: headings of sections may stand before it."""
    least = max(2, 0.5 * len(labels))
    return next((row for row in rows[:_SECTIONS] if sum(column in row.cells for column in labels) >= least), None)


def _is_stacked(rows: tuple[GridRow, ...]) -> bool:
    """Labels on two or three lines: what follows the first line is shorter than a row, or stands close under it."""
    height = max(row.bottom - row.top for row in rows)
    return all(below.page == above.page and below.top - above.bottom < 0.8 * height for above, below in pairwise(rows))


def _has_values(row: GridRow) -> bool:
    texts = [row.text(column) for column in row.cells]
    return sum(any(c.isdigit() for c in text) for text in texts) > 0.3 * len(texts)


def _is_label(label: str) -> bool:
    return bool(label) and len(label) <= _LONGEST_LABEL and any(c.isalpha() for c in label) and ":" not in label


def _said(label: str) -> float:
    """How surely the label is that of a known column."""
    said = concept_book().match(tokens(label))
    return max((score for key, score in said.items() if concepts()[key].column and score >= _LEAST_SAID), default=0.0)


def _is_sum(row: GridRow) -> bool:
    texts = [row.text(column) for column in sorted(row.cells)]
    return sums_row([text for text in texts if any(c.isalpha() for c in text)]) or is_carried(" ".join(texts))


def _columns(head: _Head, body: list[GridRow], *, chinese: bool) -> Iterator[FieldSpec]:
    taken: list[str] = []
    for column, label in sorted(head.labels.items()):
        texts = [row.text(column) for row in body if column in row.cells and column not in row.wide]
        if not texts:
            continue
        kind = type_of_column(texts, label)
        concept = _concept(label, texts, taken)
        if concept and concept.kind in (*NUMERIC, "date"):
            kind = type_of_kind(concept.kind)
        name = free_name(concept.key if concept else name_of(label) or "column", taken)
        taken.append(name)
        named = standard_label(concept, chinese=is_chinese(label)) if concept else label
        yield FieldSpec(name, kind, label=label, description=named)


def _concept(label: str, texts: list[str], taken: list[str]) -> Concept | None:
    """The known column that the label says, if its cells are of that kind and no other column took it."""
    said = concept_book().match(tokens(label))
    content = look_into(texts)
    if content.percents >= 0.7 and said.get("tax_amount", 0.0) >= _LEAST_SAID and "tax_rate" not in taken:
        return concepts()["tax_rate"]
    for key, score in sorted(said.items(), key=lambda pair: -pair[1]):
        concept = concepts()[key]
        if score < _LEAST_SAID:
            return None
        if not concept.column or key in taken:
            continue
        if _can_hold(concept, content):
            return concept
    return None


def _can_hold(concept: Concept, content: Content) -> bool:
    if concept.kind in NUMERIC:
        return content.numbers >= 0.6 or content.percents >= 0.6
    if concept.kind == "date":
        return content.dates >= 0.6
    is_typed = content.numbers >= 0.8 or content.dates >= 0.8
    return concept.kind != "text" or not is_typed or concept.key in ("position", "unit")


def _name(keys: set[str]) -> str:
    if keys & _ENTRIES:
        return "transactions"
    return "line_items" if keys & _ITEMS else "table_rows"


def _caption(keys: set[str], *, chinese: bool) -> str:
    words = {"transactions": ("Transactions", "交易明细"), "line_items": ("Line items", "明细")}
    return words.get(_name(keys), ("Table", "表格"))[chinese]
