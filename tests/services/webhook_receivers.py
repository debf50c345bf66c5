"""Receivers on real sockets, and a worker's deliveries to them one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any, Protocol

from standardwebhooks import Webhook as Verifier

from extraction.choices import WebhookEvent
from extraction.models import Team, Webhook, WebhookDelivery
from extraction.services.jobs import Lease
from extraction.services.remote_work import claim_due, perform_call
from extraction.services.webhooks import EVENTS, create_webhook, emit
from tests.providers.sockets import Script, Wire, once, reply, serving

ALL = [str(event) for event in EVENTS]
OK = once(reply(b'{"taken":true}'))


class Receive(Protocol):
    def __call__(self, *scripts: Script) -> Wire: ...


@contextmanager
def receivers() -> Iterator[Receive]:
    """`receive(script, …)` starts a receiver, whose last script goes on for ever; without any it takes everything."""
    with ExitStack() as stack:
        yield lambda *scripts: stack.enter_context(serving(*(scripts or (OK,))))


def make_webhook(team: Team, wire: Wire, events: list[str] = ALL) -> tuple[Webhook, str]:
    return create_webhook(team=team, url=f"{wire.root}/hook?of=galley", events=events, by=None)


def emit_one(webhook: Webhook) -> WebhookDelivery:
    return emit([webhook], WebhookEvent.DOCUMENT_READ, {"document_id": 1})[0]


def deliver_once() -> bool:
    """Claim what is due and take its step; False when nothing is due."""
    job = claim_due()
    if job is not None:
        perform_call(Lease(job), admitted=lambda: None)
    return job is not None


def deliver_all() -> None:
    while deliver_once():
        pass


def pass_time(**span: float) -> None:
    """As if so much time had passed for every delivery."""
    for row in WebhookDelivery.objects.all():
        row.created_at -= timedelta(**span)
        row.wake_at = row.wake_at and row.wake_at - timedelta(**span)
        row.save(update_fields=["created_at", "wake_at"])


def parts(request: bytes) -> tuple[str, dict[str, str], str]:
    """First line, headers by their names in small letters, and body."""
    head, _, body = request.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    return line, {name.lower(): value for name, value in (text.split(": ", 1) for text in lines)}, body.decode()


def verified(request: bytes, secret: str) -> dict[str, Any]:
    """The event, as a receiver's library has it. Raises WebhookVerificationError."""
    _, headers, body = parts(request)
    return Verifier(secret).verify(body, headers)


def states(webhook: Webhook) -> list[tuple[str, str, int, int | None]]:
    """Event, state, failed tries and status of the answer."""
    rows = webhook.deliveries.order_by("pk")
    return [(row.event, row.state, row.failures, row.response_status) for row in rows]
