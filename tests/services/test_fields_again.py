from __future__ import annotations

import pytest

from extraction.choices import JobState, PageState, ReviewState
from extraction.errors import ReviewLocked, StaleReview, StepNotAllowed
from extraction.models import (
    Correction,
    Extraction,
    FieldRow,
    FieldValue,
    ParsedPage,
    Review,
    ReviewEvent,
    Team,
    TemplateField,
    User,
)
from extraction.providers.embedded import EmbeddedParser
from extraction.queries.page_states import page_shells
from extraction.queries.pages import parsed_pages
from extraction.queries.review import current_values
from extraction.services.corrections import add_row, confirm_absent, confirm_value, correct_value, remove_row
from extraction.services.fields_again import keep_corrections, read_fields_again
from extraction.services.reviews import escalate_review, lock_review, open_review, reject_review
from extraction.services.work import work_once
from tests.read_documents import ITEMS, make_read_document


@pytest.fixture
def review(team: Team) -> Review:
    return make_read_document(team)


def value_of(review: Review, name: str) -> FieldValue:
    return FieldValue.objects.get(extraction=review.extraction, row=None, key=name)


def cell_of(review: Review, article: str, name: str) -> FieldValue:
    row = FieldRow.objects.get(extraction=review.extraction, values__key="article", values__value=article)
    return FieldValue.objects.get(row=row, key=name)


def correct(review: Review, value: FieldValue, text: str, by: User) -> None:
    correct_value(review=review, value=value, text=text, by=by, version=review.version, spans=())


def said(review: Review) -> dict[str, object]:
    return {value.stored.key: value.value for value in current_values(review.extraction) if not value.stored.row_id}


def rows_of(review: Review) -> list[dict[str, object]]:
    rows: dict[int, dict[str, object]] = {}
    for value in current_values(review.extraction):
        if value.stored.row_id:
            rows.setdefault(value.stored.row_id, {})[value.stored.key] = value.value
    return list(rows.values())


def read_anew(review: Review, *, without: str = "", new_total: str = "") -> Review:
    """The same values read by a later extraction, but for a row that it does not read."""
    old = review.extraction
    again = Extraction.objects.create(parse=old.parse, version=old.version, state=JobState.DONE, keeps=review)
    for value in FieldValue.objects.filter(extraction=old, row=None):
        changed = new_total if value.key == "total" and new_total else value.value
        FieldValue.objects.create(
            extraction=again, field=value.field, key=value.key, value=changed, text=value.text, reason=value.reason
        )
    for row in FieldRow.objects.filter(extraction=old, added=False):
        if row.values.filter(key="article", value=without).exists():
            continue
        new = FieldRow.objects.create(extraction=again, field=row.field, position=row.position)
        for cell in row.values.all():
            FieldValue.objects.create(extraction=again, row=new, field=cell.field, key=cell.key, value=cell.value)
    return open_review(extraction=again)


def test_what_people_changed_holds_in_the_new_review(review: Review, alice: User) -> None:
    correct(review, value_of(review, "po_number"), "PO-77128", alice)
    confirm_value(review=review, value=value_of(review, "total"), by=alice, version=review.version)
    confirm_absent(review=review, value=value_of(review, "discount"), by=alice, version=review.version)
    correct(review, cell_of(review, "CAL-STD", "amount"), "396.00", alice)

    after = read_anew(review, new_total="1.00")
    kept = keep_corrections(before=review, after=after)

    assert kept == 4
    assert (said(after)["po_number"], said(after)["total"]) == ("PO-77128", "7412.91")
    assert [row["amount"] for row in rows_of(after) if row["article"] == "CAL-STD"] == ["396.00"]
    kinds = Correction.objects.filter(review=after).order_by("pk").values_list("kind", "by__name")
    assert list(kinds) == [("edit", "Alice"), ("confirm", "Alice"), ("absent", "Alice"), ("edit", "Alice")]
    assert after.confirmed_count == 3


def test_rows_that_people_wrote_removed_or_worked_at_stay_so(review: Review, alice: User) -> None:
    table = TemplateField.objects.get(version=review.extraction.version, name="line_items")
    added = add_row(review=review, field=table, by=alice, version=review.version)
    correct(review, added.values.get(key="article"), "EXTRA-1", alice)
    remove_row(review=review, row=cell_of(review, "FRT", "amount").row or added, by=alice, version=review.version)
    correct(review, cell_of(review, "BR-90", "quantity"), "19", alice)

    after = read_anew(review, without="BR-90")
    keep_corrections(before=review, after=after)

    articles = [item[0] for item in ITEMS if item[0] not in ("FRT", "BR-90")]
    assert sorted(str(row["article"]) for row in rows_of(after)) == sorted([*articles, "BR-90", "EXTRA-1"])
    assert [(row["quantity"], row["unit_price"]) for row in rows_of(after) if row["article"] == "BR-90"] == [
        ("19", "9.75")
    ]


