"""What corrections change, document by document, and whether that could be chance."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from statistics import mean

from benchmarks.learning_curves import Case, same_layout, share, taught
from extraction.engine.fields import learn
from extraction.types import FieldSpec

SAME_SIZES = (1, 5, 20)
MIXED_SIZES = (1, 2, 5, 10, 20, 40)
_DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class Point:
    """Recall of printed fields without and with so many corrected documents; `documents` were read.

    `better` and `worse` count documents. The `p` are chances to see so much harm, or more, where corrections do none:
    by the signs of the documents' changes, and by their sizes with the signs drawn at random.
    """

    corrected: int
    documents: int
    before: float
    after: float
    better: int
    worse: int
    sign_p: float
    permutation_p: float

    @property
    def is_harmful(self) -> bool:
        return self.after < self.before and min(self.sign_p, self.permutation_p) < 0.05


def same_curve(cases: Sequence[Case], fields: Sequence[FieldSpec]) -> list[Point]:
    """After 1, 5 and 20 documents of the same layout; layouts with fewer documents are left out."""
    found = []
    for size in SAME_SIZES:
        pairs = same_layout(cases, fields, size)
        if pairs:
            before, after = share([pair[0] for pair in pairs]), share([pair[1] for pair in pairs])
            found.append(_point(size, before, after, [float(b[0] - a[0]) for a, b in pairs]))
    return found


def mixed_curve(cases: Sequence[Case], fields: Sequence[FieldSpec], *, shuffles: int, most: int) -> list[Point]:
    """After documents of any layout, in several orders; in each up to `most` of the documents that follow are read."""
    return [_mixed(cases, fields, size, shuffles=shuffles, most=most) for size in MIXED_SIZES if size < len(cases) - 5]


def _mixed(cases: Sequence[Case], fields: Sequence[FieldSpec], size: int, *, shuffles: int, most: int) -> Point:
    changes: dict[str, list[float]] = defaultdict(list)
    before, after = [], []
    for seed in range(shuffles):
        order = random.Random(seed).sample(cases, len(cases))
        learned = learn([case.lesson for case in order[:size]])
        for case in order[size : size + most]:
            now = taught(case, fields, learned)
            before.append(case.alone)
            after.append(now)
            changes[case.file].append(now[0] - case.alone[0])
    return _point(size, share(before), share(after), [mean(own) for own in changes.values()])


def _point(size: int, before: float, after: float, changes: Sequence[float]) -> Point:
    better, worse = sum(change > 0 for change in changes), sum(change < 0 for change in changes)
    return Point(size, len(changes), before, after, better, worse, sign_test(better, worse), permutation_test(changes))


def sign_test(better: int, worse: int) -> float:
    """The chance of so many that got worse, or more, where each way is as likely."""
    count = better + worse
    return sum(comb(count, number) for number in range(worse, count + 1)) / 2**count


def permutation_test(changes: Sequence[float]) -> float:
    """The chance of so low a sum, or a lower one, where every change could as well have had the other sign."""
    sizes = [abs(change) for change in changes if change]
    seen, chance = sum(changes), random.Random(1)
    drawn = (sum(size if chance.random() < 0.5 else -size for size in sizes) for _ in range(_DRAWS))
    return (sum(total <= seen + 1e-9 for total in drawn) + 1) / (_DRAWS + 1)
