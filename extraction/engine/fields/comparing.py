"""Texts made comparable, and whether what was found is a word or number of its own."""

from __future__ import annotations

from rapidfuzz import fuzz

from extraction.engine.fields.lexicon import plain
from extraction.engine.numbers import fold

_ALIKE = 90.0
_LEAST_SIGNS = 4


def packed(text: str) -> str:
    """The text plain and without its blanks, as it is looked up."""
    return "".join(plain(fold(text)).split())


def letters_of(text: str) -> str:
    return "".join(character for character in plain(fold(text)) if character.isalnum())


def worded(text: str) -> str:
    """The text plain and with single blanks, as texts that are nearly alike are looked up."""
    return plain(fold(" ".join(text.split())))


def alike_part(wanted: str, text: str) -> tuple[float, int, int] | None:
    """Of a plain text the part at least 0.9 alike and nearly as long: its score, its first sign and the one after it.

    None where there is none, and for so short a text that much would be like it.
    """
    if len(wanted) < _LEAST_SIGNS:
        return None
    match = fuzz.partial_ratio_alignment(wanted, text, score_cutoff=_ALIKE)
    if match is None or match.dest_end - match.dest_start < 0.8 * len(wanted):
        return None
    start, end = _to_word_ends(text, match.dest_start, match.dest_end)
    score = fuzz.ratio(wanted, text[start:end])
    return (score, start, end) if score >= _ALIKE else None


def _to_word_ends(text: str, start: int, end: int) -> tuple[int, int]:
    """The part with the rest of the words and numbers in which it begins and ends."""
    while 0 < start < end and _is_inside(text, start):
        start -= 1
    while start < end < len(text) and _is_inside(text, end):
        end += 1
    return start, end


def _is_inside(text: str, at: int) -> bool:
    left, right = text[at - 1], text[at]
    return left.isascii() and left.isalnum() and right.isascii() and right.isalnum()


def is_whole(text: str, first: int, last: int) -> bool:
    """Not a part of a longer word or number: 12 is not in 3.12 nor in 120."""
    before, after = text[:first][-1:], text[last:][:2]
    if text[first].isascii() and text[first].isalnum() and before.isascii() and before.isalnum():
        return False
    if text[last - 1].isascii() and text[last - 1].isalnum() and after[:1].isascii() and after[:1].isalnum():
        return False
    if text[first].isdigit() and before in (".", ",") and text[: first - 1][-1:].isdigit():
        return False
    return not (text[last - 1].isdigit() and len(after) == 2 and after[0] in ".," and after[1].isdigit())
