"""Every URL is asked for by a stranger to the team and by nobody at all; a new URL has to be added here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from extraction.choices import JobState, Lane, Role, VersionState
from extraction.models import (
    ApiKey,
    Document,
    Extraction,
    LearnedVersion,
    Membership,
    Page,
    Parse,
    ParsedPage,
    ProviderAccount,
    Review,
    Team,
    Template,
    TemplateVersion,
    User,
    Webhook,
    WebhookDelivery,
)
from extraction.services.keys import create_key
from extraction.services.secrets import encrypt
from tests.factories import make_document, make_user

NAME = "secret-of-alice.pdf"
# pages without an object in their address; what they show belongs to the person's own team
WITHOUT_OBJECT = {
    "home",
    "password-change",
    "preferences",
    "theme",
    "team-switch",
    "dashboard",
    "review-list",
    "review-assign",
    "review-next",
    "upload",
    "upload-status",
    "upload-clear",
    "document-list",
    "documents-again",
    "template-list",
    "template-new",
    "template-import",
    "template-sample",
}
WITHOUT_SIGN_IN = {"sign-in", "sign-out", "language", "api-docs"}
DOCUMENT = {
    "document-detail",
    "document-status",
    "document-file",
    "document-markdown",
    "document-cancel",
    "document-send-again",
    "document-read-again",
    "document-extract-again",
    "document-delete",
    "document-review",
    "document-read-page",
    "document-review-status",
    "document-compare",
    "template-from-document",
    "compare-start",
    "compare-trials",
    "compare-place",
}
REVIEW = {
    "review-detail",
    "review-save",
    "review-lock",
    "review-fields-again",
    "review-take-over",
    "review-history",
    "review-approve",
    "review-reject",
    "review-postpone",
    "review-escalate",
    "review-reopen",
}
TRIAL = {"compare-use", "compare-discard"}
READING = {"review-page", "review-page-text", "review-words", "review-region"}
TEMPLATE = {
    "template-detail",
    "template-edit",
    "template-export",
    "template-publish",
    "template-discard",
    "template-archive",
    "template-default",
    "template-learned-off",
    "template-again",
    "template-again-status",
    "template-providers",
    "template-discover",
}
TEAM = {
    "team-detail",
    "team-settings",
    "member-add",
    "account-list",
    "account-new",
    "key-list",
    "key-create",
    "team-usage",
    "webhook-list",
    "webhook-add",
}
ACCOUNT = {"account-edit", "account-test", "account-pause", "account-resume", "account-delete"}
KEY = {"key-revoke"}
WEBHOOK = {
    "webhook-edit",
    "webhook-roll",
    "webhook-ping",
    "webhook-delete",
    "webhook-deliveries",
}
MEMBER = {"member-role", "member-remove"}


@dataclass(frozen=True, slots=True)
class World:
    """What alice's team has."""

    team: Team
    member: Membership
    document: Document
    parse: Parse
    template: Template
    review: Review
    account: ProviderAccount
    key: ApiKey
    delivery: WebhookDelivery
    trial: Extraction

    def arguments(self, name: str) -> list[dict[str, Any]]:
        """Every way to fill the address of that name; empty for a name that nobody has added."""
        groups: list[tuple[set[str], dict[str, Any]]] = [
            (WITHOUT_OBJECT | WITHOUT_SIGN_IN, {}),
            (DOCUMENT, {"pk": self.document.pk}),
            (REVIEW, {"pk": self.review.pk}),
            (TRIAL, {"pk": self.document.pk, "trial": self.trial.pk}),
            (READING, {"parse": self.parse.pk, "number": 1}),
            (TEMPLATE, {"pk": self.template.pk}),
            (TEAM, {"pk": self.team.pk}),
            (KEY, {"pk": self.team.pk, "key": self.key.pk}),
            (WEBHOOK, {"pk": self.team.pk, "webhook": self.delivery.webhook_id}),
            (MEMBER, {"pk": self.team.pk, "member": self.member.pk}),
            (ACCOUNT, {"pk": self.team.pk, "account": self.account.pk}),
            ({"page-read-again"}, {"pk": self.document.pk, "number": 1}),
        ]
        many = {
            "page-image": [{"pk": self.document.pk, "number": 1, "size": size} for size in ("thumb", "image", "large")],
            "document-export": [{"pk": self.document.pk, "format": kind} for kind in ("json", "csv", "xlsx")],
            "parse-reply": [{"pk": self.document.pk, "parse": self.parse.pk}],
            "extraction-reply": [{"pk": self.document.pk, "extraction": self.review.extraction_id}],
            "block-picture": [{"pk": self.document.pk, "page": self.parse.pages.get(number=1).pk, "idx": 0}],
            "document-picture": [{"pk": self.document.pk, "digest": "0" * 64}],
            "account-add": [{"pk": self.team.pk, "provider": kind} for kind in ("somark", "docmap", "chat")],
            "webhook-send-again": [
                {"pk": self.team.pk, "webhook": self.delivery.webhook_id, "delivery": self.delivery.pk}
            ],
            "template-learned-use": [{"pk": self.template.pk, "number": 1}],
            "export-list": [{"format": kind} for kind in ("json", "csv", "xlsx")],
        }
        return many.get(name) or [arguments for names, arguments in groups if name in names]

    def body(self) -> dict[str, Any]:
        """What a stranger would put into a form to reach alice's objects."""
        return {
            "team": self.team.slug,
            "document": self.document.pk,
            "documents": [self.document.pk],
            "review": self.review.pk,
            "reviews": [self.review.pk],
            "template": self.template.pk,
            "role": Role.READER,
            "email": "charlie@example.org",
            "name": "taken over",
        }

    def as_stored(self) -> list[Any]:
        """Every row that a stranger could have changed."""
        tables = (Team, Membership, Document, Parse, ParsedPage, Page, Template, TemplateVersion, Extraction, Review)
        tables = (*tables, LearnedVersion, ProviderAccount, ApiKey, Webhook, WebhookDelivery)
        own = {Team: {"pk": self.team.pk}, Membership: {"team": self.team}}
        return [list(table.objects.filter(**own.get(table, {})).order_by("pk").values()) for table in tables]


