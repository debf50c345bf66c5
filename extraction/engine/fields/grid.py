"""Tables: the header row found by the column's labels, and the columns it opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from extraction.engine.fields.lexicon import Token, is_chinese, tokens
from extraction.engine.fields.matching import PhraseBook, concept_book
from extraction.engine.fields.profiles import DENIES, Profile, denial
from extraction.engine.fields.segments import Segment, Sheet
from extraction.engine.numbers import find_numbers

_LEAST_CELL = 0.62
_MAX_HEADER_TOKENS = 7


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """A label of a header row; `column` numbers the table's fields, None for a column nobody asked for.

    `second` is a field that the label names as well.
    """

    segment: Segment
    start: int
    end: int
    x0: float
    x1: float
    column: int | None
    score: float
    second: int | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """A header row: its last row's number (a label may stand on two) and its cells from the left."""

    sheet: Sheet
    row: int
    cells: tuple[HeaderCell, ...]

    @property
    def score(self) -> float:
        return sum(cell.score for cell in self.cells if cell.column is not None)

    @property
    def columns(self) -> frozenset[int]:
        return frozenset(cell.column for cell in self.cells if cell.column is not None)


def find_headers(sheets: tuple[Sheet, ...], columns: tuple[Profile, ...], book: PhraseBook) -> list[Header]:
    """The table's header on its first page and its repetitions, in order; empty when there is none."""
    found = [header for sheet in sheets for header in _headers(sheet, columns, book)]
    least = min(2, len(columns))
    found = [header for header in found if len(header.columns) >= least]
    if not found:
        return []
    best = max(found, key=lambda header: (round(header.score, 1), -header.sheet.number))
    alike = [header for header in found if header.columns == best.columns and header.score >= 0.85 * best.score]
    return [h for h in alike if h.sheet.number >= best.sheet.number]


def _headers(sheet: Sheet, columns: tuple[Profile, ...], book: PhraseBook) -> Iterator[Header]:
    rows: dict[int, list[Segment]] = {}
    for segment in sheet.segments:
        rows.setdefault(segment.row, []).append(segment)
    for number, row in rows.items():
        if sum(bool(find_numbers(segment.text)) for segment in row) > 0.34 * len(row):
            continue
        cells = [cell for segment in row for cell in _cells(segment, columns, book)]
        below = rows.get(number + 1, [])
        stacked = _stacked(cells, below, sheet, columns, book)
        header = Header(sheet, number, tuple(_assigned(cells)))
        if stacked:
            taller = Header(sheet, number + 1, tuple(_assigned(stacked)))
            header = taller if taller.score > header.score + 0.1 else header
        yield header


def _cells(segment: Segment, columns: tuple[Profile, ...], book: PhraseBook) -> list[HeaderCell]:
    found = tokens(segment.text)
    if not found or len(found) > 3 * _MAX_HEADER_TOKENS:
        return []
    whole = _cell(segment, found, columns, book)
    if whole.score >= 0.8 or (len(found) == 1 and not is_chinese(segment.text)):
        return [whole]
    parts = _parts(segment, found, columns, book)
    return parts if sum(part.score for part in parts) > whole.score else [whole]


def _cell(segment: Segment, label: tuple[Token, ...], columns: tuple[Profile, ...], book: PhraseBook) -> HeaderCell:
    ranked = _ranked_columns(label, columns, book)
    column, score = ranked[0] if ranked else (None, 0.0)
    second = ranked[1][0] if len(ranked) > 1 and ranked[1][1] > score - 0.05 else None
    start, end = label[0].start, label[-1].end
    box = segment.span(start, end).bbox
    return HeaderCell(segment, start, end, box.x0, box.x1, column, score, second)


def best_column(label: tuple[Token, ...], columns: tuple[Profile, ...], book: PhraseBook) -> tuple[int | None, float]:
    ranked = _ranked_columns(label, columns, book)
    return ranked[0] if ranked else (None, 0.0)


def _ranked_columns(
    label: tuple[Token, ...], columns: tuple[Profile, ...], book: PhraseBook
) -> list[tuple[int | None, float]]:
    """The columns that the label may name, the best first; text before ids where both fit, as for `Item`."""
    own, said = book.match(label), concept_book().match(label)
    ranked: list[tuple[int | None, float]] = []
    for index, profile in enumerate(columns):
        said_best = max((strength * said.get(key, 0.0) for key, strength in profile.concepts), default=0.0)
        score = max(own.get(profile.name, 0.0), said_best)
        if score >= _LEAST_CELL and own.get(denial(profile.name), 0.0) < DENIES:
            ranked.append((index, score))
    return sorted(ranked, key=lambda pair: (-round(pair[1], 2), columns[pair[0] or 0].kind == "id"))


def _parts(
    segment: Segment, found: tuple[Token, ...], columns: tuple[Profile, ...], book: PhraseBook
) -> list[HeaderCell]:
    """Header labels printed without a gap between them, cut greedily into known phrases."""
    if len(found) == 1:
        found = _characters(found[0])
    parts = []
    position = 0
    while position < len(found):
        for size in range(min(_MAX_HEADER_TOKENS, len(found) - position), 0, -1):
            label = _joined(found[position : position + size])
            if best_column(label, columns, book)[1] >= 0.9:
                parts.append(_cell(segment, label, columns, book))
                break
        else:
            size = 1
        position += size
    return parts


def _characters(token: Token) -> tuple[Token, ...]:
    return tuple(Token(c, token.start + i, token.start + i + 1) for i, c in enumerate(token.text))


def _joined(label: tuple[Token, ...]) -> tuple[Token, ...]:
    if not all(is_chinese(token.text) for token in label):
        return label
    return (Token("".join(token.text for token in label), label[0].start, label[-1].end),)


def _stacked(
    cells: list[HeaderCell], below: list[Segment], sheet: Sheet, columns: tuple[Profile, ...], book: PhraseBook
) -> list[HeaderCell]:
    """The header with each label joined to the one printed under it."""
    under = [s for s in below if not find_numbers(s.text)]
    if not cells or not under or len(under) < len(below):
        return []
    if min(s.bbox.y0 for s in under) - max(c.segment.bbox.y1 for c in cells) > sheet.line_height:
        return []
    stacked, used = [], set()
    for cell in cells:
        match = next((s for s in under if s.bbox.x0 < cell.x1 and cell.x0 < s.bbox.x1), None)
        if match is None:
            stacked.append(cell)
            continue
        used.add(id(match))
        label = tokens(cell.segment.text[cell.start : cell.end]) + tokens(match.text)
        column, score = best_column(label, columns, book)
        if score <= cell.score:
            column, score = cell.column, cell.score
        x0, x1 = min(cell.x0, match.bbox.x0), max(cell.x1, match.bbox.x1)
        stacked.append(HeaderCell(cell.segment, cell.start, cell.end, x0, x1, column, score))
    for segment in under:
        if id(segment) not in used:
            stacked += _cells(segment, columns, book)
    return sorted(stacked, key=lambda cell: cell.x0)


def _assigned(cells: list[HeaderCell]) -> list[HeaderCell]:
    """Each field's column once: the surest label takes it, one that names two fields takes what is left."""
    taken: dict[int, int] = {}
    for index in sorted(range(len(cells)), key=lambda i: (-round(cells[i].score, 2), cells[i].second is not None)):
        for column in (cells[index].column, cells[index].second):
            if column is not None and column not in taken.values():
                taken[index] = column
                break
    return [
        replace(cell, column=taken[index]) if index in taken else replace(cell, column=None, score=0.0)
        for index, cell in enumerate(cells)
    ]
