from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from extraction.choices import CorrectionKind, FieldState, ReviewState
from extraction.errors import ReviewIncomplete, ReviewLocked, StaleReview, StepNotAllowed
from extraction.models import Correction, Extraction, FieldValue, ParsedPage, Review, ReviewEvent, Team, User
from extraction.queries.dashboard import figures_of
from extraction.queries.queue import lane, next_review, place_of
from extraction.services.corrections import (
    add_row,
    confirm_absent,
    confirm_value,
    correct_value,
    remove_row,
    reset_value,
    undo_change,
)
from extraction.services.review_sheet import read_sheet
from extraction.services.reviews import (
    approve_review,
    escalate_review,
    lock_review,
    open_review,
    postpone_review,
    reject_review,
    reopen_review,
    take_over,
)
from extraction.services.sheets import SheetField
from tests.read_documents import FIELDS, make_read_document


@pytest.fixture
def review(team: Team) -> Review:
    return make_read_document(team)


def value_of(review: Review, name: str) -> FieldValue:
    return FieldValue.objects.get(extraction=review.extraction, row=None, key=name)


def field_of(review: Review, name: str) -> SheetField:
    return next(item for item in read_sheet(review.extraction).fields if item.name == name)


def test_a_review_opens_once_with_its_counts(review: Review) -> None:
    again = open_review(extraction=review.extraction)

    # PO number, total, discount and incoterm need a person, and so does the row whose product is wrong
    assert again == review
    assert (again.field_count, again.to_check, again.confirmed_count) == (len(FIELDS) + 1, 5, 9)
    assert again.party == "Haiyue Precision Instruments Co., Ltd."
    assert [event.what for event in review.events.all()] == ["opened"]


def test_states_come_from_confidence_rules_and_absence(review: Review) -> None:
    states = {item.name: item.state for item in read_sheet(review.extraction).fields}

    assert states == dict.fromkeys(states, FieldState.SURE) | {
        "po_number": FieldState.DOUBTFUL,
        "incoterm": FieldState.DOUBTFUL,
        "total": FieldState.BROKEN,
        "discount": FieldState.EMPTY,
    }


def test_a_broken_total_brings_its_fix(review: Review) -> None:
    problem = field_of(review, "total").problems[0]

    assert (problem.code, problem.fix) == ("rule_total", "7,421.91")
    assert problem.params == {"parts": "Subtotal + VAT amount", "sum": "7,421.91"}


def test_a_correction_is_shown_and_the_machine_keeps_its_value(review: Review, alice: User) -> None:
    value = value_of(review, "total")

    correction = correct_value(review=review, value=value, text="7.421,91", by=alice, version=1)

    value.refresh_from_db()
    review.refresh_from_db()
    assert (value.value, value.text) == ("7412.91", "7,421.91")
    assert (correction.value, correction.review_version, review.version) == ("7421.91", 2, 2)
    shown = field_of(review, "total")
    assert (shown.text, shown.state, shown.by) == ("7,421.91", FieldState.CONFIRMED, "Alice")
    assert review.to_check == 4


def test_a_typed_value_is_found_on_the_page(review: Review, alice: User) -> None:
    correct_value(review=review, value=value_of(review, "discount"), text="318.00", by=alice, version=1)

    span = field_of(review, "discount").spans[0]
    assert (span.page, span.text) == (1, "318.00")


def test_a_typed_value_is_looked_for_before_the_database_is_taken(review: Review, alice: User) -> None:
    outside, asked = len(connection.savepoint_ids), []

    def note_pages(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if ParsedPage._meta.db_table in sql:
            asked.append(len(connection.savepoint_ids))
        return execute(sql, *rest)

    with connection.execute_wrapper(note_pages):
        correct_value(review=review, value=value_of(review, "total"), text="7.421,91", by=alice, version=1)

    assert asked == [outside]


def test_a_text_that_is_no_number_stays_broken_when_confirmed(review: Review, alice: User) -> None:
    value = value_of(review, "total")
    correct_value(review=review, value=value, text="much", by=alice, version=1)
    confirm_value(review=review, value=value, by=alice, version=2)

    assert field_of(review, "total").state == FieldState.BROKEN
    with pytest.raises(ReviewIncomplete):
        approve_review(review=review, version=3, by=alice)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "sNaN", "1E+999999"])
