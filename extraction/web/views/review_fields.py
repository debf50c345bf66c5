"""What a review saves while it is on the screen: each change at once, answered with what changed on the sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from extraction.choices import Action, Kind, sentence_of
from extraction.errors import StaleReview, StepNotAllowed
from extraction.models import FieldRow, FieldValue, Review, TemplateField
from extraction.queries.review import events_of, latest_correction
from extraction.services.access import get_review
from extraction.services.corrections import (
    add_row,
    confirm_absent,
    confirm_value,
    correct_value,
    remove_row,
    reset_value,
    undo_change,
)
from extraction.services.review_sheet import read_sheet
from extraction.services.reviews import lock_review
from extraction.services.sheets import Sheet
from extraction.web.forms.reviews import Edit, SaveForm
from extraction.web.views.review_context import review_context


@login_required
@require_POST
def review_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Edits and one act in one version; 409 when another save came first, with both values where they differ."""
    review = get_review(request.user, pk, action=Action.REVIEW)
    form = SaveForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    before = read_sheet(review.extraction)
    try:
        _save(request, review, form, before)
    except StaleReview:
        return _conflict(request, review, form)
    except StepNotAllowed as exc:
        return _refused(request, review, exc)
    if not request.htmx:
        return redirect(review)
    return _changes(request, review, before)


def _save(request: HttpRequest, review: Review, form: SaveForm, before: Sheet) -> None:
    version = form.cleaned_data["version"]
    known = before.everything
    for edit in form.edits:
        item = known.get(edit.value)
        if item is None:
            raise Http404
        if edit.spans is None and edit.text.strip() == item.text:
            continue
        value = _value(review, edit.value)
        correct_value(review=review, value=value, text=edit.text, by=request.user, version=version, spans=edit.spans)
        version = review.version
    name, pk = form.act
    if name:
        _ACTS[name](request, review, pk, version)


def _value(review: Review, pk: int | None) -> FieldValue:
    rows = FieldValue.objects.select_related("field", "row", "extraction__parse")
    return get_object_or_404(rows, pk=pk, extraction=review.extraction)


def _confirm(request: HttpRequest, review: Review, pk: int | None, version: int) -> None:
    confirm_value(review=review, value=_value(review, pk), by=request.user, version=version)


def _absent(request: HttpRequest, review: Review, pk: int | None, version: int) -> None:
    confirm_absent(review=review, value=_value(review, pk), by=request.user, version=version)


def _reset(request: HttpRequest, review: Review, pk: int | None, version: int) -> None:
    reset_value(review=review, value=_value(review, pk), by=request.user, version=version)


def _add_row(request: HttpRequest, review: Review, pk: int | None, version: int) -> None:
    fields = TemplateField.objects.filter(version=review.extraction.version_id, type__in=(Kind.TABLE, Kind.LIST))
    add_row(review=review, field=get_object_or_404(fields, pk=pk), by=request.user, version=version)


def _remove_row(request: HttpRequest, review: Review, pk: int | None, version: int) -> None:
    row = get_object_or_404(FieldRow.objects.select_related("field"), pk=pk, extraction=review.extraction)
    remove_row(review=review, row=row, by=request.user, version=version)


def _undo(request: HttpRequest, review: Review, pk: int | None, version: int) -> None:
    undo_change(review=review, by=request.user, version=version)


_ACTS: dict[str, Callable[[HttpRequest, Review, int | None, int], None]] = {
    "confirm": _confirm,
    "absent": _absent,
    "reset": _reset,
    "add-row": _add_row,
    "remove-row": _remove_row,
    "undo": _undo,
}


def _changes(request: HttpRequest, review: Review, before: Sheet) -> HttpResponse:
    """Only the fields and tables that look different now."""
    sheet = read_sheet(review.extraction)
    marks = {item.pk: item.mark for item in (*before.fields, *before.extras)}
    tables = {table.pk: table.mark for table in before.tables}
    return render(
        request,
        "extraction/_review_changes.html",
        {
            "review": review,
            "sheet": sheet,
            "may_edit": True,
            "can_undo": latest_correction(review) is not None,
            "changed_fields": [item for item in (*sheet.fields, *sheet.extras) if marks.get(item.pk) != item.mark],
            "changed_tables": [table for table in sheet.tables if tables.get(table.pk) != table.mark],
        },
    )


def _conflict(request: HttpRequest, review: Review, form: SaveForm) -> HttpResponse:
    """Both values of every field that the person meant to change, and the sheet as it is now."""
    review = get_review(request.user, review.pk)
    sheet = read_sheet(review.extraction)
    conflicts = _conflicts(sheet, form.edits)
    told = {"conflicts": conflicts, "problem": None if conflicts else {"code": "step_not_allowed"}}
    if not request.htmx:
        context = review_context(request, review) | told
        return render(request, "extraction/review.html", context, status=409)
    context = {
        "review": review,
        "sheet": sheet,
        "may_edit": True,
        "can_undo": latest_correction(review) is not None,
        "changed_fields": (*sheet.fields, *sheet.extras),
        "changed_tables": sheet.tables,
        **told,
    }
    return render(request, "extraction/_review_changes.html", context, status=409)


def _conflicts(sheet: Sheet, edits: list[Edit]) -> list[dict[str, Any]]:
    known = sheet.everything
    found = [{"item": known[edit.value], "mine": edit.text.strip()} for edit in edits if edit.value in known]
    return [both for both in found if both["item"].text != both["mine"]]


def _refused(request: HttpRequest, review: Review, exc: StepNotAllowed) -> HttpResponse:
    if not request.htmx:
        messages.warning(request, sentence_of(exc.code, exc.params))
        return redirect(review)
    context = {"problem": {"code": exc.code, "params": exc.params}}
    return render(request, "extraction/_review_notice.html", context, status=409)


@login_required
@require_POST
def review_lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Renew the lock of somebody who is still at work; 409 when another person holds it."""
    review = get_review(request.user, pk, action=Action.REVIEW)
    return HttpResponse(status=204 if lock_review(review=review, by=request.user) else 409)


@login_required
@require_GET
def review_history(request: HttpRequest, pk: int) -> HttpResponse:
    review = get_review(request.user, pk)
    return render(request, "extraction/_review_history.html", {"events": events_of(review)})
