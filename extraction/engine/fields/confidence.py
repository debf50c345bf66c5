"""From a score and what stands beside it to the probability that a reviewer would confirm the value."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

from extraction.engine.fields.scoring import Scored

_SUREST = 0.99
_FILE = Path(__file__).with_name("weights.json")


@cache
def _weights() -> dict[str, dict[str, float]]:
    loaded: dict[str, dict[str, float]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return loaded


def confidence_of(kind: str, chosen: Scored, runner_up: Scored | None) -> float | None:
    """Between 0 and 1; None for a kind whose weights were never fitted."""
    weights = next((_weights()[group] for group in groups_of(kind, chosen) if group in _weights()), None)
    if weights is None:
        return None
    features = features_of(chosen, runner_up)
    total = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return round(min(_SUREST, 1 / (1 + math.exp(-total))), 4)


def groups_of(kind: str, chosen: Scored) -> tuple[str, ...]:
    """The groups of fitted weights that speak for a choice, the closest first."""
    return (f"{kind} labelled", "labelled", "any") if chosen.label else (kind, "any")


def features_of(chosen: Scored, runner_up: Scored | None) -> dict[str, float]:
    return {
        "score": chosen.score,
        "margin": min(0.6, chosen.score - runner_up.score) if runner_up else 0.6,
        "label": chosen.features.get("label", 0.0),
        "relation": chosen.features.get("relation", 0.0),
        "proven": min(1.0, chosen.features.get("proven", 0.0)),
    }


def confidence_of_absence(best_score: float, least: float) -> float:
    """How sure an absence is: the further the best rejected candidate lies below what is asked, the surer."""
    return round(0.97 - 0.45 * max(0.0, min(1.0, best_score / least)), 4)
