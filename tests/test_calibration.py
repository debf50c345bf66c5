"""The figures of `benchmarks/calibration.py`, by hand."""

from __future__ import annotations

import pytest

from benchmarks.calibration import (
    Bin,
    Decision,
    accepted,
    calibration_error,
    coverage,
    interval,
    reliability,
    threshold,
)
from benchmarks.decisions import Example
from benchmarks.fit_confidence import fit
from extraction.engine.fields.confidence import confidence_of
from extraction.types import Signs

DECISIONS = [
    Decision(0.95, True, "a"),
    Decision(0.95, True, "b"),
    Decision(0.85, True, "b"),
    Decision(0.85, False, "c"),
    Decision(0.0, False, "c"),
]


def test_reliability_is_by_tenths_and_leaves_out_empty_ones() -> None:
    assert reliability(DECISIONS) == [Bin(1, 0.0, 0.0), Bin(2, 0.85, 0.5), Bin(2, 0.95, 1.0)]


def test_the_calibration_error_is_the_mean_distance_of_confidence_and_truth() -> None:
    assert calibration_error(DECISIONS) == pytest.approx((0 + 2 * 0.35 + 2 * 0.05) / 5)


def test_coverage_takes_decisions_of_one_confidence_together() -> None:
    assert threshold(DECISIONS, 0.98) == (0.95, 0.4)
    assert threshold(DECISIONS, 0.75) == (0.85, 0.8)
    assert coverage(DECISIONS[3:]) == 0.0


def test_a_threshold_accepts_a_share_that_is_right_so_often() -> None:
    assert accepted(DECISIONS, 0.85) == (0.8, 0.75)
    assert accepted(DECISIONS, 0.99) == (0.0, 1.0)


def test_an_interval_is_the_same_each_time_and_holds_the_figure() -> None:
    low, high = interval(coverage, DECISIONS)

    assert (low, high) == interval(coverage, DECISIONS)
    assert low <= coverage(DECISIONS) <= high


def test_a_fit_gives_the_share_that_was_right_and_leaves_out_what_speaks_the_wrong_way() -> None:
    """Right in 30 of 40 with a margin and in 10 of 40 without; `misread` would speak for the value."""
    examples = [
        Example("set", str(number), "group", "total", Signs("value", "amount", features), right)
        for margin, rights in ((1.0, 30), (0.0, 10))
        for number in range(40)
        for right in [number < rights]
        for features in [{"margin": margin, "misread": float(right)}]
    ]

    weights = fit(examples)

    found = [confidence_of(Signs("value", "amount", {"margin": margin}), weights) for margin in (1.0, 0.0)]
    assert found == pytest.approx([0.75, 0.25], abs=0.03)
    assert "misread" not in weights["value"]
