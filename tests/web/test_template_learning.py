from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from extraction.choices import Role
from extraction.models import FieldValue, LearnedExample, LearnedVersion, Review, Team, Template
from extraction.services.corrections import correct_value
from extraction.types import Calibration, LayoutMark, Learned, LearnedLayout, Lesson, RankedField, Ranking
from extraction.wire.learned import dump_learned, dump_lesson
from tests.factories import join, make_user
from tests.read_documents import make_read_document

LAYOUT = LearnedLayout((LayoutMark("our sign", 0.1, 0.2),), (), 12, day_first=True)


@pytest.fixture
def template(team: Team) -> Template:
    return make_read_document(team).extraction.version.template


@pytest.fixture
def two(template: Template) -> None:
    labels = (("invoice_number", ("our sign",)),)
    for number, documents in ((1, 1), (2, 12)):
        data = dump_learned(Learned((LAYOUT,) * 2, labels, documents))
        LearnedVersion.objects.create(template=template, number=number, data=data, is_active=number == 2)


def in_use(template: Template) -> list[int]:
    return list(template.learned.filter(is_active=True).values_list("number", flat=True))


def page(client: Client, template: Template) -> str:
    return client.get(template.get_absolute_url()).content.decode()


def test_the_page_tells_what_was_learned(as_alice: Client, template: Template, two: None) -> None:
    shown = page(as_alice, template)

    assert "Learned from 12 documents" in shown
    assert "12 documents · 2 layouts · day before month" in shown
    assert "Invoice no. – <q>our sign</q>" in shown
    assert (shown.count(">Use this one<"), shown.count("Turn off")) == (1, 1)


def test_a_template_that_learned_nothing_says_so(as_alice: Client, template: Template) -> None:
    shown = page(as_alice, template)

    assert "Nothing was learned yet." in shown
    assert "Turn off" not in shown


def test_a_version_whose_documents_are_gone_cannot_be_chosen(as_alice: Client, template: Template, two: None) -> None:
    template.learned.filter(number=1).update(data=None)

    shown = page(as_alice, template)
    as_alice.post(reverse("template-learned-use", args=[template.pk, 1]))

    assert "not kept any more" in shown
    assert "Use this one" not in shown
    assert in_use(template) == [2]


def test_one_click_goes_back_and_one_turns_it_off(as_alice: Client, template: Template, two: None) -> None:
    back = as_alice.post(reverse("template-learned-use", args=[template.pk, 1]))
    assert (back.status_code, in_use(template)) == (302, [1])
    assert "Newer versions are not used until you choose one." in page(as_alice, template)

    off = as_alice.post(reverse("template-learned-off", args=[template.pk]))
    assert (off.status_code, in_use(template)) == (302, [])
    assert "Documents are read without what was learned until you choose a version." in page(as_alice, template)


def test_readers_look_and_change_nothing(client: Client, team: Team, template: Template, two: None) -> None:
    reader = make_user("rosa")
    join(reader, team, Role.READER)
    client.force_login(reader)

    shown = page(client, template)
    answers = [
        client.post(reverse("template-learned-off", args=[template.pk])),
        client.post(reverse("template-learned-use", args=[template.pk, 1])),
    ]

    assert "Learned from 12 documents" in shown
    assert "Use this one" not in shown
    assert [answer.status_code for answer in answers] == [403, 403]
    assert in_use(template) == [2]


def test_strangers_find_nothing(as_charlie: Client, template: Template, two: None) -> None:
    answers = [
        as_charlie.post(reverse("template-learned-off", args=[template.pk])),
        as_charlie.post(reverse("template-learned-use", args=[template.pk, 1])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert in_use(template) == [2]


def test_a_value_that_stands_nowhere_says_that_it_teaches_nothing(as_alice: Client, team: Team) -> None:
    review = make_read_document(team)
    address = review.get_absolute_url()
    before = as_alice.get(address).content.decode()
    value = FieldValue.objects.get(extraction=review.extraction, row=None, key="po_number")
    alice = team.memberships.get().user

    correct_value(review=review, value=value, text="Quite another order", by=alice, version=review.version)

    note = "This stands nowhere in the document, so nothing is learned from it."
    assert note not in before
    assert as_alice.get(address).content.decode().count(note) == 1


def version_with(template: Template, ranking: Ranking | None, calibration: Calibration | None = None) -> None:
    data = dump_learned(Learned((LAYOUT,), (), 24, ranking, calibration=calibration))
    LearnedVersion.objects.create(template=template, number=1, data=data, is_active=True)


def test_the_page_tells_which_fields_are_weighed_anew(as_alice: Client, template: Template) -> None:
    version_with(template, Ranking(24, 70, 60, 66, (RankedField("invoice_number", (("left", -0.2),)),)))

    shown = page(as_alice, template)

    assert "Choices weighed anew for Invoice no.: 66 of 70 right in a test, 60 without it." in shown


def test_the_page_tells_that_weighing_anew_was_not_taken(as_alice: Client, template: Template) -> None:
    version_with(template, Ranking(24, 70, 60, 60))

    shown = page(as_alice, template)

    assert "Weighing choices anew was tried on 24 documents and not taken: it was not clearly better." in shown


def test_the_page_tells_that_confidence_was_fitted(as_alice: Client, template: Template) -> None:
    version_with(template, None, Calibration(42, 0.5, 0.4))

    assert "Confidence fitted from 42 checked values." in page(as_alice, template)


def test_the_page_tells_that_a_fit_of_confidence_was_not_taken(as_alice: Client, template: Template) -> None:
    version_with(template, None, Calibration(42, 0.5, 0.6))

    assert "Fitting confidence to 42 checked values was tried and not taken: it was worse." in page(as_alice, template)


def test_the_page_names_what_stands_nowhere(as_alice: Client, template: Template) -> None:
    review = Review.objects.get(extraction__version__template=template)
    lesson = dump_lesson(Lesson(LAYOUT, adrift=("invoice_number", "line_items.quantity")))
    LearnedExample.objects.create(template=template, review=review, lesson=lesson)

    shown = page(as_alice, template)

    assert "nothing was learned from them: Invoice no. (1), Quantity (1)" in shown
