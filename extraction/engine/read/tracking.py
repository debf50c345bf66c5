"""Headings set with wide tracking: letters that a PDF parts like words, joined to the words they print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from extraction.engine.raw import RawWord
from extraction.types import BBox

LEAST_SINGLE = 5
LEAST_LETTERS = 8
EVEN, WIDE = 1.4, 1.9  # of the narrowest gap: gaps between letters stay below one, between words above the other
FAR = 1.2  # of the height: wider gaps part the line
TIGHT = 0.6  # of the height: gaps between letters stay below


def join_tracked(words: Iterable[RawWord]) -> tuple[RawWord, ...]:
    """The words in their order, those joined that are a spaced heading's letters."""
    return tuple(word for run in _runs(words) for word in _joined(run))


def _runs(words: Iterable[RawWord]) -> list[list[RawWord]]:
    """Words that follow one another on a line in one font."""
    runs: list[list[RawWord]] = []
    for word in words:
        if runs and _follows(runs[-1][-1], word):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _follows(last: RawWord, word: RawWord) -> bool:
    height = last.bbox.height
    is_level = abs(last.bbox.y0 - word.bbox.y0) < 0.1 * height and abs(last.bbox.y1 - word.bbox.y1) < 0.1 * height
    is_alike = (last.font, last.size, last.bold, last.vertical) == (word.font, word.size, word.bold, False)
    return is_level and is_alike and 0 < word.bbox.x0 - last.bbox.x1 < FAR * height


def _joined(run: Sequence[RawWord]) -> list[RawWord]:
    if not _is_lettered(run):
        return list(run)
    gaps = [right.bbox.x0 - left.bbox.x1 for left, right in pairwise(run)]
    narrow = min(gaps)
    wide = [gap > WIDE * narrow for gap in gaps]
    is_even = all(is_wide or gap <= EVEN * narrow for gap, is_wide in zip(gaps, wide, strict=True))
    is_tracked = any(wide) or all(len(word.text) == 1 for word in run)
    if not is_even or not is_tracked or 2 * sum(wide) > len(wide) or narrow > TIGHT * run[0].bbox.height:
        return list(run)
    groups = [[run[0]]]
    for word, is_wide in zip(run[1:], wide, strict=True):
        if is_wide:
            groups.append([word])
        else:
            groups[-1].append(word)
    return [_word(group) for group in groups]


def _is_lettered(run: Sequence[RawWord]) -> bool:
    """Whether the run is mostly single letters and nothing but letters and the sign for and."""
    texts = [word.text for word in run]
    single = sum(len(text) == 1 for text in texts)
    if single < LEAST_SINGLE or 2 * single < len(texts) or sum(map(len, texts)) < LEAST_LETTERS:
        return False
    return all(text == "&" or text.isascii() and text.isalpha() for text in texts)


def _word(group: Sequence[RawWord]) -> RawWord:
    text = "".join(word.text for word in group)
    return replace(group[0], text=text, bbox=BBox.around(*(word.bbox for word in group)))
