"""The bilingual lexicon: which printed words can stand for what, loaded once from the data file beside this module."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("lexicon.json")
_TOKEN = re.compile(r"(?<![a-z])[a-z](?:\.[a-z])+(?![a-z])|[a-z0-9]+(?:'[a-z]+)?|#|№|[\u3400-\u9fff]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Concept:
    """A thing that documents print: its kind of value, the names templates give it, the labels printed beside it.

    What is `plain`, as a date or an amount, says nothing against a label's meaning more.
    """

    key: str
    kind: str
    names: tuple[str, ...]
    phrases: tuple[str, ...]
    role: str = ""
    unlabelled: bool = False
    also: tuple[str, ...] = ()
    column: bool = False
    only_column: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a label in its canonical form, and where it stands in the text."""

    text: str
    start: int
    end: int


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return loaded


@cache
def concepts() -> dict[str, Concept]:
    return {
        key: Concept(
            key=key,
            kind=entry["kind"],
            names=tuple(entry["names"]),
            phrases=tuple(entry["phrases"]),
            role=entry.get("role", ""),
            unlabelled=entry.get("unlabelled", False),
            also=tuple(entry.get("also", ())),
            column=bool(entry.get("column")),
            only_column=entry.get("column") is True,
            plain=bool(entry.get("plain")),
        )
        for key, entry in _data()["concepts"].items()
    }


@cache
def _canonical() -> dict[str, str]:
    return {variant: token for token, variants in _data()["tokens"].items() for variant in variants.split()}


@cache
def light_tokens() -> frozenset[str]:
    return frozenset(_data()["light"])


@cache
def generic_tokens() -> dict[str, float]:
    """Words that labels of many meanings share, with the little they weigh."""
    return dict(_data()["generic"])


@cache
def word_list(group: str) -> dict[str, str]:
    """Of `roles`, `ends` or `answers`: each word and what it stands for."""
    return {word: key for key, words in _data()[group].items() for word in words.split()}


@cache
def carried_phrases() -> tuple[str, ...]:
    """Rows between the items of a long table that are no items."""
    return tuple(_data()["carried"])


@cache
def opposites() -> dict[str, str]:
    """Canonical words that rule each other out."""
    return dict(pair.split() for pair in _data()["opposites"])


@cache
def regions() -> dict[str, tuple[str, ...]]:
    return {role: tuple(phrases) for role, phrases in _data()["regions"].items()}


def plain(text: str) -> str:
    """Lower case without accents, each character kept in its place."""
    if text.isascii():
        return text.lower()
    folded = []
    for character in text:
        folded.append(unicodedata.normalize("NFKD", character.lower())[:1] or character)
    return "".join(folded)


def tokens(text: str) -> tuple[Token, ...]:
    """Canonical tokens of a text; a run of Chinese characters is one token."""
    canonical = _canonical()
    return tuple(
        Token(canonical.get(word := match.group().replace(".", ""), word), match.start(), match.end())
        for match in _TOKEN.finditer(plain(text))
    )


def is_chinese(text: str) -> bool:
    return bool(_CHINESE.search(text))


@cache
def _chinese_words() -> dict[str, tuple[str, ...]]:
    return {word: tuple(key.split()) for key, words in _data()["chinese"].items() for word in words.split()}


@cache
def _longest_word() -> int:
    return max(map(len, _chinese_words()))


@lru_cache(4096)
def translated(text: str) -> tuple[str, ...]:
    """A run of Chinese characters as canonical tokens, the longest words first; what is no word of ours stays."""
    found: list[str] = []
    rest, at = "", 0
    while at < len(text):
        words = _chinese_words()
        size = next((size for size in range(_longest_word(), 0, -1) if text[at : at + size] in words), 0)
        if not size:
            rest += text[at]
            at += 1
            continue
        found += [rest, *words[text[at : at + size]]] if rest else words[text[at : at + size]]
        rest, at = "", at + size
    return tuple([*found, rest] if rest else found)
