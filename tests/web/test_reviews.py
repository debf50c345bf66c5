from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from extraction.choices import JobState, PageState, ReviewState, Role
from extraction.models import (
    Correction,
    Extraction,
    FieldValue,
    Membership,
    ParsedPage,
    Review,
    Team,
    TemplateField,
    User,
)
from extraction.services.corrections import correct_value
from extraction.services.review_sheet import read_sheet
from extraction.services.reviews import lock_review, open_review
from tests.factories import make_document
from tests.read_documents import make_read_document

HTMX = {"HX-Request": "true"}


@pytest.fixture
def review(team: Team) -> Review:
    return make_read_document(team)


def value_of(review: Review, name: str) -> FieldValue:
    return FieldValue.objects.get(extraction=review.extraction, row=None, key=name)


def save(client: Client, review: Review, *, htmx: bool = True, **data: Any) -> Any:
    review.refresh_from_db()
    posted = {"version": review.version} | {name.replace("__", "-"): value for name, value in data.items()}
    return client.post(reverse("review-save", args=[review.pk]), posted, headers=HTMX if htmx else {})


def test_the_page_shows_fields_rows_and_page_shells(as_alice: Client, review: Review, alice: User) -> None:
    html = as_alice.get(review.get_absolute_url()).content.decode()

    review.refresh_from_db()
    assert review.locked_by == alice
    assert html.count('class="f') >= 13
    assert html.count('data-row="') == 8
    assert html.count('<figure class="page') == 2
    assert "Subtotal + VAT amount = 7,421.91" in html


def test_strangers_find_nothing_and_readers_change_nothing(
    as_alice: Client, as_charlie: Client, review: Review, alice: User
) -> None:
    Membership.objects.filter(user=alice).update(role=Role.READER)
    parse = review.extraction.parse_id
    looks = [
        review.get_absolute_url(),
        reverse("review-history", args=[review.pk]),
        reverse("document-review-status", args=[review.extraction.parse.document_id]),
        *(reverse(name, args=[parse, 1]) for name in ("review-page", "review-page-text", "review-words")),
        reverse("review-region", args=[parse, 1]) + "?x0=1&y0=1&x1=90&y1=90",
    ]
    changes = [
        reverse(f"review-{name}", args=[review.pk])
        for name in ("save", "lock", "take-over", "approve", "reject", "postpone", "escalate", "reopen")
    ]

    assert [as_charlie.get(url).status_code for url in looks] == [404] * len(looks)
    assert [as_charlie.post(url, {"version": 1}).status_code for url in changes] == [404] * len(changes)
    assert [as_alice.get(url).status_code for url in looks] == [200] * len(looks)
    assert [as_alice.post(url, {"version": 1}).status_code for url in changes] == [403] * len(changes)


def test_a_saved_value_answers_with_what_changed(as_alice: Client, review: Review) -> None:
    total = value_of(review, "total")

    answer = save(as_alice, review, **{f"value__{total.pk}": "7,421.91"})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'data-version="2"' in html
    assert f'id="field-{total.pk}"' in html
    assert html.count('class="f ') == 1
    assert [item.text for item in read_sheet(review.extraction).fields if item.name == "total"] == ["7,421.91"]


def test_a_stale_save_shows_both_values(as_alice: Client, review: Review, alice: User) -> None:
    total = value_of(review, "total")
    correct_value(review=review, value=total, text="1.00", by=alice, version=1)

    url = reverse("review-save", args=[review.pk])
    data = {"version": 1, f"value-{total.pk}": "2.00"}
    answers = [as_alice.post(url, data, headers=HTMX), as_alice.post(url, data)]

    for answer in answers:
        html = answer.content.decode()
        assert answer.status_code == 409
        assert f'name="use-{total.pk}" value="2.00"' in html
        assert "Theirs: 1.00" in html
    assert Correction.objects.count() == 1


def test_a_stale_confirmation_says_that_something_changed(as_alice: Client, review: Review, alice: User) -> None:
    total = value_of(review, "total")
    correct_value(review=review, value=total, text="1.00", by=alice, version=1)

    answer = save(as_alice, review, version=1, action=f"confirm:{total.pk}")

    assert answer.status_code == 409
    assert "This has moved on in the meantime." in answer.content.decode()
    assert Correction.objects.count() == 1


