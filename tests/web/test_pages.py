from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from extraction.models import Document, Membership, Page, Team, User
from extraction.services.documents import store_document
from tests import bad_files


@pytest.fixture
def document(team: Team, alice: User) -> Document:
    return store_document(team=team, file=SimpleUploadedFile("letter.pdf", bad_files.page_pdf(2)), by=alice)


def address(document: Document, number: int = 1, size: str = "thumb") -> str:
    return reverse("page-image", args=[document.pk, number, size])


def ask(client: Client, address: str, **headers: str) -> tuple[HttpResponse, bytes]:
    """The answer and its whole body; the client closes the file at its end."""
    answer = client.get(address, headers=headers)
    return answer, answer.getvalue()


@pytest.mark.parametrize(("size", "width"), [("thumb", 160), ("image", 1240), ("large", 2000)])
def test_page_image_is_drawn_at_first_sight(as_alice: Client, document: Document, size: str, width: int) -> None:
    answer, body = ask(as_alice, address(document, size=size))

    picture = Image.open(BytesIO(body))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, max-age=60"
    assert (picture.format, picture.width) == ("JPEG", width)


def test_page_image_is_not_sent_twice(as_alice: Client, document: Document) -> None:
    first, _ = ask(as_alice, address(document))

    again, body = ask(as_alice, address(document), **{"if-none-match": first["ETag"]})

    assert again.status_code == 304 and body == b""
    assert again["ETag"] == first["ETag"] and again["Cache-Control"] == "private, max-age=60"


def test_page_image_is_gone_with_the_membership(as_alice: Client, alice: User, document: Document) -> None:
    first, _ = ask(as_alice, address(document))
    Membership.objects.filter(user=alice).delete()

    assert as_alice.get(address(document), headers={"if-none-match": first["ETag"]}).status_code == 404


def test_page_image_of_a_page_that_is_not_there(as_alice: Client, document: Document) -> None:
    assert as_alice.get(address(document, number=3)).status_code == 404
    assert as_alice.get(address(document, number=0)).status_code == 404
    assert not Page.objects.filter(number__in=[0, 3]).exists()


def test_page_image_in_another_size_is_no_address(as_alice: Client, document: Document) -> None:
    assert as_alice.get(f"/documents/{document.pk}/pages/1/original.jpg").status_code == 404


def test_stranger_sees_no_page(as_charlie: Client, document: Document) -> None:
    assert as_charlie.get(address(document)).status_code == 404


@pytest.mark.parametrize("path", ["/nowhere/", "/documents/999999/"])
def test_missing_page_has_the_look_of_the_product(as_alice: Client, path: str) -> None:
    answer = as_alice.get(path)

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode() and 'id="shell"' in answer.content.decode()


def test_forbidden_page_has_the_look_of_the_product(as_bob: Client, bob: User, team: Team) -> None:
    answer = as_bob.post(reverse("team-settings", args=[team.pk]))

    assert answer.status_code == 403
    assert "Ask an admin of the team." in answer.content.decode()


def test_form_without_its_token_has_the_look_of_the_product(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    answer = client.post(reverse("sign-out"))

    assert answer.status_code == 403
    assert "This form is no longer valid" in answer.content.decode()


def test_failure_has_the_look_of_the_product(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    monkeypatch.setattr("extraction.web.views.documents.documents_of", lambda *_, **__: 1 / 0)

    answer = client.get(reverse("document-list"))

    assert answer.status_code == 500
    assert "Something went wrong here" in answer.content.decode()


def test_health_answers_without_signing_in(client: Client, db: None) -> None:
    assert client.get("/health").json() == {"status": "ok"}
