"""A team's webhooks: made, changed and deleted; an event becomes a delivery in the transaction that changes the row."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from extraction.choices import JOB_PENDING, JobState, Lane, WebhookEvent
from extraction.errors import GalleyError, InvalidWebhook, ProviderRejected, ProviderUnavailable, StepNotAllowed
from extraction.models import ReviewEvent, Team, User, Webhook, WebhookDelivery
from extraction.models.webhooks import new_event_id
from extraction.providers.http import check_address
from extraction.services.jobs import NO_ERROR, move
from extraction.services.secrets import decrypt, encrypt
from extraction.services.teams import lock_team

PREFIX = "whsec_"
# of 24 to 64, as Standard Webhooks allows
SECRET_BYTES = 32
# a secret that was replaced goes on signing beside the new one, so that receivers can change over
OVERLAP = timedelta(hours=24)
MOST_WEBHOOKS = 20
MOST_LETTERS = 500
# those that people choose
EVENTS = tuple(event for event in WebhookEvent if event is not WebhookEvent.PING)
# errors of an address in a webhook's own words
_WORDS = {
    "address_invalid": "webhook_address_invalid",
    "address_unknown": "webhook_address_unknown",
    "address_refused": "webhook_address_refused",
    "certificate_refused": "webhook_certificate_refused",
}


@transaction.atomic
def create_webhook(*, team: Team, url: str, events: Collection[str], by: User | None) -> tuple[Webhook, str]:
    """The webhook and its secret, which is shown once. Raises InvalidWebhook, and StepNotAllowed over the limit."""
    url, chosen = checked_url(url), checked_events(events)
    lock_team(team.pk)
    if team.webhooks.count() >= MOST_WEBHOOKS:
        raise StepNotAllowed("no more webhooks", code="max_webhooks_reached", limit=MOST_WEBHOOKS)
    secret = _new_secret()
    webhook = Webhook.objects.create(team=team, url=url, events=chosen, secret=_locked(secret), created_by=by)
    _record(webhook, by, "webhook_created")
    return webhook, secret


@transaction.atomic
def change_webhook(*, webhook: Webhook, url: str, events: Collection[str], is_active: bool, by: User | None) -> Webhook:
    """What still waits for a webhook that is switched off is not sent. Raises InvalidWebhook."""
    url = checked_url(url) if url.strip() != webhook.url else webhook.url
    before = {"events": webhook.events, "is_active": webhook.is_active, "host": webhook.host}
    webhook.url, webhook.events, webhook.is_active = url, checked_events(events), is_active
    webhook.save(update_fields=["url", "events", "is_active"])
    after = {"events": webhook.events, "is_active": webhook.is_active, "host": webhook.host}
    if before != after:
        _record(webhook, by, "webhook_changed", before, after)
    if not is_active:
        drop_waiting(webhook.deliveries.all())
    return webhook


@transaction.atomic
def switch_off(webhook: Webhook) -> None:
    """Its receiver says that it is gone."""
    if Webhook.objects.filter(pk=webhook.pk, is_active=True).update(is_active=False):
        _record(webhook, None, "webhook_switched_off")
    drop_waiting(webhook.deliveries.all())


def drop_waiting(deliveries: QuerySet[WebhookDelivery]) -> None:
    """They stay in the log, from where a person can send them again."""
    move(deliveries.filter(state=JobState.QUEUED), JobState.CANCELLED, **NO_ERROR | {"error_class": "webhook_off"})


@transaction.atomic
def delete_webhook(*, webhook: Webhook, by: User | None) -> None:
    """With its log, and with what was still to be sent."""
    _record(webhook, by, "webhook_deleted")
    webhook.delete()


@transaction.atomic
def roll_secret(*, webhook: Webhook, by: User | None) -> str:
    """A new secret, shown once; the one before it signs too for a day."""
    row = Webhook.objects.select_for_update().get(pk=webhook.pk)
    secret = _new_secret()
    try:
        before = signing_secrets(row)[0]
    except GalleyError:
        before = ""
    row.secret = _locked(secret, before=before, until=timezone.now() + OVERLAP)
    row.save(update_fields=["secret"])
    _record(row, by, "webhook_secret_rolled")
    return secret


def signing_secrets(webhook: Webhook) -> Sequence[str]:
    """The present one first. Raises SecretUnreadable."""
    stored = json.loads(decrypt(webhook.secret))
    old = stored.get("before")
    is_valid = old and datetime.fromisoformat(stored["until"]) > timezone.now()
    return [stored["secret"], old] if is_valid else [stored["secret"]]


def wanting(team_id: int, event: WebhookEvent) -> list[Webhook]:
    """The team's webhooks that are to be told of it."""
    return [hook for hook in Webhook.objects.filter(team=team_id, is_active=True) if event in hook.events]