@pytest.fixture
def world(team: Team, alice: User) -> World:
    template = Template.objects.create(team=team, slug="invoice", name="Secret template")
    version = TemplateVersion.objects.create(template=template, number=1, state=VersionState.PUBLISHED)
    LearnedVersion.objects.create(template=template, number=1, data=[[], [], 0])
    document = make_document(team, name=NAME, uploaded_by=alice, template=template)
    parse = Parse.objects.create(document=document, state=JobState.DONE)
    ParsedPage.objects.create(parse=parse, number=1, width=100, height=100)
    Page.objects.create(document=document, number=1, thumb="0" * 64, image="0" * 64, large="0" * 64)
    extraction = Extraction.objects.create(parse=parse, version=version, state=JobState.DONE)
    review = Review.objects.create(extraction=extraction)
    account = ProviderAccount.objects.create(team=team, provider="somark", name="Secret account")
    trial = Extraction.objects.create(parse=parse, version=version, state=JobState.DONE, is_trial=True)
    key, _ = create_key(team=team, name="Secret key", scopes=["read"], by=alice)
    membership = Membership.objects.get(user=alice)
    webhook = Webhook.objects.create(team=team, url="https://example.org/hook", secret=encrypt("{}"))
    delivery = WebhookDelivery.objects.create(webhook=webhook, event="ping", state=JobState.DONE, lane=Lane.REMOTE)
    return World(team, membership, document, parse, template, review, account, key, delivery, trial)


def patterns(found: list[URLPattern | URLResolver], *, inside: bool = False) -> Iterator[URLPattern]:
    for pattern in found:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif bool(pattern.namespace) == inside:
            yield from patterns(pattern.url_patterns)


