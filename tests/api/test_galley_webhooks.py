from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from extraction.choices import Scope
from extraction.models import IdempotencyKey, ReviewEvent, Team, User, Webhook, WebhookDelivery
from tests.api.galley_calls import Ours, error_of, ours_of
from tests.providers.sockets import once, reply
from tests.services.webhook_receivers import Receive, deliver_all, emit_one, parts, receivers, verified


@pytest.fixture(autouse=True)
def private_addresses(settings: Settings) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True


@pytest.fixture
def receive() -> Iterator[Receive]:
    with receivers() as receive:
        yield receive


def body(url: str, **changed: Any) -> dict[str, Any]:
    return {"url": url, "events": ["review.approved", "document.read"]} | changed


def test_a_webhook_is_made_and_its_secret_shown_once(ours: Ours, receive: Receive, alice: User) -> None:
    wire = receive()

    answer = ours.call("POST", "/webhooks", body(wire.url))

    made = answer.json()
    secret = made.pop("secret")
    webhook = Webhook.objects.get()
    assert answer.status_code == 201
    assert made == {
        "id": webhook.public_id,
        "url": wire.url,
        "events": ["document.read", "review.approved"],
        "active": True,
        "state": "new",
        "failing_since": None,
        "last_success_at": None,
        "pending": 0,
        "created_at": made["created_at"],
    }
    assert webhook.created_by == alice
    assert ours.get("/webhooks").json() == {"data": [made]}
    assert ours.get(f"/webhooks/{webhook.public_id}").json() == made
    ours.call("POST", f"/webhooks/{webhook.public_id}/ping")
    deliver_all()
    assert verified(wire.requests[0], secret)["type"] == "ping"


def test_the_same_call_again_makes_no_second_webhook(ours: Ours, receive: Receive) -> None:
    wire = receive()

    first, second = (ours.call("POST", "/webhooks", body(wire.url), Idempotency_Key="one") for _ in range(2))

    assert (first.status_code, first.json()) == (201, second.json())
    assert Webhook.objects.count() == 1
    assert first.json()["secret"] not in str(IdempotencyKey.objects.get().answer)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"url": "ftp://example.org"}, "VALIDATION_ERROR"),
        ({"events": []}, "VALIDATION_ERROR"),
        ({"events": ["ping"]}, "VALIDATION_ERROR"),
        ({"secret": "whsec_mine"}, "VALIDATION_ERROR"),
        ({"url": "https://user@example.org"}, "WEBHOOK_ADDRESS_INVALID"),
        ({"url": "http://127.0.0.1/"}, "PRIVATE_ADDRESS"),
    ],
)
def test_what_is_refused(ours: Ours, settings: Settings, wrong: dict[str, Any], code: str) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = False

    answer = ours.call("POST", "/webhooks", body("https://example.org") | wrong)

    assert error_of(answer) == (422, code)
    assert not Webhook.objects.exists()


def test_a_webhook_is_changed_and_deleted(ours: Ours, receive: Receive) -> None:
    wire = receive()
    made = ours.call("POST", "/webhooks", body(wire.url)).json()
    path = f"/webhooks/{made['id']}"

    changed = ours.call("PUT", path, {"url": wire.url, "events": ["document.failed"], "active": False})
    gone = ours.call("DELETE", path)

    assert (changed.status_code, changed.json()["state"], changed.json()["events"]) == (200, "off", ["document.failed"])
    assert (gone.status_code, ours.get(path).status_code) == (204, 404)
    assert ReviewEvent.objects.filter(what="webhook_deleted").exists()


def test_a_new_secret_signs_beside_the_old_one(ours: Ours, receive: Receive) -> None:
    wire = receive()
    made = ours.call("POST", "/webhooks", body(wire.url)).json()

    new = ours.call("POST", f"/webhooks/{made['id']}/secret").json()["secret"]
    emit_one(Webhook.objects.get())
    deliver_all()

    assert new != made["secret"]
    assert verified(wire.requests[0], new) == verified(wire.requests[0], made["secret"])


def test_the_log_tells_of_tries_and_sends_again(ours: Ours, receive: Receive) -> None:
    wire = receive(once(reply(b"not now", "503 Service Unavailable")))
    made = ours.call("POST", "/webhooks", body(wire.url)).json()
    path = f"/webhooks/{made['id']}"
    for _ in range(3):
        emit_one(Webhook.objects.get())
    deliver_all()

    page = ours.get(f"{path}/deliveries", limit=2).json()
    rest = ours.get(f"{path}/deliveries", limit=2, cursor=page["next_cursor"]).json()

    shown = page["data"][0]
    stored = WebhookDelivery.objects.get(pk=shown["id"])
    assert [len(page["data"]), len(rest["data"]), rest["next_cursor"]] == [2, 1, None]
    assert (shown["state"], shown["tries"], shown["response_status"], shown["response_text"]) == (
        "queued",
        1,
        503,
        "not now",
    )
    assert shown["error"] == {"code": "webhook_answered", "message": "The receiver answered with the status 503."}
    assert shown["next_try_at"] and shown["payload"] == stored.payload
    assert ours.get(path).json()["state"] == "failing"

    again = ours.call("POST", f"{path}/deliveries/{shown['id']}/resend")
    deliver_all()

    assert (again.status_code, again.json()["event_id"]) == (202, stored.event_id)
    assert parts(wire.requests[-1])[1]["webhook-id"] == stored.event_id


def test_a_stranger_and_a_smaller_key_reach_nothing(
    ours: Ours, theirs: Ours, team: Team, alice: User, receive: Receive
) -> None:
    made = ours.call("POST", "/webhooks", body(receive().url)).json()
    delivery = emit_one(Webhook.objects.get())
    path = f"/webhooks/{made['id']}"
    calls = [
        ("GET", path, None),
        ("PUT", path, body("https://example.org")),
        ("DELETE", path, None),
        ("POST", f"{path}/secret", None),
        ("POST", f"{path}/ping", None),
        ("GET", f"{path}/deliveries", None),
        ("POST", f"{path}/deliveries/{delivery.pk}/resend", None),
    ]
    before = list(Webhook.objects.values()), list(WebhookDelivery.objects.values())
    running = ours_of(team, alice, Scope.RUN)

    assert [error_of(theirs.call(*call)) for call in calls] == [(404, "NOT_FOUND")] * len(calls)
    assert theirs.get("/webhooks").json() == {"data": []}
    assert [error_of(running.call(*call)) for call in calls] == [(403, "FORBIDDEN")] * len(calls)
    assert (list(Webhook.objects.values()), list(WebhookDelivery.objects.values())) == before
