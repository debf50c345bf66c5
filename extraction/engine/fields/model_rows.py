"""A model's table rows: headers and repetitions dropped, every cell at a place of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from extraction.engine.fields.citations import Citations, Place
from extraction.engine.fields.comparing import packed
from extraction.engine.fields.drafts import Draft, draft, says_nothing, settle_draft
from extraction.engine.fields.said import text_of
from extraction.types import AbsentReason, Answer, FieldSpec, FieldType, ReadValue

_TYPED = (FieldType.NUMBER, FieldType.AMOUNT, FieldType.DATE)

type Row = Mapping[str, Draft]


def ground_rows(
    columns: Sequence[FieldSpec], answers: Sequence[Answer], citations: Citations, *, language: str
) -> tuple[tuple[ReadValue, ...], ...]:
    """One ReadValue per column in each row; a row of which nothing is said is none."""
    rows: list[Row] = []
    seen: set[tuple[object, ...]] = set()
    for answer in answers:
        row = _draft_row(columns, answer, citations, language)
        key = (*answer.lines, *((name, made.value, text_of(made.answer.value)) for name, made in row.items()))
        if row and key not in seen and not _is_header(columns, row, answer, citations):
            seen.add(key)
            rows.append(row)
    middles = _middles(rows, citations)
    return tuple(_settled(columns, row, citations, middles) for row in rows)


def cell_answers(column: FieldSpec, rows: Sequence[Answer]) -> tuple[Answer, ...]:
    """What the rows say of a column, each cell on the lines of its row where it names none."""
    return tuple(cell for row in rows if (cell := _cell(column, row)) is not None)


def _cell(column: FieldSpec, row: Answer) -> Answer | None:
    cells = row.value if isinstance(row.value, Mapping) else {}
    cell = cells.get(column.name)
    if not isinstance(cell, Answer) or says_nothing(cell.value):
        return None
    return Answer(cell.value, cell.lines or row.lines, cell.quote)


def _draft_row(columns: Sequence[FieldSpec], answer: Answer, citations: Citations, language: str) -> Row:
    cells = ((column, _cell(column, answer)) for column in columns)
    return {
        column.name: draft(column, cell, citations, language=language, is_cell=True) for column, cell in cells if cell
    }


def _is_header(columns: Sequence[FieldSpec], row: Row, answer: Answer, citations: Citations) -> bool:
    """A row that says the columns' names, or one repeated on other pages whose numbers are none."""
    names = {packed(name) for column in columns for name in (column.name, column.label, *column.labels)}
    if len(row) > 1 and all(packed(text_of(made.answer.value)) in names for made in row.values()):
        return True
    typed = [made for made in row.values() if made.spec.type in _TYPED]
    is_wordy = bool(typed) and all(made.value is None for made in typed)
    return is_wordy and citations.text(answer.lines) in citations.repeated


def _middles(rows: Sequence[Row], citations: Citations) -> dict[str, float]:
    """Where each column stands across the page, 0 to 1, by its cells that can stand at one place only."""
    sure: dict[str, list[float]] = {}
    for row in rows:
        for name, made in row.items():
            if len(made.places) == 1:
                sure.setdefault(name, []).append(_middle(made.places[0], citations))
    return {name: median(middles) for name, middles in sure.items()}


def _middle(place: Place, citations: Citations) -> float:
    return place[0].bbox.centre[0] / citations.widths.get(place[0].page, 1.0)


def _settled(
    columns: Sequence[FieldSpec], row: Row, citations: Citations, middles: Mapping[str, float]
) -> tuple[ReadValue, ...]:
    """Equal values of a row, as a price and the sum of one piece, each take the place nearest to their column."""
    chosen: dict[str, Place] = {}
    for name in sorted(row, key=lambda name: len(row[name].places)):
        free = [place for place in row[name].places if place not in chosen.values()] or list(row[name].places)
        if free:
            middle = middles.get(name)
            nearest = free if middle is None else sorted(free, key=lambda p: abs(_middle(p, citations) - middle))
            chosen[name] = nearest[0]
    return tuple(
        settle_draft(row[column.name], citations, chosen.get(column.name, ()))
        if column.name in row
        else ReadValue(column.name, reason=AbsentReason.LABEL_WITHOUT_VALUE, method="model")
        for column in columns
    )
