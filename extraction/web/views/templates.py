from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from extraction.choices import Action, sentence_of
from extraction.errors import GalleyError, InvalidTemplate
from extraction.models import Team, Template, TemplateVersion
from extraction.queries.templates import templates_of, versions_with_counts
from extraction.services.access import get_template, require
from extraction.services.learned_facts import learned_facts
from extraction.services.templates import (
    READY_MADE_SLUGS,
    archive_template,
    copy_of,
    create_template,
    discard_draft,
    import_template,
    latest_version,
    publish_draft,
    ready_made,
    set_default_template,
    specs_of,
    template_json,
)
from extraction.web.forms.templates import ImportForm, NewTemplateForm
from extraction.web.views.fields_of_many import again_context


def team_of(request: HttpRequest, action: Action) -> Team:
    if request.team is None:
        raise Http404
    require(request.user, request.team, action)
    return request.team


@login_required
@require_GET
def template_list(request: HttpRequest) -> HttpResponse:
    if request.team is None:
        return render(request, "extraction/no_team.html")
    context = {
        "templates": list(templates_of(request.team)),
        "archived": list(templates_of(request.team, archived=True)),
    }
    return render(request, "extraction/template_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def template_new(request: HttpRequest) -> HttpResponse:
    team = team_of(request, Action.TEMPLATES)
    own = [(str(template.pk), template.name) for template in Template.objects.filter(team=team)]
    starts = [
        (f"ready:{slug}", _("Ready-made: %(name)s") % {"name": ready_made(slug).name}) for slug in READY_MADE_SLUGS
    ]
    copies = [(pk, _("Copy of %(name)s") % {"name": name}) for pk, name in own]
    initial = {"language": team.language, "start": request.GET.get("start", "")}
    form = NewTemplateForm(request.POST or None, starts=[*starts, *copies], initial=initial)
    if request.method == "POST" and form.is_valid():
        definition = copy_of(team, form.cleaned_data["start"], form.cleaned_data["name"], form.cleaned_data["language"])
        template = create_template(team=team, definition=definition, by=request.user)
        return redirect("template-edit", template.pk)
    return render(request, "extraction/template_new.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def template_import(request: HttpRequest) -> HttpResponse:
    team = team_of(request, Action.TEMPLATES)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            template = import_template(team=team, text=form.cleaned_data["content"], by=request.user)
        except InvalidTemplate as exc:
            form.add_error(None, sentence_of(exc.code, exc.params))
        else:
            messages.success(request, _("“%(name)s” was imported as a draft.") % {"name": template.name})
            return redirect(template)
    return render(request, "extraction/template_import.html", {"form": form})


@login_required
@require_GET
def template_detail(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_template(request.user, pk)
    versions = list(versions_with_counts().filter(template=template).select_related("created_by"))
    version = _chosen(request, versions)
    context = {
        "template": template,
        "versions": versions,
        "version": version,
        "draft": next((one for one in versions if one.state == "draft"), None),
        "published": next((one for one in versions if one.state == "published"), None),
        "fields": specs_of(version) if version else (),
        "document_count": template.documents.count(),
        "learning": learned_facts(template),
        "is_default": template.team.default_template_id == template.pk,
        **again_context(request.user, template),
    }
    return render(request, "extraction/template_detail.html", context)


def _chosen(request: HttpRequest, versions: list[TemplateVersion]) -> TemplateVersion | None:
    """The version that the address names; else the newest."""
    wanted = request.GET.get("version")
    if wanted is None:
        return versions[0] if versions else None
    found = next((version for version in versions if str(version.number) == wanted), None)
    if found is None:
        raise Http404
    return found


@login_required
@require_GET
def template_export(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_template(request.user, pk)
    number = request.GET.get("version", "")
    version = latest_version(template)
    if number:
        version = get_object_or_404(template.versions, number=int(number) if number.isdecimal() else -1)
    response = JsonResponse(template_json(template, version), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = content_disposition_header(True, f"{template.slug}.json")
    return response


@login_required
@require_POST
def template_publish(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_template(request.user, pk, action=Action.TEMPLATES)
    return _done(request, template, lambda: publish_draft(template=template), _("Published. New documents use it."))


@login_required
@require_POST
def template_discard(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_template(request.user, pk, action=Action.TEMPLATES)
    answer = _done(request, template, lambda: discard_draft(template=template), _("The draft was discarded."))
    return answer if Template.objects.filter(pk=pk).exists() else redirect("template-list")


@login_required
@require_POST
def template_archive(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_template(request.user, pk, action=Action.TEMPLATES)
    archived = request.POST.get("archived") == "1"
    text = _("Archived. It is no longer offered for new documents.") if archived else _("Brought back.")
    return _done(request, template, lambda: archive_template(template=template, archived=archived), text)


@login_required
@require_POST
def template_default(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_template(request.user, pk, action=Action.TEMPLATES)
    text = _("New documents use this template unless another one is chosen.")
    return _done(request, template, lambda: set_default_template(template=template), text)


def _done(request: HttpRequest, template: Template, work: Callable[[], object], text: str) -> HttpResponse:
    try:
        work()
    except GalleyError as exc:
        messages.warning(request, sentence_of(exc.code, exc.params))
    else:
        messages.success(request, text)
    return redirect("template-detail", template.pk or 0) if template.pk else redirect("template-list")
