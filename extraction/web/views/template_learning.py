from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from extraction.choices import Action, sentence_of
from extraction.errors import StepNotAllowed
from extraction.services.access import get_template
from extraction.services.learning import turn_off, use_version


@login_required
@require_POST
def learned_use(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    template = get_template(request.user, pk, action=Action.TEMPLATES)
    version = get_object_or_404(template.learned, number=number)
    try:
        use_version(version)
    except StepNotAllowed as exc:
        messages.warning(request, sentence_of(exc.code, exc.params))
    else:
        messages.success(request, _("New documents are read with version %(number)s.") % {"number": number})
    return redirect(f"{template.get_absolute_url()}#template-learned")


@login_required
@require_POST
def learned_off(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_template(request.user, pk, action=Action.TEMPLATES)
    turn_off(template)
    messages.success(request, _("New documents are read without what was learned."))
    return redirect(f"{template.get_absolute_url()}#template-learned")
