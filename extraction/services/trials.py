"""Trials: another chain reads a document beside its own reading, for people to compare and perhaps adopt."""

from __future__ import annotations

from django.db import transaction

from extraction.choices import Event, JobState
from extraction.errors import ReviewLocked, StepNotAllowed
from extraction.models import (
    Document,
    Extraction,
    Parse,
    ProviderAccount,
    Review,
    ReviewEvent,
    TemplateVersion,
    User,
)
from extraction.queries.comparison import own_extraction, trials_of
from extraction.services.extractions import start_extraction
from extraction.services.listing import next_listing
from extraction.services.parses import lock_document, lock_parses, start_parse
from extraction.services.reviews import lock_holder, open_review, record
from extraction.services.webhook_events import tell_of_extraction

# of one document, under way or waiting to be looked at: each may cost money, and nobody compares more
MOST_TRIALS = 3


@transaction.atomic
def start_trial(
    *,
    document: Document,
    parse_account: ProviderAccount,
    extract_account: ProviderAccount,
    version: TemplateVersion,
    by: User | None,
    again: bool = False,
) -> Extraction:
    """Another chain on the document; `again` reads its pages anew also where this reader has read them.

    Raises StepNotAllowed where the document has as many trials as it may.
    """
    lock_document(document)
    if trials_of(document).count() >= MOST_TRIALS:
        raise StepNotAllowed(f"{MOST_TRIALS} trials already", code="too_many_trials", limit=MOST_TRIALS)
    parse = None if again else _usable_parse(document, parse_account)
    parse = parse or start_parse(document=document, account=parse_account, is_trial=True)
    extraction = start_extraction(parse=parse, version=version, account=extract_account, is_trial=True)
    _record(document, by, Event.TRIAL_STARTED, extraction)
    return extraction


def _usable_parse(document: Document, account: ProviderAccount) -> Parse | None:
    """The latest reading by that reader, done or under way; the row is held, so that it does not end meanwhile."""
    # the embedded engine is no account in a job
    by = {"provider": account.provider, "account": None if account.is_embedded else account}
    parses = document.parses.select_for_update(no_key=True).filter(**by, cancel_requested=False)
    return parses.exclude(state__in=(JobState.FAILED, JobState.CANCELLED)).order_by("-pk").first()


@transaction.atomic
def adopt_trial(*, extraction: Extraction, by: User) -> Review:
    """The trial becomes the document's extraction, and its review opens; corrections stay with the review before.

    Raises StepNotAllowed for a trial that is not done, that is older than the document's own extraction, or while that
    one is under way or finished by a person, and ReviewLocked while somebody else works on its review.
    """
    document = extraction.parse.document
    lock_document(document)
    extraction.refresh_from_db(fields=["is_trial", "state"])
    if not extraction.is_trial or extraction.state != JobState.DONE:
        raise StepNotAllowed(f"{extraction.public_id} is {extraction.state}")
    before = own_extraction(document)
    _check_own(document, before, extraction)
    _check_review(before, by)
    _make_own(document, extraction)
    review = open_review(extraction=extraction)
    tell_of_extraction(extraction.pk)
    record(
        review,
        Event.TRIAL_ADOPTED,
        by=by,
        subject=extraction.chain,
        before={"extraction": before.public_id} if before else None,
        after={"extraction": extraction.public_id},
    )
    return review


def _check_own(document: Document, own: Extraction | None, trial: Extraction) -> None:
    parses = document.parses.filter(is_trial=False)
    if parses.pending().exists() or Extraction.objects.filter(parse__in=parses, is_trial=False).pending().exists():
        raise StepNotAllowed("the document is being read", code="document_busy")
    newest = parses.order_by("-pk").first()
    if newest and newest.pk > trial.parse_id or own and own.pk > trial.pk:
        raise StepNotAllowed("the document was read again since", code="trial_outdated")


def _check_review(own: Extraction | None, by: User) -> None:
    """A person's decision stands until a person reopens it, and nobody's work is taken from under their hands."""
    reviews = Review.objects.select_for_update(of=("self",)).filter(extraction=own).select_related("locked_by")
    review = reviews.order_by("-pk").first() if own else None
    if review is None:
        return
    if review.is_finished:
        raise StepNotAllowed(f"the review is {review.state}", code="review_finished")
    if holder := lock_holder(review, by):
        raise ReviewLocked(f"locked by {holder}", who=str(holder))


def _make_own(document: Document, extraction: Extraction) -> None:
    Parse.objects.filter(pk=extraction.parse_id).update(is_trial=False)
    extraction.is_trial, extraction.listed_at = False, next_listing(document.team)
    extraction.save(update_fields=["is_trial", "listed_at"])
    if document.template_id != extraction.version.template_id:
        document.template = extraction.version.template
        document.save(update_fields=["template"])


@transaction.atomic
def discard_trial(*, extraction: Extraction, by: User | None) -> None:
    """Delete the trial, and its reading when it was made for it alone; what is still under way stops."""
    document = extraction.parse.document
    lock_parses(document)
    trial = Extraction.objects.filter(pk=extraction.pk, is_trial=True).select_related("parse__account").first()
    if trial is None:
        raise StepNotAllowed("this is no trial any more")
    _record(document, by, Event.TRIAL_DISCARDED, trial)
    parse = trial.parse
    trial.delete()
    if parse.is_trial and not parse.extractions.exists():
        parse.delete()


def _record(document: Document, by: User | None, what: Event, trial: Extraction) -> None:
    ReviewEvent.objects.create(
        team_id=document.team_id,
        document=document,
        who=by,
        what=what,
        subject=f"{document.name}: {trial.chain}"[:255],
    )
