"""The editor: adding, removing and moving a field posts the whole form, which comes back in its new order."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from extraction.choices import Action
from extraction.models import Template
from extraction.services.access import get_template
from extraction.services.templates import latest_version, publish_draft, save_draft, specs_of, template_json
from extraction.types import FieldSpec
from extraction.web.forms.template_editor import TemplateEditor
from extraction.web.forms.templates import EditorForm

_ABOUT = ("name", "language", "date_order", "decimal_mark")


@login_required
@require_http_methods(["GET", "POST"])
def template_edit(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_template(request.user, pk, action=Action.TEMPLATES)
    if request.method == "GET":
        return _shown(request, template, EditorForm(initial=_about(template)), _saved_editor(template).show())
    form, editor = EditorForm(request.POST), TemplateEditor.from_post(request.POST)
    act = request.POST.get("act", "save")
    if act not in ("save", "publish"):
        focus = editor.act(act)
        about: dict[str, Any] = {name: request.POST.get(name, "") for name in _ABOUT}
        about["name_checks"] = "name_checks" in request.POST
        seen = request.POST.get("seen", "")
        return _shown(request, template, EditorForm(initial=about), editor.show(), focus=focus, seen=seen)
    return _save(request, template, form, editor, publish=act == "publish")


def _save(
    request: HttpRequest, template: Template, form: EditorForm, editor: TemplateEditor, *, publish: bool
) -> HttpResponse:
    specs = editor.specs()
    problem = _problem(request, template, specs)
    if not form.is_valid() or specs is None or problem:
        return _shown(request, template, form, editor, problem=problem, status=422)
    data = form.cleaned_data
    save_draft(
        template=template,
        name=data["name"],
        language=data["language"],
        fields=specs,
        by=request.user,
        notation=form.notation(),
        name_checks=data["name_checks"],
    )
    if publish:
        publish_draft(template=template)
    messages.success(request, _("Published. New documents use it.") if publish else _("The draft was saved."))
    response = redirect(template)
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = template.get_absolute_url()
    return response


def _problem(request: HttpRequest, template: Template, specs: tuple[FieldSpec, ...] | None) -> str:
    """What stands against saving besides the fields' own errors; empty when nothing does."""
    if specs is None:
        return _("Some fields need your attention; each says what is wrong.")
    if not specs:
        return _("The template needs at least one field.")
    if request.POST.get("seen") != _digest(template):
        return _("Somebody else changed this template in the meantime. Save again to put yours in its place.")
    return ""


def _saved_editor(template: Template) -> TemplateEditor:
    version = latest_version(template)
    return TemplateEditor.from_specs(specs_of(version) if version else ())


def _about(template: Template) -> dict[str, Any]:
    version = latest_version(template)
    if version is None:
        return {"name": template.name, "language": template.language, "name_checks": True}
    ways = {name: getattr(version, name) for name in ("date_order", "decimal_mark", "name_checks")}
    return {"name": template.name, "language": template.language} | ways


def _digest(template: Template) -> str:
    """Changes with anything that a save would overwrite."""
    data = json.dumps(template_json(template, latest_version(template)), sort_keys=True)
    return hashlib.sha256(data.encode()).hexdigest()[:24]


def _shown(
    request: HttpRequest,
    template: Template,
    form: EditorForm,
    editor: TemplateEditor,
    *,
    focus: str = "",
    seen: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    editor.look_up(form["language"].value() or "en")
    context: dict[str, Any] = {
        "template": template,
        "form": form,
        "editor": editor,
        "focus": focus,
        "problem": problem,
        "seen": seen or _digest(template),
        "version": latest_version(template),
    }
    name = "extraction/_template_editor.html" if request.htmx else "extraction/template_edit.html"
    return render(request, name, context, status=200 if request.htmx else status)
