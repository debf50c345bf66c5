from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from extraction.choices import JobState, Role, VersionState
from extraction.models import (
    Blob,
    Document,
    Extraction,
    PageRange,
    Parse,
    Review,
    Team,
    Template,
    TemplateVersion,
    User,
)
from tests import bad_files
from tests.factories import join, make_document, make_user

SCRIPT = {"x-requested-with": "XMLHttpRequest"}
PDF = bad_files.page_pdf()


@pytest.fixture(autouse=True)
def own_folder(settings) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = settings.GALLEY_DATA / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    logging.getLogger("django.request").setLevel(logging.ERROR)


def file(name: str = "letter.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(client: Client, *files: SimpleUploadedFile, script: bool = True, **fields: Any):
    return client.post(reverse("upload"), {"files": files, **fields}, headers=SCRIPT if script else {})


def published_template(team: Team) -> Template:
    template = Template.objects.create(team=team, slug="invoice", name="Invoice")
    TemplateVersion.objects.create(template=template, number=1, state=VersionState.PUBLISHED)
    return template


def finish_reading() -> None:
    PageRange.objects.update(state=JobState.DONE)
    Parse.objects.update(state=JobState.DONE)


def incoming_files() -> list[Path]:
    return [path for path in Path(settings.GALLEY_DATA).rglob("*") if path.is_file() and "incoming" in path.parts]


def test_upload_stores_the_file_and_queues_its_reading(as_alice: Client, alice: User, team: Team) -> None:
    template = published_template(team)

    answer = send(as_alice, file(), template=template.pk)

    document = Document.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {"document": document.pk, "url": document.get_absolute_url()}
    assert (document.name, document.uploaded_by, document.team, document.template) == (
        "letter.pdf",
        alice,
        team,
        template,
    )
    assert Parse.objects.get().state == JobState.QUEUED
    assert Extraction.objects.get().state == JobState.WAITING
    assert incoming_files() == []


def test_upload_without_a_template_is_only_read(as_alice: Client, team: Team) -> None:
    team.default_template = published_template(team)
    team.save()

    send(as_alice, file(), template="")

    assert Document.objects.get().template is None
    assert Extraction.objects.count() == 0


def test_form_offers_the_teams_default_template(as_alice: Client, team: Team) -> None:
    team.default_template = published_template(team)
    team.save()

    page = as_alice.get(reverse("upload")).content.decode()

    assert f'<option value="{team.default_template_id}" selected>Invoice</option>' in page


def test_template_of_another_team_is_refused(as_alice: Client, charlie: User) -> None:
    answer = send(as_alice, file(), template=published_template(charlie.teams.get()).pk)

    assert answer.status_code == 422
    assert Document.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", bad_files.empty(), "empty_file"),
        ("letter.pdf", bad_files.renamed_executable(), "executable"),
        ("letter.pdf", bad_files.plain_text(), "unknown_kind"),
        ("letter.pdf", bad_files.small_png(), "wrong_kind"),
        ("letter.pdf", bad_files.truncated_pdf(), "truncated_pdf"),
        ("letter.pdf", bad_files.encrypted_pdf(), "password_needed"),
        ("letter.pdf", bad_files.pdf_with_301_pages(), "too_many_pages"),
        ("huge.png", bad_files.huge_png(), "image_too_large"),
        ("letter.docx", bad_files.docx_bomb(), "bomb"),
        ("letter.docx", bad_files.zip_without_document(), "unknown_kind"),
    ],
)
def test_bad_file_gets_one_sentence_and_leaves_nothing(as_alice: Client, name: str, content: bytes, code: str) -> None:
    answer = send(as_alice, file(name, content))

    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert "Something went wrong" not in answer.json()["text"] and "%" not in answer.json()["text"]
    assert (Document.objects.count(), Blob.objects.count(), incoming_files()) == (0, 0, [])


def test_password_opens_an_encrypted_pdf(as_alice: Client) -> None:
    wrong = send(as_alice, file(content=bad_files.encrypted_pdf("granite")), password="marble")
    right = send(as_alice, file(content=bad_files.encrypted_pdf("granite")), password="granite")

    assert wrong.json()["code"] == "password_wrong"
    assert right.status_code == 201
    assert Document.objects.get().readable is not None


