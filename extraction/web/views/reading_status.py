"""How far a document is while somebody looks at it: the fragment that polls, and what it offers to read once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from extraction.choices import Action, PageState, sentence_of
from extraction.errors import QuotaUsedUp, StepNotAllowed
from extraction.models import Document, Membership, Review
from extraction.queries.page_states import PageShell, page_shells
from extraction.queries.progress import DocumentProgress, progress_of
from extraction.queries.suggestions import found_of, suggestions_of
from extraction.services.access import (
    get_document,
    get_document_with_pages,
    get_membership,
    get_review,
    may_read_pages,
)
from extraction.services.fields_again import read_fields_again
from extraction.services.parses import cancel_document, read_page_again
from extraction.web.forms.documents import ExtractForm, LookForm, PageForm
from extraction.web.views.document_marks import digest, shown
from extraction.web.views.preferences import back

FRAGMENT = "review-progress"
# pages named in a notice; the rest are counted
NAMED = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """`failed` pages can be read again, `kept` ones failed when they were; `later` were read after the fields."""

    shells: Sequence[PageShell]
    failed: Sequence[PageShell]
    kept: Sequence[PageShell]
    later: Sequence[int]

    @property
    def marks(self) -> str:
        """Of every page in order, for scripts."""
        return " ".join(shell.mark for shell in self.shells)

    @property
    def named(self) -> Sequence[PageShell]:
        return self.failed[:NAMED]

    @property
    def unnamed_count(self) -> int:
        return len(self.failed[NAMED:])


def reading_of_pages(shells: Sequence[PageShell], review: Review | None) -> Reading:
    idle = [shell for shell in shells if not shell.work]
    return Reading(
        shells,
        failed=[shell for shell in idle if shell.state == PageState.FAILED],
        kept=[shell for shell in idle if shell.again_code],
        later=_read_later(idle, review),
    )


def _read_later(shells: Sequence[PageShell], review: Review | None) -> list[int]:
    if review is None:
        return []
    since = review.extraction.started_at or review.extraction.created_at
    again = (shell for shell in shells if shell.version > 1 and shell.state == PageState.DONE)
    return [shell.number for shell in again if shell.read_at and shell.read_at > since]


def reading_context(
    document: Document,
    progress: DocumentProgress,
    shells: Sequence[PageShell],
    *,
    membership: Membership,
    review: Review | None = None,
) -> dict[str, Any]:
    """`newer` is the review that takes this one's place."""
    reading = reading_of_pages(shells, review)
    newer = progress.review if review and progress.review and progress.review.pk > review.pk else None
    return {
        "document": document,
        "progress": progress,
        "reading": reading,
        "newer": newer,
        "may_review": membership.may(Action.REVIEW),
        "may_read_pages": may_read_pages(membership, document) and _is_latest(progress, review),
        "may_change": membership.may(Action.UPLOAD),
        "found": found_of(progress),
        **_to_choose(document, progress),
        "may_ask_fields": bool(
            reading.later and review and not review.is_finished and not newer and not progress.is_pending
        ),
        "seen": digest((shown(progress), reading.marks, newer.pk if newer else 0)),
    }


def _to_choose(document: Document, progress: DocumentProgress) -> dict[str, Any]:
    """For a document that no template fits."""
    if progress.step != "unfamiliar" or progress.detection is None:
        return {}
    return {
        "suggestions": suggestions_of(progress.detection, document),
        "extract_form": ExtractForm(document=document),
    }


def _is_latest(progress: DocumentProgress, review: Review | None) -> bool:
    """A page is read again for the latest reading."""
    return progress.parse is not None and (review is None or review.extraction.parse_id == progress.parse.pk)


@login_required
@never_cache
@require_GET
def document_review_status(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment of the document's page, or of a review's; the review's address once there is a first one."""
    document = get_document(request.user, pk)
    form = LookForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    context = _looked_at(request, document, asked.get("review"))
    if not context["review"] and context["progress"].review:
        return HttpResponse(headers={"HX-Redirect": _same_place(context["progress"].review, asked)})
    if asked.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "extraction/_review_progress.html", context)


def _same_place(review: Review, asked: dict[str, Any]) -> str:
    """The review where the person was in the pages: who was at the first page is led to what is to be checked."""
    tab, page = asked.get("tab"), asked.get("page") or 1
    address = review.get_absolute_url() + ("?tab=text" if tab else "")
    return f"{address}#page-{page}" if tab or page > 1 else address


def _looked_at(request: HttpRequest, document: Document, review_pk: int | None) -> dict[str, Any]:
    review = get_review(request.user, review_pk) if review_pk else None
    if review and review.extraction.parse.document_id != document.pk:
        raise Http404
    progress = progress_of([document])[document.pk]
    parse = review.extraction.parse if review else progress.parse
    shells = page_shells(parse, document.page_count) if parse else []
    membership = get_membership(request.user, document.team)
    return {
        "review": review,
        **reading_context(document, progress, shells, membership=membership, review=review),
    }


@login_required
@require_POST
def page_read_again(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    document = get_document_with_pages(request.user, pk)
    return _done(request, document, lambda: read_page_again(document=document, number=number, by=request.user))


@login_required
@require_POST
def document_read_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page whose number was entered."""
    document = get_document_with_pages(request.user, pk)
    form = PageForm(request.POST)
    if not form.is_valid() or form.cleaned_data["number"] > (document.page_count or 1):
        return _answer(request, document, _("This document has no such page."))
    number = form.cleaned_data["number"]
    return _done(request, document, lambda: read_page_again(document=document, number=number, by=request.user))


@login_required
@require_POST
def document_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    document = get_document(request.user, pk, action=Action.UPLOAD)
    return _done(request, document, lambda: cancel_document(document=document, by=request.user))


@login_required
@require_POST
def review_fields_again(request: HttpRequest, pk: int) -> HttpResponse:
    review = get_review(request.user, pk, action=Action.REVIEW)
    document = review.extraction.parse.document
    return _done(request, document, lambda: read_fields_again(review=review, by=request.user))


def _done(request: HttpRequest, document: Document, work: Callable[[], object]) -> HttpResponse:
    """What the person looked at, which says why where the work cannot be done now."""
    try:
        work()
    except (StepNotAllowed, QuotaUsedUp) as refusal:
        return _answer(request, document, sentence_of(refusal.code, refusal.params))
    return _answer(request, document, "")


def _answer(request: HttpRequest, document: Document, problem: str) -> HttpResponse:
    """The fragment where it asked, else back to the page that the form stood on."""
    if request.headers.get("HX-Target") == FRAGMENT:
        form = LookForm(request.POST)
        review = form.cleaned_data.get("review") if form.is_valid() else None
        context = _looked_at(request, document, review) | {"problem": problem}
        return render(request, "extraction/_review_progress.html", context)
    if problem:
        messages.error(request, problem)
    return back(request) if request.POST.get("next") else redirect(document)
