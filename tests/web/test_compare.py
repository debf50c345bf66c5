from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from extraction.choices import JobState, Role
from extraction.models import Document, Extraction, Membership, Review, Team, User
from extraction.queries.comparison import own_extraction, trials_of
from extraction.services.reviews import lock_review
from tests.factories import make_document
from tests.read_documents import make_read_document
from tests.trials import embedded, make_account, make_trial

HTMX = {"HX-Request": "true"}


@pytest.fixture
def review(team: Team) -> Review:
    return make_read_document(team)


@pytest.fixture
def document(review: Review) -> Document:
    return review.extraction.parse.document


def address(document: Document, name: str = "document-compare", **arguments: int) -> str:
    return reverse(name, kwargs={"pk": document.pk} | arguments)


def choices(document: Document, review: Review, **changes: object) -> dict[str, object]:
    engine = embedded(document.team).pk
    return {"reader": engine, "extractor": engine, "version": review.extraction.version_id} | changes


def test_page_shows_both_values_and_counts(as_alice: Client, document: Document, review: Review) -> None:
    make_trial(review, changes={"total": "7421.91", "iban": None})

    answer = as_alice.get(address(document))

    html = answer.content.decode()
    comparison = answer.context["comparison"]
    assert [item.key for item in comparison.differing] == ["iban", "total"]
    assert answer.context["chosen"].key == "iban"
    assert "2 differ" in html and "50 equal" in html and "none given" in html
    assert html.count("<tr data-verdict=") == 13
    assert "SoMark → Embedded engine" in html


def test_chosen_field_is_in_the_address(as_alice: Client, document: Document, review: Review) -> None:
    trial = make_trial(review, changes={"total": "7421.91"})

    answer = as_alice.get(address(document), {"a": trial.pk, "b": review.extraction.pk, "field": "line_items.7.amount"})

    assert (answer.context["a"], answer.context["b"]) == (trial, review.extraction)
    assert (answer.context["chosen"].a.text, answer.context["chosen"].key) == ("369.00", "line_items.7.amount")
    [page] = answer.context["placed_pages"]
    assert [place.side for place in page.places] == ["a", "b"]


def test_boxes_are_scaled_from_each_ones_units(as_alice: Client, document: Document, review: Review) -> None:
    trial = make_trial(review, scale=3.0)
    values = {"a": review.extraction.values.get(key="total").pk, "b": trial.values.get(key="total").pk}

    answer = as_alice.get(address(document, "compare-place"), values | {"label": "Total"}, headers=HTMX)

    [page] = answer.context["placed_pages"]
    a, b = page.places
    # B's box stands six units further out on each side
    assert (b.x, b.y) == pytest.approx((a.x - 6, a.y - 6), abs=0.2)
    assert (b.width, b.height) == pytest.approx((a.width + 12, a.height + 12), abs=0.2)
    assert page.height == pytest.approx(1000 * 842 / 595, abs=0.1)


def test_values_of_other_documents_are_not_placed(as_alice: Client, document: Document, charlie: User) -> None:
    theirs = make_read_document(charlie.teams.get(), name="theirs.pdf")
    value = theirs.extraction.values.get(key="total")

    answer = as_alice.get(address(document, "compare-place"), {"a": value.pk})

    assert [page.places for page in answer.context["placed_pages"]] == [()]
    assert as_alice.get(address(document, "compare-place"), {"a": "x"}).status_code == 400


def test_value_without_a_place_is_said_so(as_alice: Client, document: Document, review: Review) -> None:
    trial = make_trial(review)
    total = trial.values.get(key="total")
    total.spans.all().delete()

    answer = as_alice.get(address(document), {"field": "total"})

    html = answer.content.decode()
    assert "B does not say where this stands." in html and "not located" in html


def test_extractions_of_other_documents_are_not_compared(
    as_alice: Client, document: Document, review: Review, charlie: User
) -> None:
    theirs = make_read_document(charlie.teams.get(), name="theirs.pdf")

    answer = as_alice.get(address(document), {"b": theirs.extraction.pk})

    assert answer.status_code == 200 and answer.context["comparison"] is None


def test_document_without_fields_can_be_compared_later(as_alice: Client, team: Team) -> None:
    html = as_alice.get(address(make_document(team))).content.decode()

    assert "Nothing was extracted yet" in html and "Only the embedded engine is set up" in html


def test_other_accounts_are_proposed(as_alice: Client, document: Document, team: Team) -> None:
    make_account(team)
    docmap = make_account(team, "docmap", "DocMap")

    form = as_alice.get(address(document)).context["form"]

    assert str(form.fields["reader"].initial) == "SoMark" and form.fields["extractor"].initial == docmap
    assert form.has_choice


