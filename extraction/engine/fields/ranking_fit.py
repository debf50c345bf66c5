"""Fit a template's own weights for its candidates, and take them only where they prove better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from extraction.engine.fields.ranking import MOST_GIVEN, label_name
from extraction.types import RankedField, Ranking, Trial

LEAST_DOCUMENTS = 20
"""From here on a ranking is tried."""

_FOLDS = 20
_MOST_LABELS = 8
_LEAST_USES = 3
_SOFTNESS = 0.15
_RIDGE = 2.0
_STEPS = 8
_STILL = 1e-4
"""What no longer changes by more is fitted."""
_LEAST_GAIN = 2
_LEAST_WEIGHT = 0.001

type Scores = dict[tuple[int, str], np.ndarray]
"""By document and field the score of absence, then those of the options."""


@dataclass(frozen=True, slots=True)
class _Field:
    """The trials of a field by document: features, shipped scores and what is right, absence first."""

    names: tuple[str, ...]
    documents: tuple[int, ...]
    features: tuple[np.ndarray, ...]
    scores: tuple[np.ndarray, ...]
    right: tuple[np.ndarray, ...]


def rank(trials: Sequence[Sequence[Trial]]) -> Ranking | None:
    """Fit each field to the trials, which are grouped by document; None for too few documents.

    Weights are taken where they, on documents that had no part in them, are right clearly more often than the shipped
    score, all fields chosen together.
    """
    if len(trials) < LEAST_DOCUMENTS:
        return None
    names = dict.fromkeys(trial.name for document in trials for trial in document)
    fields = {name: _field(name, trials) for name in names}
    shipped: Scores = {
        (document, name): scores
        for name, field in fields.items()
        for document, scores in zip(field.documents, field.scores, strict=True)
    }
    before = _right(trials, shipped)
    fitted = {name: _out_of_fold(name, field) for name, field in fields.items() if _can_gain(name, field, before)}
    taken = {name: scores for name, scores in fitted.items() if _is_better(before, _right(trials, shipped | scores))}
    together = shipped | {key: score for scores in taken.values() for key, score in scores.items()}
    after = _right(trials, together)
    if not _is_better(before, after):
        return Ranking(len(trials), len(before), sum(before.values()), sum(before.values()))
    ranked = tuple(RankedField(name, _weights(fields[name])) for name in taken)
    return Ranking(len(trials), len(before), sum(before.values()), sum(after.values()), ranked)


def _field(name: str, trials: Sequence[Sequence[Trial]]) -> _Field:
    own = [(number, trial) for number, document in enumerate(trials) for trial in document if trial.name == name]
    keys = tuple(_names([trial for _, trial in own]))
    at = {key: place for place, key in enumerate(keys)}
    return _Field(
        keys,
        tuple(number for number, _ in own),
        tuple(_features(trial, at) for _, trial in own),
        tuple(np.array([trial.least, *(option.score for option in trial.options)]) for _, trial in own),
        tuple(np.array([trial.is_absent, *(option.is_right for option in trial.options)], bool) for _, trial in own),
    )


def _names(trials: Sequence[Trial]) -> list[str]:
    """Features, and the labels that speak for some candidate in several documents."""
    names = dict.fromkeys(key for trial in trials for option in trial.options for key, _ in option.features)
    labels = Counter(label for trial in trials for label in {option.label for option in trial.options if option.label})
    often = [label for label, count in labels.most_common(_MOST_LABELS) if count >= _LEAST_USES]
    return [*names, *map(label_name, often)]


def _features(trial: Trial, at: Mapping[str, int]) -> np.ndarray:
    features = np.zeros((len(trial.options) + 1, len(at)))
    for row, option in enumerate(trial.options, start=1):
        for key, value in (*option.features, (label_name(option.label), 1.0)):
            if key in at:
                features[row, at[key]] = value
    return features


def _can_gain(name: str, field: _Field, before: Mapping[tuple[int, str], bool]) -> bool:
    wrong = sum(not before[document, name] for document in field.documents)
    return len(field.documents) >= LEAST_DOCUMENTS and wrong >= _LEAST_GAIN


def _is_better(before: Mapping[tuple[int, str], bool], after: Mapping[tuple[int, str], bool]) -> bool:
    better = sum(after[key] and not was for key, was in before.items())
    worse = sum(was and not after[key] for key, was in before.items())
    return better - worse >= _LEAST_GAIN and worse <= better / 3


def _right(trials: Sequence[Sequence[Trial]], scores: Scores) -> dict[tuple[int, str], bool]:
    """Whether the joint choice is right, by document and field."""
    return {
        (number, name): is_right
        for number, document in enumerate(trials)
        for name, is_right in _chosen(number, document, scores)
    }


def _chosen(number: int, document: Sequence[Trial], scores: Scores) -> list[tuple[str, bool]]:
    """As `choosing.choose`: from the best, each field once and each place once."""
    pairs = sorted(
        (-scores[number, trial.name][at + 1], order, at)
        for order, trial in enumerate(document)
        for at in range(len(trial.options))
        if scores[number, trial.name][at + 1] >= trial.least
    )
    taken: dict[int, int] = {}
    for _, order, at in pairs:
        place = document[order].options[at].place
        others = (document[other].options[own].place for other, own in taken.items())
        if order not in taken and not any(_is_same(place, other) for other in others):
            taken[order] = at
    return [
        (trial.name, trial.options[taken[order]].is_right if order in taken else trial.is_absent)
        for order, trial in enumerate(document)
    ]


def _is_same(one: Sequence[int], other: Sequence[int]) -> bool:
    return one[:3] == other[:3] and one[3] < other[4] and other[3] < one[4]


def _out_of_fold(name: str, field: _Field) -> Scores:
    """The scores by weights that the document had no part in: one document at a time, or a twentieth."""
    order = {document: place for place, document in enumerate(field.documents)}
    folds = [order[document] % _FOLDS for document in field.documents]
    weights = {fold: _fit(field, [own != fold for own in folds]) for fold in set(folds)}
    return {
        (document, name): scores + _given(features, weights[fold])
        for document, features, scores, fold in zip(field.documents, field.features, field.scores, folds, strict=True)
    }


def _given(features: np.ndarray, weights: np.ndarray) -> np.ndarray:
    given: np.ndarray = np.clip(features @ weights, -MOST_GIVEN, MOST_GIVEN)
    return given


def _weights(field: _Field) -> tuple[tuple[str, float], ...]:
    pairs = zip(field.names, map(float, _fit(field, [True] * len(field.documents))), strict=True)
    return tuple((key, round(weight, 4)) for key, weight in pairs if abs(weight) > _LEAST_WEIGHT)


def _fit(field: _Field, kept: Sequence[bool]) -> np.ndarray:
    """Weights under which the right options are likely, held near nothing by a ridge: Newton's method."""
    features = np.concatenate([own for own, keep in zip(field.features, kept, strict=True) if keep])
    shipped = [own for own, keep in zip(field.scores, kept, strict=True) if keep]
    right = np.concatenate([own for own, keep in zip(field.right, kept, strict=True) if keep])
    scores = np.concatenate(shipped) / _SOFTNESS
    sizes = [len(own) for own in shipped]
    starts = np.cumsum([0, *sizes[:-1]])
    owner = np.repeat(np.arange(len(sizes)), sizes)
    weights = np.zeros(len(field.names))
    for _ in range(_STEPS):
        chances = np.exp(np.clip(scores + features @ weights, -30, 30))
        every = chances / np.add.reduceat(chances, starts)[owner]
        only = chances * right
        wanted = only / np.maximum(np.add.reduceat(only, starts), 1e-12)[owner]
        means = np.add.reduceat(features * every[:, None], starts)
        bend = (features * every[:, None]).T @ features - means.T @ means + _RIDGE * np.eye(len(weights))
        change = np.linalg.solve(bend, features.T @ (wanted - every) - _RIDGE * weights)
        weights = weights + change
        if np.abs(change).max(initial=0.0) < _STILL:
            break
    return _SOFTNESS * weights
