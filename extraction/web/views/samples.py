"""A template from a document: which document, what it suggests, and the draft made of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from extraction.choices import Action, JobState
from extraction.models import Document
from extraction.queries.documents import documents_of
from extraction.queries.page_states import page_shells
from extraction.queries.progress import DocumentProgress, progress_of
from extraction.services.access import get_document
from extraction.services.documents import KINDS
from extraction.services.proposals import Suggested, draft_from_document, suggest_template
from extraction.web.forms.documents import ListForm, LookForm
from extraction.web.forms.proposals import Line, ProposalEditor, SampleForm, lines_of
from extraction.web.forms.templates import TemplateForm
from extraction.web.views.document_marks import digest, shown
from extraction.web.views.page_places import page_places
from extraction.web.views.templates import team_of
from extraction.web.views.upload import refuse_broken, take_file

OFFERED = 12
PAGE = "extraction/template_from_document.html"


# the token is checked by take_sample: the upload handler has to be set before anybody reads the body
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def template_sample(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    team_of(request, Action.TEMPLATES)
    if request.method != "POST":
        return _choosing(request, SampleForm())
    return refuse_broken(request) or take_sample(request)


@csrf_protect
def take_sample(request: HttpRequest) -> HttpResponse:
    """A file that the team has already is not stored again: its document is shown."""
    form = SampleForm(request.POST, request.FILES)
    if not form.is_valid():
        return _choosing(request, form, status=422)
    password = form.cleaned_data["password"]
    outcome = take_file(form.upload(), team=request.team, by=request.user, password=password)
    document = outcome.document or outcome.existing
    if document is None:
        form.add_error("password" if outcome.code.startswith("password") else "file", outcome.text)
        return _choosing(request, form, status=422)
    return redirect("template-from-document", document.pk)


def _choosing(request: HttpRequest, form: SampleForm, *, status: int = 200) -> HttpResponse:
    asked = ListForm(request.GET)
    search = asked.cleaned_data["search"] if asked.is_valid() else ""
    documents = list(documents_of(request.team, search=search)[:OFFERED])
    context = {"form": form, "documents": documents, "search": search, "endings": ",".join(KINDS)}
    return render(request, "extraction/template_sample.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def template_from_document(request: HttpRequest, pk: int) -> HttpResponse:
    document = get_document(request.user, pk, action=Action.TEMPLATES)
    progress = progress_of([document])[document.pk]
    if progress.parse is None or progress.parse.state != JobState.DONE:
        return _waiting(request, document, progress)
    if request.headers.get("HX-Target") == "sample-status":
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    if request.method == "POST":
        return _make(request, document, progress)
    suggested = suggest_template(progress.parse)
    form = TemplateForm(initial={"name": suggested.name, "language": suggested.language})
    editor = ProposalEditor.from_proposals(suggested.proposals)
    editor.show()
    lines = lines_of(suggested.proposals, editor, posted=False)
    return render(request, PAGE, _context(document, progress, suggested, lines) | {"form": form})


def _waiting(request: HttpRequest, document: Document, progress: DocumentProgress) -> HttpResponse:
    """Until it is read, or what stands against it."""
    context = {"document": document, "progress": progress, "seen": digest(shown(progress))}
    if request.headers.get("HX-Target") != "sample-status":
        return render(request, "extraction/sample_waiting.html", context)
    look = LookForm(request.GET)
    if look.is_valid() and look.cleaned_data["seen"] == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "extraction/_sample_status.html", context)


def _make(request: HttpRequest, document: Document, progress: DocumentProgress) -> HttpResponse:
    form, posted = TemplateForm(request.POST), ProposalEditor.from_post(request.POST)
    chosen = posted.chosen()
    specs = () if request.POST.get("act") == "empty" else chosen.specs()
    problem = _problem(request, specs)
    if form.is_valid() and specs is not None and not problem:
        data = form.cleaned_data
        template = draft_from_document(
            document=document, name=data["name"], language=data["language"], fields=specs, by=request.user
        )
        if specs:
            messages.success(request, _made(len(specs)))
        return redirect("template-edit", template.pk)
    posted.show_errors_of(chosen)
    suggested = suggest_template(progress.parse)
    lines = lines_of(suggested.proposals, posted, posted=True)
    context = _context(document, progress, suggested, lines) | {"form": form, "problem": problem}
    return render(request, PAGE, context, status=422)


def _problem(request: HttpRequest, specs: tuple[Any, ...] | None) -> str:
    if specs is None:
        return _("Some fields need your attention; each says what is wrong.")
    if not specs and request.POST.get("act") != "empty":
        return _("Tick at least one field, or begin with an empty template.")
    return ""


def _made(count: int) -> str:
    return ngettext(
        "A draft with %(count)s field. Publish it to read documents with it.",
        "A draft with %(count)s fields. Publish it to read documents with it.",
        count,
    ) % {"count": count}


def _context(document: Document, progress: DocumentProgress, suggested: Suggested, lines: list[Line]) -> dict[str, Any]:
    shells = [shell for shell in page_shells(progress.parse, document.page_count) if shell.number in suggested.pages]
    return {
        "document": document,
        "lines": lines,
        "likely": [line for line in lines if line.is_likely],
        "doubtful": [line for line in lines if not line.is_likely],
        "taken_count": sum(line.taken for line in lines),
        "pages": [(place, _boxes(lines, place.shell.number)) for place in page_places(document, shells, {})],
        "review": progress.review,
    }


def _boxes(lines: list[Line], number: int) -> list[dict[str, Any]]:
    """Tables first, so that nothing lies under them."""
    drawn = [
        {"line": line, "box": span.bbox, "group": group, "text": span.text}
        for line in lines
        for group, spans in (("label", [line.value.label] if line.value.label else []), ("value", line.value.spans))
        for span in spans
        if span.page == number
    ]
    return sorted(drawn, key=lambda box: not box["line"].is_table)
