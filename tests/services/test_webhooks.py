from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings
from standardwebhooks import WebhookVerificationError

from extraction.choices import JobState
from extraction.errors import Cancelled, InvalidWebhook, ReadingFailed, StepNotAllowed
from extraction.models import (
    Document,
    Extraction,
    Parse,
    Review,
    ReviewEvent,
    Team,
    Template,
    User,
    Webhook,
    WebhookDelivery,
)
from extraction.providers.embedded import EmbeddedParser
from extraction.services.corrections import confirm_value
from extraction.services.documents import delete_document, store_document
from extraction.services.extractions import start_extraction, wake_extractions
from extraction.services.reading_fields import end_extraction_badly
from extraction.services.reviews import approve_review, reject_review
from extraction.services.secrets import rotate_secrets
from extraction.services.templates import install_ready_made
from extraction.services.webhooks import (
    change_webhook,
    create_webhook,
    delete_webhook,
    ping,
    roll_secret,
    signing_secrets,
)
from tests import bad_files
from tests.factories import make_document, make_team
from tests.providers.sockets import once, reply
from tests.read_documents import make_read_document
from tests.services.remote_steps import finish
from tests.services.webhook_receivers import (
    ALL,
    Receive,
    deliver_all,
    emit_one,
    make_webhook,
    parts,
    receivers,
    verified,
)


@pytest.fixture(autouse=True)
def private_addresses(settings: Settings) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True


@pytest.fixture
def receive() -> Iterator[Receive]:
    with receivers() as receive:
        yield receive


def waiting_extraction(team: Team, **columns: Any) -> Extraction:
    install_ready_made(team)
    version = Template.objects.get(team=team, slug="receipt").published
    parse = Parse.objects.create(document=make_document(team), state=JobState.RUNNING)
    return start_extraction(parse=parse, version=version, **columns)


def end_parse(parse: Parse, state: JobState, **columns: Any) -> None:
    Parse.objects.filter(pk=parse.pk).update(state=state, **columns)
    with transaction.atomic():
        wake_extractions(parse, state)


def test_receiver_verifies_and_reads_an_event(team: Team, alice: User, receive: Receive, settings: Settings) -> None:
    settings.GALLEY_BASE_URL = "https://galley.example.org"
    wire = receive()
    webhook, secret = make_webhook(team, wire)
    make_read_document(team)
    Document.objects.update(run_id="run-7", source="api")
    review = Review.objects.get()

    reject_review(review=review, version=review.version, by=alice, reason="Not ours")
    deliver_all()

    (request,) = wire.requests
    line, headers, body = parts(request)
    event = verified(request, secret)
    document, extraction = Document.objects.get(), review.extraction
    delivery = webhook.deliveries.get()
    assert line == "POST /hook?of=galley HTTP/1.1"
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == delivery.event_id
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 5
    assert event == {
        "type": "review.rejected",
        "timestamp": event["timestamp"],
        "data": {
            "document_id": document.pk,
            "name": document.name,
            "source": "api",
            "run_id": "run-7",
            "parse_id": str(extraction.parse.public_id),
            "extraction_id": extraction.public_id,
            "template_id": extraction.version.template_id,
            "status": "rejected",
            "error": None,
            "links": {
                "document": f"https://galley.example.org/galley/v1/documents/{document.pk}",
                "page": f"https://galley.example.org/documents/{document.pk}/",
                "extraction": f"https://galley.example.org/galley/v1/extractions/{extraction.public_id}",
            },
        },
    }
    assert (delivery.state, delivery.response_status, delivery.response_text) == ("done", 200, '{"taken":true}')
    assert len(body) < 1500


def test_receiver_refuses_what_another_secret_signed_or_somebody_changed(team: Team, receive: Receive) -> None:
    wire = receive()
    webhook, secret = make_webhook(team, wire)
    _, other = make_webhook(team, wire)

    ping(webhook=webhook)
    deliver_all()

    (request,) = wire.requests
    assert verified(request, secret)["data"] == {"webhook_id": webhook.public_id}
    with pytest.raises(WebhookVerificationError):
        verified(request, other)
    with pytest.raises(WebhookVerificationError):
        verified(request.replace(b"wh_", b"xx_"), secret)


