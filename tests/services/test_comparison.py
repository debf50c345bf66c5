from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from extraction.choices import JobState, Kind, VersionState
from extraction.models import Extraction, FieldRow, FieldValue, Review, Team, TemplateField, TemplateVersion, User
from extraction.services.comparison import Comparison, Verdict, compare
from extraction.services.corrections import confirm_absent, correct_value, remove_row
from tests.read_documents import FIELDS, make_read_document
from tests.trials import make_trial


@pytest.fixture
def review(team: Team) -> Review:
    return make_read_document(team)


def verdicts(comparison: Comparison) -> dict[str, Verdict]:
    return {item.key: item.verdict for item in comparison.fields}


def test_equal_readings_differ_in_nothing(review: Review) -> None:
    comparison = compare(review.extraction, make_trial(review))

    assert verdicts(comparison) == {given.name: Verdict.EQUAL for given in FIELDS} | {"discount": Verdict.ABSENT}
    assert (comparison.differing, comparison.absent_count) == ((), 1)
    assert comparison.equal_count == len(FIELDS) - 1 + 8 * 5
    assert comparison.find("") == comparison.fields[0]


def test_values_are_compared_by_their_type(review: Review) -> None:
    changes = {"subtotal": "6236.9", "total": "7421.91", "supplier_name": "Haiyue  Precision\nInstruments Co., Ltd."}

    comparison = compare(review.extraction, make_trial(review, changes=changes))

    assert [item.key for item in comparison.differing] == ["total"]
    total = comparison.find("total")
    assert (total.a.text, total.a.percent, total.b.text, total.b.percent) == ("7,412.91", 88, "7,421.91", None)
    assert total.is_number and comparison.find("") == total


def test_value_of_one_side_only(review: Review) -> None:
    changes = {"iban": None, "discount": "12"}

    comparison = compare(review.extraction, make_trial(review, changes=changes))

    assert {item.key: item.verdict for item in comparison.differing} == {
        "iban": Verdict.ONLY_A,
        "discount": Verdict.ONLY_B,
    }


def test_value_that_does_not_fit_is_what_the_provider_said(review: Review) -> None:
    trial = make_trial(review, changes={"due_date": None, "subtotal": None})
    trial.values.filter(key="due_date").update(text="in 30 days", flag="does_not_fit", reason="")
    trial.values.filter(key="subtotal").update(text="6.236,90 EUR", flag="does_not_fit", reason="")

    comparison = compare(review.extraction, trial)

    due = comparison.find("due_date")
    assert (due.b.text, due.verdict, due.b.flag) == ("in 30 days", Verdict.DIFFERS, "does_not_fit")
    assert comparison.find("subtotal").verdict is Verdict.EQUAL


def test_places_come_with_the_values_in_each_ones_units(review: Review) -> None:
    comparison = compare(review.extraction, make_trial(review, scale=2.0))

    total = comparison.find("total")
    [a], [b] = total.a.spans, total.b.spans
    assert (a.page, b.page) == (1, 1)
    assert [edge * 2 for edge in a.bbox] == list(b.bbox)


def test_rows_are_laid_beside_their_likes(review: Review) -> None:
    comparison = compare(review.extraction, make_trial(review, without_rows=[2, 5]))

    [table] = comparison.tables
    assert [(row.a, row.b) for row in table.rows] == [
        (1, 1), (2, None), (3, 2), (4, 3), (5, None), (6, 4), (7, 5), (8, 6)
    ]  # fmt: skip
    assert [row.number for row in table.rows if row.has_difference] == [2, 5]
    assert comparison.find("line_items.2.article").verdict is Verdict.ONLY_A


def test_rows_that_share_nothing_still_stand_beside_each_other(review: Review) -> None:
    trial = make_trial(review)
    trial.values.exclude(row=None).update(value="0")

    [table] = compare(review.extraction, trial).tables

    assert [(row.a, row.b) for row in table.rows] == [(number, number) for number in range(1, 9)]


def test_persons_changes_stand_beside_what_the_machine_read(review: Review, alice: User) -> None:
    values = {value.key: value for value in review.extraction.values.filter(row=None)}
    correct_value(review=review, value=values["total"], text="7,421.91", by=alice, version=review.version)
    confirm_absent(review=review, value=values["incoterm"], by=alice, version=review.version)
    remove_row(review=review, row=review.extraction.rows.first(), by=alice, version=review.version)

    comparison = compare(review.extraction, make_trial(review))

    total, incoterm = comparison.find("total"), comparison.find("incoterm")
    assert (total.a.text, total.a.corrected, total.verdict) == ("7,412.91", "7,421.91", Verdict.EQUAL)
    assert (incoterm.a.corrected, incoterm.b.corrected) == ("", None)
    assert len(comparison.tables[0].rows) == 8


def test_fields_of_another_version_are_found_by_name(review: Review) -> None:
    own = review.extraction
    version = TemplateVersion.objects.create(template=own.version.template, number=2, state=VersionState.PUBLISHED)
    total = TemplateField.objects.create(version=version, name="total", label="Grand total", type=Kind.STRING)
    new = TemplateField.objects.create(version=version, name="remarks", label="Remarks", position=1)
    trial = Extraction.objects.create(parse=own.parse, version=version, state=JobState.DONE, is_trial=True)
    FieldValue.objects.create(extraction=trial, field=total, key="total", value="EUR 7,412.910")
    FieldValue.objects.create(extraction=trial, field=new, key="remarks", value="none")

    comparison = compare(own, trial)

    total, remarks, iban = (comparison.find(name) for name in ("total", "remarks", "iban"))
    assert (total.label, total.verdict) == ("Total", Verdict.EQUAL)
    assert (remarks.a, remarks.b.text, remarks.verdict) == (None, "none", Verdict.ONLY_B)
    assert (iban.b, iban.verdict) == (None, Verdict.ONLY_A)


def test_keys_that_no_field_takes_are_compared_too(review: Review) -> None:
    trial = make_trial(review)
    FieldValue.objects.create(extraction=trial, key="Skonto", value="2 %", text="2 %")

    comparison = compare(review.extraction, trial)

    assert [(item.key, item.label, item.verdict) for item in comparison.differing] == [
        ("Skonto", "Skonto", Verdict.ONLY_B)
    ]


def test_list_is_a_table_of_one_column(team: Team, review: Review) -> None:
    version = TemplateVersion.objects.create(
        template=review.extraction.version.template, number=2, state=VersionState.PUBLISHED
    )
    field = TemplateField.objects.create(version=version, name="parties", type=Kind.LIST, items=Kind.STRING)
    sides = []
    for names in (["Haiyue", "Nordlicht"], ["Nordlicht"]):
        extraction = Extraction.objects.create(parse=review.extraction.parse, version=version, state=JobState.DONE)
        for position, name in enumerate(names):
            row = FieldRow.objects.create(extraction=extraction, field=field, position=position)
            FieldValue.objects.create(extraction=extraction, row=row, field=field, key="parties", value=name)
        sides.append(extraction)

    [table] = compare(*sides).tables

    assert [[cell.verdict for cell in row.cells] for row in table.rows] == [[Verdict.ONLY_A], [Verdict.EQUAL]]


def test_number_of_queries_does_not_depend_on_rows(
    team: Team, review: Review, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    small = make_read_document(team, name="small.pdf", rows=1)
    pairs = [
        (review.extraction, make_trial(review)),
        (small.extraction, make_trial(small, account=team.accounts.get())),
    ]

    for pair in pairs:
        with django_assert_num_queries(10):
            compare(*pair)