def emit(
    hooks: Collection[Webhook], event: WebhookEvent, data: dict[str, Any], *, event_id: str | None = None
) -> list[WebhookDelivery]:
    """In the transaction that changes the row, so that the event is as durable as the change."""
    event_id = event_id or new_event_id()
    now = timezone.now()
    payload = {"type": str(event), "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z", "data": data}
    return WebhookDelivery.objects.bulk_create(
        WebhookDelivery(webhook=hook, event_id=event_id, event=event, payload=payload, lane=Lane.REMOTE)
        for hook in hooks
    )


def ping(*, webhook: Webhook) -> WebhookDelivery:
    """An event that says nothing, to see whether it is taken; also to a webhook that is switched off, and only once."""
    return emit([webhook], WebhookEvent.PING, {"webhook_id": webhook.public_id})[0]


@transaction.atomic
def send_again(*, delivery: WebhookDelivery) -> WebhookDelivery:
    """Under the same event id, so that a receiver who has it knows; one that is still to be sent goes now.

    Raises StepNotAllowed while the webhook is switched off.
    """
    webhook = Webhook.objects.select_for_update().get(pk=delivery.webhook_id)
    if not webhook.is_active and delivery.event != WebhookEvent.PING:
        raise StepNotAllowed("the webhook is switched off", code="webhook_is_off")
    pending: WebhookDelivery | None = (
        webhook.deliveries.filter(event_id=delivery.event_id, state__in=JOB_PENDING).order_by("pk").last()
    )
    if pending is not None:
        webhook.deliveries.filter(pk=pending.pk, state=JobState.QUEUED).update(wake_at=None)
        return pending
    return WebhookDelivery.objects.create(
        webhook=webhook,
        event_id=delivery.event_id,
        event=delivery.event,
        payload=delivery.payload,
        lane=Lane.REMOTE,
    )


def checked_url(text: str) -> str:
    """Raises InvalidWebhook for what may not be called; who resolves names being out of order is no fault of it."""
    url = text.strip()
    if len(url) > MOST_LETTERS:
        raise InvalidWebhook(f"{len(url)} characters", code="webhook_address_long", limit=MOST_LETTERS)
    try:
        check_address(url, allow_private=settings.GALLEY_ALLOW_PRIVATE_PROVIDERS)
    except ProviderRejected as exc:
        raise InvalidWebhook(str(exc), code=in_words(exc.code), **exc.params) from exc
    except ProviderUnavailable:
        return url
    return url


def checked_events(events: Collection[str]) -> list[str]:
    """In their own order. Raises InvalidWebhook."""
    if unknown := sorted(set(events) - set(EVENTS)):
        raise InvalidWebhook(f"no such event: {unknown[0]}", code="webhook_event_unknown", event=unknown[0][:40])
    if not events:
        raise InvalidWebhook("no event", code="webhook_without_events")
    return [str(event) for event in EVENTS if event in events]


def in_words(code: str) -> str:
    """An error's code, as it is told of webhooks."""
    return _WORDS.get(code, code)


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def _locked(secret: str, *, before: str = "", until: datetime | None = None) -> str:
    stored = {"secret": secret}
    if before and until:
        stored |= {"before": before, "until": until.isoformat()}
    return encrypt(json.dumps(stored))


def _record(
    webhook: Webhook,
    by: User | None,
    what: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Never with the secret, nor with the whole address."""
    subject = str(webhook)[:255]
    ReviewEvent.objects.create(team_id=webhook.team_id, who=by, what=what, subject=subject, before=before, after=after)
