"""The team's figures and its queue: full pages, and one fragment that a page asks for every five seconds."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from extraction.choices import Action
from extraction.queries.dashboard import figures_of
from extraction.queries.queue_rows import queue_page
from extraction.services.access import require
from extraction.services.assignments import assign_documents
from extraction.web.charts import bar_chart, sparkline
from extraction.web.forms.dashboard import AssignForm, QueueFilterForm

_SPARK_DAYS = 14


@login_required
@require_GET
@vary_on_headers("HX-Request")
def dashboard(request: HttpRequest) -> HttpResponse:
    return _answer(request, "dashboard")


@login_required
@require_GET
@vary_on_headers("HX-Request")
def review_list(request: HttpRequest) -> HttpResponse:
    return _answer(request, "review-list")


@login_required
@require_POST
def review_assign(request: HttpRequest) -> HttpResponse:
    """Take the chosen rows; the answer is the page they were chosen on."""
    if request.team is None:
        return HttpResponseRedirect(reverse("dashboard"))
    require(request.user, request.team, Action.REVIEW)
    form = AssignForm(request.POST, team=request.team)
    if form.is_valid():
        count = assign_documents(documents=form.cleaned_data["documents"], to=request.user, by=request.user)
        messages.success(request, _assigned(count))
    else:
        messages.warning(request, _("Choose a document first."))
    page = "review-list" if request.POST.get("page-name") == "review-list" else "dashboard"
    query = request.POST.get("query", "")[:2000]
    return HttpResponseRedirect(reverse(page) + (f"?{query}" if query else ""))


def _assigned(count: int) -> str:
    if not count:
        return _("Nothing was assigned: the chosen documents have no open review.")
    return ngettext("%(count)s document is yours now.", "%(count)s documents are yours now.", count) % {"count": count}


def _answer(request: HttpRequest, page_name: str) -> HttpResponse:
    """The page; for htmx its live parts, or 204 when they are as the browser has them."""
    if request.team is None:
        return render(request, "extraction/no_team.html")
    context = _context(request, page_name)
    if not request.htmx or request.htmx.history_restore_request:
        return render(request, "extraction/dashboard.html", context)
    response = HttpResponse(status=204)
    if request.GET.get("seen") != context["digest"]:
        response = render(request, "extraction/_dashboard_live.html", context | {"is_swap": True})
    response["X-Galley-Time"] = context["updated"]
    return response


def _context(request: HttpRequest, page_name: str) -> dict[str, Any]:
    form = QueueFilterForm(request.GET, team=request.team, user=request.user)
    page, rows = queue_page(request.team, form.chosen)
    context = {
        "page_name": page_name,
        "form": form,
        "chosen": form.chosen,
        "page": page,
        "rows": rows,
        "query": _query(request),
        "now": timezone.now(),
    }
    if page_name == "dashboard":
        context |= _figures(request)
    return context | _live(request, context)


def _figures(request: HttpRequest) -> dict[str, Any]:
    figures = figures_of(request.team, timezone.now())
    recent = figures.days[-_SPARK_DAYS:]
    series = {
        "waiting": [day.waiting for day in recent],
        "reviewed": [day.reviewed for day in recent],
        "seconds": [day.median_seconds for day in recent],
        "straight": [day.straight_share for day in recent],
        "corrected": [day.corrected_share for day in recent],
    }
    sparks = {name: sparkline(values) for name, values in series.items()}
    return {"figures": figures, "sparks": sparks, "chart": bar_chart(figures.days)}


def _live(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The live parts as HTML, and a digest by which the next request tells what the browser has."""
    figures = render_to_string("extraction/_dashboard_figures.html", context, request)
    queue = render_to_string("extraction/_queue_table.html", context, request)
    digest = hashlib.sha256(f"{figures}\n{queue}".encode()).hexdigest()[:24]
    updated = date_format(timezone.localtime(), "H:i:s")
    return {"figures_html": figures, "queue_html": queue, "digest": digest, "updated": updated}


def _query(request: HttpRequest) -> str:
    """The filters as a query string, without the page and what only the polling sends."""
    kept = request.GET.copy()
    for name in ("page", "seen"):
        kept.pop(name, None)
    for name in [name for name, value in kept.items() if not value]:
        kept.pop(name)
    return kept.urlencode()
