"""How sure the machine was of what people then approved: what a template's confidences are fitted to."""

from __future__ import annotations

from collections.abc import Iterator

from extraction.engine.fields import as_shipped
from extraction.models import LearnedVersion, Review
from extraction.queries.review import current_values
from extraction.services.approved import is_plain, unseen_in
from extraction.services.review_sheet import read_sheet
from extraction.types import Calibration, Check
from extraction.wire.learned import load_outline


def checks_of(review: Review) -> Iterator[Check]:
    """Of the plain fields that the embedded engine read, without those that were approved unseen.

    Nothing where the version that the extraction was read with is not kept any more: what it added is not known then.
    """
    extraction = review.extraction
    version = extraction.learned
    if extraction.raw_reply or (version and version.data is None):
        return
    calibration = _used(version)
    unseen = unseen_in(read_sheet(extraction))
    for current in current_values(extraction):
        known = current.stored.confidence
        if known is not None and is_plain(current) and current.stored.pk not in unseen:
            name = current.stored.key
            shipped = as_shipped(known, name, calibration) if calibration else known
            yield Check(name, shipped, current.value == current.stored.value)


def _used(version: LearnedVersion | None) -> Calibration | None:
    calibration = load_outline(version.data or []).calibration if version else None
    return calibration if calibration and calibration.is_used else None
