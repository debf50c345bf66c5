"""The step of a detection: the templates of the team are compared with what was read, and extraction goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.db import transaction

from extraction.choices import JobState
from extraction.engine.detecting import PAGES, detect
from extraction.errors import GalleyError
from extraction.models import Detection, Document, Parse, Team
from extraction.queries.documents import usable_templates
from extraction.services.extractions import published_version, start_extraction
from extraction.services.jobs import NO_ERROR, Lease, error_columns, step
from extraction.services.learning import looks_learned_for
from extraction.services.readings import first_pages
from extraction.services.teams import lock_team
from extraction.services.templates import specs_of
from extraction.services.webhook_events import tell_of_detection
from extraction.types import Detection as Found
from extraction.types import TemplateCandidate

_SUGGESTED = 3
_LEAST_SUGGESTED = 0.15
"""What fits worse is no suggestion."""


def find_template(lease: Lease[Detection]) -> None:
    detection = Detection.objects.select_related("parse__document__team").get(pk=lease.job.pk)
    lease.look()
    candidates = list(candidates_of(detection.parse.document.team))
    found = detect(first_pages(detection.parse, PAGES), candidates)
    lease.look()
    _write(lease, detection, found)


def candidates_of(team: Team) -> Iterator[TemplateCandidate]:
    """The team's templates that a document can be extracted with."""
    for template in usable_templates(team):
        version, learned = published_version(template), looks_learned_for(template)
        yield TemplateCandidate(template.pk, template.name, specs_of(version), learned)


@transaction.atomic
def _write(lease: Lease[Detection], detection: Detection, found: Found) -> None:
    """Raises QuotaUsedUp where no more fields can be extracted, Cancelled and LostLease."""
    document = detection.parse.document
    lock_team(document.team_id)
    parse = Parse.objects.select_for_update(no_key=True).get(pk=detection.parse_id)
    # whoever cancels holds the parse
    lease.look()
    template = usable_templates(document.team).filter(pk=found.template).first() if found.template else None
    step(lease.job, JobState.DONE, template=template, fits=list(_suggestions(found)), **NO_ERROR)
    if template is None:
        tell_of_detection(detection.pk)
        return
    Document.objects.filter(pk=document.pk).update(template=template)
    start_extraction(parse=parse, version=published_version(template))


def _suggestions(found: Found) -> Iterator[dict[str, Any]]:
    """The one that was found, or the best of those that were not."""
    fits = [fit for fit in found.fits if fit.score >= _LEAST_SUGGESTED][:_SUGGESTED]
    for fit in fits:
        yield {"template": fit.key, **{name: value for name, value in asdict(fit).items() if name != "key"}}


@transaction.atomic
def end_detection_badly(detection: Detection, state: JobState, error: GalleyError) -> None:
    step(detection, state, **error_columns(error))
