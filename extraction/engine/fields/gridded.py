"""Tables as grids: the cells that the reading knows, with their printed places, and how grids follow one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from extraction.engine.fields.lexicon import is_chinese
from extraction.engine.fields.segments import Segment, is_printed, segment
from extraction.types import BBox, Block, DocumentReading, PageReading, TableCell, Word

type Place = tuple[Segment, int, int]


@dataclass(slots=True)
class GridRow:
    """A row of a grid: by column the printed places; `wide` are the columns whose cell spans others."""

    page: int
    top: float
    bottom: float
    cells: dict[int, list[Place]]
    wide: dict[int, int] = field(default_factory=dict)

    def text(self, column: int) -> str:
        return joined(self.cells.get(column, []))


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows from the top and the span of what stands in each column."""

    rows: tuple[GridRow, ...]
    spans: dict[int, tuple[float, float]]
    width: float

    @property
    def columns(self) -> list[int]:
        return sorted(self.spans, key=lambda column: self.spans[column])


def joined(places: list[Place]) -> str:
    """The places' text in one line; Chinese goes on without a space."""
    text = ""
    for made, start, end in places:
        part = made.text[start:end].strip()
        text += part if not text or not part or _is_unspaced(text[-1], part[0]) else f" {part}"
    return text


def _is_unspaced(left: str, right: str) -> bool:
    chinese = [is_chinese(character) for character in (left, right)]
    return any(chinese) and all(c or not s.isalnum() for c, s in zip(chinese, (left, right), strict=True))


def find_grids(reading: DocumentReading) -> list[Grid]:
    """Each table that starts anew, with all that goes on from it on its own page and the next ones."""
    return chained(grid_parts(reading))


def grid_parts(reading: DocumentReading) -> list[Grid]:
    """Every block that holds a table by itself."""
    parts = [_grid(page, block) for page in reading.pages for block in page.blocks if block.cells]
    return [part for part in parts if part.rows]


def chained(parts: list[Grid]) -> list[Grid]:
    """Each part with those behind it that go on with its columns."""
    return [_chain(part, parts[number + 1 :]) for number, part in enumerate(parts)]


def _chain(first: Grid, following: list[Grid]) -> Grid:
    rows, page = list(first.rows), first.rows[-1].page
    for part in following:
        if part.rows[0].page > page + 1:
            break
        places = _alike(first, part)
        if places:
            page = part.rows[-1].page
            rows += [_moved(row, places) for row in part.rows]
    return Grid(tuple(rows), first.spans, first.width)


def _alike(first: Grid, part: Grid) -> dict[int, int]:
    """For every column of the part the one of the first grid that it goes on; empty where they do not fit."""
    places = {}
    scale = first.width / part.width
    for column, (x0, x1) in part.spans.items():
        near = {other: max(0.0, min(x1 * scale, y1) - max(x0 * scale, y0)) for other, (y0, y1) in first.spans.items()}
        best = max(near, key=lambda other: near[other])
        if not near[best]:
            return {}
        places[column] = best
    return places if len(set(places.values())) == len(places) >= 2 else {}


def _moved(row: GridRow, places: dict[int, int]) -> GridRow:
    cells = {places[column]: found for column, found in row.cells.items() if column in places}
    wide = {places[column]: width for column, width in row.wide.items() if column in places}
    return GridRow(row.page, row.top, row.bottom, cells, wide)


def _grid(page: PageReading, block: Block) -> Grid:
    rows: dict[int, list[TableCell]] = {}
    for cell in block.cells:
        if cell.text.strip():
            rows.setdefault(cell.row, []).append(cell)
    words = [word for word in page.words if is_printed(word)]
    made = tuple(_row(page, block, rows[number], words) for number in sorted(rows))
    return Grid(made, spans_of(made), page.width)


def spans_of(rows: tuple[GridRow, ...]) -> dict[int, tuple[float, float]]:
    """For each column the usual left and right end of what stands in it."""
    spans: dict[int, list[tuple[float, float]]] = {}
    for row in rows:
        for column, places in row.cells.items():
            if column not in row.wide:
                boxes = [place.span(start, end).bbox for place, start, end in places]
                spans.setdefault(column, []).append((min(box.x0 for box in boxes), max(box.x1 for box in boxes)))
    return {c: (median(x0 for x0, _ in found), median(x1 for _, x1 in found)) for c, found in spans.items()}


def _row(page: PageReading, block: Block, cells: list[TableCell], words: list[Word]) -> GridRow:
    cells = sorted(cells, key=lambda cell: cell.column)
    near = _level(cells, words)
    places = {cell.column: _places(page, block, cell, near) for cell in cells}
    boxes = [made.bbox for found in places.values() for made, _, _ in found]
    wide = {cell.column: cell.column_span for cell in cells if cell.column_span > 1}
    return GridRow(page.number, min(b.y0 for b in boxes), max(b.y1 for b in boxes), places, wide)


def _level(cells: list[TableCell], words: list[Word]) -> list[Word]:
    """The words that stand at the height of the cells."""
    boxes = [cell.bbox for cell in cells if cell.bbox]
    if not boxes:
        return []
    top, bottom = min(box.y0 for box in boxes), max(box.y1 for box in boxes)
    return [word for word in words if top <= word.bbox.centre[1] <= bottom]


def _places(page: PageReading, block: Block, cell: TableCell, words: list[Word]) -> list[Place]:
    """The cell's printed lines; the whole cell as one word where its words are not known."""
    box = cell.bbox or block.bbox or BBox(0, 0, page.width, page.height)
    inside = [word for word in words if _holds(box, word.bbox)] if cell.bbox else []
    lines: list[list[Word]] = []
    for word in sorted(inside, key=lambda word: (word.bbox.centre[1], word.bbox.x0)):
        if lines and word.bbox.centre[1] < lines[-1][0].bbox.y1:
            lines[-1].append(word)
        else:
            lines.append([word])
    lines = lines or [[Word(cell.text, box, block=block.idx)]]
    return [_whole(page, sorted(line, key=lambda word: word.bbox.x0)) for line in lines]


def _whole(page: PageReading, line: list[Word]) -> Place:
    made = segment(page.number, 0, line)
    return made, 0, len(made.text)


def _holds(box: BBox, other: BBox) -> bool:
    x, y = other.centre
    return box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1
