from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from extraction.models import Team, User, Webhook, WebhookDelivery
from extraction.queries.webhooks import webhook_row
from extraction.services.webhooks import change_webhook, signing_secrets
from tests.providers.sockets import once, reply
from tests.services.webhook_receivers import OK, Receive, deliver_all, emit_one, make_webhook, receivers, states

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture(autouse=True)
def private_addresses(settings: Settings) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True


@pytest.fixture
def receive() -> Iterator[Receive]:
    with receivers() as receive:
        yield receive


def address(name: str, webhook: Webhook, *more: int) -> str:
    return reverse(name, args=[webhook.team_id, webhook.pk, *more])


def page_of(client: Client, webhook: Webhook) -> str:
    return client.get(address("webhook-edit", webhook)).content.decode()


def test_a_new_webhook_shows_its_secret_once(as_alice: Client, alice: User, team: Team, receive: Receive) -> None:
    wire = receive()
    form = {"url": f" {wire.url} ", "events": ["review.approved", "document.read"]}

    answer = as_alice.post(reverse("webhook-add", args=[team.pk]), form)

    webhook = Webhook.objects.get()
    shown = SECRET.findall(answer.content.decode())
    assert (webhook.team, webhook.url, webhook.created_by) == (team, wire.url, alice)
    assert webhook.events == ["document.read", "review.approved"] and webhook.is_active
    assert shown == signing_secrets(webhook)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    assert not SECRET.search(page_of(as_alice, webhook))


