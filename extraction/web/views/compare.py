"""Two readings of a document side by side: a trial is started, watched, compared, then used or discarded."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from extraction.choices import Action, JobState, sentence_of
from extraction.errors import StepNotAllowed
from extraction.models import Document, Extraction, Review
from extraction.queries.comparison import extractions_of, own_extraction, trials_of, trials_with_progress
from extraction.services.access import get_document
from extraction.services.accounts import embedded_account
from extraction.services.comparison import ComparedField, compare
from extraction.services.trials import MOST_TRIALS, adopt_trial, discard_trial, start_trial
from extraction.web.forms.compare import PairForm, PlaceForm, TrialForm
from extraction.web.views.compare_places import places_of
from extraction.web.views.document_marks import digest
from extraction.web.views.documents import is_allowed

CHOICES = 20


@login_required
@require_safe
def document_compare(request: HttpRequest, pk: int) -> HttpResponse:
    document = get_document(request.user, pk)
    return render(request, "extraction/compare.html", _context(request, document, None))


def _context(request: HttpRequest, document: Document, form: TrialForm | None) -> dict[str, Any]:
    own = own_extraction(document)
    trials = trials_with_progress(document)
    a, b, shown = _pair(request, document, own)
    return {
        "document": document,
        "own": own,
        "a": a,
        "b": b,
        "choices": [a, *(row for row in extractions_of(document)[:CHOICES] if a and row.pk != a.pk)] if a else [],
        "form": form or _trial_form(document, own),
        "only": bool(shown.get("only")),
        "full": len(trials) >= MOST_TRIALS,
        "limits": {"limit": MOST_TRIALS},
        **_comparison(document, a, b, shown.get("field", "")),
        **_trials(request, document, trials, b),
        **_review(own),
    }


def _trial_form(document: Document, own: Extraction | None, data: Any = None) -> TrialForm:
    embedded_account(document.team)
    return TrialForm(data, document=document, own=own)


def _pair(
    request: HttpRequest, document: Document, own: Extraction | None
) -> tuple[Extraction | None, Extraction | None, dict[str, Any]]:
    """As asked for, else the document's own extraction and the newest of the others."""
    rows = extractions_of(document)
    form = PairForm(request.GET, extractions=rows)
    asked = form.cleaned_data if form.is_valid() else {}
    a = asked.get("a") or own or rows.filter(state=JobState.DONE).first()
    others = rows.exclude(pk=a.pk) if a else rows
    b = asked.get("b") or others.filter(is_trial=True).first() or others.filter(state=JobState.DONE).first()
    return a, None if b == a else b, asked


def _comparison(document: Document, a: Extraction | None, b: Extraction | None, key: str) -> dict[str, Any]:
    if a is None or b is None or {a.state, b.state} != {JobState.DONE}:
        return {"comparison": None}
    comparison = compare(a, b)
    chosen = comparison.find(key)
    return {"comparison": comparison, "chosen": chosen, **(_places(document, chosen) if chosen else {})}


def _places(document: Document, item: ComparedField) -> dict[str, Any]:
    sides = {name: side.pk for name, side in (("a", item.a), ("b", item.b)) if side and side.pk}
    return places_of(document, sides, item.label)


def _trials(
    request: HttpRequest, document: Document, trials: list[tuple[Extraction, Any]], b: Extraction | None
) -> dict[str, Any]:
    rows = [(trial.pk, progress.step, progress.pages_done, progress.error_code) for trial, progress in trials]
    return {
        "trials": trials,
        "is_pending": any(progress.is_pending for _trial, progress in trials),
        "seen": digest(rows),
        "may_start": is_allowed(request.user, document, Action.UPLOAD),
        "may_use": is_allowed(request.user, document, Action.REVIEW),
        "shown": b,
    }


def _review(own: Extraction | None) -> dict[str, Any]:
    """The review that a trial would take the place of, and what people changed in it."""
    review = Review.objects.filter(extraction=own).order_by("-pk").first() if own else None
    count = review.corrections.filter(undone=False).count() if review else 0
    return {"review": review, "correction_count": count}


@login_required
@never_cache
@require_GET
def compare_trials(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the trials are; the page is loaded anew when the one that it waits for has ended."""
    document = get_document(request.user, pk)
    trials = trials_with_progress(document)
    shown = next((trial for trial, _progress in trials if str(trial.pk) == request.GET.get("b")), None)
    context = {"document": document, **_trials(request, document, trials, shown), **_review(own_extraction(document))}
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    response = render(request, "extraction/_compare_trials.html", context)
    if shown and shown.is_ended and request.GET.get("waits"):
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_GET
def compare_place(request: HttpRequest, pk: int) -> HttpResponse:
    """The pages on which both values of a field stand."""
    document = get_document(request.user, pk)
    form = PlaceForm(request.GET)
    if not form.is_valid():
        return HttpResponse(status=400)
    sides = {name: form.cleaned_data[name] for name in ("a", "b") if form.cleaned_data[name]}
    return render(request, "extraction/_compare_place.html", places_of(document, sides, form.cleaned_data["label"]))


@login_required
@require_POST
def compare_start(request: HttpRequest, pk: int) -> HttpResponse:
    document = get_document(request.user, pk, action=Action.UPLOAD)
    form = _trial_form(document, own_extraction(document), request.POST)
    if not form.is_valid():
        return render(request, "extraction/compare.html", _context(request, document, form), status=422)
    data = form.cleaned_data
    try:
        trial = start_trial(
            document=document,
            parse_account=data["reader"],
            extract_account=data["extractor"],
            version=data["version"],
            again=data["again"],
            by=request.user,
        )
    except StepNotAllowed as refusal:
        return _refused(request, document, refusal)
    return redirect(f"{_address(document)}?b={trial.pk}")


@login_required
@require_POST
def compare_use(request: HttpRequest, pk: int, trial: int) -> HttpResponse:
    document = get_document(request.user, pk, action=Action.REVIEW)
    extraction = get_object_or_404(trials_of(document), pk=trial)
    try:
        review = adopt_trial(extraction=extraction, by=request.user)
    except StepNotAllowed as refusal:
        return _refused(request, document, refusal)
    messages.success(request, _("This is the document's reading now."))
    return redirect(review)


@login_required
@require_POST
def compare_discard(request: HttpRequest, pk: int, trial: int) -> HttpResponse:
    document = get_document(request.user, pk, action=Action.UPLOAD)
    extraction = get_object_or_404(trials_of(document), pk=trial)
    try:
        discard_trial(extraction=extraction, by=request.user)
    except StepNotAllowed as refusal:
        return _refused(request, document, refusal)
    messages.success(request, _("The comparison is discarded."))
    return redirect(_address(document))


def _refused(request: HttpRequest, document: Document, refusal: StepNotAllowed) -> HttpResponse:
    messages.warning(request, sentence_of(refusal.code, refusal.params))
    return redirect(_address(document))


def _address(document: Document) -> str:
    return reverse("document-compare", args=[document.pk])