NAMES = sorted({pattern.name or str(pattern.pattern) for pattern in patterns(get_resolver().url_patterns)})
OBJECT_NAMES = sorted(set(NAMES) - WITHOUT_OBJECT - WITHOUT_SIGN_IN - {"export-list"})


def addresses(world: World, name: str) -> list[str]:
    return [reverse(name, kwargs=arguments) for arguments in world.arguments(name)]


@pytest.mark.parametrize("name", NAMES)
def test_every_url_is_known_here(world: World, name: str) -> None:
    found = addresses(world, name)

    assert found, f"say in tests/web/test_access.py how {name!r} is filled and who may see it"


@pytest.mark.parametrize("name", OBJECT_NAMES)
def test_object_of_a_team_is_not_there_for_a_stranger(as_charlie: Client, world: World, name: str) -> None:
    before = world.as_stored()

    for address in addresses(world, name):
        answers = {
            as_charlie.get(address).status_code,
            as_charlie.post(address, world.body()).status_code,
            as_charlie.post(address, world.body(), headers={"hx-request": "true"}).status_code,
        }

        assert 404 in answers and answers <= {404, 405}, address
    assert world.as_stored() == before


@pytest.mark.parametrize("name", sorted(WITHOUT_OBJECT | {"export-list"}))
def test_page_without_an_object_shows_a_stranger_nothing(as_charlie: Client, world: World, name: str) -> None:
    before = world.as_stored()

    for address in addresses(world, name):
        answers = [as_charlie.get(address, world.body()), as_charlie.post(address, world.body())]

        for answer in answers:
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert answer.status_code < 500, address
            assert NAME.encode() not in content and b"Secret template" not in content, address
    assert world.as_stored() == before
    assert not world.team.memberships.filter(user__email="charlie@example.org").exists()


@pytest.mark.parametrize("name", sorted(set(NAMES) - WITHOUT_SIGN_IN))
def test_nobody_gets_in_without_signing_in(client: Client, world: World, name: str) -> None:
    before = world.as_stored()

    for address in addresses(world, name):
        for answer in (client.get(address), client.post(address, world.body())):
            to_sign_in = answer.status_code == 302 and answer["Location"].startswith(reverse(settings.LOGIN_URL))
            assert to_sign_in or answer.status_code in (403, 404, 405), address
    assert world.as_stored() == before


@pytest.mark.parametrize("name", OBJECT_NAMES)
def test_person_without_a_team_reaches_no_object(client: Client, world: World, name: str) -> None:
    client.force_login(make_user("dora"))

    for address in addresses(world, name):
        assert {client.get(address).status_code, client.post(address).status_code} <= {404, 405}, address


@pytest.mark.parametrize("name", sorted(WITHOUT_OBJECT | {"export-list"}))
def test_person_without_a_team_gets_a_page_that_says_so(client: Client, world: World, name: str) -> None:
    client.force_login(make_user("dora"))

    for address in addresses(world, name):
        assert client.get(address, follow=True).status_code in (200, 404, 405), address
        assert client.post(address).status_code < 500, address


def test_console_is_closed_to_members_who_are_not_staff(as_alice: Client, world: World) -> None:
    console = [pattern.name for pattern in patterns(get_resolver().url_patterns, inside=True) if pattern.name]
    addresses = {address for name in console for address in _console_addresses(name)}

    answers = {address: as_alice.get(address).status_code for address in addresses}

    assert len(answers) > 10
    assert {address: status for address, status in answers.items() if status not in (302, 403, 404)} == {}


def _console_addresses(name: str) -> Iterator[str]:
    if name in ("login", "logout"):
        return
    for arguments in ([], ["1"], ["extraction"], ["1", "1"]):
        try:
            yield reverse(f"admin:{name}", args=arguments)
        except NoReverseMatch:
            continue