def test_a_row_that_a_person_typed_and_the_machine_now_reads_is_one_row(review: Review, alice: User) -> None:
    row = cell_of(review, "FRT", "amount").row
    assert row is not None
    remove_row(review=review, row=row, by=alice, version=review.version)
    table = TemplateField.objects.get(version=review.extraction.version, name="line_items")
    typed = add_row(review=review, field=table, by=alice, version=review.version)
    for name, text in (("article", "LX-999"), ("amount", "5.00")):
        correct(review, typed.values.get(key=name), text, alice)
    after = read_anew(review)
    new = FieldRow.objects.create(extraction=after.extraction, field=table, position=50)
    for column in table.columns.all():
        value = {"article": "LX-999", "description": "Laser"}.get(column.name)
        FieldValue.objects.create(extraction=after.extraction, row=new, field=column, key=column.name, value=value)

    keep_corrections(before=review, after=after)

    found = [row for row in rows_of(after) if row["article"] == "LX-999"]
    assert [(row["amount"], row["description"]) for row in found] == [("5.00", "Laser")]


def test_whoever_has_the_old_review_on_the_screen_loses_nothing_unseen(review: Review, alice: User) -> None:
    after = read_anew(review)
    keep_corrections(before=review, after=after)

    with pytest.raises(StepNotAllowed) as refused:
        correct(review, value_of(review, "total"), "1.00", alice)
    with pytest.raises(StaleReview):
        reject_review(review=review, version=1, by=alice, reason="not ours")

    assert refused.value.code == "review_overtaken"
    assert not Correction.objects.exists()


def test_the_new_review_goes_on_where_the_old_one_stood(review: Review, alice: User) -> None:
    lock_review(review=review, by=alice)
    escalate_review(review=review, version=review.version, by=alice, comment="Whose is this?")

    after = read_anew(review)
    keep_corrections(before=review, after=after)

    after.refresh_from_db()
    assert (after.state, after.comment, after.assignee) == (ReviewState.ESCALATED, "Whose is this?", alice)


def test_asking_for_the_fields_again_is_done_once(review: Review, alice: User, engine: EmbeddedParser) -> None:
    correct(review, value_of(review, "po_number"), "PO-1", alice)

    first = read_fields_again(review=review, by=alice)
    second = read_fields_again(review=review, by=alice)
    while work_once(engine):
        pass

    assert first == second
    newest = Review.objects.exclude(pk=review.pk).get()
    assert (newest.extraction, newest.extraction.version) == (first, review.extraction.version)
    assert said(newest)["po_number"] == "PO-1"
    told = ReviewEvent.objects.filter(what__startswith="fields_").order_by("pk").values_list("what", "review_id")
    assert list(told) == [("fields_asked_again", review.pk), ("fields_read_again", newest.pk)]


def test_fields_are_not_read_again_under_somebodys_hands(review: Review, alice: User, bob: User) -> None:
    lock_review(review=review, by=bob)
    with pytest.raises(ReviewLocked):
        read_fields_again(review=review, by=alice)
    review.extraction.parse.ranges.create(first=2, last=2, version=2)
    with pytest.raises(StepNotAllowed) as busy:
        read_fields_again(review=review, by=bob)
    review.extraction.parse.ranges.all().delete()
    Review.objects.filter(pk=review.pk).update(state=ReviewState.REJECTED)
    with pytest.raises(StepNotAllowed) as finished:
        read_fields_again(review=review, by=bob)

    assert (busy.value.code, finished.value.code) == ("document_busy", "review_finished")
    assert Extraction.objects.count() == 1


def test_a_later_try_that_failed_hides_nothing(review: Review) -> None:
    parse = review.extraction.parse
    ParsedPage.objects.create(parse=parse, number=2, version=2, state=PageState.FAILED, error_class="page_timeout")

    shells = page_shells(parse, 2)
    assert list(parsed_pages(parse).values_list("number", "version")) == [(1, 1), (2, 1)]
    assert [(shell.state, shell.again_code) for shell in shells] == [("done", ""), ("done", "page_timeout")]