def test_file_over_the_limit_is_refused_and_not_kept(as_alice: Client, settings) -> None:
    settings.GALLEY_MAX_UPLOAD_MB = 1

    answer = send(as_alice, file(content=PDF + bytes(1024**2)))

    assert answer.status_code == 413
    assert answer.json()["text"] == "This file is larger than 1 MB. Split it, or save it with smaller images."
    assert (Document.objects.count(), incoming_files()) == (0, [])


def test_request_over_the_limit_is_refused_before_its_body_is_read(as_alice: Client, settings) -> None:
    settings.GALLEY_MAX_UPLOAD_MB = 1

    class Unread(BytesIO):
        def read(self, *_: int) -> bytes:
            raise AssertionError("the body was read")

    answer = as_alice.generic(
        "POST",
        reverse("upload"),
        content_type="multipart/form-data; boundary=x",
        headers=SCRIPT,
        CONTENT_LENGTH=str(10**9),
        **{"wsgi.input": Unread()},
    )

    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


def test_broken_off_upload_is_answered_in_words(as_alice: Client) -> None:
    answer = as_alice.generic(
        "POST", reverse("upload"), b"--x\r\nnothing", content_type="multipart/form-data", headers=SCRIPT
    )

    assert answer.status_code == 400
    assert answer.json()["text"] == "The upload broke off. Try again."


def test_full_disk_is_answered_in_words(as_alice: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this machine")
    monkeypatch.setattr(
        "extraction.upload_handlers.TemporaryUploadedFile.write",
        lambda self, data: Path("/dev/full").write_bytes(data),
        raising=False,
    )

    answer = send(as_alice, file())

    assert answer.status_code == 507
    assert answer.json()["code"] == "disk_full"
    assert incoming_files() == []


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "..\\..\\x.pdf", "a" * 300 + ".pdf", "x." + "p" * 300])
def test_any_file_name_is_taken_as_a_bare_name(as_alice: Client, name: str) -> None:
    answer = send(as_alice, file(name))

    kept = Document.objects.get().name
    assert answer.status_code == 201
    assert len(kept) <= 255 and "/" not in kept and "\\" not in kept


def test_same_bytes_are_recognised(as_alice: Client, as_bob: Client, alice: User) -> None:
    send(as_alice, file("first.pdf"))
    first = Document.objects.get()

    answer = send(as_bob, file("second.pdf"))

    assert answer.status_code == 409
    assert answer.json() == {
        "code": "same_bytes",
        "text": "Same file as first.pdf, uploaded today by Alice",
        "existing": first.get_absolute_url(),
    }
    assert Document.objects.get() == first


def test_same_bytes_are_taken_when_asked_for(as_alice: Client) -> None:
    send(as_alice, file("first.pdf"))

    answer = send(as_alice, file("second.pdf"), again="on")

    assert answer.status_code == 201
    assert sorted(Document.objects.values_list("name", flat=True)) == ["first.pdf", "second.pdf"]
    assert Blob.objects.count() == 1


def test_another_teams_bytes_are_not_told(as_charlie: Client, as_alice: Client) -> None:
    send(as_alice, file("first.pdf"))

    assert send(as_charlie, file("first.pdf")).status_code == 201


def test_reader_may_not_upload(client: Client, team: Team) -> None:
    reader = make_user("rita")
    join(reader, team, Role.READER)
    client.force_login(reader)

    assert client.get(reverse("upload")).status_code == 403
    assert send(client, file()).status_code == 403
    assert Document.objects.count() == 0


def test_script_of_a_person_signed_out_reads_it_in_json(client: Client, db: None) -> None:
    answer = send(client, file())

    assert answer.status_code == 401
    assert answer.json()["code"] == "signed_out"


