"""Detections: they wait for their parse, and a person's choice of a template takes their place."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from extraction.choices import JobState
from extraction.models import Detection, Document, Parse
from extraction.services.jobs import NO_ERROR, move

_PARSE_FAILED = {"error_class": "parse_failed"}


def start_detection(*, parse: Parse) -> Detection:
    """Waiting until the parse is done, queued if it is; it ends with one that has ended badly."""
    columns: dict[str, Any] = {"state": JobState.WAITING}
    if parse.state == JobState.DONE:
        columns = {"state": JobState.QUEUED}
    elif parse.is_ended:
        error = _PARSE_FAILED if parse.state == JobState.FAILED else {}
        columns = {"state": parse.state, "finished_at": timezone.now(), **error}
    return Detection.objects.create(parse=parse, **columns)


def is_to_be_detected(document: Document) -> bool:
    """Whether its template was to be found, and neither was nor has been chosen since."""
    return document.template_id is None and Detection.objects.filter(parse__document=document).exists()


def wake_detections(parse: Parse, state: JobState) -> None:
    """In the transaction that ends the parse: its waiting detections go the same way."""
    waiting = Detection.objects.filter(parse=parse, state=JobState.WAITING)
    if state is JobState.DONE:
        failed_with_it = Detection.objects.filter(parse=parse, state=JobState.FAILED, **_PARSE_FAILED)
        move(waiting | failed_with_it, JobState.QUEUED, **NO_ERROR)
    elif state is JobState.CANCELLED:
        move(waiting, JobState.CANCELLED, error_class="cancelled")
    else:
        move(waiting, JobState.FAILED, **_PARSE_FAILED)


def carry_detection_over(before: Parse, again: Parse) -> None:
    """What was to be found in the one parse is to be found in the other."""
    if Detection.objects.filter(parse=before, state=JobState.WAITING, cancel_requested=False).exists():
        start_detection(parse=again)


def drop_detections(document: Document) -> None:
    """A template was chosen: what is still to be found is not looked for, also by a worker that is at it."""
    pending = Detection.objects.filter(parse__document=document).pending()
    move(pending, JobState.CANCELLED, error_class="cancelled")
