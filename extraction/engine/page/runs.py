"""Runs of words that spell a text, found in the page's order: exactly, else at least nine parts in ten alike."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence

from rapidfuzz import fuzz

_LIKE = 90.0
_GRAM = 4
_LEAST_FUZZY = 8  # letters


class WordStream:
    """Words by their keys, in order; a text is looked for behind the one found before, then from the start."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._words = [number for number, key in enumerate(keys) if key.isalnum()]
        self._starts: list[int] = []
        length = 0
        for number in self._words:
            self._starts.append(length)
            length += len(keys[number])
        self._text = "".join(keys[number] for number in self._words)
        self._edges = [*self._starts, length]
        self._is_edge = frozenset(self._edges)
        self._grams: dict[str, list[int]] = {}
        self._behind = 0

    def find(self, key: str) -> list[int]:
        """Numbers of the words that spell the key; none where they are not found."""
        if not key:
            return []
        run = self._exact(key, self._behind) or self._exact(key, 0) or self._alike(key)
        if run is None:
            return []
        self._behind = run[1]
        first, last = bisect_right(self._starts, run[0]) - 1, bisect_left(self._starts, run[1])
        # the signs between them belong to them
        return list(range(self._words[first], self._words[last - 1] + 1))

    def _exact(self, key: str, start: int) -> tuple[int, int] | None:
        at = self._text.find(key, start)
        while at >= 0:
            if at in self._is_edge and at + len(key) in self._is_edge:
                return at, at + len(key)
            at = self._text.find(key, at + 1)
        return None

    def _alike(self, key: str) -> tuple[int, int] | None:
        """The run that most of the key's letters point at, if it is like enough from edge to edge."""
        if len(key) < _LEAST_FUZZY:
            return None
        start = self._likely_start(key)
        if start is None:
            return None
        runs = [(first, last) for first in self._near(start) for last in self._near(start + len(key)) if first < last]
        best = max(runs, key=lambda run: fuzz.ratio(key, self._text[run[0] : run[1]]), default=None)
        return best if best and fuzz.ratio(key, self._text[best[0] : best[1]]) >= _LIKE else None

    def _likely_start(self, key: str) -> int | None:
        grams = self._index()
        votes: Counter[int] = Counter()
        for at in range(len(key) - _GRAM + 1):
            places = grams.get(key[at : at + _GRAM], ())
            # what stands everywhere tells nothing
            votes.update([place - at for place in places] if len(places) <= 50 else [])
        return votes.most_common(1)[0][0] if votes else None

    def _near(self, place: int) -> list[int]:
        """The edges of words around a place in the text."""
        at = bisect_left(self._edges, place)
        return self._edges[max(0, at - 3) : at + 3]

    def _index(self) -> dict[str, list[int]]:
        if not self._grams:
            grams: dict[str, list[int]] = defaultdict(list)
            for at in range(len(self._text) - _GRAM + 1):
                grams[self._text[at : at + _GRAM]].append(at)
            self._grams = grams
        return self._grams
