"""Tables that a provider wrote as HTML or Markdown, as cells: odd markup gives some cells, never an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from itertools import chain

from extraction.types import TableCell

MOST_COLUMNS = 1000  # HTML's own limit of a span; wide spans under one another must not grow without end
MOST_ROWS = 65_534
_BLANK_TAGS = frozenset({"br", "p", "div", "li", "tr", "td", "th", "table", "ul", "ol", "hr"})
_SILENT_TAGS = frozenset({"script", "style", "template", "noscript", "title"})
_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?\s*")
_PIPE = re.compile(r"(?<!\\)\|")
_TABLE_TAG = re.compile(r"<\s*(?:table|tr|td|th|tbody|thead)\b", re.IGNORECASE)


def table_cells(content: str) -> tuple[TableCell, ...]:
    """The cells of an HTML or Markdown table, by row and column and without boxes; nothing for other text."""
    if _TABLE_TAG.search(content):
        return html_cells(content)
    return markdown_cells(content)


def html_cells(content: str) -> tuple[TableCell, ...]:
    """All tables of the text, one under the other; a table inside a cell is that cell's text."""
    reader = _TableReader()
    reader.feed(content)
    reader.close()
    return _placed(reader.rows())


def markdown_cells(content: str) -> tuple[TableCell, ...]:
    """The pipe table in the text: its head is what stands above the line of dashes."""
    lines = [line for line in content.splitlines() if "|" in line]
    rules = [number for number, line in enumerate(lines) if _RULE.fullmatch(line)]
    if not rules:
        return ()
    rows = [
        _Row([_Cell(text, is_header=number < rules[0]) for text in _pipe_texts(line)])
        for number, line in enumerate(lines)
        if number not in rules
    ]
    return _placed(rows)


@dataclass(slots=True)
class _Cell:
    text: str = ""
    rows: int = 1
    columns: int = 1
    is_header: bool = False


@dataclass(slots=True)
class _Row:
    cells: list[_Cell] = field(default_factory=list)
    ends_group: bool = False


def _pipe_texts(line: str) -> list[str]:
    inside = line.strip()
    inside = inside.removeprefix("|")
    inside = inside[:-1] if inside.endswith("|") and not inside.endswith("\\|") else inside
    return [_markdown_text(part) for part in _PIPE.split(inside)]


def _markdown_text(text: str) -> str:
    text = re.sub(r"<br\s*/?>", " ", text.replace("\\|", "|"), flags=re.IGNORECASE)
    text = re.sub(r"</?[A-Za-z][^<>]*>", "", text)
    text = re.sub(r"(\*\*|__|~~|`)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    return " ".join(unescape(text).split())


class _TableReader(HTMLParser):
    """Collects rows; missing end tags are closed by what follows, as browsers do."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._rows: list[_Row] = []
        self._row: _Row | None = None
        self._cell: _Cell | None = None
        self._depth = 0  # of tables inside the open cell
        self._silent = 0
        self._in_head = False

    def rows(self) -> list[_Row]:
        self._end_row()
        return [row for row in self._rows if row.cells]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT_TAGS
        if tag == "table" and self._cell is not None:
            self._depth += 1
        if self._depth:
            self._add_blank(tag)
        elif tag in ("td", "th"):
            self._start_cell(tag, dict(attrs))
        elif tag == "tr":
            self._end_row()
            self._row = _Row()
        elif tag in ("thead", "tbody", "tfoot", "table"):
            self._end_group(in_head=tag == "thead")
        else:
            self._add_blank(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT_TAGS:
            self._silent = max(0, self._silent - 1)
        if self._depth:
            self._depth -= tag == "table"
            self._add_blank(tag)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag in ("thead", "tbody", "tfoot", "table"):
            self._end_group(in_head=False)
        else:
            self._add_blank(tag)

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.text += data

    def _add_blank(self, tag: str) -> None:
        if self._cell is not None and tag in _BLANK_TAGS:
            self._cell.text += " "

    def _start_cell(self, tag: str, attributes: dict[str, str | None]) -> None:
        self._end_cell()
        self._cell = _Cell(
            rows=_span(attributes.get("rowspan"), MOST_ROWS) or MOST_ROWS,
            columns=_span(attributes.get("colspan"), MOST_COLUMNS) or 1,
            is_header=tag == "th" or self._in_head,
        )

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        self._cell.text = " ".join(self._cell.text.split())
        self._row = self._row or _Row()
        self._row.cells.append(self._cell)
        self._cell, self._silent = None, 0

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self._rows.append(self._row)
        self._row = None

    def _end_group(self, *, in_head: bool) -> None:
        self._end_row()
        self._in_head = in_head
        if self._rows:
            self._rows[-1].ends_group = True


def _span(said: str | None, most: int) -> int:
    """How many a cell covers; 0 is said for all that follow."""
    number = re.match(r"\s*\+?(\d{1,9})", said or "1")
    return min(int(number[1]), most) if number else 1


def _placed(rows: list[_Row]) -> tuple[TableCell, ...]:
    """Give every cell its column: the first that no cell from above still covers."""
    rows = rows[:MOST_ROWS]
    ends = _group_ends(rows)
    covered: dict[int, int] = {}  # column -> the first row in which it is free again
    placed = (_placed_row(row, number, ends[number], covered) for number, row in enumerate(rows))
    return tuple(chain.from_iterable(placed))


def _placed_row(row: _Row, number: int, end: int, covered: dict[int, int]) -> list[TableCell]:
    placed: list[TableCell] = []
    column = 0
    for cell in row.cells:
        while covered.get(column, 0) > number:
            column += 1
        height = max(1, min(cell.rows, end - number))
        width = max(1, min(cell.columns, MOST_COLUMNS - column))
        placed.append(TableCell(number, column, cell.text, None, height, width, cell.is_header))
        if height > 1:
            covered.update(dict.fromkeys(range(column, column + width), number + height))
        column += width
    return placed


def _group_ends(rows: list[_Row]) -> list[int]:
    """For each row the number behind its group's last row: no cell reaches out of head, body or table."""
    ends = [len(rows)] * len(rows)
    for number in range(len(rows) - 1, -1, -1):
        if rows[number].ends_group:
            ends[number] = number + 1
        elif number + 1 < len(rows):
            ends[number] = ends[number + 1]
    return ends
