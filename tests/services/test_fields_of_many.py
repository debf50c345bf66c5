from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.choices import JobState, ReviewState
from extraction.errors import QuotaUsedUp, StepNotAllowed
from extraction.models import (
    Extraction,
    FieldRow,
    FieldValue,
    Review,
    ReviewEvent,
    Team,
    Template,
    TemplateField,
    TemplateVersion,
    User,
)
from extraction.providers.embedded import EmbeddedParser
from extraction.queries.fields_standing import Standing, standing_of
from extraction.queries.review import current_values
from extraction.services.corrections import add_row, correct_value
from extraction.services.fields_of_many import Asked, Wish, read_fields_of_many
from extraction.services.reviews import lock_review
from extraction.services.templates import definition_of, publish_draft, save_draft
from extraction.services.work import work_once
from extraction.types import FieldType
from tests.read_documents import make_read_document


@pytest.fixture
def reviews(team: Team) -> list[Review]:
    """Three documents of one template, as an upload leaves them."""
    made = [make_read_document(team, name=f"{name}.pdf") for name in ("one", "two", "three")]
    for review in made:
        document = review.extraction.parse.document
        document.template = review.extraction.version.template
        document.save()
    return made


@pytest.fixture
def template(reviews: list[Review]) -> Template:
    return reviews[0].extraction.version.template


def publish_changed(template: Template, by: User, *, without: str = "", as_text: str = "") -> TemplateVersion:
    """The next version: one field less, another one as text."""
    old = definition_of(template, template.published)
    fields = tuple(
        replace(spec, type=FieldType.STRING) if spec.name == as_text else spec
        for spec in old.fields
        if spec.name != without
    )
    save_draft(template=template, name=template.name, language="en", fields=fields, by=by)
    return publish_draft(template=template)


def approve(review: Review) -> None:
    Review.objects.filter(pk=review.pk).update(state=ReviewState.APPROVED)


def newest(review: Review) -> Review:
    found = Review.objects.filter(extraction__parse=review.extraction.parse_id).order_by("-pk").first()
    assert found is not None
    return found


def said(review: Review) -> dict[str, object]:
    return {value.stored.key: value.value for value in current_values(review.extraction) if not value.stored.row_id}


def test_a_changed_template_reads_all_documents_that_people_have_not_finished(
    reviews: list[Review], template: Template, alice: User, engine: EmbeddedParser
) -> None:
    approve(reviews[2])
    version = publish_changed(template, alice, without="discount")
    assert standing_of(version) == Standing(older=2, older_finished=1)

    asked = read_fields_of_many(template=template, by=alice, wish=Wish())
    assert (asked, standing_of(version)) == (Asked(started=2), Standing(pending=2, older_finished=1))
    while work_once(engine):
        pass

    assert standing_of(version) == Standing(current=2, older_finished=1)
    assert [newest(review).extraction.version.number for review in reviews] == [2, 2, 1]
    assert [newest(review).state for review in reviews] == ["open", "open", "approved"]
    assert "discount" in said(newest(reviews[2])) and "discount" not in said(newest(reviews[0]))
    told = ReviewEvent.objects.filter(what="fields_asked_again").order_by("pk")
    assert list(told.values_list("review", "who__name")) == [(reviews[0].pk, "Alice"), (reviews[1].pk, "Alice")]


def test_nothing_is_asked_for_twice(reviews: list[Review], template: Template, alice: User) -> None:
    publish_changed(template, alice, without="discount")

    first = read_fields_of_many(template=template, by=alice, wish=Wish())
    second = read_fields_of_many(template=template, by=alice, wish=Wish(current=True, finished=True))

    assert (first, second) == (Asked(started=3), Asked())
    listed = list(Extraction.objects.filter(state=JobState.QUEUED).values_list("listed_at", flat=True))
    assert len(set(listed)) == 3


def test_finished_and_current_ones_are_read_when_people_ask_for_them(
    reviews: list[Review], template: Template, alice: User, engine: EmbeddedParser
) -> None:
    approve(reviews[0])

    without = read_fields_of_many(template=template, by=alice, wish=Wish(finished=True))
    asked = read_fields_of_many(template=template, by=alice, wish=Wish(current=True, finished=True))
    while work_once(engine):
        pass

    assert (without, asked) == (Asked(), Asked(started=3))
    assert [newest(review).state for review in reviews] == ["open", "open", "open"]
    assert newest(reviews[0]) != reviews[0]


