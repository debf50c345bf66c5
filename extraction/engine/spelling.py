"""Texts made comparable: what a provider wrote, markup taken off, against what our words say."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^()\s]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^()\s]*\)")
_LATEX = re.compile(r"\$[^$]+\$|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)
_COMMAND = re.compile(r"\\(?:begin|end)\{[^{}]*\}|\\[A-Za-z]+\*?|\\.")
_SHORT = 3  # letters: shorter words count only as words of their own


def without_markup(content: str, format: str = "text") -> str:
    """The words of a content; HTML, Markdown and LaTeX become blanks."""
    if format == "latex":
        return _COMMAND.sub(" ", content)
    if "$" in content or "\\" in content:
        content = _LATEX.sub(lambda match: _COMMAND.sub(" ", match.group()), content)
    if "](" in content:
        content = _LINK.sub(r"\1", _PICTURE.sub(" ", content))
    return unescape(_TAG.sub(" ", content)) if "<" in content or "&" in content else content


def key_of(text: str) -> str:
    """Letters and digits in one case, width and without accents; a text of signs only keeps its signs."""
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(filter(str.isalnum, folded))
    return letters or "".join(folded.split())


@dataclass(frozen=True)
class Spelling:
    """A content as words are looked for in it."""

    text: str
    words: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(key_of(word) for word in self.text.split()))

    @cached_property
    def key(self) -> str:
        return "".join(word for word in self.words if word.isalnum())

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(self.words)

    def spells(self, key: str) -> bool:
        """Whether the word is one of the text's, or, if it is long enough to tell, a part of it."""
        return key in self._words or (key in self.key and (is_telling(key) or not key.isascii()))


def is_telling(key: str) -> bool:
    """Whether a word says by itself what it belongs to."""
    return len(key) >= _SHORT or (len(key) > 1 and not key.isascii())
