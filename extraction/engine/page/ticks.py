"""Tick marks as they are printed: signs, brackets, and whether they are ticked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TICKED = r"[☑☒✓✔✗✘ⓧ⊠⊗●◉■]|\[\s?[xX✓✔√×]\s?\]|[(（]\s?[xX✓✔√×]\s?[)）]"
EMPTY = r"[☐□○◯❏❑]|\[\s{0,3}\]|\(\s{1,3}\)|（\s{0,3}）"
MARK = re.compile(f"(?P<ticked>{TICKED})|(?P<empty>{EMPTY})")
CHECKED, UNCHECKED = "☑", "☐"


@dataclass(frozen=True, slots=True)
class Option:
    """A mark and the label behind it."""

    is_ticked: bool
    label: str


def options_of(line: str) -> tuple[str, list[Option]]:
    """What stands before the options of a line, and the options: marks before their labels, or all behind them."""
    marks = list(whole_marks(line))
    if not marks:
        return line.strip(), []
    before, last = line[: marks[0].start()].strip(), line[marks[-1].end() :].strip()
    if before and not last:
        return _labels_first(line, marks)
    ends = [*(mark.start() for mark in marks[1:]), len(line)]
    return before, [_option(mark, line[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]


def _labels_first(line: str, marks: list[re.Match[str]]) -> tuple[str, list[Option]]:
    starts = [0, *(mark.end() for mark in marks[:-1])]
    asked, colon, label = line[: marks[0].start()].rpartition(":" if ":" in line[: marks[0].start()] else "：")
    labels = [label, *(line[start : mark.start()] for start, mark in zip(starts[1:], marks[1:], strict=True))]
    return f"{asked}{colon}".strip(), [_option(mark, label) for mark, label in zip(marks, labels, strict=True)]


def _option(mark: re.Match[str], label: str) -> Option:
    return Option(mark["ticked"] is not None, label.strip(" \t,;，；、"))


def whole_marks(text: str) -> Iterator[re.Match[str]]:
    """Marks that are no part of a word: "f( )" and "x[ ]" have none."""
    for mark in MARK.finditer(text):
        before = text[mark.start() - 1 : mark.start()]
        if len(mark.group()) == 1 or not (before.isascii() and before.isalnum()):
            yield mark
