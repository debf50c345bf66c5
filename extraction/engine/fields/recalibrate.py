"""A template's own confidences: fitted to what reviewers confirmed and corrected, held to the shipped ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from extraction.types import Calibration, Check

LEAST_CHECKS = 30

_MOST_DOCUMENTS = 100
_MOST_FOLDS = 20
_SLOPE_HOLD, _SHIFT_HOLD, _FIELD_HOLD = 10.0, 2.0, 4.0
"""How firmly each is held to what ships: as many values as this must speak against it to move it halfway or so."""

_LEAST, _MOST = 0.006, 0.994


def calibrate(documents: Sequence[Sequence[Check]]) -> Calibration | None:
    """None for fewer than LEAST_CHECKS values in the latest documents, each judged by a fit without its twentieth."""
    documents = documents[-_MOST_DOCUMENTS:]
    checks = [check for document in documents for check in document]
    if len(checks) < LEAST_CHECKS:
        return None
    folds = min(_MOST_FOLDS, len(documents))
    before = after = 0.0
    for fold in range(folds):
        others = [c for number, own in enumerate(documents) if number % folds != fold for c in own]
        fitted = _fit(others)
        for check in (c for own in documents[fold::folds] for c in own):
            before += _loss(check.confidence, check)
            after += _loss(recalibrated(check.confidence, check.name, fitted), check)
    before, after = round(before / len(checks), 4), round(after / len(checks), 4)
    return replace(_fit(checks), before=before, after=after)


def recalibrated(confidence: float, name: str, calibration: Calibration) -> float:
    odds = calibration.slope * _odds(confidence) + calibration.shift + dict(calibration.fields).get(name, 0.0)
    return round(min(_MOST, max(_LEAST, 1 / (1 + math.exp(-odds)))), 4)


def as_shipped(confidence: float, name: str, calibration: Calibration) -> float:
    """What a recalibrated confidence was before."""
    odds = (_odds(confidence) - calibration.shift - dict(calibration.fields).get(name, 0.0)) / calibration.slope
    return round(min(_MOST, max(_LEAST, 1 / (1 + math.exp(-odds)))), 4)


def _odds(confidence: float) -> float:
    held = min(_MOST, max(_LEAST, confidence))
    return math.log(held / (1 - held))


def _loss(confidence: float, check: Check) -> float:
    held = min(_MOST, max(_LEAST, confidence))
    return -math.log(held if check.is_right else 1 - held)


def _fit(checks: Sequence[Check]) -> Calibration:
    """By Newton's method; the slope stays above a fifth, so that a surer value never becomes a less sure one."""
    names = sorted({check.name for check in checks})
    odds = np.array([_odds(check.confidence) for check in checks])
    fields = np.array([[float(check.name == name) for name in names] for check in checks]).reshape(len(checks), -1)
    inputs = np.column_stack([odds, np.ones(len(checks)), fields])
    right = np.array([float(check.is_right) for check in checks])
    shipped = np.array([1.0, 0.0, *[0.0] * len(names)])
    hold = np.array([_SLOPE_HOLD, _SHIFT_HOLD, *[_FIELD_HOLD] * len(names)])
    fitted = shipped.copy()
    for _ in range(25):
        chances = 1 / (1 + np.exp(-np.clip(inputs @ fitted, -30, 30)))
        slope = inputs.T @ (right - chances) - hold * (fitted - shipped)
        bend = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + np.diag(hold)
        step = np.clip(np.linalg.solve(bend, slope), -1, 1)
        fitted += step
        if np.abs(step).max() < 1e-6:
            break
    own = tuple((name, round(float(value), 3)) for name, value in zip(names, fitted[2:], strict=True))
    return Calibration(len(checks), 0.0, 0.0, round(max(0.2, float(fitted[0])), 3), round(float(fitted[1]), 3), own)
