from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from extraction.choices import JobState, WebhookEvent
from extraction.errors import StepNotAllowed
from extraction.management.remote_worker import work_remotely
from extraction.models import ReviewEvent, Team, WebhookDelivery
from extraction.services import webhook_deliveries
from extraction.services.jobs import Heart, Lease
from extraction.services.remote_work import claim_due, perform_call
from extraction.services.webhook_deliveries import sweep_deliveries
from extraction.services.webhooks import change_webhook, delete_webhook, emit, ping, send_again
from extraction.services.work import perform_step
from tests.factories import make_team
from tests.providers.sockets import Wire, hang_up, once, read_request, reply
from tests.services.webhook_receivers import (
    ALL,
    OK,
    Receive,
    deliver_all,
    deliver_once,
    emit_one,
    make_webhook,
    parts,
    pass_time,
    receivers,
    states,
    verified,
)


@pytest.fixture(autouse=True)
def private_addresses(settings: Settings) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True


@pytest.fixture
def receive() -> Iterator[Receive]:
    with receivers() as receive:
        yield receive


def test_refusals_are_tried_again_for_a_day_and_then_no_more(team: Team, receive: Receive) -> None:
    wire = receive(once(reply(b"broken\0 \xff" + b"x" * 5000, "500 Internal Server Error")))
    webhook, _ = make_webhook(team, wire)
    delivery = emit_one(webhook)
    pauses = []

    while deliver_once():
        delivery.refresh_from_db()
        if delivery.wake_at is not None:
            pauses.append((delivery.wake_at - timezone.now()).total_seconds())
            pass_time(seconds=pauses[-1])

    expected = [5, 300, 1800, 7200, 18000, 36000]
    assert all(abs(pause - wanted) <= 0.1 * wanted + 1 for pause, wanted in zip(pauses, expected, strict=False))
    assert (len(pauses), sum(pauses)) == (7, pytest.approx(24 * 3600, abs=60))
    assert states(webhook) == [("document.read", "failed", 8, 500)]
    assert (delivery.error_class, delivery.error_params) == ("webhook_answered", {"status": 500})
    assert delivery.response_text == "broken� �" + "x" * 491
    assert {parts(request)[1]["webhook-id"] for request in wire.requests} == {delivery.event_id}
    assert (len(wire.requests), len({parts(request)[2] for request in wire.requests})) == (8, 1)


def test_a_receiver_that_is_back_gets_what_it_missed(team: Team, receive: Receive) -> None:
    wire = receive(hang_up, once(reply(status="503 Service Unavailable")), OK)
    webhook, secret = make_webhook(team, wire)
    delivery = emit_one(webhook)

    for _ in range(3):
        deliver_all()
        pass_time(minutes=6)

    delivery.refresh_from_db()
    assert states(webhook) == [("document.read", "done", 2, 200)]
    assert delivery.error_class == ""
    assert verified(wire.requests[-1], secret)["type"] == "document.read"


def test_each_try_is_signed_at_its_own_time(team: Team, receive: Receive) -> None:
    wire = receive(once(reply(status="500 No")), OK)
    webhook, _ = make_webhook(team, wire)
    emit_one(webhook)

    deliver_all()
    time.sleep(1.1)
    pass_time(minutes=1)
    deliver_all()

    first, second = (parts(request)[1] for request in wire.requests)
    assert int(second["webhook-timestamp"]) > int(first["webhook-timestamp"])
    assert second["webhook-signature"] != first["webhook-signature"]


@pytest.mark.parametrize(("asked", "seconds"), [("7200", 7200), ("1", 5), ("999999", 24 * 3600), ("soon", 5)])
def test_receiver_says_when_to_come_back(team: Team, receive: Receive, asked: str, seconds: float) -> None:
    webhook, _ = make_webhook(team, receive(once(reply(status="429 Too Many Requests", Retry_After=asked))))
    delivery = emit_one(webhook)

    deliver_all()

    delivery.refresh_from_db()
    assert (delivery.wake_at - timezone.now()).total_seconds() == pytest.approx(seconds, abs=2)


