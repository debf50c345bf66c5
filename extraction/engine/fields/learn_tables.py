"""What approved rows teach about a table or a list: its columns' headers and places, and which lines are rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from extraction.engine.fields.items import sums_row
from extraction.engine.fields.learn_rows import line_stem
from extraction.engine.fields.learn_spots import Part, edges, parts_of
from extraction.engine.fields.segments import Segment, Sheet
from extraction.engine.numbers import find_numbers
from extraction.types import Approved, FieldSpec, FieldType, LearnedColumn, LearnedTable

_ROWS_UP = 6
_MOST_STEMS = 20
_MOST_LABELS = 3
_LONGEST_LABEL = 40

type Row = dict[str, tuple[Part, ...]]
"""The printed parts of an approved row's cells, by column."""


def table_of(one: Approved, spec: FieldSpec, sheets: tuple[Sheet, ...]) -> LearnedTable | None:
    """What the approved rows of one document say; None where none of them is printed."""
    rows = [row for cells in one.rows if (row := _placed(cells, sheets))]
    removed = {_stem_of(parts[0][0], sheets) for spans in one.removed if (parts := parts_of(spans, sheets))}
    own = {_stem_of(_first(row)[0], sheets) for row in rows}
    columns = tuple(_columns(rows, spec, sheets)) if rows else ()
    others = tuple(sorted(removed - own - {""}))[:_MOST_STEMS]
    if not columns and not others:
        return None
    items = tuple(sorted(text for text in own if any(sums_row([word]) for word in text.split())))[:_MOST_STEMS]
    return LearnedTable(one.name, columns, items, others)


def _placed(cells: Iterable[Approved], sheets: tuple[Sheet, ...]) -> Row:
    found = ((cell.name, parts_of(cell.spans, sheets)) for cell in cells if cell.value is not None)
    return {name: parts for name, parts in found if parts}


def _first(row: Row) -> Part:
    return min((parts[0] for parts in row.values()), key=lambda part: (part[0].page, part[0].row, part[0].bbox.x0))


def _stem_of(segment: Segment, sheets: tuple[Sheet, ...]) -> str:
    sheet = next(sheet for sheet in sheets if sheet.number == segment.page)
    return line_stem(other.text for other in sheet.segments if other.row == segment.row)


def _columns(rows: Sequence[Row], spec: FieldSpec, sheets: tuple[Sheet, ...]) -> Iterator[LearnedColumn]:
    page, top = min((_first(row)[0].page, _first(row)[0].row) for row in rows)
    sheet = next(sheet for sheet in sheets if sheet.number == page)
    ranges = dict(_ranges([row for row in rows if _first(row)[0].page == page]))
    labels = _list_label(rows[0], sheet) if spec.type is FieldType.LIST else _headers(ranges, sheet, top)
    for name, (left, right) in ranges.items():
        label = (labels[name],) if labels.get(name) else ()
        yield LearnedColumn(name, label, round(left / sheet.width, 4), round(right / sheet.width, 4))


def _ranges(rows: Sequence[Row]) -> Iterator[tuple[str, tuple[float, float]]]:
    for name in dict.fromkeys(name for row in rows for name in row):
        found = [edges(part) for row in rows for part in row.get(name, ())]
        yield name, (min(left for left, _ in found), max(right for _, right in found))


def _headers(ranges: Mapping[str, tuple[float, float]], sheet: Sheet, top: int) -> dict[str, str]:
    """The words over the columns, of the line above the rows that has the most of them."""
    best: dict[str, str] = {}
    for number in range(top - 1, max(-1, top - 1 - _ROWS_UP), -1):
        line = [segment for segment in sheet.segments if segment.row == number]
        if line and not any(find_numbers(segment.text) for segment in line):
            found = _over(ranges, line, sheet.line_height)
            best = found if len(found) > len(best) else best
    return best


def _over(ranges: Mapping[str, tuple[float, float]], line: list[Segment], unit: float) -> dict[str, str]:
    """Each column with the text that only it stands under."""
    near = [
        (_apart(segment, *span), name, at)
        for at, segment in enumerate(line)
        for name, span in ranges.items()
        if len(segment.text) <= _LONGEST_LABEL
    ]
    texts: dict[str, str] = {}
    taken: set[int] = set()
    for apart, name, at in sorted(near):
        if apart < unit and name not in texts and at not in taken:
            texts[name] = line[at].text
            taken.add(at)
    return texts


def _apart(segment: Segment, left: float, right: float) -> float:
    """How far a header is from its column: negative for the length that they share."""
    return max(segment.bbox.x0, left) - min(segment.bbox.x1, right)


def _list_label(row: Row, sheet: Sheet) -> dict[str, str]:
    """The words before the first item, else right left of it or over it."""
    (name, parts), *_ = row.items()
    segment, start, _end = parts[0]
    line = [other for other in sheet.segments if other.row == segment.row and other.bbox.x0 < segment.bbox.x0]
    above = [other for other in sheet.segments if segment.row - 2 <= other.row < segment.row]
    over = [other for other in above if _apart(other, *edges(parts[0])) < 0]
    texts = [segment.text[:start], *(other.text for other in line[-1:]), *(other.text for other in over[-1:])]
    label = next((text for text in texts if any(c.isalpha() for c in text)), "")
    return {name: label.strip(" :：-") if len(label) <= _LONGEST_LABEL else ""}


def merged_tables(tables: Sequence[LearnedTable]) -> tuple[LearnedTable, ...]:
    """Those of one layout, in the order of their approval; what is said last about a line holds."""
    names = dict.fromkeys(table.name for table in tables)
    return tuple(_merged([table for table in tables if table.name == name]) for name in names)


def _merged(same: Sequence[LearnedTable]) -> LearnedTable:
    columns: dict[str, LearnedColumn] = {}
    items: dict[str, bool] = {}
    for table in same:
        items |= dict.fromkeys(table.items, True) | dict.fromkeys(table.others, False)
        for column in table.columns:
            before = columns[column.name].labels if column.name in columns else ()
            labels = tuple(dict.fromkeys((*column.labels, *before)))[:_MOST_LABELS]
            columns[column.name] = LearnedColumn(column.name, labels, column.left, column.right)
    kept = list(items.items())[-_MOST_STEMS:]
    return LearnedTable(
        same[-1].name,
        tuple(columns.values()),
        tuple(text for text, is_item in kept if is_item),
        tuple(text for text, is_item in kept if not is_item),
    )
