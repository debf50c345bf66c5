"""Fit the weights of the field engine's confidence, and write them where the engine reads them.

    manage.py read FILES --out READINGS
    uv run benchmarks/fit_confidence.py --set NAME READINGS TRUTH TEMPLATE [--set …] [--rows NAME READINGS FOLDER …]

Sets are those of `decisions.py`; give the same readings after each change of the engine, since every feature is taken
from what the engine does now. Documents of a group also teach one another, so that what was learned has a weight. The
fit is a ridge logistic for each group of decisions (values, absences, cells, empty cells, items), kinds of fields that
were seen often differing from it by a few weights of their own. No set weighs more than `_MOST_OF_A_SET` decisions.
The same files give the same weights. Before they ship, `calibration.py` with the same sets says what they are worth on
documents that they were not fitted to.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.decisions import Example, add_set_arguments, examples_of, sets_of
from extraction.engine.fields import confidence

_MOST_OF_A_SET = 800
_RIDGE, _KIND_RIDGE, _BIAS_RIDGE = 0.5, 2.0, 0.01
_LEAST_OF_A_KIND = 60
_LEAST_EXAMPLES = 20
_OF_A_KIND = ("score", "margin", "labelled", "label", "borrowed")
"""The features whose weight may differ by the field's kind."""

_FOR = frozenset((
    "score", "margin", "labelled", "relation", "proven", "repeated", "labelled_again", "learned", "labels", "holds",
    "sums", "row_filled", "rule_kept", "taken",
))  # fmt: skip
_AGAINST = frozenset((
    "rivals", "misread", "off_layout", "borrowed", "unknown", "broken", "closest", "usual", "unlabelled", "empty",
    "rule_broken", "column_missing", "column_full",
))  # fmt: skip
_FOR_IN = {"label": ("value", "cell", "item"), "column_filled": ("cell",)}
"""Features that speak for the decisions of these groups, and against all others."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_set_arguments(parser)
    parser.add_argument("--out", type=Path, default=Path(confidence.__file__).with_name("weights.json"))
    args = parser.parse_args()
    examples = examples_of(sets_of(args))
    args.out.write_text(json.dumps(fit(examples), indent=1) + "\n", encoding="utf-8")
    for (name, group), rights in sorted(_by_set(examples).items()):
        print(f"{name:28} {group:12} {len(rights):5} decisions, {sum(rights) / len(rights):.3f} right")


def _by_set(examples: Sequence[Example]) -> dict[tuple[str, str], list[bool]]:
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for example in examples:
        found[example.set, example.signs.group if example.signs else "-"].append(example.right)
    return found


def fit(examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Weights as `confidence.Weights`; a group with few examples is left out."""
    by_group: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        if example.signs:
            by_group[example.signs.group].append(example)
    weights: dict[str, dict[str, float]] = {}
    for group, own in sorted(by_group.items()):
        if len(own) >= _LEAST_EXAMPLES:
            weights |= _fit_group(group, own)
    return weights


def _fit_group(group: str, examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """A feature that would speak the wrong way is left out."""
    data = _Data.of(examples)
    names = list(data.features)
    while True:
        columns = _columns(names, data)
        fitted = list(zip(columns, _newton(columns, data), strict=True))
        wrong = {column.name for column, value in fitted if not column.kind and _is_wrong(group, column.name, value)}
        if not wrong:
            break
        names = [name for name in names if name not in wrong]
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for column, value in fitted:
        weights[f"{group} {column.kind}" if column.kind else group][column.name] = round(value, 3)
    return dict(weights)


def _is_wrong(group: str, name: str, value: float) -> bool:
    if name in _FOR_IN:
        return value < 0 if group in _FOR_IN[name] else value > 0
    return value < 0 and name in _FOR or value > 0 and name in _AGAINST


@dataclass(frozen=True, slots=True)
class _Data:
    """Examples as columns; `kinds` are those seen often enough to differ."""

    features: Mapping[str, np.ndarray]
    kind: np.ndarray
    kinds: tuple[str, ...]
    right: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(cls, examples: Sequence[Example]) -> _Data:
        signs = [example.signs for example in examples if example.signs]
        names = sorted({name for one in signs for name in one.features})
        counts = Counter(example.set for example in examples)
        weight = np.array([_most(example.set, counts) / counts[example.set] for example in examples])
        kind = np.array([one.kind for one in signs])
        kinds = sorted({one.kind for one in signs})
        return cls(
            {name: np.array([one.features.get(name, 0.0) for one in signs]) for name in names},
            kind,
            tuple(one for one in kinds if weight[kind == one].sum() >= _LEAST_OF_A_KIND),
            np.array([float(example.right) for example in examples]),
            weight,
        )


def _most(name: str, counts: Mapping[str, int]) -> int:
    """What a set's decisions weigh together; a variant of it (taught, misread) weighs no more than the set itself."""
    return min(_MOST_OF_A_SET, counts[name], counts.get(name.split(",")[0]) or counts[name])


@dataclass(frozen=True, slots=True)
class _Column:
    """A weight to be fitted: of all kinds, or what one `kind` adds to it."""

    name: str
    kind: str
    values: np.ndarray
    ridge: float


def _columns(names: Sequence[str], data: _Data) -> list[_Column]:
    ones = np.ones(len(data.right))
    columns = [_Column("bias", "", ones, _BIAS_RIDGE)]
    columns += [_Column(name, "", data.features[name], _RIDGE) for name in names]
    for kind in data.kinds:
        own = (data.kind == kind).astype(float)
        columns.append(_Column("bias", kind, own, _KIND_RIDGE))
        columns += [_Column(n, kind, own * data.features[n], _KIND_RIDGE) for n in names if n in _OF_A_KIND]
    return columns


def _newton(columns: Sequence[_Column], data: _Data) -> list[float]:
    inputs = np.column_stack([column.values for column in columns])
    ridge = np.array([column.ridge for column in columns])
    fitted = np.zeros(len(columns))
    for _ in range(50):
        chances = 1 / (1 + np.exp(-np.clip(inputs @ fitted, -30, 30)))
        slope = inputs.T @ (data.weight * (data.right - chances)) - ridge * fitted
        bend = (inputs * (data.weight * chances * (1 - chances))[:, None]).T @ inputs + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        fitted += step
        if np.abs(step).max() < 1e-8:
            break
    return [float(value) for value in fitted]


if __name__ == "__main__":
    main()