def test_gone_switches_the_webhook_off_and_ends_what_waits(team: Team, receive: Receive) -> None:
    wire = receive(once(reply(status="410 Gone")))
    webhook, _ = make_webhook(team, wire)
    other, _ = make_webhook(team, wire)
    emit([webhook, webhook, other], WebhookEvent.DOCUMENT_READ, {})

    deliver_once()

    webhook.refresh_from_db()
    assert not webhook.is_active
    assert states(webhook) == [("document.read", "failed", 1, 410), ("document.read", "cancelled", 0, None)]
    assert states(other) == [("document.read", "queued", 0, None)]
    assert ReviewEvent.objects.filter(what="webhook_switched_off", team=team).count() == 1


def test_redirects_are_not_followed(team: Team, receive: Receive) -> None:
    other = receive()
    webhook, _ = make_webhook(team, receive(once(reply(status="302 Found", Location=f"{other.root}/stolen"))))
    delivery = emit_one(webhook)

    deliver_all()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_class, other.requests) == ("queued", "webhook_redirected", [])


def dripping(start: bytes, drops: bytes = b"X-A: b\r\n") -> Callable[[Wire, socket.socket], None]:
    def script(wire: Wire, client: socket.socket) -> None:
        wire.requests.append(read_request(client))
        client.sendall(start)
        for _ in range(40):
            client.sendall(drops)
            time.sleep(0.1)

    return script


def test_an_answer_that_drips_in_is_cut(team: Team, receive: Receive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_deliveries, "CALL_SECONDS", 0.6)
    head, _ = make_webhook(team, receive(dripping(b"HTTP/1.1 200 OK\r\n")))
    body, _ = make_webhook(team, receive(dripping(reply(b"a" * 100)[:-100], b"ab")))
    emit([head, body], WebhookEvent.DOCUMENT_READ, {})

    started = time.monotonic()
    deliver_once()
    deliver_once()

    assert time.monotonic() - started < 3
    assert states(head) == [("document.read", "queued", 1, None)]
    assert head.deliveries.get().error_class == "webhook_silent"
    # its status says that it has the event
    assert states(body) == [("document.read", "done", 0, 200)]


def test_a_large_answer_counts_by_its_status(team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive(once(reply(b"x" * 3_000_000))))
    emit_one(webhook)

    deliver_all()

    assert states(webhook) == [("document.read", "done", 0, 200)]


def test_slow_receivers_hold_few_threads_and_others_go_on(team: Team, receive: Receive, settings: Settings) -> None:
    settings.GALLEY_REMOTE_THREADS = 16
    slow, _ = make_webhook(team, receive())
    quick, _ = make_webhook(team, receive())
    emit([slow] * 5 + [quick], WebhookEvent.DOCUMENT_READ, {})

    claimed = [claim_due() for _ in range(4)]

    assert [job and job.webhook for job in claimed] == [slow, slow, quick, None]
    assert slow.deliveries.filter(state=JobState.QUEUED).count() == 3


def test_receivers_leave_half_of_the_threads_to_providers(team: Team, receive: Receive, settings: Settings) -> None:
    settings.GALLEY_REMOTE_THREADS = 4
    wire = receive()
    emit([make_webhook(team, wire)[0] for _ in range(3)], WebhookEvent.DOCUMENT_READ, {})

    claimed = [claim_due() for _ in range(3)]

    assert [job is None for job in claimed] == [False, False, True]


def test_an_address_that_turns_private_is_not_called(team: Team, receive: Receive, settings: Settings) -> None:
    wire = receive()
    webhook, _ = make_webhook(team, wire)
    delivery = emit_one(webhook)
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = False

    deliver_all()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_class, wire.connections) == ("queued", "private_address", 0)


def test_a_worker_that_died_with_a_delivery_loses_none(team: Team, receive: Receive) -> None:
    wire = receive()
    webhook, secret = make_webhook(team, wire)
    emit_one(webhook)
    claim_due()
    WebhookDelivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    deliver_all()

    assert states(webhook) == [("document.read", "done", 1, 200)]
    assert verified(wire.requests[0], secret)["type"] == "document.read"