def test_upload_needs_the_forms_token(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    refused = send(client, file())
    client.get(reverse("upload"))
    headers = SCRIPT | {"x-csrftoken": client.cookies["csrftoken"].value}
    taken = client.post(reverse("upload"), {"files": [file()]}, headers=headers)

    assert refused.status_code == 403
    assert taken.status_code == 201


def test_form_without_a_script_takes_several_files(as_alice: Client) -> None:
    answer = send(as_alice, file("a.pdf"), file("b.pdf", bad_files.page_pdf(2)), script=False)

    assert answer.status_code == 302 and answer["Location"] == reverse("upload")
    assert sorted(Document.objects.values_list("name", flat=True)) == ["a.pdf", "b.pdf"]


def test_form_without_a_script_names_what_is_wrong_with_each_file(as_alice: Client) -> None:
    answer = send(as_alice, file("a.pdf"), file("b.pdf", b""), file("c.pdf"), script=False)

    refused = [(outcome.name, outcome.code) for outcome in answer.context["refused"]]
    assert answer.status_code == 422
    assert refused == [("b.pdf", "empty_file"), ("c.pdf", "same_bytes")]
    assert Document.objects.get().name == "a.pdf"


def test_form_without_a_file_says_so(as_alice: Client) -> None:
    answer = as_alice.post(reverse("upload"), {"template": ""})

    assert answer.status_code == 422
    assert "Choose at least one file." in answer.content.decode()


def test_status_polls_until_everything_is_done(as_alice: Client) -> None:
    send(as_alice, file())

    pending = as_alice.get(reverse("upload-status"))
    unchanged = as_alice.get(reverse("upload-status"), {"seen": pending.context["seen"]})
    finish_reading()
    finished = as_alice.get(reverse("upload-status"), {"seen": pending.context["seen"]})

    assert 'hx-trigger="every 1s"' in pending.content.decode()
    assert unchanged.status_code == 204
    assert finished.status_code == 200 and "hx-trigger" not in finished.content.decode()
    assert "Read · 1 page" in finished.content.decode()


def test_status_leads_to_the_review(as_alice: Client, team: Team) -> None:
    send(as_alice, file(), template=published_template(team).pk)
    finish_reading()
    Extraction.objects.update(state=JobState.DONE)
    review = Review.objects.create(extraction=Extraction.objects.get(), field_count=14, to_check=5)

    page = as_alice.get(reverse("upload-status")).content.decode()

    assert "Ready · 1 page · 14 fields, 5 to check" in page
    assert f'href="{review.get_absolute_url()}"' in page


def test_status_names_the_page_that_is_being_read(as_alice: Client) -> None:
    send(as_alice, file(content=bad_files.page_pdf(12)))
    Parse.objects.update(state=JobState.RUNNING)
    Parse.objects.get().ranges.filter(first=1).update(state=JobState.RUNNING, progress_done=2)

    assert "Reading · page 3 of 12" in as_alice.get(reverse("upload-status")).content.decode()


def test_status_shows_only_the_persons_own_uploads(as_alice: Client, as_bob: Client) -> None:
    send(as_alice, file("of-alice.pdf"))

    assert "of-alice.pdf" not in as_bob.get(reverse("upload-status")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_status_needs_as_many_queries_for_three_files_as_for_one(
    as_alice: Client, alice: User, team: Team, count: int, django_assert_num_queries
) -> None:
    for number in range(count):
        document = make_document(team, name=f"{number}.pdf", uploaded_by=alice)
        Parse.objects.create(document=document, state=JobState.DONE)
    as_alice.get(reverse("upload-status"))

    with django_assert_num_queries(10):
        as_alice.get(reverse("upload-status"))


def test_finished_rows_leave_the_list_and_survive_as_documents(as_alice: Client) -> None:
    send(as_alice, file("done.pdf"))
    finish_reading()
    send(as_alice, file("pending.pdf", bad_files.page_pdf(2)))

    page = as_alice.post(reverse("upload-clear"), headers={"hx-request": "true"}).content.decode()

    assert "done.pdf" not in page and "pending.pdf" in page
    assert Document.objects.count() == 2


def test_pending_row_is_cancelled_by_its_button(as_alice: Client) -> None:
    send(as_alice, file())

    as_alice.post(reverse("upload-clear"), {"document": Document.objects.get().pk})

    assert Parse.objects.get().state == JobState.CANCELLED
    assert "Cancelled" in as_alice.get(reverse("upload-status")).content.decode()
