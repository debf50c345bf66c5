from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extraction.choices import JobState
from extraction.models.jobs import Job
from extraction.models.teams import Team


def new_webhook_id() -> str:
    return f"wh_{secrets.token_hex(12)}"


def new_event_id() -> str:
    return f"evt_{secrets.token_hex(12)}"


class Webhook(models.Model):
    """An address that is told of a team's events; `secret` signs them and is kept encrypted."""

    public_id = models.CharField(_("public id"), max_length=40, unique=True, default=new_webhook_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="webhooks", verbose_name=_("team"))
    url = models.CharField(_("address"), max_length=500)
    secret = models.TextField(_("encrypted secret"))
    events = models.JSONField(_("events"), default=list)
    is_active = models.BooleanField(_("active"), default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["team", "pk"]

    def __str__(self) -> str:
        return f"{self.public_id} · {self.host}"

    @property
    def host(self) -> str:
        """What may stand in logs: the rest of an address can hold a key."""
        return urlsplit(self.url).hostname or ""


class WebhookDelivery(Job):
    """One event on its way to one webhook; sent again with the same event id until it is taken, for 24 hours.

    `failures` counts tries, `response_status` is None where nothing came back.
    """

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    event_id = models.CharField(_("event id"), max_length=40, default=new_event_id, db_index=True)
    event = models.CharField(_("event"), max_length=40)
    payload = models.JSONField(_("content"), default=dict)
    response_status = models.PositiveSmallIntegerField(_("status of the answer"), null=True, blank=True)
    response_text = models.TextField(_("beginning of the answer"), blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="webhook_delivery_state_known")
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.webhook}"

    @property
    def tries(self) -> int:
        return self.failures + (self.state == JobState.DONE)
