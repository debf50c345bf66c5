"""Documents that wait at a provider: each list says why, and a person may send again what nobody knows of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from extraction.choices import JobState, Lane, Provider, Role, VersionState
from extraction.models import (
    Document,
    Extraction,
    Membership,
    PageRange,
    Parse,
    ProviderAccount,
    ProviderChoice,
    Team,
    Template,
    TemplateVersion,
    User,
)
from tests import bad_files
from tests.factories import make_document
from tests.web.test_accounts import make_account

SCRIPT = {"x-requested-with": "XMLHttpRequest"}


@pytest.fixture
def account(team: Team) -> ProviderAccount:
    return make_account(team)


def held(account: ProviderAccount, by: User, **columns: Any) -> Document:
    """A document whose only range is at the provider."""
    document = make_document(account.team, name="lease.pdf", uploaded_by=by)
    state = columns.get("state", JobState.QUEUED)
    parse = Parse.objects.create(document=document, account=account, provider=Provider.SOMARK, state=state)
    PageRange.objects.create(parse=parse, first=1, last=1, account=account, lane=Lane.REMOTE, **columns)
    return document


def pages(client: Client, document: Document) -> list[str]:
    """The document in its three places: its own page, the list, the uploads."""
    addresses = (document.get_absolute_url(), reverse("document-list"), reverse("upload-status"))
    return [client.get(address).content.decode() for address in addresses]


@pytest.mark.parametrize(
    ("code", "chip", "words"),
    [
        ("key_refused", "Waiting: key refused", "Waiting: the key of SoMark was refused"),
        ("quota_used_up", "Waiting: quota used up", "Waiting: the quota of SoMark is used up"),
        ("budget_spent", "Waiting: budget spent", "Waiting: the monthly budget of SoMark is spent"),
        ("paused_by_person", "Waiting: account paused", "Waiting: SoMark is paused"),
    ],
)
def test_a_document_says_why_it_waits_for_its_account(
    as_alice: Client, alice: User, account: ProviderAccount, code: str, chip: str, words: str
) -> None:
    document = held(account, alice, state=JobState.WAITING, error_class=code)

    own, listed, uploads = pages(as_alice, document)

    assert words in own and chip in listed and words in uploads
    assert "Send again" not in own + listed + uploads


def test_an_outage_is_told_while_it_lasts(as_alice: Client, alice: User, account: ProviderAccount) -> None:
    soon = timezone.now() + timedelta(minutes=3)
    document = held(account, alice, error_class="provider_unavailable", wake_at=soon)

    own, listed, uploads = pages(as_alice, document)

    sentence = f"SoMark does not answer; tried again at {soon:%H:%M}"
    assert sentence in own and sentence in uploads
    assert "Waiting: no answer yet" in listed


def test_a_document_of_unknown_fate_is_sent_again_by_a_person(
    as_alice: Client, alice: User, account: ProviderAccount
) -> None:
    document = held(account, alice, state=JobState.WAITING, error_class="fate_unknown")
    address = reverse("document-send-again", args=[document.pk])

    before = pages(as_alice, document)
    answer = as_alice.post(address, {"next": "/upload/"})
    again = as_alice.post(address, follow=True).content.decode()

    assert all(address in page for page in before)
    assert "Waiting: nobody knows whether SoMark got it" in before[2]
    assert (answer["Location"], PageRange.objects.get().state) == ("/upload/", JobState.QUEUED)
    assert "This has moved on in the meantime." in again


def test_readers_and_strangers_do_not_send_again(
    as_bob: Client, as_charlie: Client, bob: User, account: ProviderAccount
) -> None:
    document = held(account, bob, state=JobState.WAITING, error_class="fate_unknown")
    Membership.objects.filter(user=bob).update(role=Role.READER)
    address = reverse("document-send-again", args=[document.pk])

    assert [as_bob.post(address).status_code, as_charlie.post(address).status_code] == [403, 404]
    assert address not in as_bob.get(document.get_absolute_url()).content.decode()


def test_the_reader_is_chosen_at_the_upload_where_there_is_a_choice(as_alice: Client, team: Team) -> None:
    alone = as_alice.get(reverse("upload")).content.decode()
    account = make_account(team)
    foreign = make_account(Team.objects.create(name="Others", slug="others"))
    file = SimpleUploadedFile("letter.pdf", bad_files.page_pdf())

    choice = as_alice.get(reverse("upload")).content.decode()
    refused = as_alice.post(reverse("upload"), {"files": file, "parse_account": foreign.pk}, headers=SCRIPT)
    file.seek(0)
    taken = as_alice.post(reverse("upload"), {"files": file, "parse_account": account.pk}, headers=SCRIPT)

    assert 'name="parse_account"' not in alone and 'name="parse_account"' in choice
    assert (refused.status_code, taken.status_code) == (422, 201)
    assert [parse.account for parse in Parse.objects.all()] == [account]


def test_a_document_is_read_and_extracted_again_with_another_account(
    as_alice: Client, team: Team, alice: User, account: ProviderAccount
) -> None:
    template = Template.objects.create(team=team, slug="lease", name="Lease")
    version = TemplateVersion.objects.create(template=template, number=1, state=VersionState.PUBLISHED)
    docmap = make_account(team, provider=Provider.DOCMAP, name="DocMap")
    document = make_document(team, template=template)
    parse = Parse.objects.create(document=document, state=JobState.DONE)
    Extraction.objects.create(parse=parse, version=version, state=JobState.DONE)

    chosen = {"template": template.pk, "extract_account": docmap.pk}
    as_alice.post(reverse("document-extract-again", args=[document.pk]), chosen)
    extracted = Extraction.objects.filter(parse=parse).first()
    Extraction.objects.update(state=JobState.DONE)
    as_alice.post(reverse("document-read-again", args=[document.pk]), {"parse_account": account.pk})
    wrong = as_alice.post(reverse("document-read-again", args=[document.pk]), {"parse_account": docmap.pk}, follow=True)

    assert extracted is not None and extracted.account == docmap
    assert [parse.account for parse in document.parses.order_by("pk")] == [None, account]
    assert "Choose a provider of your team." in wrong.content.decode()


def test_a_text_goes_to_a_model_only_by_its_templates_word(as_alice: Client, team: Team, alice: User) -> None:
    template = Template.objects.create(team=team, slug="lease", name="Lease")
    TemplateVersion.objects.create(template=template, number=1, state=VersionState.PUBLISHED)
    other = Template.objects.create(team=team, slug="letter", name="Letter")
    version = TemplateVersion.objects.create(template=other, number=1, state=VersionState.PUBLISHED)
    model = make_account(team, provider=Provider.CHAT, name="Small")
    document = make_document(team, template=other)
    parse = Parse.objects.create(document=document, state=JobState.DONE)
    Extraction.objects.create(parse=parse, version=version, state=JobState.DONE)
    address = reverse("document-extract-again", args=[document.pk])

    offered = [model.name in as_alice.get(document.get_absolute_url()).content.decode()]
    ProviderChoice.objects.create(template=template, extract_fallback=model)
    offered.append(model.name in as_alice.get(document.get_absolute_url()).content.decode())
    refused = as_alice.post(address, {"template": other.pk, "extract_account": model.pk}, follow=True)
    as_alice.post(address, {"template": template.pk, "extract_account": model.pk})

    assert offered == [False, True]
    assert "This template does not choose the model." in refused.content.decode()
    assert [extraction.account for extraction in parse.extractions.order_by("pk")] == [None, model]
