"""Keys to a team's HTTP interfaces, and what the team used."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from extraction.addresses import base_url
from extraction.choices import Action, sentence_of
from extraction.errors import StepNotAllowed
from extraction.models import ApiKey, Team
from extraction.queries.usage import months_before, usage_by_month
from extraction.services.access import get_membership
from extraction.services.keys import MOST_ACTIVE, create_key, expiry_of, revoke_key
from extraction.services.usage import month_of, next_month
from extraction.web.charts import month_chart
from extraction.web.forms.keys import KeyForm
from extraction.web.views.teams import get_team

MONTHS_SHOWN = 12


@login_required
@never_cache
@require_safe
def key_list(request: HttpRequest, pk: int) -> HttpResponse:
    return keys_page(request, get_team(request.user, pk, action=Action.MANAGE), KeyForm())


@login_required
@never_cache
@require_POST
def key_create(request: HttpRequest, pk: int) -> HttpResponse:
    """The key is in this answer only, so there is no redirect."""
    team = get_team(request.user, pk, action=Action.MANAGE)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return keys_page(request, team, form)
    asked = form.cleaned_data
    try:
        row, key = create_key(
            team=team,
            name=asked["name"],
            scopes=[asked["scope"]],
            by=request.user,
            expires_at=expiry_of(asked["expires"]),
        )
    except StepNotAllowed as refusal:
        form.add_error(None, sentence_of(refusal.code, refusal.params))
        return keys_page(request, team, form)
    return keys_page(request, team, KeyForm(), row=row, key=key)


@login_required
@require_POST
def key_revoke(request: HttpRequest, pk: int, key: int) -> HttpResponse:
    team = get_team(request.user, pk, action=Action.MANAGE)
    row = get_object_or_404(ApiKey, team=team, pk=key)
    revoke_key(key=row, by=request.user)
    messages.success(request, _("%(name)s is revoked: it opens nothing any more.") % {"name": row.name})
    return redirect("key-list", pk)


def keys_page(
    request: HttpRequest, team: Team, form: KeyForm, *, row: ApiKey | None = None, key: str = ""
) -> HttpResponse:
    rows = ApiKey.objects.active().filter(team=team).select_related("created_by").order_by("-created_at", "-pk")
    context = {
        "shown_team": team,
        "form": form,
        "keys": rows,
        "is_full": len(rows) >= MOST_ACTIVE,
        "most": MOST_ACTIVE,
        "new_row": row,
        "new_key": key,
        "base_url": base_url(request),
    }
    return render(request, "extraction/key_list.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def team_usage(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_team(request.user, pk)
    rows = usage_by_month(team, months_before(month_of(), MONTHS_SHOWN))
    context = {
        "shown_team": team,
        "rows": rows[::-1],
        "now": rows[-1],
        "chart": month_chart([(row.month, row.pages) for row in rows]),
        "next_month": next_month(),
        "manages": get_membership(request.user, team).may(Action.MANAGE),
    }
    return render(request, "extraction/team_usage.html", context)
