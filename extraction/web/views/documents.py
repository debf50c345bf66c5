from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from extraction.choices import Action, sentence_of
from extraction.errors import QuotaUsedUp, StepNotAllowed
from extraction.models import Document, Extraction, User
from extraction.queries.documents import documents_of, parses_with_replies
from extraction.queries.page_states import page_shells
from extraction.queries.progress import progress_of
from extraction.services.access import get_document, get_membership, require
from extraction.services.blobs import blob_path
from extraction.services.documents import delete_document
from extraction.services.extractions import extract_again
from extraction.services.parses import read_again
from extraction.services.remote_ends import send_again
from extraction.web.forms.documents import ExtractForm, ListForm, ReadForm
from extraction.web.views.document_marks import digest, shown
from extraction.web.views.page_places import page_places
from extraction.web.views.preferences import back
from extraction.web.views.reading_status import reading_context

PER_PAGE = 25
THUMBS_SHOWN = 48


@login_required
@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    require(request.user, request.team, Action.READ)
    form = ListForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    search, state = asked.get("search", ""), asked.get("state", "")
    pages = Paginator(documents_of(request.team, search=search, state=state), PER_PAGE)
    page = pages.get_page(asked.get("page") or 1)
    progress = progress_of(page.object_list)
    rows = [(document, progress[document.pk]) for document in page.object_list]
    context = {
        "form": form if form.is_valid() else ListForm(),
        "page": page,
        "rows": rows,
        "query": urlencode({"search": search, "state": state}),
        "is_filtered": bool(search or state),
        "is_pending": any(row.is_pending for _, row in rows),
        "seen": digest([(document.pk, shown(row)) for document, row in rows]),
    }
    if request.headers.get("HX-Target") != "document-table":
        return render(request, "extraction/document_list.html", context)
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "extraction/_document_table.html", context)


@login_required
@require_safe
def document_detail(request: HttpRequest, pk: int) -> HttpResponse:
    document = get_document(request.user, pk)
    return render(request, "extraction/document_detail.html", status_context(request, document))


@login_required
@never_cache
@require_safe
def document_status(request: HttpRequest, pk: int) -> HttpResponse:
    document = get_document(request.user, pk)
    context = status_context(request, document)
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "extraction/_document_status.html", context)


def status_context(request: HttpRequest, document: Document) -> dict[str, Any]:
    progress = progress_of([document])[document.pk]
    shells = page_shells(progress.parse, document.page_count) if progress.parse else []
    drawn = document.pages.exclude(thumb="").filter(number__lte=THUMBS_SHOWN).count()
    membership = get_membership(request.user, document.team)
    extractions = Extraction.objects.filter(parse__document=document, is_trial=False).select_related(
        "version__template"
    )
    context = reading_context(document, progress, shells, membership=membership, review=progress.review)
    return context | {
        "review": progress.review,
        "pages": page_places(document, shells[:THUMBS_SHOWN], {}),
        "extractions": extractions.select_related("account")[:10],
        "parses": parses_with_replies(document)[:10],
        "may_delete": may_delete(request.user, document),
        "extract_form": ExtractForm(document=document),
        "read_form": ReadForm(document=document),
        "seen": digest((context["seen"], drawn)),
    }


def is_allowed(user: User, document: Document, action: Action) -> bool:
    return document.team.memberships.get(user=user).may(action)


def may_delete(user: User, document: Document) -> bool:
    """Admins any, others what they uploaded themselves."""
    own = document.uploaded_by_id == user.pk
    return is_allowed(user, document, Action.UPLOAD if own else Action.MANAGE)


@login_required
@require_safe
def document_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The upload as it came, always as a download: nothing of it is shown as a page of ours."""
    document = get_document(request.user, pk)
    try:
        file = blob_path(document.blob).open("rb")
    except FileNotFoundError as exc:
        raise Http404 from exc
    return FileResponse(file, as_attachment=True, filename=document.name, content_type="application/octet-stream")


@login_required
@require_POST
def document_send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's answer where nobody knows whether the provider has the document."""
    document = get_document(request.user, pk, action=Action.UPLOAD)
    answer = _done(request, document, lambda: send_again(document=document, by=request.user))
    return back(request) if request.POST.get("next") else answer


@login_required
@require_POST
def document_read_again(request: HttpRequest, pk: int) -> HttpResponse:
    document = get_document(request.user, pk, action=Action.UPLOAD)
    form = ReadForm(request.POST, document=document)
    if not form.is_valid():
        messages.error(request, _("Choose a provider of your team."))
        return redirect(document)
    account = form.cleaned_data.get("parse_account")
    return _done(request, document, lambda: read_again(document=document, by=request.user, parse_account=account))


@login_required
@require_POST
def document_extract_again(request: HttpRequest, pk: int) -> HttpResponse:
    document = get_document(request.user, pk, action=Action.UPLOAD)
    form = ExtractForm(request.POST, document=document)
    if not form.is_valid():
        problem = " ".join(form.non_field_errors())
        messages.error(request, problem or _("Choose a template and a provider of your team."))
        return redirect(document)
    version, account = form.cleaned_data["template"].published, form.cleaned_data.get("extract_account")
    answer = _done(
        request,
        document,
        lambda: extract_again(document=document, version=version, by=request.user, account=account),
    )
    return back(request) if request.POST.get("next") else answer


def _done(request: HttpRequest, document: Document, work: Callable[[], object]) -> HttpResponse:
    """The document's page, which says why where the work cannot be done now."""
    try:
        work()
    except (StepNotAllowed, QuotaUsedUp) as refusal:
        messages.error(request, sentence_of(refusal.code, refusal.params))
    return redirect(document)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def document_delete(request: HttpRequest, pk: int) -> HttpResponse:
    document = get_document(request.user, pk)
    require(request.user, document.team, Action.UPLOAD if document.uploaded_by == request.user else Action.MANAGE)
    if request.method != "POST":
        return render(request, "extraction/document_delete.html", {"document": document})
    delete_document(document=document, by=request.user)
    messages.success(request, _("%(name)s is deleted.") % {"name": document.name})
    return redirect("document-list")