def test_no_number_that_nobody_can_reckon_with_breaks_the_sheet(review: Review, text: str) -> None:
    total = FieldValue.objects.get(extraction=review.extraction, row=None, key="total")
    FieldValue.objects.filter(pk=total.pk).update(value=text)

    (found,) = [item for item in read_sheet(review.extraction).fields if item.name == "total"]

    assert (found.text, found.state) == (text, FieldState.BROKEN)
    assert found.problems[0].code == "rule_not_number"


def test_a_confirmed_value_stands_above_the_rules(review: Review, alice: User) -> None:
    confirm_value(review=review, value=value_of(review, "total"), by=alice, version=1)

    shown = field_of(review, "total")
    assert (shown.state, shown.text, shown.spans[0].text) == (FieldState.CONFIRMED, "7,412.91", "7,421.91")


def test_an_emptied_field_is_confirmed_absent(review: Review, alice: User) -> None:
    correct_value(review=review, value=value_of(review, "incoterm"), text="  ", by=alice, version=1)

    assert field_of(review, "incoterm").state == FieldState.ABSENT


def test_a_value_set_back_is_the_machines(review: Review, alice: User) -> None:
    value = value_of(review, "po_number")
    correct_value(review=review, value=value, text="PO-1", by=alice, version=1)
    reset_value(review=review, value=value, by=alice, version=2)

    shown = field_of(review, "po_number")
    assert (shown.text, shown.state) == ("PO-77120", FieldState.DOUBTFUL)


def test_a_stale_save_changes_nothing(review: Review, alice: User) -> None:
    value = value_of(review, "total")
    correct_value(review=review, value=value, text="1.00", by=alice, version=1)

    with pytest.raises(StaleReview):
        correct_value(review=review, value=value, text="2.00", by=alice, version=1)

    assert [row.text for row in Correction.objects.all()] == ["1.00"]


def test_undo_goes_back_step_by_step_through_rows_too(review: Review, alice: User) -> None:
    value = value_of(review, "total")
    table = read_sheet(review.extraction).tables[0]
    row = review.extraction.rows.get(pk=table.rows[0].pk)
    correct_value(review=review, value=value, text="1.00", by=alice, version=1)
    remove_row(review=review, row=row, by=alice, version=2)
    add_row(review=review, field=row.field, by=alice, version=3)

    undo_change(review=review, by=alice, version=4)
    undo_change(review=review, by=alice, version=5)
    assert len(read_sheet(review.extraction).tables[0].rows) == 8
    undo_change(review=review, by=alice, version=6)

    assert field_of(review, "total").text == "7,412.91"
    with pytest.raises(StepNotAllowed):
        undo_change(review=review, by=alice, version=7)


def test_an_added_row_can_be_filled(review: Review, alice: User) -> None:
    table = review.extraction.version.fields.get(name="line_items")
    row = add_row(review=review, field=table, by=alice, version=1)
    cell = row.values.get(key="quantity")

    correct_value(review=review, value=cell, text="1'200", by=alice, version=2)

    rows = read_sheet(review.extraction).tables[0].rows
    assert [cell.text for cell in rows[-1].cells] == ["", "", "1,200", "", ""]


def test_approval_needs_broken_rules_mended_or_confirmed(review: Review, alice: User) -> None:
    with pytest.raises(ReviewIncomplete) as refused:
        approve_review(review=review, version=1, by=alice)
    assert refused.value.params == {"count": 2}

    for version, item in enumerate(read_sheet(review.extraction).blockers, start=1):
        value = FieldValue.objects.get(pk=item[0].pk)
        confirm_value(review=review, value=value, by=alice, version=version)
    approve_review(review=review, version=3, by=alice, anyway=True)

    review.refresh_from_db()
    assert (review.state, review.finished_by, review.locked_by) == (ReviewState.APPROVED, alice, None)
    assert list(review.events.values_list("what", flat=True)) == ["approved", "confirmed", "confirmed", "opened"]


