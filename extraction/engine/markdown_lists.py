"""List items and choices as Markdown's lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extraction.engine.markdown_text import escaped_line, inline
from extraction.engine.page.ticks import options_of

_BULLET = re.compile(r"(?:[•◦‣▪■●○◆∙·]\s*|[-–—*]\s+)(?=\S)")
_NUMBER = re.compile(r"(\d{1,3})([.)])\s+(?=\S)")
# letters and circled numbers are marks that Markdown has not: they stay as they are printed
_OTHER = re.compile(r"\(?(?:[a-z]|[ivx]{1,4})[.)]\s+\S|[（(]?\d{1,2}[）)]\s*\S|[①-⑳]")
_NEXT_COLUMN = 0.15  # of the page's width: what begins farther to the right is no item inside an item


@dataclass(frozen=True, slots=True)
class Item:
    """An item as printed: `number` with its sign behind, None for a bullet, and where it begins."""

    text: str
    x0: float
    number: int | None = None
    sign: str = ""
    is_bullet: bool = False


def items_of(content: str, x0: float) -> list[Item] | None:
    """The items of a block whose first line is one; lines without a mark go on with the item above."""
    items: list[Item] = []
    for line in content.splitlines():
        item = _item(line.strip(), x0)
        if item is not None:
            items.append(item)
        elif not items:
            return None
        else:
            last = items[-1]
            items[-1] = Item(f"{last.text} {line.strip()}", x0, last.number, last.sign, last.is_bullet)
    return items or None


def _item(line: str, x0: float) -> Item | None:
    if match := _BULLET.match(line):
        return Item(line[match.end() :], x0, is_bullet=True)
    if match := _NUMBER.match(line):
        return Item(line[match.end() :], x0, int(match[1]), match[2])
    return Item(line, x0) if _OTHER.match(line) else None


def list_text(items: Sequence[Item], width: float) -> str:
    """Items that follow one another, those that stand in from the one above inside it."""
    levels = _levels(items, width)
    counted = _counted(items, levels)
    indents: list[int] = []
    result = ""
    last_is_paragraph = True
    for item, level, counts in zip(items, levels, counted, strict=True):
        del indents[level:]
        head, text = _head_and_text(item, counts=counts)
        written = " " * sum(indents) + head + text
        is_paragraph = not head or (item.number or 1) != 1
        result += ("\n\n" if last_is_paragraph or is_paragraph else "\n") * bool(result) + written
        last_is_paragraph = not head
        indents.append(len(head))
    return result


def _head_and_text(item: Item, *, counts: bool) -> tuple[str, str]:
    text = escaped_line(item.text)
    if item.is_bullet or counts:
        text = re.sub(r"^\[(?=[ xX]\])", r"\\[", text)
        return (f"{item.number}{item.sign} " if counts else "- "), text
    if item.number is not None:
        return "", f"{item.number}\\{item.sign} {text}"
    return "", text


def _levels(items: Sequence[Item], width: float) -> list[int]:
    """How deep each item lies, by where it begins."""
    slack = 0.01 * width
    edges: list[float] = []
    result: list[int] = []
    for item in items:
        while len(edges) > 1 and item.x0 < edges[-1] - slack:
            edges.pop()
        if not edges or slack < item.x0 - edges[-1] < _NEXT_COLUMN * width:
            edges.append(item.x0)
        elif abs(item.x0 - edges[-1]) > slack:
            edges[-1] = item.x0
        result.append(len(edges) - 1)
    return result


def _counted(items: Sequence[Item], levels: Sequence[int]) -> list[bool]:
    """Tell numbers that count on from, or up to, a neighbour of their level: Markdown counts by itself."""
    result = [False] * len(items)
    for first, second in _neighbours(levels):
        one, other = items[first], items[second]
        if one.number is not None and other.number == one.number + 1 and one.sign == other.sign:
            result[first] = result[second] = True
    return result


def _neighbours(levels: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Items of one level with only deeper ones between them."""
    for level in set(levels):
        places = [place for place, found in enumerate(levels) if found <= level]
        yield from ((a, b) for a, b in pairwise(places) if levels[a] == levels[b] == level)


def choices_text(content: str) -> str:
    """Every option with its state, below what the line says of them all."""
    parts = []
    for line in content.splitlines():
        before, options = options_of(line)
        states = [(f"- [{'x' if option.is_ticked else ' '}]", inline(option.label)) for option in options]
        tasks = "\n".join(" ".join(filter(None, state)) for state in states)
        parts += [escaped_line(before)] * bool(before) + [tasks] * bool(tasks)
    return _spaced(parts)


def _spaced(parts: Sequence[str]) -> str:
    """Options of several lines as one list, texts apart."""
    result = ""
    for part in parts:
        tight = part.startswith("- [") and result.rpartition("\n")[2].startswith("- [")
        result += ("\n" if tight else "\n\n") * bool(result) + part
    return result
