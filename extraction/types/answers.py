"""What a model is shown of a document, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from extraction.types.fields import Precision
from extraction.types.pages import Word


@dataclass(frozen=True, slots=True)
class LinePart:
    """A cell or a text that stands apart on its line.

    `words` are empty where nothing says where it stands; short of WORD precision the one word is the whole cell or
    block.
    """

    text: str
    words: tuple[Word, ...] = ()
    precision: Precision = Precision.WORD


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """A line as a model is shown it: numbers count from 1 on every page, parts go from the left."""

    page: int
    number: int
    parts: tuple[LinePart, ...]

    @property
    def id(self) -> str:
        return f"{self.page}:{self.number}"

    @property
    def text(self) -> str:
        return " | ".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says of a field, an item or a row: `value` untyped, the ids of its lines, the words there.

    A table's row has an Answer by column as its value.
    """

    value: Any
    lines: tuple[str, ...] = ()
    quote: str = ""


type Answers = Mapping[str, tuple[Answer, ...]]
"""By field in the order of the document's parts: a plain field's answers, a list's items, a table's rows."""
