"""The review page and the steps that end a review or put it aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from extraction.choices import Action, sentence_of
from extraction.errors import ReviewIncomplete, StaleReview, StepNotAllowed
from extraction.models import Document, Review, User
from extraction.queries.progress import progress_of
from extraction.queries.queue import next_review
from extraction.services.access import get_document, get_review
from extraction.services.reviews import (
    approve_review,
    escalate_review,
    lock_review,
    postpone_review,
    reject_review,
    reopen_review,
    take_over,
)
from extraction.web.forms.reviews import ApproveForm, CommentForm, PostponeForm, ReasonForm, ReopenForm, StepForm
from extraction.web.views.review_context import may_review, pending_context, review_context


@login_required
@require_GET
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Opening locks, for those who may review."""
    review = get_review(request.user, pk)
    progress = progress_of([_document(review)])[_document(review).pk]
    newest = progress.review
    if newest and newest.pk != review.pk and not review.is_finished:
        messages.info(request, _("The fields were extracted again; this is the newest review."))
        return redirect(newest)
    if may_review(request.user, review.extraction.parse.document.team):
        lock_review(review=review, by=request.user)
    return render(request, "extraction/review.html", review_context(request, review, progress))


@login_required
@require_GET
def document_review(request: HttpRequest, pk: int) -> HttpResponse:
    """The document's review, or its pages while it is still being read."""
    document = get_document(request.user, pk)
    progress = progress_of([document])[document.pk]
    if progress.review:
        return redirect(progress.review)
    return render(request, "extraction/review.html", pending_context(request, document, progress))


@login_required
@require_GET
def review_next(request: HttpRequest) -> HttpResponse:
    if request.team is None:
        return redirect("home")
    return _to_next(request, None)


def _to_next(request: HttpRequest, after: Review | None) -> HttpResponse:
    team = after.extraction.parse.document.team if after else request.team
    following = next_review(team, request.user, after=after)
    if following is None:
        messages.success(request, _("The queue is empty: nothing is left to review."))
        return redirect("review-list")
    return redirect(following)


@login_required
@require_POST
def review_take_over(request: HttpRequest, pk: int) -> HttpResponse:
    review = get_review(request.user, pk, action=Action.REVIEW)
    try:
        take_over(review=review, by=request.user)
    except StepNotAllowed as exc:
        messages.warning(request, sentence_of(exc.code, exc.params))
    return redirect(review)


@dataclass(frozen=True, slots=True)
class Step:
    """A way out of the lane: its form, its words, and the service that takes the form's data."""

    form: type[StepForm]
    title: str | Promise
    done: str | Promise
    run: Callable[[Review, User, Any], Review]


def _approve(review: Review, by: User, form: Any) -> Review:
    data = form.cleaned_data
    return approve_review(review=review, version=data["version"], by=by, anyway=data["anyway"])


def _reject(review: Review, by: User, form: Any) -> Review:
    data = form.cleaned_data
    return reject_review(review=review, version=data["version"], by=by, reason=data["comment"])


def _postpone(review: Review, by: User, form: Any) -> Review:
    data = form.cleaned_data
    return postpone_review(review=review, version=data["version"], by=by, until=form.until, comment=data["comment"])


def _escalate(review: Review, by: User, form: Any) -> Review:
    data = form.cleaned_data
    return escalate_review(review=review, version=data["version"], by=by, comment=data["comment"])


def _reopen(review: Review, by: User, form: Any) -> Review:
    data = form.cleaned_data
    return reopen_review(review=review, version=data["version"], by=by, comment=data["comment"])


STEPS = {
    "approve": Step(ApproveForm, gettext_lazy("Approve"), gettext_lazy("%(name)s is approved."), _approve),
    "reject": Step(ReasonForm, gettext_lazy("Reject"), gettext_lazy("%(name)s is rejected."), _reject),
    "postpone": Step(PostponeForm, gettext_lazy("Postpone"), gettext_lazy("%(name)s is postponed."), _postpone),
    "escalate": Step(CommentForm, gettext_lazy("Escalate"), gettext_lazy("%(name)s is escalated."), _escalate),
    "reopen": Step(ReopenForm, gettext_lazy("Reopen"), gettext_lazy("%(name)s is open again."), _reopen),
}


@login_required
@require_http_methods(["GET", "POST"])
def review_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """A page of its own with the step's form; done, the next document opens."""
    review = get_review(request.user, pk, action=Action.REVIEW)
    chosen = STEPS[step]
    form = chosen.form(request.POST or None, initial={"version": review.version})
    if request.method == "POST" and form.is_valid():
        return _run(request, review, step, form)
    context = {"review": review, "document": review.extraction.parse.document, "form": form, "title": chosen.title}
    return render(request, "extraction/review_step.html", context, status=422 if request.method == "POST" else 200)


def _run(request: HttpRequest, review: Review, step: str, form: StepForm) -> HttpResponse:
    try:
        STEPS[step].run(review, request.user, form)
    except ReviewIncomplete as exc:
        refusal = "unchecked" if exc.code == "review_unchecked" else "refused"
        return _answer(request, get_review(request.user, review.pk), {refusal: True}, status=422)
    except (StaleReview, StepNotAllowed) as exc:
        problem = {"code": "step_not_allowed" if isinstance(exc, StaleReview) else exc.code, "params": exc.params}
        return _answer(request, get_review(request.user, review.pk), {"problem": problem}, status=409)
    messages.success(request, STEPS[step].done % {"name": _document(review).name})
    return _gone(request, redirect(review) if step == "reopen" else _to_next(request, review))


def _document(review: Review) -> Document:
    return review.extraction.parse.document


def _answer(request: HttpRequest, review: Review, extra: dict[str, Any], *, status: int) -> HttpResponse:
    template = "extraction/_review_notice.html" if request.htmx else "extraction/review.html"
    return render(request, template, review_context(request, review) | extra, status=status)


def _gone(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """htmx and our scripts follow a header, others the redirect."""
    if not request.htmx or not isinstance(response, HttpResponseRedirect):
        return response
    return HttpResponse(status=204, headers={"HX-Redirect": response.url})