def test_trial_is_started_and_watched(as_alice: Client, document: Document, review: Review, team: Team) -> None:
    somark = make_account(team)

    answer = as_alice.post(address(document, "compare-start"), choices(document, review, reader=somark.pk))

    trial = trials_of(document).get()
    assert answer["Location"] == f"{address(document)}?b={trial.pk}"
    assert trial.parse.account == somark
    page = as_alice.get(answer["Location"]).content.decode()
    assert 'hx-trigger="every 2s"' in page and "The values appear here" in page


def test_watching_ends_with_the_trial(as_alice: Client, document: Document, review: Review) -> None:
    trial = make_trial(review)
    Extraction.objects.filter(pk=trial.pk).update(state=JobState.QUEUED)
    fragment = as_alice.get(address(document, "compare-trials"), {"b": trial.pk}).content.decode()
    seen = re.search(r"seen=(\w+)", fragment)[1]

    asked = {"b": trial.pk, "seen": seen, "waits": 1}
    assert as_alice.get(address(document, "compare-trials"), asked).status_code == 204
    Extraction.objects.filter(pk=trial.pk).update(state=JobState.DONE)
    ended = as_alice.get(address(document, "compare-trials"), asked)

    assert ended["HX-Refresh"] == "true" and "hx-trigger" not in ended.content.decode()


def test_failed_trial_says_why(as_alice: Client, document: Document, review: Review) -> None:
    trial = make_trial(review)
    Extraction.objects.filter(pk=trial.pk).update(state=JobState.FAILED, error_class="extraction_failed")

    html = as_alice.get(address(document)).content.decode()

    assert "The fields could not be extracted." in html and "did not end well" in html


def test_same_chain_is_refused_unless_it_is_to_read_again(as_alice: Client, document: Document, review: Review) -> None:
    refused = as_alice.post(address(document, "compare-start"), choices(document, review))
    started = as_alice.post(address(document, "compare-start"), choices(document, review, again="on"))

    assert refused.status_code == 422 and b"This is how the document was read already." in refused.content
    assert started.status_code == 302
    assert trials_of(document).get().parse.is_trial


def test_accounts_and_templates_of_other_teams_are_no_choice(
    as_alice: Client, document: Document, review: Review, charlie: User
) -> None:
    theirs = make_read_document(charlie.teams.get(), name="theirs.pdf")
    account = make_account(charlie.teams.get())

    answers = [
        as_alice.post(address(document, "compare-start"), choices(document, review, **wrong)).status_code
        for wrong in ({"reader": account.pk}, {"version": theirs.extraction.version_id})
    ]

    assert answers == [422, 422] and not trials_of(document).exists()


def test_trial_is_used_and_its_review_opens(as_alice: Client, document: Document, review: Review) -> None:
    trial = make_trial(review)

    answer = as_alice.post(address(document, "compare-use", trial=trial.pk))

    assert answer["Location"] == trial.reviews.get().get_absolute_url()
    assert own_extraction(document) == trial


def test_refused_use_is_explained(as_alice: Client, document: Document, review: Review, bob: User) -> None:
    trial = make_trial(review)
    lock_review(review=review, by=bob)

    answer = as_alice.post(address(document, "compare-use", trial=trial.pk), follow=True)

    assert "Bob is working on this review." in answer.content.decode()
    assert own_extraction(document) == review.extraction


def test_trial_is_discarded(as_alice: Client, document: Document, review: Review) -> None:
    trial = make_trial(review)

    answer = as_alice.post(address(document, "compare-discard", trial=trial.pk))

    assert answer["Location"] == address(document) and not trials_of(document).exists()


def test_documents_own_extraction_is_neither_used_nor_discarded(
    as_alice: Client, document: Document, review: Review
) -> None:
    for name in ("compare-use", "compare-discard"):
        assert as_alice.post(address(document, name, trial=review.extraction.pk)).status_code == 404


def test_strangers_find_nothing_and_roles_are_kept(
    as_alice: Client, as_charlie: Client, document: Document, review: Review, alice: User
) -> None:
    trial = make_trial(review)
    looks = [address(document, name) for name in ("document-compare", "compare-trials", "compare-place")]
    start, use, discard = (
        address(document, "compare-start"),
        address(document, "compare-use", trial=trial.pk),
        address(document, "compare-discard", trial=trial.pk),
    )

    assert {as_charlie.get(look).status_code for look in looks} == {404}
    assert {as_charlie.post(change).status_code for change in (start, use, discard)} == {404}
    Membership.objects.filter(user=alice).update(role=Role.READER)
    assert {as_alice.get(look).status_code for look in looks} == {200}
    assert {as_alice.post(change).status_code for change in (start, use, discard)} == {403}
    Membership.objects.filter(user=alice).update(role=Role.UPLOADER)
    assert as_alice.post(use).status_code == 403
    assert "Use this one" not in as_alice.get(looks[0]).content.decode()


def test_document_page_leads_here(as_alice: Client, document: Document) -> None:
    html = as_alice.get(document.get_absolute_url()).content.decode()

    assert f'href="{address(document)}"' in html