def test_the_whole_way_tells_of_each_step(team: Team, receive: Receive) -> None:
    install_ready_made(team)
    template = Template.objects.get(team=team, slug="receipt")
    wire = receive()
    _, secret = make_webhook(team, wire)
    with EmbeddedParser() as engine:
        file = ContentFile(bad_files.page_pdf(), name="letter.pdf")
        document = store_document(team=team, file=file, by=None, template=template)
        finish(engine, document)

    deliver_all()

    told = [verified(request, secret) for request in wire.requests]
    assert [(event["type"], event["data"]["status"], event["data"]["extraction_id"]) for event in told] == [
        ("document.read", "done", None),
        ("extraction.completed", "done", Extraction.objects.get().public_id),
    ]
    assert told[0]["data"]["parse_id"] == str(Parse.objects.get().public_id)


def test_a_failed_reading_fails_its_extraction_and_both_are_told(team: Team, receive: Receive) -> None:
    wire = receive()
    _, secret = make_webhook(team, wire)
    parse = waiting_extraction(team).parse

    end_parse(parse, JobState.FAILED, error_class="corrupt_file")
    deliver_all()

    told = [verified(request, secret) for request in wire.requests]
    assert [event["type"] for event in told] == ["document.failed", "extraction.failed"]
    assert [event["data"]["error"]["code"] for event in told] == ["corrupt_file"] * 2
    assert told[0]["data"]["error"]["message"].startswith("This file is damaged or cut short.")


