"""What kind of document a title names: invoice, receipt, contract …, from the data file beside this module."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path

from extraction.engine.fields.lexicon import is_chinese, plain
from extraction.engine.fields.segments import Segment, Sheet
from extraction.types import BlockType, PageReading

_FILE = Path(__file__).with_name("document_kinds.json")
_WORDS = re.compile(r"[a-z]+|[\u3400-\u9fff]+")
_LONGEST_TITLE = 6
"""Words of a title, the ones that name the kind among them."""
_LONGEST_CHINESE = 16
_HEAD = 0.4
"""The share of the first page, from the top, in which a line that is no heading can be the title."""
_NO_TITLE = re.compile(r"\d{3}|[:,;、，；]|(?:[.。#№]|\bno)$", re.IGNORECASE)
_GOES_ON = re.compile(r" (?:of|for|and|no|number) ")


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """Its titles as words; `signs` are concepts of the lexicon that its documents print.

    Its documents may call themselves by the titles of `close` kinds; those `on_strip` are printed on a roll of paper.
    """

    key: str
    titles: tuple[str, ...]
    signs: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
    on_strip: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """A line that may say what the document is: as printed, and its words; `is_heading` where its type says so."""

    text: str
    words: str
    is_heading: bool = False

    def says(self, title: str) -> bool:
        """Whether the words are these, or end with them; a heading may go on behind them."""
        if is_chinese(title):
            return title in self.words if self.is_heading else self.words.endswith(title)
        if f" {self.words}".endswith(f" {title}"):
            return True
        return self.is_heading and bool(_GOES_ON.match(f"{self.words} "[len(title) :])) and self.words.startswith(title)


@cache
def document_kinds() -> dict[str, DocumentKind]:
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    return {
        key: DocumentKind(
            key,
            tuple(words_of(title) for title in kind["titles"]),
            tuple(kind.get("signs", ())),
            tuple(kind.get("close", ())),
            kind.get("on_strip", False),
        )
        for key, kind in data.items()
    }


def words_of(text: str) -> str:
    """Lower-case words with one blank between them; Chinese runs are words, and brackets do not part them."""
    found = _WORDS.findall(plain(re.sub(r"[()（）\s]+(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])[()（）]+", "", text)))
    return " ".join(found)


def kind_of_name(name: str) -> str:
    """The kind that a template's name speaks of, the longest title where several stand in it; empty without any."""
    return _longest(name, lambda title: title in name if is_chinese(title) else f" {title} " in f" {name} ")


def kind_of_title(title: Title) -> str:
    """The kind that a document's title says; empty without any."""
    return _longest(title.words, title.says)


def _longest(words: str, is_said: Callable[[str], bool]) -> str:
    said = [
        (len(title), key)
        for key, kind in document_kinds().items()
        for title in kind.titles
        if title in words and is_said(title)
    ]
    return max(said)[1] if said else ""


def titles_of(page: PageReading, sheet: Sheet) -> tuple[Title, ...]:
    """The first page's headings and short lines near its top, from the top."""
    headings = [block.bbox for block in page.blocks if block.type == BlockType.TITLE and block.bbox]
    found = []
    for segment, following in zip_longest(sheet.segments, sheet.segments[1:]):
        x, y = segment.bbox.centre
        is_heading = any(box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1 for box in headings)
        if (is_heading or y < _HEAD * sheet.height) and _may_be_title(segment, following):
            found.append(Title(segment.text.strip(), words_of(segment.text), is_heading))
    return tuple(found)


def _may_be_title(segment: Segment, following: Segment | None) -> bool:
    """Short, and neither a label beside its number nor a part of a list or sentence."""
    text = segment.text.strip()
    if _NO_TITLE.search(text) or (following and following.row == segment.row and following.text[:1].isdigit()):
        return False
    words = words_of(text)
    if is_chinese(words):
        return len(words) <= _LONGEST_CHINESE
    return 0 < len(words.split()) <= _LONGEST_TITLE


def kinds_in(titles: Iterable[Title]) -> dict[str, Title]:
    """The kinds that the titles name, each with the first that does: headings, or else other lines."""
    named = [(kind, title) for title in titles if (kind := kind_of_title(title))]
    headings = [(kind, title) for kind, title in named if title.is_heading]
    return dict(reversed(headings or named))
