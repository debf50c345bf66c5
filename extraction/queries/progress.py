"""How far each document is, for many documents in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from extraction.choices import JOB_PENDING, JobState, Lane, PageState, ReviewState
from extraction.models import Detection, Document, Extraction, PageRange, Parse, ParsedPage, Review

_PARSE_STEPS = {
    JobState.WAITING: "waiting",
    JobState.QUEUED: "stored",
    JobState.RUNNING: "reading",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}
_EXTRACTION_STEPS = {
    JobState.WAITING: "extracting",
    JobState.QUEUED: "extracting",
    JobState.RUNNING: "extracting",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}


@dataclass(frozen=True, slots=True)
class DocumentProgress:
    """`step`: stored, waiting, reading, detecting, unfamiliar, extracting, ready, approved, rejected, failed or
    cancelled.

    `error_code` is empty without an error; `is_pending` while a worker is still to do something. `waiting_code` says
    why it does not go on by itself at the moment: it waits for its account or a person (`step` is waiting), or an
    outage, then `waiting_until` is the next try. `account_name` is the provider's that does the present step, `is_sent`
    while that one has the document. `pages_again` are read once more, `page_again` is the first of them;
    `pages_unread` failed at every try. `detection` is the latest search for its template, None where it was chosen.
    """

    step: str
    pages_done: int = 0
    pages_total: int | None = None
    parse: Parse | None = None
    extraction: Extraction | None = None
    review: Review | None = None
    detection: Detection | None = None
    error_code: str = ""
    error_params: dict[str, Any] = field(default_factory=dict)
    is_pending: bool = False
    waiting_code: str = ""
    waiting_params: dict[str, Any] = field(default_factory=dict)
    waiting_until: datetime | None = None
    account_name: str = ""
    is_sent: bool = False
    pages_again: int = 0
    page_again: int | None = None
    pages_unread: int = 0

    @property
    def may_send_again(self) -> bool:
        """A person has to say whether the provider gets it once more."""
        return self.waiting_code == "fate_unknown"

    @property
    def found(self) -> Detection | None:
        """The detection whose template is in use."""
        detection, extraction = self.detection, self.extraction
        if detection is None or extraction is None or not detection.has_found:
            return None
        return detection if extraction.version.template_id == detection.template_id else None

    @property
    def page_being_read(self) -> int:
        return min(self.pages_done + 1, self.pages_total or self.pages_done + 1)

    @property
    def field_count(self) -> int:
        return self.review.field_count if self.review else 0

    @property
    def to_check(self) -> int:
        return self.review.to_check if self.review else 0

    @property
    def warnings(self) -> list[Any]:
        own = self.extraction.settings.get("warnings", []) if self.extraction else []
        return [*(self.parse.warnings if self.parse else []), *own]


def progress_of(documents: Iterable[Document]) -> dict[int, DocumentProgress]:
    """By the documents' primary keys; each by its latest parse, that one's latest extraction, its latest review."""
    documents = list(documents)
    parses = _latest_parses(documents)
    extractions = _latest_extractions(parses.values())
    reviews = _latest_reviews(extractions.values())
    detections = _latest_detections(documents)
    return {
        document.pk: _progress(document, _latest(document, parses, extractions, reviews, detections))
        for document in documents
    }


def _latest_parses(documents: list[Document]) -> dict[int, Parse]:
    rows = Parse.objects.filter(document__in=documents, is_trial=False).order_by("pk").select_related("account")
    pending = PageRange.objects.filter(parse=OuterRef("pk"), state__in=JOB_PENDING)
    # what waits comes before what an outage keeps
    held = pending.exclude(error_class="").order_by(Case(When(state=JobState.WAITING, then=0), default=1), "first")
    rows = rows.annotate(
        pages_done=Sum("ranges__progress_done", filter=Q(ranges__version=1), default=0),
        pending_ranges=Count("ranges", filter=Q(ranges__state__in=JOB_PENDING)),
        pages_again=Count("ranges", filter=Q(ranges__state__in=JOB_PENDING, ranges__version__gt=1)),
        page_again=Min("ranges__first", filter=Q(ranges__state__in=JOB_PENDING, ranges__version__gt=1)),
        held_state=Subquery(held.values("state")[:1]),
        held_code=Subquery(held.values("error_class")[:1]),
        held_params=Subquery(held.values("error_params")[:1]),
        held_until=Subquery(held.values("wake_at")[:1]),
        pages_unread=Coalesce(Subquery(_unread_counts()), 0),
        has_sent=Exists(pending.filter(lane=Lane.REMOTE).exclude(remote_id="")),
    )
    return {parse.document_id: parse for parse in rows}


def _unread_counts() -> QuerySet[Any]:
    """Of a parse: its pages that were tried and could not be read."""
    pages = ParsedPage.objects.filter(parse=OuterRef("pk"), state=PageState.FAILED).order_by()
    read = ParsedPage.objects.filter(parse=OuterRef("parse"), number=OuterRef("number"), state=PageState.DONE)
    return pages.filter(~Exists(read)).values("parse").annotate(count=Count("number", distinct=True)).values("count")


def _latest_extractions(parses: Iterable[Parse]) -> dict[int, Extraction]:
    rows = Extraction.objects.filter(parse__in=[parse.pk for parse in parses], is_trial=False).order_by("pk")
    return {extraction.parse_id: extraction for extraction in rows.select_related("account", "version")}


def _latest_detections(documents: list[Document]) -> dict[int, Detection]:
    rows = Detection.objects.filter(parse__document__in=documents, parse__is_trial=False).order_by("pk")
    return {detection.parse.document_id: detection for detection in rows.select_related("parse", "template")}


def _latest_reviews(extractions: Iterable[Extraction]) -> dict[int, Review]:
    rows = Review.objects.filter(extraction__in=[extraction.pk for extraction in extractions]).order_by("pk")
    return {review.extraction_id: review for review in rows}


@dataclass(frozen=True, slots=True)
class _Latest:
    """A document's latest parse, what became of that, and the latest search for its template."""

    parse: Parse
    extraction: Extraction | None
    review: Review | None
    detection: Detection | None

    @property
    def following(self) -> Extraction | Detection | None:
        """What comes after the parse: the detection only where the document has gone no further."""
        is_own = self.detection is not None and self.detection.parse_id == self.parse.pk
        return self.extraction or (self.detection if is_own else None)

    @property
    def is_pending(self) -> bool:
        following = self.following
        return self.parse.is_pending or self.parse.pending_ranges > 0 or bool(following and following.is_pending)


