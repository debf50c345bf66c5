"""Deliveries: claimed beside the calls to providers, sent, tried again for a day, and forgotten after a month."""

from __future__ import annotations

import functools
import json
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from extraction.choices import JOB_ENDED, JobState, Lane, WebhookEvent
from extraction.errors import AnswerLost, GalleyError, ProviderUnavailable
from extraction.models import Webhook, WebhookDelivery
from extraction.providers.http import Answer, retry_after
from extraction.providers.webhooks import CALL_SECONDS, WebhookSender
from extraction.services.jobs import NO_ERROR, Lease, claim, error_columns, step
from extraction.services.secrets import SecretUnreadable
from extraction.services.webhooks import drop_waiting, in_words, signing_secrets, switch_off

# between two tries, as Standard Webhooks has them; the last pause is cut at the end of the day
PAUSES_SECONDS = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
JITTER = 0.1
TRIED_FOR = timedelta(hours=24)
# a slow receiver holds so many threads of the remote worker, and all receivers together half of them
AT_ONCE_PER_WEBHOOK = 2
SHOWN_LETTERS = 500
KEPT_DAYS = 30


def claim_delivery() -> WebhookDelivery | None:
    """The delivery that has waited longest, of a webhook that is not busy; None when none is due."""
    wanted = Q(webhook__is_active=True) | Q(event=WebhookEvent.PING)
    due = WebhookDelivery.objects.due().filter(wanted, lane=Lane.REMOTE)
    if not due.exists():
        return None
    at_work = WebhookDelivery.objects.filter(state=JobState.RUNNING, lease_until__gt=timezone.now())
    busy = Counter(at_work.values_list("webhook", flat=True))
    if busy.total() >= max(1, settings.GALLEY_REMOTE_THREADS // 2):
        return None
    full = [webhook for webhook, count in busy.items() if count >= AT_ONCE_PER_WEBHOOK]
    # a new event before those that were refused already
    free = due.exclude(webhook__in=full).order_by(F("wake_at").asc(nulls_first=True), "pk")
    delivery: WebhookDelivery | None = claim(free)
    return delivery


def deliver(lease: Lease[WebhookDelivery]) -> None:
    """Send it once, and write what came of it."""
    delivery = lease.job
    webhook = Webhook.objects.get(pk=delivery.webhook_id)
    try:
        answer = _send(webhook, delivery)
    except GalleyError as exc:
        _try_later(delivery, _told(exc, webhook), {"response_status": None, "response_text": ""})
    else:
        _after_answer(webhook, delivery, answer)


@functools.cache
def _sender(allow_private: bool, call_seconds: float) -> WebhookSender:
    return WebhookSender(allow_private=allow_private, call_seconds=call_seconds)


def _send(webhook: Webhook, delivery: WebhookDelivery) -> Answer:
    sender = _sender(settings.GALLEY_ALLOW_PRIVATE_PROVIDERS, CALL_SECONDS)
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":"))
    return sender.send(webhook.url, body, event_id=delivery.event_id, secrets=signing_secrets(webhook))


def _after_answer(webhook: Webhook, delivery: WebhookDelivery, answer: Answer) -> None:
    heard = {"response_status": answer.status, "response_text": _beginning(answer.body)}
    if 200 <= answer.status < 300:
        step(delivery, JobState.DONE, **heard, **NO_ERROR)
    elif answer.status == 410:
        _give_up_webhook(webhook, delivery, heard)
    else:
        code = "webhook_redirected" if 300 <= answer.status < 400 else "webhook_answered"
        error = GalleyError(f"{webhook.host} answered {answer.status}", code=code, status=answer.status)
        _try_later(delivery, error, heard, pause=retry_after(answer.headers))


@transaction.atomic
def _give_up_webhook(webhook: Webhook, delivery: WebhookDelivery, heard: dict[str, Any]) -> None:
    error = GalleyError(f"{webhook.host} answered 410", code="webhook_gone")
    step(delivery, JobState.FAILED, failures=delivery.failures + 1, **heard, **error_columns(error))
    switch_off(webhook)


def _told(error: GalleyError, webhook: Webhook) -> GalleyError:
    """In words for who looks after the webhook."""
    params = {"host": webhook.host}
    if isinstance(error, AnswerLost):
        return GalleyError(str(error), code="webhook_silent", seconds=round(CALL_SECONDS), **params)
    if isinstance(error, ProviderUnavailable):
        return GalleyError(str(error), code="webhook_unreachable", **params)
    if isinstance(error, SecretUnreadable):
        return GalleyError(str(error), code="webhook_secret_unreadable")
    return GalleyError(str(error), code=in_words(error.code), **params | error.params)


def _try_later(
    delivery: WebhookDelivery, error: GalleyError, heard: dict[str, Any], *, pause: float | None = None
) -> None:
    failures = delivery.failures + 1
    wake_at = next_try(delivery, failures, pause)
    columns = error_columns(error) | heard | {"failures": failures}
    if wake_at is None:
        step(delivery, JobState.FAILED, **columns)
    else:
        step(delivery, JobState.QUEUED, wake_at=wake_at, **columns)


def next_try(delivery: WebhookDelivery, failures: int, pause: float | None) -> datetime | None:
    """Not before the `pause` seconds that the receiver asked for, and for the last time when the day is over."""
    now, end = timezone.now(), delivery.created_at + TRIED_FOR
    if delivery.event == WebhookEvent.PING or failures > len(PAUSES_SECONDS) or now >= end:
        return None
    seconds = PAUSES_SECONDS[failures - 1] * random.uniform(1 - JITTER, 1 + JITTER)
    return min(now + timedelta(seconds=max(seconds, min(pause or 0.0, TRIED_FOR.total_seconds()))), end)


def _beginning(body: bytes) -> str:
    """What a database can hold of it."""
    return body.decode("utf-8", errors="replace").replace("\0", "�")[:SHOWN_LETTERS]


def end_delivery_badly(delivery: WebhookDelivery, state: JobState, error: GalleyError) -> None:
    step(delivery, state, **error_columns(error))


def sweep_deliveries() -> int:
    """Forget those that ended a month ago, and end what was queued while its webhook was switched off."""
    off = WebhookDelivery.objects.filter(webhook__is_active=False).exclude(event=WebhookEvent.PING)
    drop_waiting(WebhookDelivery.objects.filter(pk__in=off.values_list("pk", flat=True)))
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    return WebhookDelivery.objects.filter(state__in=JOB_ENDED, finished_at__lt=before).delete()[0]
