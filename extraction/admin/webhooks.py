from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from extraction.admin.base import LookOnlyAdmin
from extraction.errors import StepNotAllowed
from extraction.models import Webhook, WebhookDelivery
from extraction.queries.webhooks import with_state
from extraction.services.webhooks import send_again


@admin.register(Webhook)
class WebhookAdmin(LookOnlyAdmin):
    """Made and changed in the team's page, where its secret is shown once."""

    list_display = ["host", "team", "is_active", "last_success_at", "failing_since", "created_by", "created_at"]
    list_filter = ["is_active", "team"]
    list_select_related = ["team", "created_by"]
    search_fields = ["public_id", "url", "team__name"]
    date_hierarchy = "created_at"
    exclude = ["secret"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        return with_state(super().get_queryset(request))

    @admin.display(description=_("host"), ordering="url")
    def host(self, webhook: Webhook) -> str:
        return webhook.host

    @admin.display(description=_("last taken"))
    def last_success_at(self, webhook: Webhook) -> object:
        return webhook.last_success_at

    @admin.display(description=_("failing since"))
    def failing_since(self, webhook: Webhook) -> object:
        return webhook.failing_since


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(LookOnlyAdmin):
    list_display = [
        "event",
        "host",
        "team",
        "state",
        "tries",
        "response_status",
        "error_class",
        "wake_at",
        "created_at",
    ]
    list_filter = ["state", "event", "response_status", "webhook__team"]
    list_select_related = ["webhook__team"]
    search_fields = ["event_id", "webhook__public_id", "webhook__url"]
    date_hierarchy = "created_at"
    actions = ["send_again"]

    @admin.display(description=_("host"), ordering="webhook__url")
    def host(self, delivery: WebhookDelivery) -> str:
        return delivery.webhook.host

    @admin.display(description=_("team"), ordering="webhook__team")
    def team(self, delivery: WebhookDelivery) -> str:
        return str(delivery.webhook.team)

    @admin.display(description=_("tries"))
    def tries(self, delivery: WebhookDelivery) -> int:
        return delivery.tries

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("extraction.change_webhookdelivery")

    @admin.action(description=_("Send again"), permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        """Those of webhooks that are switched off are left out, and told."""
        sent, refused = 0, 0
        for delivery in queryset.order_by("pk"):
            try:
                send_again(delivery=delivery)
                sent += 1
            except StepNotAllowed:
                refused += 1
        if sent:
            text = ngettext("%(count)s event is sent again.", "%(count)s events are sent again.", sent)
            messages.success(request, text % {"count": sent})
        if refused:
            text = ngettext(
                "%(count)s event was left out: its webhook is switched off.",
                "%(count)s events were left out: their webhooks are switched off.",
                refused,
            )
            messages.warning(request, text % {"count": refused})
