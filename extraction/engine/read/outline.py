"""A DOCX's own structure, read from its XML in the child: paragraphs in order, with the levels of headings.

Declarations of types are refused, so that there are no entities; everything else is bounded by the parts' own size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self
from xml.parsers import expat

from extraction.engine.raw import Paragraph

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_SPACE = "http://purl.oclc.org/ooxml/wordprocessingml/main"
FALLBACK = (
    "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"  # says once more what stands before it
)
MAX_PARAGRAPHS = 100_000
MAX_LETTERS = 6_000_000
MAX_DEPTH = 500
LEVELS = 9
HEADING = re.compile(r"(?:heading|标题|標題)\s*([1-9])", re.IGNORECASE)
TITLE = re.compile(r"title|标题|標題", re.IGNORECASE)
GAPS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}


class NoOutline(Exception):
    """The XML is broken, declares types, or is more than anybody writes."""


def paragraphs_of(document: bytes, styles: bytes) -> tuple[Paragraph, ...]:
    """Raise NoOutline."""
    levels = _Styles().read(styles).levels() if styles else {}
    return tuple(_Body(levels).read(document).paragraphs)


class _Reader:
    """Elements of the one name space, by their plain names; the depth is bounded."""

    def __init__(self) -> None:
        self._depth = 0
        self._skipped = 0

    def read(self, xml: bytes) -> Self:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._finish
        parser.CharacterDataHandler = self._say
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as exc:
            raise NoOutline(str(exc)) from exc
        return self

    def start(self, name: str, values: Mapping[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, letters: str) -> None: ...

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NoOutline("nested too deep")
        if self._skipped or name == FALLBACK:
            self._skipped += 1
            return
        space, _, plain = name.rpartition(" ")
        if space in (SPACE, STRICT_SPACE):
            self.start(plain, {key.rpartition(" ")[2]: value for key, value in attributes.items()})

    def _finish(self, name: str) -> None:
        self._depth -= 1
        if self._skipped:
            self._skipped -= 1
            return
        space, _, plain = name.rpartition(" ")
        if space in (SPACE, STRICT_SPACE):
            self.end(plain)

    def _say(self, letters: str) -> None:
        if not self._skipped:
            self.text(letters)

    def _refuse(self, *_: object) -> None:
        raise NoOutline("declares types")


class _Styles(_Reader):
    """Styles of paragraphs: what each is based on, and the level that it or its name gives."""

    def __init__(self) -> None:
        super().__init__()
        self._id = ""
        self._bases: dict[str, str] = {}
        self._own: dict[str, int | None] = {}

    def start(self, name: str, values: Mapping[str, str]) -> None:
        value = values.get("val", "")
        if name == "style":
            self._id = values.get("styleId", "")
        elif name == "basedOn":
            self._bases[self._id] = value
        elif name == "outlineLvl":
            self._own[self._id] = level_of(value)
        elif name == "name" and (level := _named_level(value)) is not None:
            self._own.setdefault(self._id, level)

    def levels(self) -> dict[str, int]:
        found = {style: self._level(style) for style in {*self._own, *self._bases}}
        return {style: level for style, level in found.items() if level is not None}

    def _level(self, style: str) -> int | None:
        for _ in range(20):
            if style in self._own:
                return self._own[style]
            if style not in self._bases:
                return None
            style = self._bases[style]
        return None


class _Body(_Reader):
    """Paragraphs of the document, those of tables among them; a text box inside of one is one of its own."""

    def __init__(self, levels: Mapping[str, int]) -> None:
        super().__init__()
        self.paragraphs: list[Paragraph] = []
        self._levels = levels
        self._open: list[tuple[list[str], list[int | None]]] = []
        self._tables = 0
        self._is_text = False
        self._letters = 0

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "tbl":
            self._tables += 1
        elif name == "p":
            self._open.append(([], []))
        elif name == "t":
            self._is_text = True
        elif self._open and name in GAPS:
            self._open[-1][0].append(GAPS[name])
        elif self._open and name == "outlineLvl":
            self._open[-1][1].insert(0, level_of(values.get("val", "")))
        elif self._open and name == "pStyle":
            self._open[-1][1].append(self._levels.get(values.get("val", "")))

    def end(self, name: str) -> None:
        if name == "tbl":
            self._tables -= 1
        elif name == "t":
            self._is_text = False
        elif name == "p" and self._open:
            self._keep(*self._open.pop())

    def text(self, letters: str) -> None:
        if self._is_text and self._open:
            self._open[-1][0].append(letters)

    def _keep(self, parts: list[str], levels: list[int | None]) -> None:
        text = "".join(parts).strip()
        self._letters += len(text)
        if self._letters > MAX_LETTERS or len(self.paragraphs) >= MAX_PARAGRAPHS:
            raise NoOutline("too much of it")
        if text:
            self.paragraphs.append(Paragraph(text, levels[0] if levels else None, in_table=self._tables > 0))


def level_of(value: str) -> int | None:
    """A level from 1, of one that counts from 0; 9 stands for running text."""
    return int(value) + 1 if value.isdecimal() and int(value) < LEVELS else None


def _named_level(name: str) -> int | None:
    heading = HEADING.fullmatch(name.strip())
    if heading is not None:
        return int(heading[1])
    return 1 if TITLE.fullmatch(name.strip()) else None
