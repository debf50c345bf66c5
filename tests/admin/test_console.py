from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from extraction import models
from extraction.choices import JobState, Role
from extraction.models import (
    AccountUsage,
    CallCount,
    Correction,
    Detection,
    Document,
    Extraction,
    FieldValue,
    IdempotencyKey,
    LearnedExample,
    LearnedVersion,
    Membership,
    PageImages,
    Parse,
    ParsedPage,
    ProviderAccount,
    ProviderChoice,
    Review,
    ReviewEvent,
    SignInFailure,
    Team,
    TeamUsage,
    TemplateVersion,
    User,
    Webhook,
    WebhookDelivery,
)
from extraction.services.corrections import correct_value
from extraction.services.keys import create_key
from extraction.services.secrets import encrypt
from extraction.services.templates import create_template, install_ready_made, save_draft, specs_of
from extraction.types import Checksum, FieldSpec, Rule, RuleKind
from extraction.wire.template_json import TemplateDefinition
from tests.factories import make_document, make_team, make_user
from tests.read_documents import make_read_document
from tests.services.account_rows import make_account

OURS = sorted((model for model in admin.site._registry if model is not Group), key=lambda model: model.__name__)
# what services write: shown in the console and nothing else
LOOK_ONLY = {
    "AccountUsage",
    "Blob",
    "CallCount",
    "Correction",
    "Detection",
    "Extraction",
    "FieldRow",
    "FieldValue",
    "IdempotencyKey",
    "LearnedExample",
    "LearnedVersion",
    "Page",
    "PageImages",
    "PageRange",
    "Parse",
    "ParsedPage",
    "Review",
    "ReviewEvent",
    "SignInFailure",
    "Span",
    "TeamUsage",
    "TemplateField",
    "Webhook",
    "WebhookDelivery",
}


@pytest.fixture
def as_root(db: None) -> Client:
    client = Client()
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def full(team: Team, alice: User) -> Review:
    """A row of every table."""
    review = make_read_document(team, pictures=True, pages=1, rows=2)
    value = FieldValue.objects.get(extraction=review.extraction, key="total", row=None)
    correct_value(review=review, value=value, text="7.00", by=alice, version=1)
    document = review.extraction.parse.document
    review.extraction.parse.ranges.create(first=1, last=1, state=JobState.DONE)
    PageImages.objects.create(document=document, state=JobState.DONE)
    Detection.objects.create(parse=review.extraction.parse, state=JobState.DONE)
    SignInFailure.objects.create(key="0123456789abcdef" * 4)
    account = make_account(team, key="sk-a-key-of-an-account")
    AccountUsage.objects.create(account=account, month="2026-11")
    ProviderChoice.objects.create(template=review.extraction.version.template, extract_account=account)
    webhook = Webhook.objects.create(team=team, url="https://example.org/hook", secret=encrypt("whsec_hidden"))
    WebhookDelivery.objects.create(webhook=webhook, event="ping", state=JobState.FAILED, response_status=500)
    key, _ = create_key(team=team, name="ERP", scopes=["read"], by=alice)
    IdempotencyKey.objects.create(team=team, path="/v1/extractions/run", key="once", body_sha256="0" * 64)
    CallCount.objects.create(key=key, minute=1)
    TeamUsage.objects.create(team=team, month="2026-11")
    LearnedExample.objects.create(template=review.extraction.version.template, review=review)
    LearnedVersion.objects.create(template=review.extraction.version.template, number=1)
    return review


