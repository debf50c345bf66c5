from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from extraction.choices import JobState, Scope, Source
from extraction.errors import QuotaUsedUp, StepNotAllowed, TooManyAtOnce
from extraction.models import Document, Extraction, Parse, Team, TeamUsage, Template, User
from extraction.providers.embedded import EmbeddedParser
from extraction.services.documents import store_document
from extraction.services.extractions import extract_again
from extraction.services.keys import create_key
from extraction.services.listing import hand_over_parse
from extraction.services.submissions import extraction_of, parse_of, submit_document, wait_until_ended
from extraction.services.templates import install_ready_made
from extraction.services.work import work_once
from tests import bad_files

SAMPLES = Path(__file__).parents[2] / "extraction" / "samples"


def letter(pages: int = 1) -> ContentFile:
    return ContentFile(bad_files.page_pdf(pages), name="letter.pdf")


def used(team: Team) -> tuple[int, int, int]:
    return TeamUsage.objects.filter(team=team).values_list("documents", "pages", "extractions").get()


@pytest.fixture
def template(team: Team) -> Template:
    install_ready_made(team)
    return Template.objects.get(team=team, slug="receipt")


def test_submission_keeps_what_the_interface_asked(team: Team, template: Template, alice: User) -> None:
    key, _ = create_key(team=team, name="ERP", scopes=[Scope.RUN], by=alice)

    document = submit_document(
        team=team,
        key=key,
        file=letter(),
        source=Source.SOMARK,
        template=template,
        run_id="7",
        asked={"output_formats": ["json"]},
    )

    parse, extraction = Parse.objects.get(), Extraction.objects.get()
    assert (document.source, document.run_id, document.uploaded_by) == (Source.SOMARK, "7", alice)
    assert parse.asked == {"output_formats": ["json"]}
    assert parse_of(team, str(parse.public_id)) == parse
    assert extraction_of(team, extraction.public_id) == extraction


def test_strangers_find_nothing(team: Team, template: Template, charlie: User) -> None:
    submit_document(team=team, key=None, file=letter(), source=Source.API, template=template)
    stranger = charlie.teams.get()

    assert parse_of(stranger, str(Parse.objects.get().public_id)) is None
    assert parse_of(stranger, "no uuid") is None
    assert extraction_of(stranger, Extraction.objects.get().public_id) is None


def test_every_document_and_every_extraction_counts(team: Team, template: Template) -> None:
    document = store_document(team=team, file=letter(3), by=None, template=template)
    store_document(team=team, file=letter(2), by=None)
    Parse.objects.update(state=JobState.DONE)
    Extraction.objects.update(state=JobState.DONE)

    extract_again(document=document, by=None)

    assert used(team) == (2, 5, 2)


def test_pages_of_a_docx_count_once_it_is_laid_out(team: Team) -> None:
    contract = ContentFile((SAMPLES / "contract.docx").read_bytes(), name="contract.docx")
    document = store_document(team=team, file=contract, by=None)
    before = used(team)

    with EmbeddedParser() as engine:
        work_once(engine)

    document.refresh_from_db()
    assert document.page_count
    assert (before, used(team)) == ((1, 0, 0), (1, document.page_count, 0))


def test_month_that_is_used_up_takes_no_document(team: Team, template: Template) -> None:
    Team.objects.update(monthly_pages=3, monthly_extractions=1)
    team.refresh_from_db()
    submit_document(team=team, key=None, file=letter(2), source=Source.API)

    for file, chosen, code in [
        (letter(2), None, "page_quota"),
        (letter(1), template, None),
        (letter(1), None, "page_quota"),
    ]:
        if code is None:
            submit_document(team=team, key=None, file=file, source=Source.API, template=chosen)
            continue
        with pytest.raises(QuotaUsedUp) as refused:
            submit_document(team=team, key=None, file=file, source=Source.API, template=chosen)
        assert refused.value.code == code

    assert used(team) == (2, 3, 1)


def test_uploads_of_people_end_with_the_month_too(as_alice: Client, team: Team) -> None:
    Team.objects.update(monthly_pages=0)
    file = SimpleUploadedFile("letter.pdf", bad_files.page_pdf())

    answer = as_alice.post("/upload/", {"files": file}, headers={"X-Requested-With": "XMLHttpRequest"})

    assert (answer.status_code, answer.json()["code"]) == (422, "page_quota")
    assert not Document.objects.exists()


def test_only_documents_of_programs_are_counted_at_once(team: Team) -> None:
    Team.objects.update(calls_at_once=1)
    team.refresh_from_db()
    store_document(team=team, file=letter(), by=None)
    submit_document(team=team, key=None, file=letter(), source=Source.API)

    with pytest.raises(TooManyAtOnce):
        submit_document(team=team, key=None, file=letter(), source=Source.API)
    store_document(team=team, file=letter(), by=None)


def test_template_without_a_version_is_refused_before_anything_is_read(team: Team) -> None:
    draft = Template.objects.create(team=team, name="Draft", slug="draft")

    with pytest.raises(StepNotAllowed):
        submit_document(team=team, key=None, file=letter(), source=Source.API, template=draft)


def test_wait_follows_whoever_takes_over(team: Team) -> None:
    document = store_document(team=team, file=letter(), by=None)
    parse = Parse.objects.get()
    again = Parse.objects.create(document=document)
    public_id = parse.public_id

    hand_over_parse(parse, again)
    parse.public_id = public_id
    Parse.objects.exclude(pk=again.pk).update(state=JobState.FAILED)
    pending = wait_until_ended(parse, seconds=0)
    Parse.objects.filter(pk=again.pk).update(state=JobState.DONE)

    assert not pending
    assert wait_until_ended(parse, seconds=0)
