"""A team's webhooks: who is told of events, whether they are taken, and what was sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from extraction.choices import Action, JobState, WebhookEvent, sentence_of
from extraction.errors import InvalidWebhook, StepNotAllowed
from extraction.models import Webhook, WebhookDelivery
from extraction.queries.webhooks import webhook_row, webhooks_of
from extraction.services.access import get_webhook
from extraction.services.webhooks import (
    MOST_WEBHOOKS,
    change_webhook,
    create_webhook,
    delete_webhook,
    ping,
    roll_secret,
    send_again,
)
from extraction.web.forms.webhooks import WebhookForm
from extraction.web.views.document_marks import digest
from extraction.web.views.teams import get_team

PER_PAGE = 20
# a try that is so near is waited for on the page
SOON = timedelta(seconds=30)


@login_required
@require_safe
def webhook_list(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_team(request.user, pk, action=Action.MANAGE)
    rows = webhooks_of(team)
    context = {"shown_team": team, "rows": rows, "is_full": len(rows) >= MOST_WEBHOOKS, "most": MOST_WEBHOOKS}
    return render(request, "extraction/webhook_list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_add(request: HttpRequest, pk: int) -> HttpResponse:
    """The secret is in this answer only, so there is no redirect."""
    team = get_team(request.user, pk, action=Action.MANAGE)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            webhook, secret = create_webhook(team=team, by=request.user, **form.cleaned_data)
            return _page(request, webhook, WebhookForm(webhook=webhook), secret=secret)
        except (InvalidWebhook, StepNotAllowed) as refusal:
            form.refuse(refusal)
    context = {"shown_team": team, "form": form}
    return render(request, "extraction/webhook_new.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_edit(request: HttpRequest, pk: int, webhook: int) -> HttpResponse:
    found = get_webhook(request.user, pk, webhook, action=Action.MANAGE)
    form = WebhookForm(request.POST or None, webhook=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_webhook(webhook=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("webhook-edit", pk, webhook)
        except InvalidWebhook as refusal:
            form.refuse(refusal)
    return _page(request, found, form)


@login_required
@never_cache
@require_POST
def webhook_roll(request: HttpRequest, pk: int, webhook: int) -> HttpResponse:
    """The secret is in this answer only, so there is no redirect."""
    found = get_webhook(request.user, pk, webhook, action=Action.MANAGE)
    secret = roll_secret(webhook=found, by=request.user)
    return _page(request, found, WebhookForm(webhook=found), secret=secret, is_rolled=True)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_delete(request: HttpRequest, pk: int, webhook: int) -> HttpResponse:
    found = get_webhook(request.user, pk, webhook, action=Action.MANAGE)
    if request.method != "POST":
        context = {"shown_team": found.team, "row": webhook_row(found)}
        return render(request, "extraction/webhook_delete.html", context)
    delete_webhook(webhook=found, by=request.user)
    messages.success(request, _("The webhook is deleted."))
    return redirect("webhook-list", pk)


@login_required
@require_POST
def webhook_ping(request: HttpRequest, pk: int, webhook: int) -> HttpResponse:
    """The remote worker sends it: the log shows what comes of it."""
    found = get_webhook(request.user, pk, webhook, action=Action.MANAGE)
    ping(webhook=found)
    return _log(request, found)


@login_required
@require_POST
def webhook_send_again(request: HttpRequest, pk: int, webhook: int, delivery: int) -> HttpResponse:
    found = get_webhook(request.user, pk, webhook, action=Action.MANAGE)
    row = get_object_or_404(found.deliveries, pk=delivery)
    try:
        send_again(delivery=row)
    except StepNotAllowed as refusal:
        messages.error(request, sentence_of(refusal.code, refusal.params))
        return redirect("webhook-edit", pk, webhook)
    return _log(request, found)


@login_required
@never_cache
@require_safe
def webhook_deliveries(request: HttpRequest, pk: int, webhook: int) -> HttpResponse:
    found = get_webhook(request.user, pk, webhook, action=Action.MANAGE)
    context = _log_context(request, found)
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "extraction/_webhook_deliveries.html", context)


def _log(request: HttpRequest, webhook: Webhook) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("webhook-edit", webhook.team_id, webhook.pk)
    return render(request, "extraction/_webhook_deliveries.html", _log_context(request, webhook))


def _log_context(request: HttpRequest, webhook: Webhook) -> dict[str, Any]:
    page = Paginator(webhook.deliveries.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page") or 1)
    rows = list(page.object_list)
    return {
        "shown_team": webhook.team,
        "webhook": webhook,
        "page": page,
        "deliveries": [(row, WebhookEvent(row.event).label) for row in rows],
        "is_moving": any(_is_near(row) for row in rows),
        "seen": digest([(row.pk, row.state, row.failures, row.wake_at) for row in rows]),
    }


def _is_near(delivery: WebhookDelivery) -> bool:
    if delivery.state == JobState.RUNNING:
        return True
    soon = timezone.now() + SOON
    return delivery.state == JobState.QUEUED and (delivery.wake_at is None or delivery.wake_at < soon)


def _page(
    request: HttpRequest, webhook: Webhook, form: WebhookForm, *, secret: str = "", is_rolled: bool = False
) -> HttpResponse:
    context = _log_context(request, webhook) | {
        "row": webhook_row(webhook),
        "form": form,
        "secret": secret,
        "is_rolled": is_rolled,
    }
    return render(request, "extraction/webhook_edit.html", context, status=422 if form.errors else 200)