def test_a_finished_review_is_changed_only_after_it_was_reopened(review: Review, alice: User) -> None:
    value = value_of(review, "total")
    reject_review(review=review, version=1, by=alice, reason="not ours")

    with pytest.raises(StepNotAllowed):
        correct_value(review=review, value=value, text="1.00", by=alice, version=2)

    reopen_review(review=review, version=2, by=alice)
    correct_value(review=review, value=value, text="1.00", by=alice, version=3)
    assert field_of(review, "total").text == "1.00"


def test_hard_ones_leave_the_lane(review: Review, alice: User, team: Team) -> None:
    other = make_read_document(team, name="other.pdf")
    tomorrow = timezone.now() + timedelta(days=1)

    postpone_review(review=review, version=1, by=alice, until=tomorrow)
    escalate_review(review=other, version=1, by=alice, comment="who knows this supplier?")

    assert list(lane(team)) == []
    Review.objects.filter(pk=review.pk).update(postponed_until=timezone.now())
    assert list(lane(team)) == [review]


def test_a_lock_keeps_others_from_saving_until_they_take_over(review: Review, alice: User, bob: User) -> None:
    value = value_of(review, "total")
    assert lock_review(review=review, by=alice)

    assert not lock_review(review=Review.objects.get(pk=review.pk), by=bob)
    with pytest.raises(ReviewLocked):
        correct_value(review=review, value=value, text="1.00", by=bob, version=1)
    take_over(review=review, by=bob)
    correct_value(review=review, value=value, text="1.00", by=bob, version=1)

    assert review.events.filter(what="taken_over", who=bob).get().before == {"who": "Alice"}


def test_a_lock_ends_by_itself(review: Review, alice: User, bob: User) -> None:
    lock_review(review=review, by=alice)
    Review.objects.filter(pk=review.pk).update(locked_until=timezone.now() - timedelta(seconds=1))

    assert lock_review(review=Review.objects.get(pk=review.pk), by=bob)


def test_the_next_review_passes_over_those_of_others(team: Team, alice: User, bob: User) -> None:
    first, second, third = (make_read_document(team, name=f"{number}.pdf") for number in range(3))
    lock_review(review=second, by=bob)

    assert next_review(team, alice, after=first) == third
    assert next_review(team, alice, after=third) == first
    assert place_of(second, team).number == 2
    assert (place_of(second, team).previous, place_of(second, team).next) == (first.pk, third.pk)


def test_every_change_is_in_the_history(review: Review, alice: User) -> None:
    correct_value(review=review, value=value_of(review, "total"), text="1.00", by=alice, version=1)
    confirm_absent(review=review, value=value_of(review, "discount"), by=alice, version=2)

    events = ReviewEvent.objects.filter(who=alice).order_by("pk")
    assert [(event.what, event.subject, event.before, event.after) for event in events] == [
        ("corrected", "Total", {"text": "7,412.91"}, {"text": "1.00"}),
        ("set_absent", "Discount", {"text": ""}, {"text": ""}),
    ]
    assert Correction.objects.filter(kind=CorrectionKind.ABSENT).count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_a_sheet_takes_the_same_queries_for_any_number_of_rows(
    team: Team, rows: int, django_assert_num_queries: Any
) -> None:
    review = make_read_document(team, fields=FIELDS[: rows * 4], rows=rows)

    with django_assert_num_queries(5):
        sheet = read_sheet(review.extraction)

    assert (len(sheet.fields), len(sheet.tables[0].rows)) == (rows * 4, rows)


def test_unchecked_fields_are_approved_only_on_a_second_word(review: Review, alice: User) -> None:
    for item, _ in read_sheet(review.extraction).blockers:
        value = FieldValue.objects.get(pk=item.pk)
        confirm_value(review=review, value=value, by=alice, version=review.version)

    with pytest.raises(ReviewIncomplete) as refusal:
        approve_review(review=review, version=review.version, by=alice)

    assert (refusal.value.code, refusal.value.params) == ("review_unchecked", {"count": 4})
    assert approve_review(review=review, version=review.version, by=alice, anyway=True).state == ReviewState.APPROVED


def test_a_review_of_an_older_extraction_waits_no_more(review: Review, team: Team) -> None:
    newer = Extraction.objects.create(parse=review.extraction.parse, version=review.extraction.version)

    assert list(Review.objects.current()) == []
    assert figures_of(team, timezone.now()).waiting == 0
    assert open_review(extraction=newer) in Review.objects.current()
