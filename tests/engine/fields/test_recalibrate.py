"""A template's own confidences: what confirmed and corrected values change, and what they cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.engine.fields import as_shipped, extract
from extraction.engine.fields.recalibrate import calibrate, recalibrated
from extraction.types import Calibration, Check, ExtractRequest, FieldSpec, FieldType, Learned
from tests.engine.fields.readings import document, line, page

OWN = Calibration(42, 0.5, 0.4, 0.9, -0.3, (("total", -1.2),))
"""Totals are wrong more often than the shipped weights say."""


def checks(name: str, confidence: float, *, right: int, wrong: int) -> list[tuple[Check, ...]]:
    """One a document, right and wrong ones mixed."""
    order = sorted(
        [(place / right, True) for place in range(right)] + [(place / wrong, False) for place in range(wrong)]
    )
    return [(Check(name, confidence, is_right),) for _place, is_right in order]


def test_fewer_than_30_checked_values_change_nothing() -> None:
    assert calibrate(checks("total", 0.95, right=20, wrong=9)) is None
    assert calibrate(checks("total", 0.95, right=20, wrong=10)) is not None


def test_a_field_that_was_often_corrected_becomes_less_sure_than_the_others() -> None:
    found = calibrate([*checks("total", 0.95, right=20, wrong=20), *checks("date", 0.95, right=40, wrong=0)])

    assert found is not None
    assert found.is_used
    assert (found.checked, found.after < found.before) == (80, True)
    total, date, other = (recalibrated(0.95, name, found) for name in ("total", "date", "number"))
    assert total < 0.8 < date
    assert total < other


def test_30_values_cannot_run_wild() -> None:
    wrong = calibrate(checks("total", 0.95, right=0, wrong=30))
    right = calibrate(checks("total", 0.6, right=30, wrong=0))

    assert wrong is not None
    assert right is not None
    assert 0.02 < recalibrated(0.95, "total", wrong) < 0.5
    assert 0.6 < recalibrated(0.6, "total", right) < 0.99


def test_what_does_not_help_other_documents_is_not_used() -> None:
    """Confidences that held: half of those at 50 % were right, whatever else the documents have in common."""
    found = calibrate(checks("total", 0.5, right=30, wrong=30))

    assert found is not None
    assert not found.is_used


@pytest.mark.parametrize("confidence", [0.3, 0.62, 0.95])
def test_the_shipped_confidence_can_be_told_from_the_own(confidence: float) -> None:
    own = recalibrated(confidence, "total", OWN)

    assert own < confidence
    assert as_shipped(own, "total", OWN) == pytest.approx(confidence, abs=0.001)


def test_extract_gives_the_templates_own_confidence() -> None:
    reading = document(page(1, line(60, (60, "Total"), (300, "84.20"))))
    request = ExtractRequest(reading, (FieldSpec("total", FieldType.AMOUNT),))
    unused = replace(OWN, after=0.6)

    plain, own, as_before = (
        extract(replace(request, learned=learned))[0]
        for learned in (None, Learned(calibration=OWN), Learned(calibration=unused))
    )

    assert plain.confidence is not None
    assert own.confidence == recalibrated(plain.confidence, "total", OWN)
    assert own.confidence < plain.confidence == as_before.confidence