@pytest.mark.parametrize(
    ("form", "field", "message"),
    [
        ({"url": "https://example.org"}, "events", "Choose at least one event."),
        ({"url": "http://127.0.0.1:1/", "events": ["document.read"]}, "url", "127.0.0.1 is a private address"),
        ({"url": "mailto:a@example.org", "events": ["document.read"]}, "url", "This is no address"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    as_alice: Client, team: Team, settings: Settings, form: dict[str, object], field: str, message: str
) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = False

    answer = as_alice.post(reverse("webhook-add", args=[team.pk]), form)

    assert answer.status_code == 422 and not Webhook.objects.exists()
    assert list(answer.context["form"].errors) == [field]
    assert message in answer.content.decode()


def test_the_list_tells_how_each_webhook_stands(as_alice: Client, team: Team, receive: Receive) -> None:
    page = as_alice.get(reverse("webhook-list", args=[team.pk])).content.decode()
    assert "No webhook yet" in page
    working, _ = make_webhook(team, receive())
    failing, _ = make_webhook(team, receive(once(reply(status="500 No"))))
    gone, _ = make_webhook(team, receive(once(reply(status="410 Gone"))))
    new, _ = make_webhook(team, receive())
    for webhook in (working, failing, gone):
        emit_one(webhook)
    deliver_all()

    page = as_alice.get(reverse("webhook-list", args=[team.pk])).content.decode()

    assert [webhook_row(webhook).state for webhook in (working, failing, Webhook.objects.get(pk=gone.pk), new)] == [
        "working",
        "failing",
        "off",
        "new",
    ]
    for words in ("Working", "Failing", "Switched off", "Nothing sent yet", "The receiver answered 410 (gone)"):
        assert words in page


def test_failing_is_told_until_something_is_taken(team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive(once(reply(status="500 No")), once(reply(status="500 No")), OK))
    for _ in range(2):
        emit_one(webhook)
    deliver_all()
    days_ago = timezone.now() - timedelta(days=3)
    WebhookDelivery.objects.update(created_at=days_ago)
    assert webhook_row(webhook).failing_since == days_ago

    emit_one(webhook)
    deliver_all()

    row = webhook_row(webhook)
    assert (row.state, row.failing_since, row.pending) == ("working", None, 2)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(
    as_alice: Client, team: Team, receive: Receive, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    wire = receive()
    for _ in range(count):
        emit_one(make_webhook(team, wire)[0])
    as_alice.get(reverse("webhook-list", args=[team.pk]))

    with django_assert_num_queries(9):
        as_alice.get(reverse("webhook-list", args=[team.pk]))


def test_settings_are_changed(as_alice: Client, team: Team, receive: Receive) -> None:
    webhook, secret = make_webhook(team, receive())
    other = receive()
    form = {"url": other.url, "events": ["document.failed"]}

    answer = as_alice.post(address("webhook-edit", webhook), form)

    webhook.refresh_from_db()
    assert answer.status_code == 302
    assert (webhook.url, webhook.events, webhook.is_active) == (other.url, ["document.failed"], False)
    assert signing_secrets(webhook) == [secret]


def test_a_new_secret_is_shown_once(as_alice: Client, team: Team, receive: Receive) -> None:
    webhook, old = make_webhook(team, receive())

    answer = as_alice.post(address("webhook-roll", webhook))

    webhook.refresh_from_db()
    (new,) = SECRET.findall(answer.content.decode())
    assert signing_secrets(webhook) == [new, old] and "no-store" in answer["Cache-Control"]
    assert not SECRET.search(page_of(as_alice, webhook))


def test_a_test_appears_in_the_log_and_then_its_result(as_alice: Client, team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive(once(reply(b"<b>nothing here</b>", "404 Not Found"))))
    htmx = {"hx-request": "true"}

    sent = as_alice.post(address("webhook-ping", webhook), headers=htmx).content.decode()
    seen = re.search(r"seen=(\w+)", sent)[1]
    same = as_alice.get(address("webhook-deliveries", webhook), {"seen": seen}, headers=htmx)
    deliver_all()
    result = as_alice.get(address("webhook-deliveries", webhook), {"seen": seen}, headers=htmx).content.decode()

    assert "On its way" in sent and "every 1s" in sent
    assert same.status_code == 204
    assert "HTTP 404" in result and "The receiver answered with the status 404." in result
    assert "&lt;b&gt;nothing here" in result and "every 1s" not in result


def test_an_event_is_sent_again_from_the_log(as_alice: Client, team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    delivery = emit_one(webhook)
    deliver_all()

    answer = as_alice.post(address("webhook-send-again", webhook, delivery.pk))
    deliver_all()

    assert answer.status_code == 302
    assert states(webhook) == [("document.read", "done", 0, 200)] * 2
    assert {row.event_id for row in webhook.deliveries.all()} == {delivery.event_id}


def test_nothing_is_sent_again_while_it_is_off(as_alice: Client, team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    delivery = emit_one(webhook)
    change_webhook(webhook=webhook, url=webhook.url, events=webhook.events, is_active=False, by=None)

    answer = as_alice.post(address("webhook-send-again", webhook, delivery.pk), follow=True)

    assert "This webhook is switched off." in answer.content.decode()
    assert states(webhook) == [("document.read", "cancelled", 0, None)]


def test_a_long_log_has_pages(as_alice: Client, team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    for _ in range(25):
        emit_one(webhook)

    first, second = (as_alice.get(address("webhook-edit", webhook), {"page": page}) for page in (1, 2))

    assert [len(answer.context["deliveries"]) for answer in (first, second)] == [20, 5]


def test_a_webhook_is_deleted_after_a_question(as_alice: Client, team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    emit_one(webhook)

    question = as_alice.get(address("webhook-delete", webhook)).content.decode()
    assert "1 event that is still to be taken will not be sent." in question and Webhook.objects.exists()
    answer = as_alice.post(address("webhook-delete", webhook))

    assert answer.status_code == 302
    assert not Webhook.objects.exists() and not WebhookDelivery.objects.exists()


def test_only_admins_of_the_team_see_webhooks(as_bob: Client, as_charlie: Client, team: Team, receive: Receive) -> None:
    webhook, _ = make_webhook(team, receive())
    delivery = emit_one(webhook)
    pages = [reverse("webhook-list", args=[team.pk]), reverse("webhook-add", args=[team.pk])]
    pages += [address(name, webhook) for name in ("webhook-edit", "webhook-delete", "webhook-deliveries")]
    posts = [address(name, webhook) for name in ("webhook-roll", "webhook-ping", "webhook-delete", "webhook-edit")]
    posts.append(address("webhook-send-again", webhook, delivery.pk))

    for client, status in ((as_bob, 403), (as_charlie, 404)):
        assert {client.get(page).status_code for page in pages} == {status}
        assert {client.post(post).status_code for post in posts} == {status}
    assert WebhookDelivery.objects.count() == 1


def test_a_delivery_is_reached_through_its_own_webhook(as_alice: Client, team: Team, receive: Receive) -> None:
    wire = receive()
    webhook, _ = make_webhook(team, wire)
    other, _ = make_webhook(team, wire)
    delivery = emit_one(other)

    assert as_alice.post(address("webhook-send-again", webhook, delivery.pk)).status_code == 404
