"""From the signs of a value to the probability that a reviewer would confirm it: fitted weights in `weights.json`.

For each group of decisions there is a logistic of named features, and for the kinds of fields that the fit saw often
what they differ by. `benchmarks/fit_confidence.py` writes the weights.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from extraction.engine.fields.recalibrate import recalibrated
from extraction.types import Calibration, Learned, ReadValue, Signs

_SUREST = 0.994
"""Nothing is ever shown as 100 %."""
_FILE = Path(__file__).with_name("weights.json")

type Weights = Mapping[str, Mapping[str, float]]
"""Features' weights, and `bias`, by group, and by `group kind` what a kind adds to them."""


@cache
def shipped_weights() -> Weights:
    loaded: Weights = json.loads(_FILE.read_text(encoding="utf-8"))
    return loaded


def confidence_of(signs: Signs, weights: Weights | None = None) -> float | None:
    """Between 0 and 1; None for a group that was never fitted."""
    weights = shipped_weights() if weights is None else weights
    own = weights.get(signs.group)
    if own is None:
        return None
    total = _weighted(own, signs.features) + _weighted(weights.get(f"{signs.group} {signs.kind}", {}), signs.features)
    return round(min(_SUREST, 1 / (1 + math.exp(-total))), 4)


def _weighted(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    return weights.get("bias", 0.0) + sum(weights.get(name, 0.0) * value for name, value in features.items())


def with_confidence(values: Sequence[ReadValue], learned: Learned | None = None) -> tuple[ReadValue, ...]:
    """The values with the confidence of their signs; one with rows is as sure as its least sure cell.

    What a template learned of its confidences holds for plain fields.
    """
    calibration = learned.calibration if learned else None
    sure = map(_sure, values)
    return tuple(_as_learned(value, calibration) if calibration and calibration.is_used else value for value in sure)


def _as_learned(value: ReadValue, calibration: Calibration) -> ReadValue:
    if value.rows or value.confidence is None:
        return value
    return replace(value, confidence=recalibrated(value.confidence, value.name, calibration))


def _sure(value: ReadValue) -> ReadValue:
    if not value.rows:
        return replace(value, confidence=confidence_of(value.signs)) if value.signs else value
    rows = tuple(tuple(map(_sure, row)) for row in value.rows)
    known = [cell.confidence for row in rows for cell in row if cell.confidence is not None]
    return replace(value, rows=rows, confidence=min(known, default=None))
