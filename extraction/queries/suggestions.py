"""The templates that may be a document's, with what speaks for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from extraction.models import Detection, Document, Template
from extraction.queries.documents import usable_templates
from extraction.queries.progress import DocumentProgress


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A template as `types.Fit` judges it, without the score."""

    template: Template
    labels_found: int
    labels: int
    title: str
    documents: int


def suggestions_of(detection: Detection, document: Document) -> list[Suggestion]:
    """The best first; those that can be used no more are left out."""
    usable = usable_templates(document.team).in_bulk([fit["template"] for fit in detection.fits])
    return suggestions_from(detection, usable)


def suggestions_from(detection: Detection, templates: Mapping[int, Template]) -> list[Suggestion]:
    """Of those among `templates`, by their primary keys."""
    return [_suggestion(templates[fit["template"]], fit) for fit in detection.fits if fit["template"] in templates]


def suggested_templates(progress: Iterable[DocumentProgress]) -> dict[int, Template]:
    """All that any of the detections names; no query without any."""
    detections = [row.detection for row in progress if row.detection]
    named = {fit["template"] for detection in detections for fit in detection.fits}
    return Template.objects.in_bulk(named) if named else {}


def found_of(progress: DocumentProgress) -> Suggestion | None:
    """What spoke for the template that was found and is in use."""
    detection = progress.found
    if detection is None or detection.template is None:
        return None
    own = next((fit for fit in detection.fits if fit["template"] == detection.template_id), None)
    return _suggestion(detection.template, own) if own else None


def _suggestion(template: Template, fit: dict[str, Any]) -> Suggestion:
    return Suggestion(template, **{name: fit[name] for name in ("labels_found", "labels", "title", "documents")})
