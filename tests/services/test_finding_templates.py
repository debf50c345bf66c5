from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.core.files import File

from extraction.choices import JobState, Provider, Source
from extraction.errors import QuotaUsedUp
from extraction.models import (
    Detection,
    Document,
    Extraction,
    Parse,
    ProviderChoice,
    Review,
    Team,
    Template,
    User,
    Webhook,
    WebhookDelivery,
)
from extraction.providers.embedded import EmbeddedParser
from extraction.queries.documents import documents_of, unfamiliar_count
from extraction.queries.progress import progress_of
from extraction.services.documents import store_document
from extraction.services.extractions import carry_over, extract_again, published_version
from extraction.services.jobs import Lease, claim
from extraction.services.parses import cancel_document, read_again, start_parse
from extraction.services.reviews import approve_review
from extraction.services.samples import FOLDER
from extraction.services.templates import archive_template, create_template, install_ready_made, publish_draft
from extraction.services.work import perform, work_once
from extraction.types import FieldSpec
from extraction.wire.template_json import TemplateDefinition
from tests import bad_files
from tests.services.account_rows import make_account
from tests.site_sheets import SHEETS

INVOICE = FOLDER / "invoice-hy-2026-004817.pdf"


@pytest.fixture
def templates(team: Team) -> dict[str, Template]:
    return {template.slug: template for template in install_ready_made(team)}


def store(team: Team, path: Path = INVOICE, **options) -> Document:
    with path.open("rb") as file:
        return store_document(team=team, file=File(file, path.name), by=None, detects=True, **options)


def letter(folder: Path) -> Path:
    path = folder / "letter.pdf"
    path.write_bytes(bad_files.page_pdf())
    return path


def work(engine: EmbeddedParser) -> None:
    while work_once(engine):
        pass


def step_of(document: Document) -> str:
    return progress_of([document])[document.pk].step


def test_template_is_found_and_the_fields_are_read_with_it(
    team: Team, templates: dict[str, Template], engine: EmbeddedParser
) -> None:
    document = store(team)
    assert (Detection.objects.get().state, Extraction.objects.count()) == (JobState.WAITING, 0)

    work(engine)

    document.refresh_from_db()
    detection, extraction = Detection.objects.get(), Extraction.objects.get()
    assert (detection.state, detection.template) == (JobState.DONE, templates["invoice"])
    assert (document.template, extraction.version.template) == (templates["invoice"], templates["invoice"])
    assert Review.objects.get().extraction == extraction
    best = detection.fits[0]
    assert (best["template"], best["title"]) == (templates["invoice"].pk, "INVOICE")
    assert 2 * best["labels_found"] > best["labels"]
    assert progress_of([document])[document.pk].found == detection


def test_unfamiliar_document_waits_for_a_template_and_is_not_read_again(
    team: Team, templates: dict[str, Template], engine: EmbeddedParser, tmp_path: Path, alice: User
) -> None:
    document = store(team, letter(tmp_path))
    work(engine)
    progress = progress_of([document])[document.pk]
    assert (progress.step, progress.is_pending, progress.error_code) == ("unfamiliar", False, "")
    assert list(documents_of(team, state="unfamiliar")) == [document]
    assert list(documents_of(team, state="read")) == []
    assert unfamiliar_count(team) == 1

    extract_again(document=document, version=published_version(templates["receipt"]), by=alice)
    work(engine)

    document.refresh_from_db()
    assert (document.template, step_of(document)) == (templates["receipt"], "ready")
    assert Parse.objects.count() == 1
    assert progress_of([document])[document.pk].found is None
    assert list(documents_of(team, state="unfamiliar")) == []


def test_choosing_a_template_ends_a_search_that_has_not_begun(
    team: Team, templates: dict[str, Template], engine: EmbeddedParser, alice: User
) -> None:
    document = store(team)

    extract_again(document=document, version=published_version(templates["contract"]), by=alice)
    work(engine)

    assert Detection.objects.get().state == JobState.CANCELLED
    assert [extraction.version.template for extraction in Extraction.objects.all()] == [templates["contract"]]


def test_template_that_was_found_wrongly_is_changed_by_one_step(
    team: Team, templates: dict[str, Template], engine: EmbeddedParser, alice: User
) -> None:
    document = store(team)
    work(engine)

    extract_again(document=document, version=published_version(templates["receipt"]), by=alice)
    work(engine)

    document.refresh_from_db()
    assert (document.template, Parse.objects.count()) == (templates["receipt"], 1)
    assert progress_of([document])[document.pk].found is None


def test_only_the_teams_own_published_templates_are_compared(team: Team, engine: EmbeddedParser) -> None:
    other = Team.objects.create(name="Other", slug="other")
    install_ready_made(other)
    document = store(team)

    work(engine)

    assert (step_of(document), Detection.objects.get().fits) == ("unfamiliar", [])


def test_archived_template_is_not_found(team: Team, templates: dict[str, Template], engine: EmbeddedParser) -> None:
    archive_template(template=templates["invoice"], archived=True)
    document = store(team)

    work(engine)

    assert step_of(document) == "unfamiliar"
    assert templates["invoice"].pk not in [fit["template"] for fit in Detection.objects.get().fits]


def test_cancelled_document_is_not_searched(team: Team, templates: dict[str, Template], engine: EmbeddedParser) -> None:
    document = store(team)

    cancel_document(document=document, by=None)
    work(engine)

    assert Detection.objects.get().state == JobState.CANCELLED
    assert (step_of(document), Extraction.objects.count()) == ("cancelled", 0)


