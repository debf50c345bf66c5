from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from extraction.models import SignInFailure, User
from extraction.services.signin import ADDRESS_LIMIT, EMAIL_LIMIT, WINDOW, try_to_sign_in
from tests.factories import PASSWORD, make_user

WRONG = "not the password at all"


def sign_in(client: Client, email: str = "alice@example.org", password: str = PASSWORD, **headers: str):
    return client.post(reverse("sign-in"), {"username": email, "password": password}, **headers)


def test_sign_in_leads_to_the_dashboard(client: Client, alice: User) -> None:
    answer = sign_in(client)

    assert answer.status_code == 302 and answer["Location"] == reverse("home")
    assert client.get(reverse("home"))["Location"] == reverse("dashboard")


def test_sign_in_takes_the_e_mail_in_any_case(client: Client, alice: User) -> None:
    assert sign_in(client, email="Alice@Example.ORG").status_code == 302


def test_sign_in_goes_back_to_the_page_that_was_asked_for(client: Client, alice: User) -> None:
    asked = client.get(reverse("upload"))

    answer = client.post(asked["Location"], {"username": "alice@example.org", "password": PASSWORD, "next": "/upload/"})

    assert answer["Location"] == reverse("upload")


@pytest.mark.parametrize("place", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_sign_in_never_leads_elsewhere(client: Client, alice: User, place: str) -> None:
    answer = client.post(reverse("sign-in"), {"username": "alice@example.org", "password": PASSWORD, "next": place})

    assert answer["Location"] == reverse("home")


def test_sign_in_says_the_same_for_unknown_people_and_wrong_passwords(client: Client, alice: User) -> None:
    User.objects.filter(pk=make_user("dora").pk).update(is_active=False)

    answers = [
        sign_in(client, password=WRONG),
        sign_in(client, email="nobody@example.org"),
        sign_in(client, email="dora@example.org"),
    ]

    assert len({tuple(answer.context["form"].non_field_errors()) for answer in answers}) == 1


def test_sign_in_slows_guessing_at_one_e_mail(client: Client, alice: User) -> None:
    for _ in range(EMAIL_LIMIT):
        sign_in(client, password=WRONG)

    answer = sign_in(client)

    assert "_auth_user_id" not in client.session
    assert answer.context["form"].non_field_errors() == ["Too many wrong passwords. Wait 15 minutes, then try again."]


def test_sign_in_slows_guessing_from_one_address(client: Client, alice: User) -> None:
    for number in range(ADDRESS_LIMIT):
        sign_in(client, email=f"guess{number}@example.org", REMOTE_ADDR="192.0.2.7")

    refused = sign_in(client, REMOTE_ADDR="192.0.2.7")
    elsewhere = sign_in(client, REMOTE_ADDR="192.0.2.8")

    assert refused.status_code == 200 and elsewhere.status_code == 302


def test_sign_in_opens_again_after_a_quarter_of_an_hour(client: Client, alice: User) -> None:
    for _ in range(EMAIL_LIMIT + 2):
        sign_in(client, password=WRONG)
    SignInFailure.objects.update(at=timezone.now() - WINDOW - timedelta(seconds=1))

    assert sign_in(client).status_code == 302
    assert SignInFailure.objects.count() == 0


def test_sign_in_forgets_wrong_passwords_after_the_right_one(client: Client, alice: User) -> None:
    for _ in range(EMAIL_LIMIT - 1):
        sign_in(client, password=WRONG)
    sign_in(client)
    client.logout()

    assert sign_in(client, password=WRONG).status_code == 200
    assert sign_in(client).status_code == 302


def test_refused_tries_do_not_lengthen_the_wait(client: Client, alice: User) -> None:
    for _ in range(EMAIL_LIMIT + 10):
        sign_in(client, password=WRONG)

    assert SignInFailure.objects.values("key").distinct().count() == 2
    assert SignInFailure.objects.count() == 2 * EMAIL_LIMIT


def test_many_guesses_at_once_do_not_pass_the_limit_together(db: None) -> None:
    looked_at = []

    def guess(others: int) -> None:
        """While this one's password is looked at, the others begin."""
        looked_at.append(others)
        if others:
            try_to_sign_in(email="alice@example.org", address="192.0.2.7", check=lambda: guess(others - 1))

    guess(12)

    assert len(looked_at) - 1 == EMAIL_LIMIT


def test_address_behind_a_proxy_is_what_the_proxy_wrote(client: Client, alice: User, settings) -> None:
    settings.GALLEY_BASE_URL = "https://galley.example"
    for number in range(ADDRESS_LIMIT):
        sign_in(client, email=f"guess{number}@example.org", headers={"x-forwarded-for": f"10.0.0.{number}, 192.0.2.7"})

    refused = sign_in(client, headers={"x-forwarded-for": "10.9.9.9, 192.0.2.7"})
    elsewhere = sign_in(client, headers={"x-forwarded-for": "192.0.2.8"})

    assert refused.status_code == 200 and elsewhere.status_code == 302


def test_sign_out_needs_a_post(as_alice: Client) -> None:
    assert as_alice.get(reverse("sign-out")).status_code == 405

    as_alice.post(reverse("sign-out"))

    assert "_auth_user_id" not in as_alice.session


def test_password_change_keeps_the_person_signed_in(as_alice: Client, alice: User) -> None:
    new = "granite harbour nineteen"

    answer = as_alice.post(
        reverse("password-change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )

    alice.refresh_from_db()
    assert answer["Location"] == reverse("preferences")
    assert alice.check_password(new)
    assert as_alice.get(reverse("preferences")).status_code == 200


def test_one_time_password_has_to_be_changed_first(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(must_change_password=True)
    sign_in(client)
    new = "granite harbour nineteen"

    before = client.get(reverse("document-list"))
    client.post(reverse("password-change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    after = client.get(reverse("document-list"))

    assert before["Location"] == reverse("password-change")
    assert after.status_code == 200


def test_preferences_are_kept(as_alice: Client, alice: User) -> None:
    as_alice.post(reverse("preferences"), {"name": "Alice A.", "language": "zh-hans", "theme": "dark"})

    alice.refresh_from_db()
    page = as_alice.get(reverse("preferences")).content.decode()
    assert (alice.name, alice.language, alice.theme) == ("Alice A.", "zh-hans", "dark")
    assert '<html lang="zh-hans" data-theme="dark">' in page


def test_theme_switch_works_without_a_script(as_alice: Client, alice: User) -> None:
    answer = as_alice.post(reverse("theme"), {"theme": "dark", "next": "/upload/"})

    alice.refresh_from_db()
    assert alice.theme == "dark"
    assert answer["Location"] == "/upload/"


def test_language_is_a_cookie_before_signing_in(client: Client, db: None) -> None:
    client.post(reverse("language"), {"language": "zh-hans", "next": "https://elsewhere.example/"})

    assert '<html lang="zh-hans">' in client.get(reverse("sign-in")).content.decode()


def test_fragment_of_a_person_signed_out_sends_the_page_to_sign_in(client: Client, db: None) -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/upload/"}

    answer = client.get(reverse("upload-status"), headers=headers)

    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/sign-in/?next=http%3A%2F%2Ftestserver%2Fupload%2F"


def test_pages_carry_the_policy_and_no_inline_script(as_alice: Client) -> None:
    answer = as_alice.get(reverse("upload"))

    page = answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "style=" not in page and "onclick" not in page and "<script>" not in page