def test_a_failed_extraction_is_told_and_a_cancelled_one_is_not(team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    extraction = waiting_extraction(team)
    running = {"state": JobState.RUNNING, "fence": 1}
    Extraction.objects.update(**running)
    extraction.refresh_from_db()

    end_extraction_badly(extraction, JobState.CANCELLED, Cancelled())
    Extraction.objects.update(**running)
    end_extraction_badly(extraction, JobState.FAILED, ReadingFailed("no"))

    assert [row.payload["type"] for row in webhook.deliveries.all()] == ["extraction.failed"]


def test_trials_tell_nothing(team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    trial = waiting_extraction(team, is_trial=True)
    Parse.objects.update(is_trial=True)

    end_parse(trial.parse, JobState.FAILED)

    assert not webhook.deliveries.exists()


def test_what_another_took_over_tells_nothing(team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    extraction = waiting_extraction(team)
    Extraction.objects.update(listed_at=None)
    Parse.objects.create(document=extraction.parse.document, state=JobState.QUEUED)

    end_parse(extraction.parse, JobState.FAILED)

    assert not webhook.deliveries.exists()


def test_only_chosen_events_of_the_own_team_are_told(team: Team, alice: User, receive: Receive) -> None:
    wire = receive()
    make_webhook(make_team("Strangers"), wire)
    make_webhook(team, wire, ["document.read"])
    off, _ = make_webhook(team, wire)
    change_webhook(webhook=off, url=off.url, events=off.events, is_active=False, by=alice)
    both = [make_webhook(team, wire)[0] for _ in range(2)]
    review = make_read_document(team)

    reject_review(review=review, version=review.version, by=alice, reason="Not ours")

    rows = WebhookDelivery.objects.order_by("pk")
    assert [row.webhook for row in rows] == both
    assert len({row.event_id for row in rows}) == 1


def test_approving_is_told(team: Team, alice: User, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    review = make_read_document(team, rows=0)
    for value in review.extraction.values.filter(row=None):
        confirm_value(review=review, value=value, by=alice, version=Review.objects.get().version)

    approve_review(review=review, version=Review.objects.get().version, by=alice, anyway=True)

    (delivery,) = webhook.deliveries.all()
    assert (delivery.event, delivery.payload["data"]["status"]) == ("review.approved", "approved")


def test_an_event_is_as_durable_as_its_change(team: Team, alice: User, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    review = make_read_document(team)

    with pytest.raises(RuntimeError), transaction.atomic():
        reject_review(review=review, version=review.version, by=alice, reason="")
        raise RuntimeError("the process dies before the commit")

    assert not webhook.deliveries.exists()
    assert Review.objects.get().state == "open"


def test_a_deleted_document_leaves_its_news(team: Team, alice: User, receive: Receive) -> None:
    wire = receive()
    _, secret = make_webhook(team, wire)
    review = make_read_document(team)
    reject_review(review=review, version=review.version, by=alice, reason="")

    delete_document(document=Document.objects.get(), by=alice)
    deliver_all()

    assert verified(wire.requests[0], secret)["type"] == "review.rejected"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:8000/", "private_address"),
        ("http://localhost/", "private_address"),
        ("https://10.1.2.3/hook", "private_address"),
        ("http://[::ffff:192.168.1.1]/", "private_address"),
        ("http://169.254.169.254/latest/meta-data", "webhook_address_refused"),
        ("ftp://example.org/", "webhook_address_invalid"),
        ("https://user:pass@example.org/", "webhook_address_invalid"),
        ("example.org/hook", "webhook_address_invalid"),
        ("", "webhook_address_invalid"),
        ("https://example.org/" + "a" * 500, "webhook_address_long"),
    ],
)
def test_addresses_that_are_refused(team: Team, settings: Settings, url: str, code: str) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = False

    with pytest.raises(InvalidWebhook) as refusal:
        create_webhook(team=team, url=url, events=ALL, by=None)

    assert refusal.value.code == code
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(("events", "code"), [([], "webhook_without_events"), (["ping"], "webhook_event_unknown")])
def test_events_that_are_refused(team: Team, receive: Receive, events: list[str], code: str) -> None:
    with pytest.raises(InvalidWebhook) as refusal:
        make_webhook(team, receive(), events)

    assert refusal.value.code == code


def test_a_team_has_so_many_webhooks(team: Team, receive: Receive) -> None:
    wire = receive()
    for _ in range(20):
        make_webhook(team, wire)

    with pytest.raises(StepNotAllowed) as refusal:
        make_webhook(team, wire)

    assert (refusal.value.code, refusal.value.params) == ("max_webhooks_reached", {"limit": 20})


def test_both_secrets_sign_for_a_day(team: Team, receive: Receive, monkeypatch: pytest.MonkeyPatch) -> None:
    wire = receive()
    webhook, old = make_webhook(team, wire)

    new = roll_secret(webhook=webhook, by=None)
    ping(webhook=webhook)
    deliver_all()

    assert new != old
    assert verified(wire.requests[0], old) == verified(wire.requests[0], new)
    webhook.refresh_from_db()
    later = timezone.now() + timedelta(hours=25)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert signing_secrets(webhook) == [new]


def test_secrets_are_kept_encrypted_and_told_to_nobody(
    team: Team, alice: User, receive: Receive, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="galley")
    wire = receive(once(reply(status="500 No")))
    webhook, secret = create_webhook(team=team, url=f"{wire.root}/in?token=hidden", events=ALL, by=alice)
    change_webhook(webhook=webhook, url=f"{wire.root}/in?token=hidden2", events=ALL[:1], is_active=True, by=alice)
    new = roll_secret(webhook=webhook, by=alice)
    delivery = emit_one(webhook)
    deliver_all()

    delivery.refresh_from_db()
    stored = Webhook.objects.get().secret
    delete_webhook(webhook=webhook, by=alice)
    assert secret.startswith("whsec_") and len(secret) == 50
    told = [caplog.text, str(list(ReviewEvent.objects.values())), delivery.error_text, stored, webhook.secret]
    assert not [hidden for hidden in (secret, new, "token=hidden") for text in told if hidden in text]


def test_secrets_are_rotated_with_the_keys(team: Team, receive: Receive, settings: Settings) -> None:
    webhook, secret = make_webhook(team, receive())
    settings.GALLEY_PROVIDER_KEY_OLD, settings.GALLEY_PROVIDER_KEY = settings.GALLEY_PROVIDER_KEY, "another key"

    assert rotate_secrets() == (1, [])

    settings.GALLEY_PROVIDER_KEY_OLD = ""
    webhook.refresh_from_db()
    assert signing_secrets(webhook) == [secret]


def test_an_unreadable_secret_waits_for_its_key(team: Team, receive: Receive, settings: Settings) -> None:
    wire = receive()
    webhook, _ = make_webhook(team, wire)
    delivery = emit_one(webhook)
    settings.GALLEY_PROVIDER_KEY = "lost"

    deliver_all()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_class, wire.requests) == ("queued", "webhook_secret_unreadable", [])
    assert rotate_secrets() == (0, [webhook])
