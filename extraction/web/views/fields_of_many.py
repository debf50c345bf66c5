"""The fields of a template's documents read again, or of chosen documents, and how far that is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from extraction.choices import Action, sentence_of
from extraction.errors import QuotaUsedUp, StepNotAllowed
from extraction.models import Template, User
from extraction.queries.fields_standing import standing_of
from extraction.services.access import get_membership, get_template, require
from extraction.services.fields_of_many import Asked, Wish, read_fields_of_chosen, read_fields_of_many
from extraction.services.routing import extraction_route
from extraction.web.forms.documents import LookForm
from extraction.web.forms.fields_of_many import AgainForm, ChosenAgainForm
from extraction.web.views.document_marks import digest

FRAGMENT = "template-again"


def again_context(user: User, template: Template) -> dict[str, Any]:
    """Nothing where the template was never published."""
    version = template.published
    if version is None:
        return {}
    standing = standing_of(version)
    return {
        "template": template,
        "newest": version,
        "standing": standing,
        "may_read_again": get_membership(user, template.team).may(Action.TEMPLATES),
        "reader": extraction_route(team=template.team, template=template).account,
        "again_seen": digest(standing),
    }


@login_required
@never_cache
@require_safe
def template_again_status(request: HttpRequest, pk: int) -> HttpResponse:
    context = again_context(request.user, get_template(request.user, pk))
    form = LookForm(request.GET)
    if not context or form.is_valid() and form.cleaned_data["seen"] == context["again_seen"]:
        return HttpResponse(status=204)
    return render(request, "extraction/_template_again.html", context)


@login_required
@require_POST
def template_again(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_template(request.user, pk, action=Action.TEMPLATES)
    form = AgainForm(request.POST)
    asked = form.cleaned_data if form.is_valid() else {}
    wish = Wish(current=asked.get("current", False), finished=asked.get("finished", False))
    try:
        said = _said(read_fields_of_many(template=template, by=request.user, wish=wish))
    except (StepNotAllowed, QuotaUsedUp) as refusal:
        said = sentence_of(refusal.code, refusal.params)
    if request.headers.get("HX-Target") == FRAGMENT:
        context = again_context(request.user, template) | {"said": said}
        return render(request, "extraction/_template_again.html", context)
    messages.info(request, said)
    return redirect(f"{template.get_absolute_url()}#{FRAGMENT}")


@login_required
@require_POST
def documents_again(request: HttpRequest) -> HttpResponse:
    """Chosen documents, each with the newest version of its template."""
    require(request.user, request.team, Action.UPLOAD)
    form = ChosenAgainForm(request.POST, team=request.team)
    if form.is_valid():
        chosen = list(form.cleaned_data["documents"])
        try:
            asked = read_fields_of_chosen(documents=chosen, by=request.user, finished=form.cleaned_data["finished"])
        except (StepNotAllowed, QuotaUsedUp) as refusal:
            messages.error(request, sentence_of(refusal.code, refusal.params))
        else:
            messages.info(request, " ".join((_said(asked), _left(len(chosen) - asked.started - asked.in_hand))).strip())
    else:
        messages.warning(request, " ".join(form.errors.get("documents", [])))
    query = form.cleaned_data.get("query", "")
    return redirect(f"{reverse('document-list')}?{query}" if query else "document-list")


def _said(asked: Asked) -> str:
    """How many documents are read again, and how many stay because of somebody's work."""
    said = []
    if asked.started:
        started = ngettext(
            "The fields of %(count)s document are read again.",
            "The fields of %(count)s documents are read again.",
            asked.started,
        )
        said.append(started % {"count": asked.started})
    if asked.in_hand:
        in_hand = ngettext(
            "%(count)s document stays as it is, since somebody works on it.",
            "%(count)s documents stay as they are, since somebody works on them.",
            asked.in_hand,
        )
        said.append(in_hand % {"count": asked.in_hand})
    return " ".join(said) or _("No document's fields are to be read again.")


def _left(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)s document stays as it is: it is finished, being read, or has no template.",
        "%(count)s documents stay as they are: they are finished, being read, or have no template.",
        count,
    ) % {"count": count}