def address(model: Any, page: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def test_every_model_is_in_the_console() -> None:
    named = {getattr(models, name) for name in models.__all__}

    concrete = {model for model in named if hasattr(model, "_meta") and not model._meta.abstract}
    assert concrete - set(OURS) == set()


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_lists_and_rows_open_and_show_no_secret(as_root: Client, full: Review, model: Any) -> None:
    row = model._default_manager.order_by("pk").first()

    pages = [address(model, "changelist"), address(model, "changelist") + "?q=a", address(model, "change", row.pk)]
    answers = [as_root.get(page) for page in pages]

    assert [answer.status_code for answer in answers] == [200] * 3
    for user in User.objects.all():
        assert all(user.password not in answer.content.decode() for answer in answers)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_what_services_write_is_only_looked_at(as_root: Client, full: Review, model: Any) -> None:
    row = model._default_manager.order_by("pk").first()
    add = as_root.get(address(model, "add")).status_code
    delete = as_root.get(address(model, "delete", row.pk)).status_code
    change = as_root.post(address(model, "change", row.pk), {}).status_code

    if model.__name__ in LOOK_ONLY:
        assert (add, change) == (403, 403)
    assert delete == (200 if model in (Document, Membership, ProviderAccount, SignInFailure) else 403)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_lists_are_searched_and_filtered(model: Any) -> None:
    options = admin.site._registry[model]

    assert len(options.list_display) > 1
    assert options.search_fields or model is SignInFailure
    assert options.list_filter or model in (SignInFailure,)


@pytest.mark.parametrize(
    "model", [Document, Extraction, FieldValue, Parse, ParsedPage, Review, ReviewEvent, Correction]
)
def test_lists_take_the_same_queries_for_more_rows(
    as_root: Client, team: Team, alice: User, model: Any, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for count in (1, 3):
        for number in range(Document.objects.count(), count):
            review = make_read_document(team, name=f"{number}.pdf", rows=0)
            value = FieldValue.objects.get(extraction=review.extraction, key="total")
            correct_value(review=review, value=value, text="7.00", by=alice, version=1)
        as_root.get(address(model, "changelist"))
        with django_assert_max_num_queries(40) as queries:
            as_root.get(address(model, "changelist"))
        counts.append(len(queries))

    assert counts[0] == counts[1], "\n".join(query["sql"][:200] for query in queries.captured_queries)


def act(client: Client, model: Any, name: str, *keys: int) -> str:
    data = {"action": name, "_selected_action": keys}
    return client.post(address(model, "changelist"), data, follow=True).content.decode()


def test_reading_again_makes_a_new_parse_and_extraction(as_root: Client, full: Review) -> None:
    document = full.extraction.parse.document

    html = act(as_root, Document, "read_again", document.pk)

    assert "Done for 1 document." in html
    assert [parse.state for parse in document.parses.order_by("pk")] == ["done", "queued"]
    assert Extraction.objects.filter(parse__document=document).count() == 2


@pytest.mark.parametrize("model", [Extraction, Review])
def test_extracting_again_starts_from_rows_that_lead_to_a_document(as_root: Client, full: Review, model: Any) -> None:
    row = full if model is Review else full.extraction

    act(as_root, model, "extract_again", row.pk)

    assert full.extraction.parse.extractions.count() == 2


def test_cancelling_what_has_ended_is_refused_by_name(as_root: Client, full: Review) -> None:
    html = act(as_root, Parse, "cancel", full.extraction.parse_id)

    assert "Not possible in their present state: HY-2026-004817.pdf" in html


def test_cancelling_ends_what_waits(as_root: Client, team: Team) -> None:
    document = make_document(team)
    parse = Parse.objects.create(document=document, state=JobState.QUEUED)

    act(as_root, Document, "cancel", document.pk)

    parse.refresh_from_db()
    assert parse.cancel_requested


def test_staff_without_the_permission_has_no_actions(full: Review) -> None:
    client = Client()
    user = make_user("looker", is_staff=True)
    user.user_permissions.add(*_permissions("view_document", "view_parse"))
    client.force_login(user)

    html = act(client, Document, "read_again", full.extraction.parse.document_id)

    assert Parse.objects.count() == 1
    assert "Read again" not in html


def _permissions(*names: str) -> Any:
    return _permission_model().objects.filter(codename__in=names)


def _permission_model() -> Any:
    return User._meta.get_field("user_permissions").related_model


def test_deleting_a_document_goes_through_the_service(as_root: Client, full: Review) -> None:
    document = full.extraction.parse.document

    as_root.post(address(Document, "delete", document.pk), {"post": "yes"})

    assert not Document.objects.filter(pk=document.pk).exists()
    events = ReviewEvent.objects.filter(document=None)
    assert events.exists()
    assert not events.filter(after__isnull=False).exclude(what__contains="deleted").exists()


def test_a_new_user_gets_a_password_and_a_lower_case_address(as_root: Client) -> None:
    data = {
        "email": "New@Example.ORG",
        "name": "New Person",
        "usable_password": "true",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }

    answer = as_root.post(address(User, "add"), data)

    user = User.objects.get(email="new@example.org")
    assert answer.status_code == 302
    assert user.check_password("correct horse battery")


def test_a_password_is_changed_without_showing_the_old_one(as_root: Client, alice: User) -> None:
    page = as_root.get(address(User, "change", alice.pk)).content.decode()
    data = {"usable_password": "true", "password1": "another long one", "password2": "another long one"}

    as_root.post(reverse("admin:auth_user_password_change", args=[alice.pk]), data)

    alice.refresh_from_db()
    assert "A password is set." in page
    assert alice.check_password("another long one")


def test_a_new_team_has_members_and_ready_made_templates(as_root: Client, bob: User) -> None:
    data = {
        "name": "Fresh",
        "slug": "fresh",
        "language": "en",
        "time_zone": "Europe/Berlin",
        "calls_per_minute": 600,
        "calls_at_once": 200,
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-user": bob.pk,
        "memberships-0-role": Role.ADMIN,
    }

    as_root.post(address(Team, "add"), data)

    team = Team.objects.get(slug="fresh")
    assert team.templates.count() == 4
    assert team.default_template.slug == "invoice"
    assert Membership.objects.get(team=team).user == bob


def test_only_a_drafts_fields_can_be_changed(as_root: Client, alice: User) -> None:
    template = install_ready_made(make_team("Other"))[0]
    save_draft(template=template, name="Invoice", language="en", fields=(FieldSpec("one"),), by=alice)

    published = as_root.get(address(TemplateVersion, "change", template.published.pk)).content.decode()
    draft = as_root.get(address(TemplateVersion, "change", template.draft.pk)).content.decode()

    assert 'name="fields-0-name"' not in published and "invoice_number" in published
    assert 'name="fields-0-name"' in draft


def test_the_way_in_is_the_sign_in_page(client: Client, as_alice: Client) -> None:
    assert Client().get("/admin/login/?next=/admin/").headers["Location"] == "/sign-in/?next=/admin/"
    assert as_alice.get("/admin/login/").status_code == 403
    assert as_alice.get("/admin/").status_code == 302


def test_a_release_of_failures_lets_people_try_again(as_root: Client) -> None:
    failure = SignInFailure.objects.create(key="f" * 64, at=timezone.now())

    as_root.post(address(SignInFailure, "delete", failure.pk), {"post": "yes"})

    assert not SignInFailure.objects.exists()


def test_events_are_sent_again_from_the_console(as_root: Client, full: Review) -> None:
    delivery = WebhookDelivery.objects.get()
    off = Webhook.objects.create(team=delivery.webhook.team, url="https://off.test", secret="", is_active=False)
    left = WebhookDelivery.objects.create(webhook=off, event="document.read", state=JobState.CANCELLED)
    form = {"action": "send_again", "_selected_action": [delivery.pk, left.pk]}

    answer = as_root.post(address(WebhookDelivery, "changelist"), form, follow=True)

    again = WebhookDelivery.objects.exclude(pk__in=[delivery.pk, left.pk]).get()
    assert (again.event_id, again.state, again.webhook) == (delivery.event_id, "queued", delivery.webhook)
    page = answer.content.decode()
    assert "1 event is sent again." in page and "1 event was left out" in page


def test_the_secret_of_a_webhook_is_not_in_the_console(as_root: Client, full: Review) -> None:
    webhook = Webhook.objects.get()

    page = as_root.get(address(Webhook, "change", webhook.pk)).content.decode()

    assert webhook.url in page and webhook.secret not in page


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("type", "date", "A field of this type cannot have such a rule."),
        ("labels", "5", "code: “labels” must be a list of texts."),
        ("options", "[7]", "code: “options” must be a list of texts."),
    ],
)
def test_a_drafts_field_that_could_not_be_read_is_refused(
    as_root: Client, alice: User, team: Team, key: str, value: str, said: str
) -> None:
    spec = FieldSpec("code", rules=(Rule(RuleKind.CHECKSUM, checksum=Checksum.LUHN),))
    template = create_template(team=team, definition=TemplateDefinition("Codes", (spec,)), by=alice)
    row = template.draft.fields.get()
    form = {"id": row.pk, "version": template.draft.pk, "position": 0, "name": "code", "type": "string"}
    form |= {"labels": "[]", "options": "[]", key: value}
    counts = {"fields-TOTAL_FORMS": 1, "fields-INITIAL_FORMS": 1}

    answer = as_root.post(
        address(TemplateVersion, "change", template.draft.pk),
        counts | {f"fields-0-{name}": text for name, text in form.items()},
    )

    assert said in answer.content.decode()
    assert specs_of(template.draft) == (spec,)
