"""Who reads and extracts a template's documents, and what DocMap calls its fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from extraction.choices import Action, Provider, sentence_of
from extraction.errors import GalleyError
from extraction.models import Template
from extraction.services.access import get_template
from extraction.services.accounts import embedded_account
from extraction.services.discovery import discover_templates
from extraction.services.provider_choices import provider_choice, save_provider_choice
from extraction.services.templates import latest_version, specs_of
from extraction.types import FieldSpec
from extraction.web.forms.providers import DiscoverForm, ProviderChoiceForm, matched_names


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def template_providers(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_template(request.user, pk, action=Action.TEMPLATES)
    embedded_account(template.team)
    form = _form(template, request.POST or None)
    if request.method == "POST" and form.is_valid():
        save_provider_choice(choice=form.chosen, by=request.user)
        messages.success(request, _("Saved. New documents of this template go this way."))
        return redirect("template-providers", pk)
    return render(
        request, "extraction/template_providers.html", _context(template, form), status=422 if form.errors else 200
    )


def _form(template: Template, data: Any, **more: Any) -> ProviderChoiceForm:
    return ProviderChoiceForm(data, instance=provider_choice(template), fields_of=_fields(template), **more)


def _fields(template: Template) -> Sequence[FieldSpec]:
    version = latest_version(template)
    return specs_of(version) if version else ()


def _context(template: Template, form: ProviderChoiceForm) -> dict[str, Any]:
    return {
        "template": template,
        "form": form,
        "has_accounts": template.team.accounts.exclude(provider=Provider.EMBEDDED).exists(),
    }


@login_required
@require_POST
def template_discover(request: HttpRequest, pk: int) -> HttpResponse:
    """DocMap's templates by its history; of a picked one the names are laid beside our fields. Nothing is saved."""
    template = get_template(request.user, pk, action=Action.TEMPLATES)
    asked = DiscoverForm(request.POST, team=template.team)
    asked.is_valid()
    found = _discovered(asked)
    fields = _fields(template)
    picked = next((one for one in found.get("found", ()) if one.id == asked.cleaned_data.get("pick")), None)
    initial = {name: request.POST.get(name, "") for name in _form(template, None).fields}
    if picked is not None:
        theirs = [variable.name for variable in picked.variables]
        matched = matched_names(fields, theirs)
        initial |= {"docmap_template": picked.id}
        initial |= {f"key-{number}": matched.get(spec.name, "") for number, spec in enumerate(fields)}
        found |= {"theirs": theirs, "beyond": [name for name in theirs if name not in matched.values()]}
    context = _context(template, _form(template, None, initial=initial)) | found | {"picked": picked}
    is_part = request.headers.get("HX-Request")
    return render(
        request, "extraction/_template_docmap.html" if is_part else "extraction/template_providers.html", context
    )


def _discovered(asked: DiscoverForm) -> dict[str, Any]:
    account = asked.account
    if account is None:
        return {"problem": _("Your team has no DocMap account yet.")}
    try:
        return {"found": discover_templates(account), "looked": True}
    except GalleyError as exc:
        return {"problem": sentence_of(exc.code, exc.params)}
