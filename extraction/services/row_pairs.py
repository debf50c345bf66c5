"""Rows of two tables laid side by side, in the order of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# above so many pairs of rows they are laid side by side by their position alone
_MOST_PAIRS = 100_000
# less than any equal cell counts: rows without one are still laid side by side rather than apart
_ANY_PAIR = 0.001

type Row = Mapping[str, Any]
type Pair = tuple[int | None, int | None]


def pair_rows(a_rows: Sequence[Row], b_rows: Sequence[Row]) -> list[Pair]:
    """Positions of both sides with the most equal cells in all, by column; None where a row has no partner."""
    if len(a_rows) * len(b_rows) > _MOST_PAIRS:
        longest = range(max(len(a_rows), len(b_rows)))
        return [(at if at < len(a_rows) else None, at if at < len(b_rows) else None) for at in longest]
    likeness = [[_likeness(a, b) for b in b_rows] for a in a_rows]
    return _walk(_best_sums(likeness, len(b_rows)), likeness)


def _likeness(a: Row, b: Row) -> float:
    return _ANY_PAIR + sum(1 for key, value in a.items() if key in b and b[key] == value)


def _best_sums(likeness: Sequence[Sequence[float]], width: int) -> list[list[float]]:
    """At [i][j] the best sum of pairs among the rows from i and from j on."""
    best = [[0.0] * (width + 1) for _ in range(len(likeness) + 1)]
    for i in range(len(likeness) - 1, -1, -1):
        for j in range(width - 1, -1, -1):
            best[i][j] = max(likeness[i][j] + best[i + 1][j + 1], best[i + 1][j], best[i][j + 1])
    return best


def _walk(best: Sequence[Sequence[float]], likeness: Sequence[Sequence[float]]) -> list[Pair]:
    pairs: list[Pair] = []
    i, j, height, width = 0, 0, len(best) - 1, len(best[0]) - 1
    while i < height or j < width:
        if i < height and j < width and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i < height and (j == width or best[i][j] == best[i + 1][j]):
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs
