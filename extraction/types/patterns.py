"""Patterns that a template's author writes: a part of regular expressions that never takes long.

Known are characters, `.`, `\\d \\w \\s` and their opposites, classes in square brackets, groups, `|`, and
`* + ? {2,4}`; `(?i)` in front ignores case. A text is followed through all alternatives at once, so that the time grows
with the pattern's length times the text's, whatever the pattern: there is no going back and trying again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

LONGEST_PATTERN = 200
LONGEST_TEXT = 1000
"""No longer text matches any pattern."""

_MOST_STEPS = 500
_DEEPEST = 20
_CLASS = r"\[\^?\]?(?:\\[dDwWsS]|\\[^A-Za-z0-9]|[^\]\[\\])*\]"
_TOKEN = re.compile(
    rf"(?P<atom>\\[dDwWsS]|\\[^A-Za-z0-9]|{_CLASS}|[^\\\[\]()|*+?{{}}^$])"
    r"|(?P<open>\((?:\?:)?(?!\?))|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<count>[*+?]|\{\d{1,3}(?:,\d{0,3})?\})",
    re.DOTALL,
)
_SET_SIGNS = re.compile(r"--|&&|\|\||~~")


class InvalidPattern(ValueError):
    """The pattern is too long, or says something that is not known here."""


@dataclass(frozen=True, slots=True)
class _Node:
    """`atom`, `sequence`, `choice` or `repeat` (of its only part, `most` None for any number of times)."""

    kind: str
    parts: tuple[_Node, ...] = ()
    text: str = ""
    least: int = 1
    most: int | None = 1


@dataclass(slots=True)
class _Program:
    """Steps by number: one that takes a character has a test, one that takes none may go on in several places."""

    tests: list[re.Pattern[str] | None] = field(default_factory=list)
    following: list[list[int]] = field(default_factory=list)

    def add(self, test: re.Pattern[str] | None, *following: int) -> int:
        if len(self.tests) >= _MOST_STEPS:
            raise InvalidPattern("too many steps")
        self.tests.append(test)
        self.following.append([*following])
        return len(self.tests) - 1


def check_pattern(pattern: str) -> None:
    """Raise InvalidPattern for one that cannot be matched."""
    _compiled(pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is as the pattern says."""
    program, start = _compiled(pattern)
    if len(text) > LONGEST_TEXT:
        return False
    places = _reached(program, [start])
    for character in text:
        taken = [place for place in places if (test := program.tests[place]) and test.fullmatch(character)]
        places = _reached(program, [one for place in taken for one in program.following[place]])
    return 0 in places


def _reached(program: _Program, starts: Iterable[int]) -> set[int]:
    """The steps that wait for a character, and the end (0), from these on."""
    seen: set[int] = set()
    waiting = [*starts]
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            if program.tests[place] is None:
                waiting += program.following[place]
    return seen


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> tuple[_Program, int]:
    if len(pattern) > LONGEST_PATTERN:
        raise InvalidPattern("too long")
    flags = re.IGNORECASE if pattern.startswith("(?i)") else re.NOFLAG
    node = _Reader(pattern.removeprefix("(?i)").removeprefix("^").removesuffix("$")).read()
    program = _Program()
    end = program.add(None)
    return program, _write(program, node, end, flags | re.DOTALL)


def _write(program: _Program, node: _Node, after: int, flags: re.RegexFlag) -> int:
    """Write the node's steps so that they lead to `after`; the first of them."""
    if node.kind == "atom":
        return program.add(_test(node.text, flags), after)
    if node.kind == "choice":
        return program.add(None, *[_write(program, part, after, flags) for part in node.parts])
    if node.kind == "sequence":
        after = after if node.parts else program.add(None, after)
        for part in reversed(node.parts):
            after = _write(program, part, after, flags)
        return after
    return _write_repeat(program, node, after, flags)


def _write_repeat(program: _Program, node: _Node, after: int, flags: re.RegexFlag) -> int:
    (part,) = node.parts
    start = after
    if node.most is None:
        start = program.add(None, after)
        program.following[start].append(_write(program, part, start, flags))
    else:
        for _ in range(node.most - node.least):
            start = program.add(None, after, _write(program, part, start, flags))
        # a part that is never there counts as a step too, so that repeating it ends
        start = program.add(None, after) if node.most == 0 else start
    for _ in range(node.least):
        start = _write(program, part, start, flags)
    return start


def _test(atom: str, flags: re.RegexFlag) -> re.Pattern[str]:
    if atom.startswith("[") and _SET_SIGNS.search(atom):
        raise InvalidPattern(f"{atom}: sets of sets")
    try:
        return re.compile(atom, flags)
    except re.error as exc:
        raise InvalidPattern(f"{atom}: {exc}") from exc


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.tokens = [(match.lastgroup or "", match.group()) for match in _TOKEN.finditer(pattern)]
        if sum(len(text) for _, text in self.tokens) != len(pattern):
            raise InvalidPattern("something in it is not known")

    def read(self) -> _Node:
        node = self._choice(0)
        if self.tokens:
            raise InvalidPattern("a bracket too many")
        return node

    def _choice(self, depth: int) -> _Node:
        if depth > _DEEPEST:
            raise InvalidPattern("too many brackets in brackets")
        parts = [self._sequence(depth)]
        while self._next() == "bar":
            self.tokens.pop(0)
            parts.append(self._sequence(depth))
        return parts[0] if len(parts) == 1 else _Node("choice", tuple(parts))

    def _sequence(self, depth: int) -> _Node:
        parts = []
        while self._next() in ("atom", "open", "count"):
            parts.append(self._counted(self._item(depth)))
        return _Node("sequence", tuple(parts))

    def _item(self, depth: int) -> _Node:
        kind, text = self.tokens.pop(0)
        if kind == "atom":
            return _Node("atom", text=text)
        if kind == "count":
            raise InvalidPattern(f"{text}: nothing to repeat")
        inner = self._choice(depth + 1)
        if self._next() != "close":
            raise InvalidPattern("a bracket is not closed")
        self.tokens.pop(0)
        return inner

    def _counted(self, node: _Node) -> _Node:
        if self._next() != "count":
            return node
        least, most = _counts(self.tokens.pop(0)[1])
        if self._next() == "count":
            raise InvalidPattern("repeated twice")
        return _Node("repeat", (node,), least=least, most=most)

    def _next(self) -> str:
        return self.tokens[0][0] if self.tokens else ""


def _counts(text: str) -> tuple[int, int | None]:
    if text in ("*", "+", "?"):
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[text]
    first, comma, last = text[1:-1].partition(",")
    most = int(last) if last else None if comma else int(first)
    if most is not None and most < int(first):
        raise InvalidPattern(f"{text}: upside down")
    return int(first), most
