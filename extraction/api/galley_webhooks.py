"""Webhooks of the key's team, and the log of what was sent to them."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from extraction.api.galley_openapi import told
from extraction.api.galley_requests import ADMIN, not_found, once, once_in_secret
from extraction.api.galley_shapes import Cursor, Limit, PublicId, RowId, cut
from extraction.api.galley_webhook_shapes import (
    DeliveryAnswer,
    DeliveryList,
    NewWebhook,
    WebhookAnswer,
    WebhookBody,
    WebhookChange,
    WebhookList,
    delivery_answer,
    webhook_columns,
)
from extraction.models import Webhook
from extraction.queries.webhooks import webhook_row, webhooks_of
from extraction.services.webhooks import change_webhook, create_webhook, delete_webhook, ping, roll_secret, send_again

router = Router(tags=["webhooks"])


def _found(request: HttpRequest, webhook_id: str) -> Webhook:
    webhook = Webhook.objects.filter(team=request.auth.team, public_id=webhook_id).first()
    if webhook is None:
        raise not_found("webhook")
    return webhook


@router.get(
    "/webhooks",
    auth=ADMIN,
    response=WebhookList,
    operation_id="listWebhooks",
    summary="List webhooks",
    openapi_extra=told(),
)
def list_webhooks(request: HttpRequest) -> WebhookList:
    """Twenty at most."""
    return WebhookList(data=[WebhookAnswer(**webhook_columns(row)) for row in webhooks_of(request.auth.team)])


@router.post(
    "/webhooks",
    auth=ADMIN,
    response={201: NewWebhook},
    operation_id="createWebhook",
    summary="Make a webhook",
    openapi_extra=told(409, 422),
)
@once_in_secret
def make_webhook(request: HttpRequest, body: WebhookBody) -> Status[NewWebhook]:
    """Its events are sent from now on."""
    by = request.auth.key.created_by
    webhook, secret = create_webhook(team=request.auth.team, url=body.url, events=body.events, by=by)
    return Status(201, NewWebhook(**webhook_columns(webhook_row(webhook)), secret=secret))


@router.get(
    "/webhooks/{webhook_id}",
    auth=ADMIN,
    response=WebhookAnswer,
    operation_id="getWebhook",
    summary="Get a webhook",
    openapi_extra=told(),
)
def get_webhook(request: HttpRequest, webhook_id: PublicId) -> WebhookAnswer:
    """Without its secret, which nobody can show again."""
    return WebhookAnswer(**webhook_columns(webhook_row(_found(request, webhook_id))))


@router.put(
    "/webhooks/{webhook_id}",
    auth=ADMIN,
    response=WebhookAnswer,
    operation_id="updateWebhook",
    summary="Change a webhook",
    openapi_extra=told(422),
)
def put_webhook(request: HttpRequest, webhook_id: PublicId, body: WebhookChange) -> WebhookAnswer:
    """What still waits for one that is switched off is not sent; it can be sent again from the log."""
    webhook = change_webhook(
        webhook=_found(request, webhook_id),
        url=body.url,
        events=body.events,
        is_active=body.active,
        by=request.auth.key.created_by,
    )
    return WebhookAnswer(**webhook_columns(webhook_row(webhook)))


@router.delete(
    "/webhooks/{webhook_id}",
    auth=ADMIN,
    response={204: None},
    operation_id="deleteWebhook",
    summary="Delete a webhook",
    openapi_extra=told(),
)
def drop_webhook(request: HttpRequest, webhook_id: PublicId) -> Status[None]:
    """With its log, and with what was still to be sent."""
    delete_webhook(webhook=_found(request, webhook_id), by=request.auth.key.created_by)
    return Status(204, None)


@router.post(
    "/webhooks/{webhook_id}/secret",
    auth=ADMIN,
    response={201: NewWebhook},
    operation_id="rollWebhookSecret",
    summary="Make a new secret",
    openapi_extra=told(),
)
@once_in_secret
def make_secret(request: HttpRequest, webhook_id: PublicId) -> Status[NewWebhook]:
    """For 24 hours the old one signs too, so that the receiver can change over."""
    webhook = _found(request, webhook_id)
    secret = roll_secret(webhook=webhook, by=request.auth.key.created_by)
    return Status(201, NewWebhook(**webhook_columns(webhook_row(webhook)), secret=secret))


@router.post(
    "/webhooks/{webhook_id}/ping",
    auth=ADMIN,
    response={202: DeliveryAnswer},
    operation_id="pingWebhook",
    summary="Send a test",
    openapi_extra=told(),
)
@once
def ping_webhook(request: HttpRequest, webhook_id: PublicId) -> Status[DeliveryAnswer]:
    """Sent once; the log tells what came of it."""
    return Status(202, delivery_answer(ping(webhook=_found(request, webhook_id))))


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    auth=ADMIN,
    response=DeliveryList,
    operation_id="listWebhookDeliveries",
    summary="List what was sent",
    openapi_extra=told(),
)
def list_deliveries(
    request: HttpRequest, webhook_id: PublicId, limit: Limit = 20, cursor: Cursor = None
) -> DeliveryList:
    """The newest first, of the last 30 days."""
    rows = _found(request, webhook_id).deliveries.order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=int(cursor))
    shown, has_more = cut(rows[: limit + 1], limit)
    return DeliveryList(
        data=[delivery_answer(row) for row in shown], next_cursor=str(shown[-1].pk) if has_more else None
    )


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/resend",
    auth=ADMIN,
    response={202: DeliveryAnswer},
    operation_id="resendWebhookDelivery",
    summary="Send an event again",
    openapi_extra=told(409),
)
@once
def resend(request: HttpRequest, webhook_id: PublicId, delivery_id: RowId) -> Status[DeliveryAnswer]:
    """Under the same event id; one that still waits is sent now."""
    delivery = _found(request, webhook_id).deliveries.filter(pk=delivery_id).first()
    if delivery is None:
        raise not_found("delivery")
    return Status(202, delivery_answer(send_again(delivery=delivery)))
