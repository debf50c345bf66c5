"""Print documents with line items in many manners: rules, headers, wrapping, pages."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import items_words as words
from items_kinds import Column, Line, Made
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
LEFT, RIGHT, BOTTOM = 45.0, WIDTH - 45.0, HEIGHT - 70
GREY, PALE, INK = HexColor("#8a94a2"), HexColor("#edf1f5"), HexColor("#1a1f26")
WRAPPED = ("description", "details", "task")


@dataclass(frozen=True)
class Manner:
    """How the table is printed; `heads` one|two|none, `wrap` top|middle|bottom: where a wrapped row's numbers stand."""

    rules: str = "grid"
    heads: str = "one"
    wrap: str = "top"
    mixed: bool = False
    sections: bool = False
    discounts: bool = False
    repeat: bool = True
    carried: bool = False
    size: float = 9.0
    airy: bool = False


class Paper:
    """A canvas whose y counts downwards from the page's top."""

    def __init__(self, path: Path, font: str, bold: str, size: float) -> None:
        self.canvas = Canvas(str(path), pagesize=A4, invariant=1, initialFontName=font)
        self.font, self.bold, self.size, self.page = font, bold, size, 1

    def text(self, x: float, y: float, said: str, *, size: float = 0, bold: bool = False, right: bool = False) -> None:
        self.canvas.setFont(self.bold if bold else self.font, size or self.size)
        self.canvas.setFillColor(INK)
        (self.canvas.drawRightString if right else self.canvas.drawString)(x, HEIGHT - y, said)

    def line(self, x0: float, y0: float, x1: float, y1: float, thick: float = 0.6) -> None:
        self.canvas.setStrokeColor(GREY)
        self.canvas.setLineWidth(thick)
        self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    def fill(self, y0: float, y1: float) -> None:
        self.canvas.setFillColor(PALE)
        self.canvas.rect(LEFT, HEIGHT - y1, RIGHT - LEFT, y1 - y0, stroke=0, fill=1)

    def width(self, said: str, *, bold: bool = False) -> float:
        return float(stringWidth(said, self.bold if bold else self.font, self.size))

    def wrap(self, said: str, width: float, lang: str) -> list[str]:
        parts, glue = (list(said), "") if lang == "zh" else (said.split(), " ")
        lines = [""]
        for part in parts:
            longer = f"{lines[-1]}{glue}{part}" if lines[-1] else part
            if self.width(longer) <= width or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(part)
        return lines


