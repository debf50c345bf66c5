"""What the person uploaded lately: it survives a reload, and each row can be put away."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from extraction.choices import Action
from extraction.errors import StepNotAllowed
from extraction.models import Document
from extraction.queries.documents import recent_uploads
from extraction.queries.progress import DocumentProgress, progress_of
from extraction.services.access import require
from extraction.services.parses import cancel_document
from extraction.web.forms.upload import ClearForm

SHOWN_FOR = timedelta(hours=12)
HIDDEN = "uploads_put_away"
# uploaded, stored, read, extracted
STEPS = {
    "waiting": 1,
    "stored": 1,
    "reading": 2,
    "detecting": 2,
    "unfamiliar": 2,
    "extracting": 3,
    "ready": 4,
    "approved": 4,
    "rejected": 4,
}


@dataclass(frozen=True, slots=True)
class UploadRow:
    document: Document
    progress: DocumentProgress

    @property
    def steps(self) -> list[str]:
        """For each of the four bars: done, current, or to come."""
        done = STEPS.get(self.progress.step, 0)
        return ["done"] * done + ["current"] * (done < 4) + ["to-come"] * (3 - done)


def upload_list(request: HttpRequest) -> dict[str, Any]:
    since = timezone.now() - SHOWN_FOR
    documents = recent_uploads(request.team, request.user, since=since, hidden=request.session.get(HIDDEN, []))
    progress = progress_of(documents)
    rows = [UploadRow(document, progress[document.pk]) for document in documents]
    return {
        "rows": rows,
        "is_pending": any(row.progress.is_pending for row in rows),
        "seen": digest(rows),
    }


def digest(rows: list[UploadRow]) -> str:
    """The same for the same list on the screen."""
    shown = [
        (row.document.pk, row.progress.step, row.progress.pages_done, row.progress.pages_total, row.progress.is_pending)
        + (row.progress.waiting_code, row.progress.waiting_until, row.progress.account_name, row.progress.is_sent)
        + (row.progress.error_code, row.progress.field_count, row.progress.to_check, bool(row.progress.review))
        for row in rows
    ]
    return hashlib.sha256(repr((get_language(), shown)).encode()).hexdigest()[:16]


@login_required
@never_cache
@require_safe
def upload_status(request: HttpRequest) -> HttpResponse:
    require(request.user, request.team, Action.UPLOAD)
    context = upload_list(request)
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "extraction/_upload_status.html", context)


@login_required
@require_POST
def upload_clear(request: HttpRequest) -> HttpResponse:
    """Finished rows leave the list; one that is still being worked at is cancelled instead."""
    require(request.user, request.team, Action.UPLOAD)
    form = ClearForm(request.POST)
    chosen = form.cleaned_data["document"] if form.is_valid() else None
    rows = upload_list(request)["rows"]
    for row in rows:
        if chosen == row.document.pk and row.progress.is_pending:
            stop(request, row.document)
        elif chosen in (None, row.document.pk) and not row.progress.is_pending:
            put_away(request, row.document)
    if request.headers.get("HX-Request"):
        return render(request, "extraction/_upload_status.html", upload_list(request))
    return redirect("upload")


def stop(request: HttpRequest, document: Document) -> None:
    # it may have ended a moment ago
    with suppress(StepNotAllowed):
        cancel_document(document=document, by=request.user)


def put_away(request: HttpRequest, document: Document) -> None:
    kept = request.session.get(HIDDEN, [])[-200:]
    request.session[HIDDEN] = [*kept, document.pk]