def test_a_form_without_scripts_saves_every_changed_value(as_alice: Client, review: Review) -> None:
    sheet = read_sheet(review.extraction)
    same = {f"value__{item.pk}": item.text for item in sheet.everything.values()}
    changed = {f"value__{value_of(review, 'incoterm').pk}": "FOB Hamburg"}

    answer = save(as_alice, review, htmx=False, **same | changed)

    assert answer.status_code == 302
    assert [row.text for row in Correction.objects.all()] == ["FOB Hamburg"]


def test_a_value_filled_from_the_page_keeps_its_place(as_alice: Client, review: Review) -> None:
    discount = value_of(review, "discount")
    span = {"page": 1, "bbox": [500, 500, 540, 511], "text": "6,236.90", "block": 16, "precision": "word"}

    save(as_alice, review, **{f"value__{discount.pk}": "6,236.90", f"spans__{discount.pk}": json.dumps([span])})

    assert Correction.objects.get().spans == [span | {"bbox": [500.0, 500.0, 540.0, 511.0]}]


@pytest.mark.parametrize(
    "data",
    [
        {"version": "x"},
        {"action": "burn"},
        {"spans__1": "[{}]"},
        {"spans__1": '[{"page": 1, "bbox": [1, 1, 1, 1]}]'},
        {"spans__1": "nonsense"},
    ],
)
def test_nonsense_is_refused(as_alice: Client, review: Review, data: dict[str, str]) -> None:
    assert save(as_alice, review, **data).status_code == 400
    assert Correction.objects.count() == 0


