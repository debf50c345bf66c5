from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from django.core.files.base import ContentFile

from extraction.engine.fields import as_shipped
from extraction.errors import StepNotAllowed
from extraction.models import (
    Extraction,
    FieldValue,
    LearnedExample,
    LearnedVersion,
    Parse,
    ParsedPage,
    Review,
    Team,
    Template,
    User,
)
from extraction.providers.embedded import EmbeddedParser
from extraction.queries.review import current_values
from extraction.services import learning
from extraction.services.corrections import confirm_absent, correct_value
from extraction.services.documents import delete_document, store_document
from extraction.services.erasing import erase_record
from extraction.services.learned_facts import learned_facts
from extraction.services.learning import learned_for, turn_off, use_version
from extraction.services.reviews import approve_review, reopen_review
from extraction.services.templates import create_template, publish_draft
from extraction.services.work import work_once
from extraction.types import Calibration, Check, FieldSpec, FieldType, Learned
from extraction.wire.learned import dump_learned, load_learned, load_lesson
from extraction.wire.template_json import TemplateDefinition
from tests.site_sheets import SHEETS, SiteSheet

type Committing = Callable[..., AbstractContextManager[object]]

FIELDS = (
    FieldSpec("invoice_number"),
    FieldSpec("invoice_date", FieldType.DATE),
    FieldSpec("total", FieldType.AMOUNT),
    FieldSpec("due_date", FieldType.DATE),
)


@pytest.fixture
def template(team: Team) -> Template:
    template = create_template(team=team, definition=TemplateDefinition("Site sheet", FIELDS), by=None)
    publish_draft(template=template)
    return template


@pytest.fixture
def committing(django_capture_on_commit_callbacks: Committing) -> Callable[[], AbstractContextManager[object]]:
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def read(engine: EmbeddedParser, template: Template) -> Callable[[SiteSheet], Review]:
    """Store a sheet, let the workers read it, and give its review."""

    def go(sheet: SiteSheet) -> Review:
        file = ContentFile(sheet.pdf(), name=f"{sheet.site}.pdf")
        document = store_document(team=template.team, file=file, by=None, template=template)
        while work_once(engine):
            pass
        return Review.objects.get(extraction__parse__document=document)

    return go


@pytest.fixture
def approved(read: Callable[[SiteSheet], Review], alice: User, committing: Committing) -> Callable[[SiteSheet], Review]:
    """Read a sheet, mend what is wrong and approve it."""

    def go(sheet: SiteSheet) -> Review:
        review = read(sheet)
        correct(review, sheet, alice)
        with committing():
            approve_review(review=review, version=review.version, by=alice, anyway=True)
        return review

    return go


def said(review: Review) -> dict[str, object]:
    return {value.stored.key: value.value for value in current_values(review.extraction)}


def right(sheet: SiteSheet) -> dict[str, object]:
    return {**sheet.values, "total": sheet.total.replace(",", ""), "due_date": None}


def correct(review: Review, sheet: SiteSheet, by: User) -> int:
    """Mend the values that are wrong, and say how many were."""
    wrong = [key for key, value in right(sheet).items() if said(review)[key] != value]
    for key in wrong:
        value = FieldValue.objects.get(extraction=review.extraction, key=key)
        if key in sheet.values:
            correct_value(review=review, value=value, text=sheet.values[key], by=by, version=review.version)
        else:
            confirm_absent(review=review, value=value, by=by, version=review.version)
    return len(wrong)


def test_after_two_corrected_invoices_the_next_three_need_no_correction(
    read: Callable[[SiteSheet], Review], alice: User, committing: Committing, template: Template
) -> None:
    corrections = []
    for sheet in SHEETS[:2]:
        review = read(sheet)
        corrections.append(correct(review, sheet, alice))
        with committing():
            approve_review(review=review, version=review.version, by=alice, anyway=True)

    later = [read(sheet) for sheet in SHEETS[2:]]

    assert corrections[0] >= 1
    assert [said(review) for review in later] == [right(sheet) for sheet in SHEETS[2:]]
    assert {review.extraction.learned for review in later} == {LearnedVersion.objects.get(is_active=True)}


