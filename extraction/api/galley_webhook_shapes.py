"""The JSON of webhooks and of what was sent to them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from extraction.api.galley_shapes import Asked, Problem, Shape, Time, problem
from extraction.models import WebhookDelivery
from extraction.queries.webhooks import WebhookRow

EventWord = Literal[
    "document.read",
    "document.failed",
    "document.unfamiliar",
    "extraction.completed",
    "extraction.failed",
    "review.approved",
    "review.rejected",
]
Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=r"^https?://\S+$",
        description="Private addresses are refused unless the operator allows them.",
        examples=["https://example.org/galley"],
    ),
]
Events = Annotated[
    list[EventWord], Field(min_length=1, max_length=7, examples=[["extraction.completed", "extraction.failed"]])
]


class WebhookBody(Asked):
    url: Url
    events: Events


class WebhookChange(WebhookBody):
    active: bool = True


class WebhookAnswer(Shape):
    id: str = Field(examples=["wh_5d0c1f9e3b7a"])
    url: str = Field(examples=["https://example.org/galley"])
    events: list[str] = Field(examples=[["extraction.completed", "extraction.failed"]])
    active: bool = Field(examples=[True])
    state: Literal["new", "working", "failing", "off"] = Field(examples=["working"])
    failing_since: Time | None = Field(
        description="The first event since the last success that was not taken.", examples=[None]
    )
    last_success_at: Time | None
    pending: int = Field(description="Deliveries that are still to be taken.", examples=[0])
    created_at: Time


class NewWebhook(WebhookAnswer):
    secret: str = Field(
        description="Signs the events, as Standard Webhooks has it. Shown this once.",
        examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    )


class WebhookList(Shape):
    data: list[WebhookAnswer]


class DeliveryAnswer(Shape):
    """An event that was sent again stands in the log twice, under the same event id."""

    id: int
    event_id: str = Field(description="The header `webhook-id`.", examples=["evt_8c1d2e3f4a5b"])
    event: str = Field(examples=["extraction.completed"])
    state: Literal["queued", "running", "done", "failed", "cancelled"] = Field(examples=["done"])
    tries: int = Field(examples=[1])
    response_status: int | None = Field(description="Null where nothing came back.", examples=[200])
    response_text: str = Field(description="The beginning of the last answer.", examples=["ok"])
    error: Problem | None = Field(examples=[None])
    next_try_at: Time | None = Field(examples=[None])
    created_at: Time
    finished_at: Time | None
    payload: dict[str, Any] = Field(
        description="The body that was sent.",
        examples=[{"type": "extraction.completed", "timestamp": "2026-11-22T09:30:00.000Z", "data": {}}],
    )


class DeliveryList(Shape):
    data: list[DeliveryAnswer]
    next_cursor: str | None = Field(examples=[None])


def webhook_columns(row: WebhookRow) -> dict[str, Any]:
    webhook = row.webhook
    return {
        "id": webhook.public_id,
        "url": webhook.url,
        "events": webhook.events,
        "active": webhook.is_active,
        "state": row.state,
        "failing_since": row.failing_since,
        "last_success_at": row.last_success_at,
        "pending": row.pending,
        "created_at": webhook.created_at,
    }


def delivery_answer(row: WebhookDelivery) -> DeliveryAnswer:
    return DeliveryAnswer(
        id=row.pk,
        event_id=row.event_id,
        event=row.event,
        state=row.state,
        tries=row.tries,
        response_status=row.response_status,
        response_text=row.response_text,
        error=problem(row.error_class, row.error_params),
        next_try_at=row.wake_at if row.is_pending else None,
        created_at=row.created_at,
        finished_at=row.finished_at,
        payload=row.payload,
    )