def test_values_of_another_document_are_not_found(as_alice: Client, review: Review, team: Team) -> None:
    other = make_read_document(team, name="other.pdf")

    answers = [
        save(as_alice, review, **{f"value__{value_of(other, 'total').pk}": "1"}),
        save(as_alice, review, action=f"confirm:{value_of(other, 'total').pk}"),
        save(as_alice, review, action=f"remove-row:{other.extraction.rows.first().pk}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_rows_are_added_removed_and_brought_back(as_alice: Client, review: Review) -> None:
    table = read_sheet(review.extraction).tables[0]

    save(as_alice, review, action=f"add-row:{table.pk}")
    save(as_alice, review, action=f"remove-row:{table.rows[0].pk}")
    save(as_alice, review, action=f"remove-row:{table.rows[1].pk}")
    save(as_alice, review, action="undo")

    rows = read_sheet(review.extraction).tables[0].rows
    assert [row.pk for row in rows][:-1] == [row.pk for row in table.rows[1:]]
    assert len(rows) == 8


def test_an_approval_is_refused_with_the_list_of_reasons(as_alice: Client, review: Review) -> None:
    answer = as_alice.post(reverse("review-approve", args=[review.pk]), {"version": 1})

    assert answer.status_code == 422
    assert [item.label for item, _ in answer.context["sheet"].blockers] == ["Total", "Amount"]
    assert b"Some fields need you first" in answer.content


def test_after_an_approval_the_next_document_opens(as_alice: Client, review: Review, team: Team) -> None:
    second = make_read_document(team, name="second.pdf")
    for item, _ in read_sheet(review.extraction).blockers:
        save(as_alice, review, action=f"confirm:{item.pk}")
    review.refresh_from_db()

    url = reverse("review-approve", args=[review.pk])
    first = as_alice.post(url, {"version": review.version}, headers=HTMX)
    answer = as_alice.post(url, {"version": review.version, "anyway": "on"}, headers=HTMX)

    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED
    assert (first.status_code, b"Approve anyway" in first.content) == (422, True)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, second.get_absolute_url())


def test_a_rejection_needs_a_reason(as_alice: Client, review: Review) -> None:
    url = reverse("review-reject", args=[review.pk])

    assert as_alice.post(url, {"version": 1, "comment": " "}).status_code == 422
    assert as_alice.post(url, {"version": 1, "comment": "not ours"}).status_code == 302
    review.refresh_from_db()
    assert (review.state, review.comment) == (ReviewState.REJECTED, "not ours")


def test_who_locks_a_review_is_shown_and_can_be_relieved(
    as_alice: Client, as_bob: Client, review: Review, alice: User, bob: User
) -> None:
    lock_review(review=review, by=alice)

    shown = as_bob.get(review.get_absolute_url())
    refused = save(as_bob, review, action="undo")
    as_bob.post(reverse("review-take-over", args=[review.pk]))

    assert b"Alice is working on this review" in shown.content
    assert refused.status_code == 409
    review.refresh_from_db()
    assert review.locked_by == bob
    assert as_alice.post(reverse("review-lock", args=[review.pk])).status_code == 409


def test_a_page_is_drawn_once_and_then_unchanged(as_alice: Client, review: Review) -> None:
    url = reverse("review-page", args=[review.extraction.parse_id, 1])

    first = as_alice.get(url)
    again = as_alice.get(url, headers={"If-None-Match": first["ETag"]})

    assert b'viewBox="0 0 595.0 842.0"' in first.content
    assert first.content.count(b"<rect") == 24 + 1 + 45
    assert (again.status_code, again.content) == (304, b"")


def test_a_failed_page_says_why_and_offers_to_read_again(as_alice: Client, review: Review) -> None:
    parse = review.extraction.parse
    ParsedPage.objects.filter(number=2).delete()
    ParsedPage.objects.create(parse=parse, number=2, state=PageState.FAILED, error_class="page_timeout")

    html = as_alice.get(reverse("review-page", args=[parse.pk, 2])).content.decode()

    assert "Page 2 could not be read" in html
    assert "takes too long" in html
    assert reverse("page-read-again", args=[parse.document_id, 2]) in html


def test_a_region_gives_the_words_in_it(as_alice: Client, review: Review) -> None:
    url = reverse("review-region", args=[review.extraction.parse_id, 1])

    found = as_alice.get(url, {"x0": 455, "y0": 128, "x1": 590, "y1": 142}).json()
    nothing = as_alice.get(url, {"x0": 1, "y0": 1, "x1": 3, "y1": 3}).json()

    assert (found["text"], found["spans"][0]["page"]) == ("HY-2026-004817", 1)
    assert nothing == {"text": "", "spans": []}
    assert as_alice.get(url, {"x0": 9, "y0": 1, "x1": 3, "y1": 3}).status_code == 400


def test_a_document_without_a_review_shows_how_far_it_is(as_alice: Client, team: Team, review: Review) -> None:
    waiting = make_document(team, name="waiting.pdf", sha256="b" * 64)

    page = as_alice.get(reverse("document-review", args=[waiting.pk]))
    done = as_alice.get(reverse("document-review", args=[review.extraction.parse.document_id]))

    assert page.status_code == 200
    assert (done.status_code, done.url) == (302, review.get_absolute_url())


def test_tabs_work_without_scripts(as_alice: Client, review: Review) -> None:
    text = as_alice.get(review.get_absolute_url() + "?tab=text")
    history = as_alice.get(review.get_absolute_url() + "?tab=history")

    assert b"TAX INVOICE" in text.content
    assert b"Ready for review" in history.content


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_rows(
    as_alice: Client, team: Team, rows: int, django_assert_num_queries: Any
) -> None:
    review = make_read_document(team, rows=rows)
    as_alice.get(review.get_absolute_url())

    with django_assert_num_queries(28):
        as_alice.get(review.get_absolute_url())


def test_a_review_of_an_older_extraction_leads_to_the_newest(as_alice: Client, review: Review) -> None:
    newer = Extraction.objects.create(
        parse=review.extraction.parse, version=review.extraction.version, state=JobState.DONE
    )
    newest = open_review(extraction=newer)

    answer = as_alice.get(review.get_absolute_url())

    assert (answer.status_code, answer["Location"]) == (302, newest.get_absolute_url())


def test_a_broken_rule_of_the_template_is_shown_with_its_fix(as_alice: Client, review: Review) -> None:
    fields = TemplateField.objects.filter(version=review.extraction.version)
    fields.filter(name="iban").update(rules=[{"kind": "checksum", "checksum": "iban", "severity": "warning"}])
    fields.filter(name="total").update(
        rules=[{"kind": "sum", "of": ["subtotal", "tax_amount"], "message": "Add again."}]
    )
    FieldValue.objects.filter(extraction=review.extraction, key="iban").update(value="DE89 37O4 0044 0532 0130 00")

    html = as_alice.get(review.get_absolute_url()).content.decode()

    assert "The check digits of this IBAN are wrong." in html
    assert "Use DE89370400440532013000" in html
    assert "Add again." in html
    assert "Use 7,421.91" in html