def test_an_approval_makes_a_version_and_a_reading_says_which_it_used(
    approved: Callable[[SiteSheet], Review], read: Callable[[SiteSheet], Review], template: Template
) -> None:
    first = approved(SHEETS[0])
    second = read(SHEETS[1])

    version = LearnedVersion.objects.get()
    assert (version.number, version.is_active) == (1, True)
    assert version.examples == [first.example.pk]
    assert (first.extraction.learned, second.extraction.learned) == (None, version)
    facts = learned_facts(template)
    assert (facts.documents, [one.layouts for one in facts.versions]) == (1, [1])


def test_an_approval_says_which_values_were_right_and_how_sure_the_machine_was(
    approved: Callable[[SiteSheet], Review],
) -> None:
    """Those that were corrected are wrong; those that were approved unseen say nothing."""
    review = approved(SHEETS[0])

    values = {value.key: value for value in FieldValue.objects.filter(extraction=review.extraction)}
    checks = {check.name: check for check in checks_of_example(review)}
    corrected = {key for key, value in said(review).items() if values[key].value != value}
    assert corrected
    assert {name for name, check in checks.items() if not check.is_right} == corrected
    assert {name: check.confidence for name, check in checks.items()} == {
        name: values[name].confidence for name in checks
    }


def test_what_the_templates_own_confidence_added_is_taken_off_again(approved: Callable[[SiteSheet], Review]) -> None:
    approved(SHEETS[0])
    own = Calibration(42, 0.5, 0.4, 1.0, -0.3)
    version = LearnedVersion.objects.get()
    version.data = dump_learned(replace(load_learned(version.data), calibration=own))
    version.save(update_fields=["data"])

    review = approved(SHEETS[1])

    checks = checks_of_example(review)
    stored = {value.key: value.confidence for value in FieldValue.objects.filter(extraction=review.extraction)}
    assert checks
    assert all(check.confidence > stored[check.name] for check in checks)
    assert [check.confidence for check in checks] == [as_shipped(stored[one.name], one.name, own) for one in checks]


def checks_of_example(review: Review) -> tuple[Check, ...]:
    return load_lesson(LearnedExample.objects.get(review=review).lesson).checks


def test_learning_that_fails_leaves_the_approval(
    approved: Callable[[SiteSheet], Review], read: Callable[[SiteSheet], Review], alice: User, committing: Committing
) -> None:
    review = read(SHEETS[0])
    ParsedPage.objects.filter(parse=review.extraction.parse).update(content=b"no reading")

    with committing():
        approve_review(review=review, version=review.version, by=alice, anyway=True)

    review.refresh_from_db()
    assert review.state == "approved"
    assert list(LearnedExample.objects.values_list("failed", flat=True)) == [True]


def test_long_documents_are_learned_from_when_the_next_one_is_read(
    read: Callable[[SiteSheet], Review], alice: User, committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "AT_ONCE_PAGES", 0)
    review = read(SHEETS[0])
    correct(review, SHEETS[0], alice)
    with committing():
        approve_review(review=review, version=review.version, by=alice, anyway=True)
    assert not LearnedVersion.objects.exists()

    assert said(read(SHEETS[1])) == right(SHEETS[1])


