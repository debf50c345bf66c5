"""Webhooks as people look at them: whether they are taken, since when not, and what is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from extraction.choices import JOB_PENDING, JobState, WebhookEvent
from extraction.models import Team, Webhook, WebhookDelivery

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_TROUBLE = (JobState.QUEUED, JobState.RUNNING, JobState.FAILED)


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """`failing_since` is the time of the first event after the last success that was not taken at once.

    `is_gone`: its receiver answered 410, which switched it off. Tests count for none of it.
    """

    webhook: Webhook
    last_success_at: datetime | None
    failing_since: datetime | None
    pending: int
    is_gone: bool

    @property
    def state(self) -> str:
        if not self.webhook.is_active:
            return "off"
        if self.failing_since is not None:
            return "failing"
        return "working" if self.last_success_at else "new"


def webhooks_of(team: Team) -> list[WebhookRow]:
    """In the order of their making; one query."""
    return [_row(webhook) for webhook in with_state(team.webhooks.all()).order_by("pk")]


def webhook_row(webhook: Webhook) -> WebhookRow:
    return _row(with_state(Webhook.objects.all()).get(pk=webhook.pk))


def with_state(webhooks: QuerySet[Webhook]) -> QuerySet[Webhook]:
    own = WebhookDelivery.objects.filter(webhook=OuterRef("pk")).exclude(event=WebhookEvent.PING)
    taken = own.filter(state=JobState.DONE).order_by("-finished_at")
    since = Coalesce(OuterRef("last_success_at"), Value(_NEVER))
    missed = own.filter(state__in=_TROUBLE, failures__gt=0, created_at__gt=since).order_by("created_at")
    ended = own.filter(finished_at__isnull=False).order_by("-finished_at").exclude(state=JobState.CANCELLED)
    return webhooks.annotate(
        last_success_at=Subquery(taken.values("finished_at")[:1]),
        last_error=Subquery(ended.values("error_class")[:1]),
        pending=Count("deliveries", filter=Q(deliveries__state__in=JOB_PENDING)),
    ).annotate(failing_since=Subquery(missed.values("created_at")[:1]))


def _row(webhook: Webhook) -> WebhookRow:
    is_gone = not webhook.is_active and webhook.last_error == "webhook_gone"
    return WebhookRow(webhook, webhook.last_success_at, webhook.failing_since, webhook.pending, is_gone)
