"""Parses and their page ranges: started, ended with their last range, cancelled, begun again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from extraction.choices import JOB_PENDING, JobState, Lane, PageState, Provider
from extraction.errors import StepNotAllowed
from extraction.models import (
    Detection,
    Document,
    Extraction,
    PageImages,
    PageRange,
    Parse,
    ProviderAccount,
    ReviewEvent,
    User,
)
from extraction.queries.pages import newest_version, parsed_pages
from extraction.services.detections import is_to_be_detected, start_detection
from extraction.services.extractions import carry_over, start_extraction, version_in_use, wake_extractions
from extraction.services.jobs import NO_ERROR, move
from extraction.services.listing import hand_over_parse
from extraction.services.page_images import queue_missing_images
from extraction.services.routing import (
    Route,
    fallback_route,
    first_state,
    reading_route,
    takeover_warning,
    without_fallback,
)
from extraction.services.teams import lock_team
from extraction.services.turns import next_turn
from extraction.types import FileKind

# pages are kept one by one, so these only say how workers share a document: short ranges first
RANGE_PAGES = (2, 4)
RANGE_PAGES_LATER = 10
# a provider's own limit for one submission, where the account has none
REMOTE_RANGE_PAGES = 300
# warnings that are not found anew with the last page
LASTING = ("stepped_in", "pages_left_over", "pictures_missing", "options_ignored")


def start_parse(*, document: Document, account: ProviderAccount | None = None, is_trial: bool = False) -> Parse:
    """Queued, with its page ranges when the pages can be counted already; by `account` for this once.

    A trial is for comparison: nobody steps in where it fails. Raises StepNotAllowed where the account cannot read.
    """
    route = reading_route(team=document.team, template=document.template, chosen=account)
    return route_parse(document, without_fallback(route) if is_trial else route, is_trial=is_trial)


def route_parse(document: Document, route: Route, *, is_trial: bool = False) -> Parse:
    turn = next_turn(document.team_id)
    if document.page_count is None or not _can_be_read(document):
        return Parse.objects.create(document=document, is_trial=is_trial, turn=turn, **route.columns)
    parse = Parse.objects.create(document=document, is_trial=is_trial, **route.columns)
    make_ranges(parse, document.page_count, turn=turn)
    return parse


def _can_be_read(document: Document) -> bool:
    """An Office document is laid out first: a worker plans the ranges then."""
    return document.readable_id is not None or not FileKind(document.blob.kind).is_office


def make_ranges(parse: Parse, pages: int, *, turn: int) -> None:
    """A provider gets as many pages at once as its account allows."""
    if parse.account is None:
        ranges = ranges_of(pages)
    else:
        ranges = ranges_of(pages, sizes=(), later=parse.account.max_pages or REMOTE_RANGE_PAGES)
    PageRange.objects.bulk_create(new_range(parse, first, last, turn=turn) for first, last in ranges)


def new_range(parse: Parse, first: int, last: int, *, turn: int, version: int = 1) -> PageRange:
    """Not saved yet; for whoever reads the parse."""
    columns = {"account": parse.account, "lane": Route(parse.account).lane} | first_state(parse.account)
    if parse.account is None and parse.provider != Provider.EMBEDDED:
        columns["lane"] = Lane.REMOTE
    return PageRange(parse=parse, first=first, last=last, turn=turn, version=version, **columns)


def ranges_of(
    pages: int, *, sizes: Sequence[int] = RANGE_PAGES, later: int = RANGE_PAGES_LATER
) -> Iterator[tuple[int, int]]:
    """First and last pages: for our own workers a short range first."""
    first, first_sizes = 1, iter(sizes)
    while first <= pages:
        last = min(pages, first + next(first_sizes, later) - 1)
        yield first, last
        first = last + 1


@transaction.atomic
def read_again(
    *,
    document: Document,
    by: User | None,
    parse_account: ProviderAccount | None = None,
    extract_account: ProviderAccount | None = None,
) -> Parse:
    """A new parse, with a new extraction where there was one; a template that was not found is looked for again.

    Raises StepNotAllowed while one is under way, and QuotaUsedUp.
    """
    lock_document(document)
    if document.parses.filter(is_trial=False).pending().exists():
        raise StepNotAllowed("this document is being read")
    own = Extraction.objects.filter(parse__document=document, is_trial=False)
    version = version_in_use(document) if document.template is not None or own.exists() else None
    parse = start_parse(document=document, account=parse_account)
    if version is not None:
        start_extraction(parse=parse, version=version, account=extract_account)
    elif is_to_be_detected(document):
        start_detection(parse=parse)
    _record(document, by, "document_read_again")
    return parse


@transaction.atomic
def read_page_again(*, document: Document, number: int, by: User | None) -> PageRange:
    """A later version of one page of the latest parse; the one under way where that was asked for already.

    Raises StepNotAllowed for a page that was not tried yet.
    """
    own = document.parses.filter(is_trial=False)
    parse = lock_parse(own.order_by("-pk").values_list("pk", flat=True).first())
    tried = newest_version(parse, number) if parse else 0
    if parse is None or not tried or parse.state == JobState.CANCELLED or parse.cancel_requested:
        raise StepNotAllowed(f"page {number} cannot be read again now")
    under_way = parse.ranges.pending().filter(first__lte=number, last__gte=number, version__gt=tried)
    job: PageRange | None = under_way.order_by("-version").first()
    if job is not None:
        return job
    _record(document, by, "page_read_again", subject=f"{document.name}: {number}")
    again = new_range(parse, number, number, turn=next_turn(document.team_id), version=tried + 1)
    again.save()
    return again


@transaction.atomic
def cancel_document(*, document: Document, by: User | None) -> None:
    """Stop what is to be done for the document: what nobody works at ends now, the rest between two pages."""
    lock_parses(document)
    *parts, parses = jobs_of(document)
    asked = [rows.filter(state__in=JOB_PENDING).update(cancel_requested=True) for rows in (*parts, parses)]
    if not any(asked):
        raise StepNotAllowed("there is nothing left to cancel")
    for rows in parts:
        move(rows.exclude(state=JobState.RUNNING), JobState.CANCELLED, error_class="cancelled")
    for parse in parses.filter(state__in=JOB_PENDING, lease_until=None):
        end_parse_if_over(parse)
    _record(document, by, "document_cancelled")


def jobs_of(document: Document) -> tuple[QuerySet[Any], ...]:
    """Page ranges, detections, extractions and page images of the document, and last its parses."""
    return (
        PageRange.objects.filter(parse__document=document),
        Detection.objects.filter(parse__document=document),
        Extraction.objects.filter(parse__document=document),
        PageImages.objects.filter(document=document),
        Parse.objects.filter(document=document),
    )


def lock_document(document: Document) -> None:
    """Two people do not begin a reading at once; a worker that ends one may refer to the row meanwhile.

    The team first, as whoever deletes the document does.
    """
    lock_team(document.team_id)
    Document.objects.select_for_update(no_key=True).get(pk=document.pk)


def lock_parse(pk: int | None) -> Parse | None:
    """The row, held to the end of the transaction where the database can: ranges end one after the other."""
    return Parse.objects.select_for_update(no_key=True).filter(pk=pk).first()


def lock_parses(document: Document) -> None:
    """Hold them before any of their ranges, as whoever ends a range does."""
    list(document.parses.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def end_parse_if_over(parse: Parse) -> bool:
    """In the transaction that ended a range and holds the parse: end the parse with its last range."""
    if parse.ranges.pending().exists():
        return False
    state = _final_state(parse)
    if parse.state == state and state is not JobState.CANCELLED:
        # a page that was read again
        Parse.objects.filter(pk=parse.pk).update(**_outcome(parse, state))
        queue_missing_images(parse.document)
        return False
    if parse.is_ended and not (parse.state == JobState.FAILED and state is JobState.DONE):
        return False
    outcome = _outcome(parse, state)
    move(Parse.objects.filter(pk=parse.pk), state, **outcome)
    if state is JobState.FAILED:
        step_in_for_parse(parse, {"code": outcome["error_class"], "params": outcome["error_params"]})
    wake_extractions(parse, state)
    if state is JobState.DONE:
        queue_missing_images(parse.document)
    return True


def step_in_for_parse(failed: Parse, why: dict[str, Any]) -> Parse | None:
    """In the transaction that ends it: the fallback account reads anew; None where nobody was named.

    Extractions that waited for the failed parse are begun anew too, as they were to be done.
    """
    route = None if failed.is_trial or failed.state == JobState.FAILED else fallback_route(failed)
    if route is None:
        return None
    again = route_parse(failed.document, route)
    again.warnings = [takeover_warning(failed, route, why)]
    again.save(update_fields=["warnings"])
    hand_over_parse(failed, again)
    carry_over(failed, again)
    return again


def _final_state(parse: Parse) -> JobState:
    if parse.cancel_requested:
        return JobState.CANCELLED
    return JobState.DONE if parse.pages.filter(state=PageState.DONE).exists() else JobState.FAILED


def _outcome(parse: Parse, state: JobState) -> dict[str, Any]:
    failed = list(parsed_pages(parse).filter(state=PageState.FAILED).defer("content"))
    if state is JobState.DONE:
        numbers = ", ".join(str(page.number) for page in failed)
        warnings = [{"code": "pages_failed", "params": {"pages": numbers}}] if failed else []
        kept = [warning for warning in parse.warnings if warning["code"] != "pages_failed"]
        return NO_ERROR | {"warnings": kept + warnings}
    if state is JobState.CANCELLED:
        return {"error_class": "cancelled"}
    first = failed[0] if failed else None
    return {
        "error_class": first.error_class if first else "reading_failed",
        "error_params": first.error_params if first else {},
    }


def _record(document: Document, by: User | None, what: str, *, subject: str = "") -> None:
    subject = (subject or document.name)[-255:]
    ReviewEvent.objects.create(team_id=document.team_id, document=document, who=by, what=what, subject=subject)