def test_an_approval_waits_for_no_longer_document(
    read: Callable[[SiteSheet], Review], alice: User, committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    long, short = read(SHEETS[0]), read(SHEETS[1])
    for review, at_once in ((long, 0), (short, 3)):
        monkeypatch.setattr(learning, "AT_ONCE_PAGES", at_once)
        with committing():
            approve_review(review=review, version=review.version, by=alice, anyway=True)

    assert list(LearnedExample.objects.filter(lesson__isnull=True).values_list("review", flat=True)) == [long.pk]
    assert list(LearnedVersion.objects.values_list("examples", flat=True)) == [[short.example.pk]]


def test_data_is_kept_of_ten_versions_and_the_one_in_use(template: Template) -> None:
    for _number in range(13):
        learning._make_version(template.pk, in_use=False)
    use_version(template.learned.get(number=5))
    for _number in range(13):
        learning._make_version(template.pk, in_use=False)

    kept = template.learned.filter(data__isnull=False).order_by("number")
    assert list(kept.values_list("number", flat=True)) == [5, *range(17, 27)]
    assert [facts.number for facts in learned_facts(template).versions] == [*range(26, 16, -1), 5]


def test_a_reopened_review_is_forgotten(
    approved: Callable[[SiteSheet], Review], alice: User, committing: Committing
) -> None:
    review = approved(SHEETS[0])

    with committing():
        reopen_review(review=review, version=review.version, by=alice)

    assert not LearnedExample.objects.exists()
    assert list(LearnedVersion.objects.values_list("number", "data", "is_active")) == [
        (2, dump_learned(Learned()), True),
        (1, None, False),
    ]


def test_what_a_deleted_document_taught_goes_with_it(
    approved: Callable[[SiteSheet], Review], alice: User, committing: Committing
) -> None:
    first = approved(SHEETS[0])
    second = approved(SHEETS[1])

    with committing():
        delete_document(document=first.extraction.parse.document, by=alice)

    kept = LearnedVersion.objects.filter(data__isnull=False)
    assert [(version.number, version.examples, version.is_active) for version in kept] == [
        (3, [second.example.pk], True)
    ]


def test_what_an_erased_record_taught_goes_with_it(
    approved: Callable[[SiteSheet], Review], alice: User, committing: Committing
) -> None:
    review = approved(SHEETS[0])

    with committing():
        erase_record(extraction=review.extraction, by=alice)

    assert not LearnedExample.objects.exists()
    assert not Extraction.objects.exists()
    assert not Parse.objects.exists()


def test_one_goes_back_to_an_earlier_version_which_then_stays(
    approved: Callable[[SiteSheet], Review], template: Template
) -> None:
    approved(SHEETS[0])
    approved(SHEETS[1])

    use_version(template.learned.get(number=1))
    approved(SHEETS[2])

    assert list(template.learned.values_list("number", "is_active")) == [(3, False), (2, False), (1, True)]


def test_learning_that_was_turned_off_stays_off_until_a_version_is_chosen(
    approved: Callable[[SiteSheet], Review], read: Callable[[SiteSheet], Review], template: Template
) -> None:
    approved(SHEETS[0])

    turn_off(template)
    approved(SHEETS[1])
    unlearned = read(SHEETS[2])
    use_version(template.learned.get(number=2))
    learned = read(SHEETS[3])

    assert unlearned.extraction.learned is None
    assert said(unlearned) != right(SHEETS[2])
    assert said(learned) == right(SHEETS[3])


def test_a_version_that_is_not_kept_cannot_be_used(template: Template) -> None:
    version = LearnedVersion.objects.create(template=template, number=1)

    with pytest.raises(StepNotAllowed):
        use_version(version)


def test_a_correction_that_stands_nowhere_teaches_nothing(
    read: Callable[[SiteSheet], Review], alice: User, committing: Committing
) -> None:
    review = read(SHEETS[0])
    number = FieldValue.objects.get(extraction=review.extraction, key="invoice_number")
    correct_value(review=review, value=number, text="Q-77777", by=alice, version=review.version)

    with committing():
        approve_review(review=review, version=review.version, by=alice, anyway=True)

    lesson = LearnedExample.objects.get().lesson
    assert load_lesson(lesson).adrift == ("invoice_number",)
    assert "Q-77777" not in repr(lesson)


def test_values_that_were_approved_unseen_teach_nothing(
    read: Callable[[SiteSheet], Review], alice: User, committing: Committing
) -> None:
    review = read(SHEETS[0])
    FieldValue.objects.filter(extraction=review.extraction, key="total").update(confidence=0.2)

    with committing():
        approve_review(review=review, version=review.version, by=alice, anyway=True)

    texts = dict(LearnedExample.objects.get().lesson[1])
    assert "total" not in texts


def test_a_template_without_approved_documents_has_learned_nothing(template: Template) -> None:
    assert learned_for(template) == (None, None)