class _CancelledLate(Lease[Detection]):
    """Somebody cancels when the worker has looked for the last time."""

    looks = 0

    def look(self) -> None:
        super().look()
        self.looks += 1
        if self.looks == 2:
            cancel_document(document=self.job.parse.document, by=None)


def test_document_that_is_cancelled_at_the_last_moment_is_not_extracted(
    team: Team, templates: dict[str, Template], engine: EmbeddedParser
) -> None:
    document = store(team)
    while (job := claim(Detection.objects.due())) is None:
        work_once(engine)

    perform(_CancelledLate(job), engine)

    assert Detection.objects.get().state == JobState.CANCELLED
    assert (step_of(document), Extraction.objects.count()) == ("cancelled", 0)


class _ArchivedMeanwhile(Lease[Detection]):
    """Somebody archives the template when it was compared."""

    looks = 0

    def look(self) -> None:
        super().look()
        self.looks += 1
        if self.looks == 2:
            archive_template(template=Template.objects.get(slug="invoice"), archived=True)


def test_template_that_is_archived_meanwhile_is_not_used(
    team: Team, templates: dict[str, Template], engine: EmbeddedParser
) -> None:
    document = store(team)
    while (job := claim(Detection.objects.due())) is None:
        work_once(engine)

    perform(_ArchivedMeanwhile(job), engine)

    assert (step_of(document), Extraction.objects.count()) == ("unfamiliar", 0)


def test_reading_an_unfamiliar_document_again_searches_again(team: Team, engine: EmbeddedParser, alice: User) -> None:
    document = store(team)
    work(engine)
    assert step_of(document) == "unfamiliar"
    install_ready_made(team)

    read_again(document=document, by=alice)
    work(engine)

    assert step_of(document) == "ready"
    assert [detection.has_found for detection in Detection.objects.order_by("pk")] == [False, True]


def test_reading_a_found_document_again_keeps_its_template(
    team: Team, templates: dict[str, Template], engine: EmbeddedParser, alice: User
) -> None:
    document = store(team)
    work(engine)

    read_again(document=document, by=alice)
    work(engine)

    assert (Detection.objects.count(), Extraction.objects.count()) == (1, 2)
    assert progress_of([document])[document.pk].found == Detection.objects.get()


def test_search_goes_over_to_the_reading_that_takes_over(team: Team) -> None:
    document = store(team)
    first = Parse.objects.get()
    again = start_parse(document=document)

    carry_over(first, again)

    assert [detection.parse for detection in Detection.objects.order_by("pk")] == [first, again]


def test_found_template_decides_who_reads_the_fields(
    team: Team, templates: dict[str, Template], engine: EmbeddedParser
) -> None:
    account = make_account(team)
    ProviderChoice.objects.create(template=templates["invoice"], extract_account=account)
    store(team)

    work(engine)

    extraction = Extraction.objects.get()
    assert (Parse.objects.get().provider, extraction.provider, extraction.account) == (
        Provider.EMBEDDED,
        Provider.DOCMAP,
        account,
    )


def test_search_counts_as_an_extraction_at_the_upload(team: Team, templates: dict[str, Template]) -> None:
    team.monthly_extractions = 0
    team.save()

    with pytest.raises(QuotaUsedUp):
        store(team)

    assert Document.objects.count() == 0


def test_quota_that_is_used_up_meanwhile_is_told(
    team: Team, templates: dict[str, Template], engine: EmbeddedParser
) -> None:
    document = store(team)
    team.monthly_extractions = 0
    team.save()

    work(engine)

    progress = progress_of([document])[document.pk]
    assert (progress.step, progress.error_code) == ("failed", "extraction_quota")
    assert list(documents_of(team, state="failed")) == [document]


def test_webhook_tells_of_an_unfamiliar_document(
    team: Team, templates: dict[str, Template], engine: EmbeddedParser, tmp_path: Path
) -> None:
    Webhook.objects.create(team=team, url="https://example.org/hook", secret="", events=["document.unfamiliar"])
    document = store(team, letter(tmp_path), source=Source.API)

    work(engine)

    delivery = WebhookDelivery.objects.get()
    assert delivery.event == "document.unfamiliar"
    assert (delivery.payload["data"]["document_id"], delivery.payload["data"]["status"]) == (document.pk, "unfamiliar")


def test_approved_documents_teach_their_layout(
    team: Team,
    engine: EmbeddedParser,
    alice: User,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    fields = (FieldSpec("invoice_number", label="Our sign"),)
    template = create_template(team=team, definition=TemplateDefinition("Yard papers", fields), by=None)
    version = publish_draft(template=template)
    first = store(team, sheet(tmp_path, 0))
    work(engine)
    assert step_of(first) == "unfamiliar"
    extract_again(document=first, version=version, by=alice)
    work(engine)
    review = Review.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        approve_review(review=review, version=review.version, by=alice, anyway=True)
    second = store(team, sheet(tmp_path, 1))
    work(engine)

    found = progress_of([second])[second.pk].found
    assert (found.template, found.fits[0]["documents"]) == (template, 1)


def sheet(folder: Path, number: int) -> Path:
    path = folder / f"yard-{number}.pdf"
    path.write_bytes(SHEETS[number].pdf())
    return path