def test_a_stalled_worker_does_not_overwrite_its_successor(team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive(once(reply(status="500 No")), OK))
    emit_one(webhook)
    stalled = claim_due()
    WebhookDelivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    successor = claim_due()

    for job in (stalled, successor):
        perform_call(Lease(job), admitted=lambda: None)

    assert states(webhook) == [("document.read", "done", 1, 200)]


def test_the_log_does_not_tell_an_address_that_may_hold_a_key(
    team: Team, receive: Receive, caplog: pytest.LogCaptureFixture
) -> None:
    webhook, _ = make_webhook(team, receive())
    delivery = emit_one(webhook)

    def broken() -> None:
        raise AssertionError

    perform_step(Lease(claim_due()), broken)

    assert f"{delivery.event} · {webhook.public_id} · localhost" in caplog.text
    assert "of=galley" not in caplog.text


def test_a_deleted_webhook_ends_what_is_on_its_way(team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    emit_one(webhook)
    job = claim_due()

    delete_webhook(webhook=webhook, by=None)
    perform_call(Lease(job), admitted=lambda: None)

    assert not WebhookDelivery.objects.exists()


def test_sending_again_keeps_the_event_id(team: Team, receive: Receive) -> None:
    wire = receive()
    webhook, secret = make_webhook(team, wire)
    first = emit_one(webhook)
    deliver_all()

    again = send_again(delivery=first)
    deliver_all()

    assert again.pk != first.pk
    assert [parts(request)[1]["webhook-id"] for request in wire.requests] == [first.event_id] * 2
    assert verified(wire.requests[0], secret) == verified(wire.requests[1], secret)


def test_sending_again_what_still_waits_sends_it_now(team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive(once(reply(status="500 No")), OK))
    delivery = emit_one(webhook)
    deliver_all()

    assert send_again(delivery=delivery) == delivery
    deliver_all()

    assert states(webhook) == [("document.read", "done", 1, 200)]


def test_nothing_goes_to_a_webhook_that_is_off_but_a_test(team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    delivery = emit_one(webhook)

    change_webhook(webhook=webhook, url=webhook.url, events=ALL, is_active=False, by=None)
    late = emit_one(webhook)
    ping(webhook=webhook)
    deliver_all()

    assert states(webhook) == [
        ("document.read", "cancelled", 0, None),
        ("document.read", "queued", 0, None),
        ("ping", "done", 0, 200),
    ]
    with pytest.raises(StepNotAllowed):
        send_again(delivery=delivery)
    sweep_deliveries()
    late.refresh_from_db()
    assert (late.state, late.error_class) == ("cancelled", "webhook_off")


def test_a_test_is_sent_once(team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive(once(reply(status="500 No"))))
    ping(webhook=webhook)

    deliver_all()

    assert states(webhook) == [("ping", "failed", 1, 500)]


def test_old_deliveries_are_forgotten(team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    old, young, pending = (emit_one(webhook) for _ in range(3))
    for row, days in ((old, 31), (young, 29)):
        ended = {"state": JobState.DONE, "finished_at": timezone.now() - timedelta(days=days)}
        WebhookDelivery.objects.filter(pk=row.pk).update(**ended)

    assert sweep_deliveries() == 1
    assert list(webhook.deliveries.order_by("pk")) == [young, pending]


@contextmanager
def remote_worker() -> Iterator[None]:
    stop, heart = threading.Event(), Heart()

    def work() -> None:
        try:
            work_remotely(stop=stop, heart=heart)
        finally:
            connection.close()

    heart.start()
    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()
        heart.end()


@pytest.mark.django_db(transaction=True)
def test_the_remote_worker_delivers(receive: Receive) -> None:
    wire = receive()
    webhook, _ = make_webhook(make_team(), wire)
    emit([webhook] * 12, WebhookEvent.DOCUMENT_READ, {"document_id": 1})

    with remote_worker():
        deadline = time.monotonic() + 10
        while webhook.deliveries.exclude(state=JobState.DONE).exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    assert {row.state for row in webhook.deliveries.all()} == {JobState.DONE}
    assert len(wire.requests) == 12