def test_only_named_documents_of_the_template_are_read(
    reviews: list[Review], template: Template, alice: User, charlie: User
) -> None:
    theirs = make_read_document(charlie.teams.get(), name="theirs.pdf").extraction.parse.document
    named = [reviews[1].extraction.parse.document_id, theirs.pk]

    asked = read_fields_of_many(template=template, by=alice, wish=Wish(current=True, documents=named))

    assert asked == Asked(started=1)
    again = Extraction.objects.get(state=JobState.QUEUED)
    assert (again.parse, again.keeps) == (reviews[1].extraction.parse, reviews[1])


def test_nothing_is_taken_from_under_somebodys_hands(
    reviews: list[Review], template: Template, alice: User, bob: User
) -> None:
    lock_review(review=reviews[0], by=bob)
    lock_review(review=reviews[1], by=alice)
    publish_changed(template, alice, without="discount")

    assert read_fields_of_many(template=template, by=alice, wish=Wish()) == Asked(started=2, in_hand=1)
    assert read_fields_of_many(template=template, by=None, wish=Wish()) == Asked(in_hand=1)


def test_what_people_changed_holds_under_the_changed_template(
    reviews: list[Review], template: Template, alice: User, engine: EmbeddedParser
) -> None:
    review = reviews[0]
    for name, text in (("po_number", "PO-1"), ("total", "1,234.50"), ("discount", "5.00")):
        value = FieldValue.objects.get(extraction=review.extraction, row=None, key=name)
        correct_value(review=review, value=value, text=text, by=alice, version=review.version, spans=())
    table = TemplateField.objects.get(version=review.extraction.version, name="line_items")
    typed = add_row(review=review, field=table, by=alice, version=review.version)
    cell = typed.values.get(key="article")
    correct_value(review=review, value=cell, text="EXTRA-1", by=alice, version=review.version, spans=())
    version = publish_changed(template, alice, without="discount", as_text="total")

    read_fields_of_many(template=template, by=alice, wish=Wish())
    while work_once(engine):
        pass

    after = newest(review)
    assert {name: said(after)[name] for name in ("po_number", "total")} == {"po_number": "PO-1", "total": "1,234.50"}
    assert "discount" not in said(after)
    kept = FieldRow.objects.get(extraction=after.extraction, added=True)
    assert kept.field == version.fields.get(name="line_items")
    columns = version.fields.filter(parent=kept.field).order_by("position")
    assert list(kept.values.order_by("pk").values_list("field", flat=True)) == [column.pk for column in columns]
    shown = [value.value for value in current_values(after.extraction) if value.stored.row_id == kept.pk]
    assert shown == ["EXTRA-1", None, None, None, None]


def test_where_the_quota_does_not_allow_for_all_none_is_read(
    reviews: list[Review], template: Template, alice: User
) -> None:
    Team.objects.update(monthly_extractions=2)
    template.team.refresh_from_db()

    with pytest.raises(QuotaUsedUp):
        read_fields_of_many(template=template, by=alice, wish=Wish(current=True))

    assert not Extraction.objects.filter(state=JobState.QUEUED).exists()


def test_a_template_that_was_never_published_reads_nothing(template: Template, alice: User) -> None:
    template.versions.update(state="draft")

    with pytest.raises(StepNotAllowed):
        read_fields_of_many(template=template, by=alice, wish=Wish())


def test_what_failed_is_tried_again_and_keeps_what_it_was_to_keep(
    reviews: list[Review], template: Template, alice: User
) -> None:
    review = reviews[0]
    failed = {"version": review.extraction.version, "state": JobState.FAILED, "keeps": review}
    Extraction.objects.create(parse=review.extraction.parse, **failed)
    assert standing_of(review.extraction.version) == Standing(failed=1, current=2)

    read_fields_of_many(template=template, by=alice, wish=Wish())

    assert Extraction.objects.get(state=JobState.QUEUED).keeps == review