def _latest(
    document: Document,
    parses: dict[int, Parse],
    extractions: dict[int, Extraction],
    reviews: dict[int, Review],
    detections: dict[int, Detection],
) -> _Latest | None:
    parse = parses.get(document.pk)
    if parse is None:
        return None
    extraction = extractions.get(parse.pk)
    review = reviews.get(extraction.pk) if extraction else None
    return _Latest(parse, extraction, review, detections.get(document.pk))


def _progress(document: Document, latest: _Latest | None) -> DocumentProgress:
    if latest is None:
        return DocumentProgress("stored", pages_total=document.page_count)
    parse = latest.parse
    failed = parse if parse.state != JobState.DONE else latest.following
    held = _held(parse, latest.extraction)
    is_held = held.state == JobState.WAITING and not latest.review
    return DocumentProgress(
        step="waiting" if is_held else _step(parse, latest.following, latest.review),
        pages_done=parse.pages_done,
        pages_total=document.page_count,
        parse=parse,
        extraction=latest.extraction,
        review=latest.review,
        detection=latest.detection,
        error_code=failed.error_class if failed else "",
        error_params=failed.error_params if failed else {},
        is_pending=latest.is_pending,
        waiting_code=held.code,
        waiting_params=held.params,
        waiting_until=held.until if held.state != JobState.WAITING else None,
        account_name=held.account,
        is_sent=held.is_sent,
        pages_again=parse.pages_again,
        page_again=parse.page_again,
        pages_unread=parse.pages_unread,
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """Why the present step does not go on, and who does it."""

    state: str = ""
    code: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    until: datetime | None = None
    account: str = ""
    is_sent: bool = False


def _held(parse: Parse, extraction: Extraction | None) -> _Held:
    if parse.is_pending or parse.pending_ranges:
        held = _Held(parse.held_state or "", parse.held_code or "", parse.held_params or {}, parse.held_until)
        return _with_account(replace(held, is_sent=parse.has_sent), parse)
    if extraction is None or not extraction.is_pending:
        return _Held()
    state = extraction.state if extraction.error_class else ""
    is_sent = extraction.lane == Lane.REMOTE and bool(extraction.submit_key)
    held = _Held(state, extraction.error_class, extraction.error_params, extraction.wake_at, is_sent=is_sent)
    return _with_account(held, extraction)


def _with_account(held: _Held, job: Parse | Extraction) -> _Held:
    """While the account rests after outages, all that it is to do waits for that."""
    account = job.account
    if account is None:
        return held
    resting = account.is_resting and not held.code and not account.is_paused
    code = "provider_unavailable" if resting else held.code
    # while it rests, the job's own time does not count
    until = account.breaker_until if account.is_resting else held.until
    return replace(held, account=account.name, code=code, until=until)


def _step(parse: Parse, following: Extraction | Detection | None, review: Review | None) -> str:
    if parse.state != JobState.DONE:
        return _PARSE_STEPS[JobState(parse.state)]
    if following is not None and following.state != JobState.DONE:
        is_search = isinstance(following, Detection) and following.is_pending
        return "detecting" if is_search else _EXTRACTION_STEPS[JobState(following.state)]
    if isinstance(following, Detection) and following.is_unfamiliar:
        return "unfamiliar"
    if review is not None and review.state in (ReviewState.APPROVED, ReviewState.REJECTED):
        return str(review.state)
    return "ready"