class Printer:
    """One document: letterhead, table over as many pages as it takes, totals."""

    def __init__(self, path: Path, made: Made, lang: str, manner: Manner, chance: random.Random) -> None:
        faces = {"en": chance.choice((("Helvetica", "Helvetica-Bold"), ("Times-Roman", "Times-Bold"))),
                 "zh": ("Sans", "Sans-Bold")}  # fmt: skip
        self.paper = Paper(path, *faces[lang], manner.size)
        self.made, self.lang, self.manner, self.chance = made, lang, manner, chance
        self.columns = chance.sample(made.columns, len(made.columns)) if manner.mixed else made.columns
        self.heads = {column.key: chance.choice(column.heads[lang]) for column in made.columns}
        share = sum(column.weight for column in self.columns)
        edges, x = [], LEFT
        for column in self.columns:
            edges.append((x, x + (RIGHT - LEFT) * column.weight / share))
            x = edges[-1][1]
        self.edges, self.leading, self.y, self.top = edges, manner.size * 1.25, 0.0, 0.0
        self.pad = manner.size * (1.1 if manner.airy or manner.wrap != "top" else 0.6)

    def print(self) -> None:
        self._letterhead()
        self._header()
        sums = 0
        for number, line in enumerate(self._lines()):
            if self.y + self._height(line) > BOTTOM - 20:
                self._turn(number)
            self._row(line, shaded=self.manner.rules == "zebra" and sums % 2 == 0)
            sums += line.kind == "item"
        self._close()
        self._totals()
        self._foot()
        self.paper.canvas.save()

    def _lines(self) -> list[Line]:
        """The items with what stands between them."""
        lines = list(self.made.lines)
        if self.manner.sections:
            for place, title in ((len(lines) // 2, 1), (0, 0)):
                lines.insert(place, Line({"": words.SECTIONS[self.lang][title]}, kind="section"))
        if self.manner.discounts and any(column.key == "amount" for column in self.columns):
            said = {"en": "Discount 5 %", "zh": "折扣 5%"}[self.lang]
            at = next(i for i, line in enumerate(lines) if line.kind == "item")
            lines.insert(at + 1, Line({"description": said, "amount": "-12.50"}, kind="discount"))
        return lines

    def _letterhead(self) -> None:
        paper, lang = self.paper, self.lang
        paper.text(LEFT, 60, self.made.title, size=18, bold=True)
        paper.text(LEFT, 84, self.chance.choice(words.FIRMS[lang]), bold=True)
        paper.text(LEFT, 98, self.chance.choice(words.STREETS[lang]))
        labels = {"en": ("No.", "Customer", "Date"), "zh": ("编号：", "客户：", "日期：")}[lang]
        values = (f"{self.chance.randint(10000, 99999)}", self.chance.choice(words.PEOPLE[lang]), "2026-06-17")
        for row, (label, value) in enumerate(zip(labels, values, strict=True)):
            paper.text(380, 84 + 14 * row, label)
            paper.text(440, 84 + 14 * row, value)
        self.y = 140.0

    def _header(self) -> None:
        self.top = self.y
        if self.manner.heads == "none":
            self._rule(self.y)
            return
        lines = {
            column.key: self._head_lines(column, edge) for column, edge in zip(self.columns, self.edges, strict=True)
        }
        height = max(map(len, lines.values())) * self.leading + 8
        if self.manner.rules in ("zebra", "head"):
            self.paper.fill(self.y, self.y + height)
        self._rule(self.y)
        for column, edge in zip(self.columns, self.edges, strict=True):
            for number, said in enumerate(lines[column.key]):
                self._put(said, column, edge, self.y + 4 + self.leading * (number + 0.8), bold=True)
        self.y += height
        if self.manner.rules != "none":
            self._rule(self.y)

    def _head_lines(self, column: Column, edge: tuple[float, float]) -> list[str]:
        said = self.heads[column.key]
        width = edge[1] - edge[0] - 8
        if self.manner.heads == "two" and self.lang == "zh" and len(said) == 4:
            return [said[:2], said[2:]]
        if self.manner.heads == "two" or self.paper.width(said, bold=True) > width:
            return said.split() if self.lang == "en" else self.paper.wrap(said, width, self.lang)
        return [said]

    def _put(self, said: str, column: Column, edge: tuple[float, float], y: float, *, bold: bool = False) -> None:
        self.paper.text(edge[1] - 4 if column.right else edge[0] + 4, y, said, bold=bold, right=column.right)

    def _wrapped(self, line: Line) -> dict[str, list[str]]:
        cells = {}
        for column, edge in zip(self.columns, self.edges, strict=True):
            said = line.cells.get(column.key, "")
            room = edge[1] - edge[0] - 8
            cells[column.key] = self.paper.wrap(said, room, self.lang) if column.key in WRAPPED else [said]
        return cells

    def _height(self, line: Line) -> float:
        return max(len(lines) for lines in self._wrapped(line).values()) * self.leading + self.pad

    def _row(self, line: Line, *, shaded: bool) -> None:
        height = self._height(line)
        if shaded:
            self.paper.fill(self.y, self.y + height)
        first = self.y + self.pad / 2 + self.leading * 0.8
        if line.kind == "section":
            self.paper.text(LEFT + 4, first, line.cells[""], bold=True)
        else:
            self._cells(line, first)
        self.y += height
        if self.manner.rules in ("grid", "lines"):
            self._rule(self.y)

    def _cells(self, line: Line, first: float) -> None:
        cells = self._wrapped(line)
        most = max(map(len, cells.values()))
        for column, edge in zip(self.columns, self.edges, strict=True):
            lines = cells[column.key]
            spare = {"top": 0.0, "middle": (most - len(lines)) / 2, "bottom": most - len(lines)}[self.manner.wrap]
            for number, said in enumerate(lines):
                self._put(said, column, edge, first + self.leading * (number + spare))

    def _rule(self, y: float) -> None:
        if self.manner.rules != "none":
            self.paper.line(LEFT, y, RIGHT, y)

    def _close(self) -> None:
        self._rule(self.y)
        if self.manner.rules == "grid":
            for x in (LEFT, *(edge[1] for edge in self.edges)):
                self.paper.line(x, self.top, x, self.y)

    def _turn(self, number: int) -> None:
        """End the page and begin the next, with what has been summed up so far where the manner says so."""
        amount = f"{self.chance.randint(100000, 999999) / 100:,.2f}"
        self._close()
        if self.manner.carried:
            self._sum({"en": "Carried forward", "zh": "过次页"}[self.lang], amount, self.y + 14)
        self._foot()
        self.paper.canvas.showPage()
        self.paper.page += 1
        self.paper.text(LEFT, 46, f"{self.made.title} ({self.made.kind.upper()[:3]}-{number})", size=8)
        self.y = self.top = 70.0
        if self.manner.repeat:
            self._header()
        if self.manner.carried:
            self._sum({"en": "Brought forward", "zh": "承前页"}[self.lang], amount, self.y + 12)
            self.y += 22

    def _sum(self, label: str, amount: str, y: float) -> None:
        self.paper.text(RIGHT - 190, y, label)
        self.paper.text(RIGHT - 4, y, amount, right=True)

    def _totals(self) -> None:
        self.y += 20
        for label, value in self.made.totals:
            self._sum(label, value, self.y)
            self.y += 16
        self.paper.text(LEFT, self.y + 14, words.PROSE[self.lang][:90], size=8)

    def _foot(self) -> None:
        said = {"en": f"Page {self.paper.page}", "zh": f"第{self.paper.page}页"}[self.lang]
        self.paper.text(RIGHT, HEIGHT - 30, said, size=8, right=True)
