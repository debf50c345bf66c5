"""Extractions: they wait for their parse, a worker reads their fields, a review opens with the last row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from extraction.choices import JOB_PENDING, JobState
from extraction.errors import StepNotAllowed
from extraction.models import Document, Extraction, Parse, ProviderAccount, ReviewEvent, Template, TemplateVersion, User
from extraction.services.detections import carry_detection_over, drop_detections, wake_detections
from extraction.services.jobs import NO_ERROR, hold_paused, move
from extraction.services.listing import hand_over_extraction, next_listing
from extraction.services.routing import Route, extraction_route, fallback_route, takeover_warning, without_fallback
from extraction.services.teams import lock_team
from extraction.services.usage import count_team_usage, require_quota
from extraction.services.webhook_events import tell_of_extraction, tell_of_parse

PARSE_FAILED = {"error_class": "parse_failed"}


def published_version(template: Template) -> TemplateVersion:
    """Raises StepNotAllowed for a template that was never published."""
    version = template.published
    if version is None:
        raise StepNotAllowed(f"{template} has no published version")
    return version


@transaction.atomic
def start_extraction(
    *, parse: Parse, version: TemplateVersion, account: ProviderAccount | None = None, is_trial: bool = False
) -> Extraction:
    """Waiting until the parse is done, queued if it is; by `account` for this once, else as the template has it.

    A trial is for comparison: nobody steps in where it fails. Raises StepNotAllowed where the account cannot extract,
    and QuotaUsedUp.
    """
    team = parse.document.team
    route = extraction_route(team=team, template=version.template, chosen=account)
    if is_trial:
        return route_extraction(parse, version, without_fallback(route), is_trial=True)
    listed_at = next_listing(team)
    require_quota(team, extractions=1)
    count_team_usage(team, extractions=1)
    return route_extraction(parse, version, route, listed_at=listed_at)


def route_extraction(
    parse: Parse, version: TemplateVersion, route: Route, *, is_trial: bool = False, listed_at: datetime | None = None
) -> Extraction:
    columns = route.first_step() | route.columns | {"listed_at": listed_at}
    if parse.state != JobState.DONE:
        no_reason: dict[str, Any] = {"error_class": "", "error_params": {}, "waiting_since": None}
        columns |= no_reason | {"state": JobState.WAITING} | _after(JobState(parse.state))
    return Extraction.objects.create(parse=parse, version=version, is_trial=is_trial, **columns)


def _after(state: JobState) -> dict[str, Any]:
    if state is JobState.FAILED:
        return {"state": JobState.FAILED, "finished_at": timezone.now(), **PARSE_FAILED}
    return {"state": JobState.CANCELLED, "finished_at": timezone.now()} if state is JobState.CANCELLED else {}


def carry_over(before: Parse, again: Parse) -> None:
    """What waits for the one parse is to be extracted from the other, in the same way."""
    carry_detection_over(before, again)
    for waiting in before.extractions.filter(state=JobState.WAITING, cancel_requested=False).order_by("pk"):
        route = Route(waiting.account, waiting.settings)
        hand_over_extraction(waiting, route_extraction(again, waiting.version, route, is_trial=waiting.is_trial))


def step_in_for_extraction(failed: Extraction, why: dict[str, Any]) -> Extraction | None:
    """In the transaction that ended it: the fallback account extracts anew; None where nobody was named."""
    route = None if failed.is_trial else fallback_route(failed)
    if route is None:
        return None
    again = route_extraction(failed.parse, failed.version, route)
    hand_over_extraction(failed, again)
    again.settings = again.settings | {"warnings": [takeover_warning(failed, route, why)]}
    again.keeps_id = failed.keeps_id
    again.save(update_fields=["settings", "keeps"])
    return again


@transaction.atomic
def extract_again(
    *,
    document: Document,
    version: TemplateVersion | None = None,
    by: User | None,
    account: ProviderAccount | None = None,
) -> Extraction:
    """Read the fields once more; without a version with the newest of the template in use.

    Raises StepNotAllowed and QuotaUsedUp.
    """
    # before its reading and its usage, as whoever deletes or sends a document does
    lock_team(document.team_id)
    parse = document.parses.select_for_update(no_key=True).filter(is_trial=False).order_by("-pk").first()
    if parse is None or parse.state in (JobState.FAILED, JobState.CANCELLED):
        raise StepNotAllowed("there is no reading to extract from")
    if parse.extractions.filter(is_trial=False).pending().exists():
        raise StepNotAllowed("an extraction of this document is under way")
    version = version or version_in_use(document)
    drop_detections(document)
    if document.template_id != version.template_id:
        document.template = version.template
        document.save(update_fields=["template"])
    return start_extraction(parse=parse, version=version, account=account)


@transaction.atomic
def cancel_extraction(*, extraction: Extraction, by: User | None) -> None:
    """What nobody works at ends now, the rest when its worker looks up. Raises StepNotAllowed for one that ended."""
    rows = Extraction.objects.filter(pk=extraction.pk)
    if not rows.filter(state__in=JOB_PENDING).update(cancel_requested=True):
        raise StepNotAllowed("this extraction has ended")
    move(rows.exclude(state=JobState.RUNNING), JobState.CANCELLED, error_class="cancelled")
    document = extraction.parse.document
    ReviewEvent.objects.create(
        team_id=document.team_id,
        document=document,
        who=by,
        what="extraction_cancelled",
        subject=f"{document.name}: {extraction.public_id}"[:255],
    )


def version_in_use(document: Document) -> TemplateVersion:
    """The newest published version of the template that the document was last extracted with, else chosen with."""
    own = Extraction.objects.filter(parse__document=document, is_trial=False)
    last = own.select_related("version__template").order_by("pk").last()
    template = last.version.template if last else document.template
    if template is None:
        raise StepNotAllowed("this document has no template")
    return published_version(template)


def wake_extractions(parse: Parse, state: JobState) -> None:
    """In the transaction that ends the parse: its waiting extractions and detections go the same way."""
    tell_of_parse(parse.pk)
    wake_detections(parse, state)
    waiting = Extraction.objects.filter(parse=parse, state=JobState.WAITING)
    if state is JobState.DONE:
        failed_with_it = Extraction.objects.filter(parse=parse, state=JobState.FAILED, **PARSE_FAILED)
        move(waiting | failed_with_it, JobState.QUEUED, **NO_ERROR)
        hold_paused(parse.extractions.all())
    elif state is JobState.CANCELLED:
        move(waiting, JobState.CANCELLED, error_class="cancelled")
    else:
        failing = list(waiting.order_by("pk").values_list("pk", flat=True))
        move(waiting, JobState.FAILED, **PARSE_FAILED)
        for pk in failing:
            tell_of_extraction(pk)
