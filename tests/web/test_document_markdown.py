"""What was read of a document as text: in the review's Text tab, and as Markdown to take away."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from extraction.choices import JobState
from extraction.models import Parse, ParsedPage, Review, Team
from extraction.services.readings import page_columns
from extraction.types import BBox, Block, BlockType, PageReading, TableCell
from tests.factories import make_document
from tests.read_documents import make_read_document

LONG = "A paragraph of many words. " * 40


@pytest.fixture
def review(team: Team) -> Review:
    """Of a document with page images, whose second page holds a long text, a table and a figure."""
    review = make_read_document(team, pictures=True)
    cells = (
        TableCell(0, 0, "Item", BBox(10, 90, 60, 100), is_header=True),
        TableCell(0, 1, "Price", BBox(70, 90, 90, 100), is_header=True),
        TableCell(1, 0, "Oak & ash", BBox(10, 100, 90, 110), column_span=2),
    )
    blocks = (
        Block(0, BlockType.TEXT, BBox(10, 10, 90, 80), f"{LONG}\nIts last line."),
        Block(1, BlockType.TABLE, BBox(10, 90, 90, 110), "<table><tr><td>Oak</td></tr></table>", "html", cells=cells),
        Block(2, BlockType.FIGURE, BBox(10, 120, 90, 180), ""),
    )
    ParsedPage.objects.filter(number=2).update(**page_columns(PageReading(2, 100, 200, blocks)))
    return review


def text_of(client: Client, review: Review) -> str:
    return client.get(reverse("review-page-text", args=[review.extraction.parse_id, 2])).content.decode()


def test_the_text_tab_shows_whole_texts_tables_and_figures(as_alice: Client, review: Review) -> None:
    html = text_of(as_alice, review)

    assert f"{LONG}\nIts last line.</button>" in html
    table = re.search(r"<table>.*</table>", html)
    assert table and re.sub(r' data-block-id="b2-1-\d-\d"', "", table[0]) == (
        '<table><tr><th>Item</th><th>Price</th></tr><tr><td colspan="2">Oak &amp; ash</td></tr></table>'
    )
    assert re.findall(r'<svg class="cut" width="80.0" height="60.0" viewBox="([^"]*)"', html) == [
        "10.0 120.0 80.0 60.0"
    ]


def test_a_document_is_taken_away_as_markdown(as_alice: Client, review: Review) -> None:
    document = review.extraction.parse.document
    address = reverse("document-markdown", args=[document.pk])

    offered = [address in html for html in (text_of(as_alice, review), _page(as_alice, document.get_absolute_url()))]
    answer = as_alice.get(address)
    text = answer.content.decode()
    links = re.findall(r"!\[\]\((.*)\)", text)
    picture = as_alice.get(links[0])

    assert offered == [True, True]
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "text/markdown; charset=utf-8",
        'attachment; filename="HY-2026-004817.md"',
    )
    assert "Its last line." in text and "<table><tr><td>Oak</td></tr></table>" in text
    page = ParsedPage.objects.get(number=2).pk
    assert links == [f"http://testserver/documents/{document.pk}/blocks/{page}-2/"]
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")


def test_what_is_not_read_is_not_offered_as_markdown(as_alice: Client, team: Team) -> None:
    document = make_document(team)
    Parse.objects.create(document=document, state=JobState.RUNNING)
    address = reverse("document-markdown", args=[document.pk])

    answer = as_alice.get(address, follow=True)

    assert answer.redirect_chain == [(document.get_absolute_url(), 302)]
    assert "This document is not read yet" in answer.content.decode()
    assert address not in answer.content.decode()


def test_pictures_are_those_of_the_documents_own_pages(as_alice: Client, team: Team, review: Review) -> None:
    document, other = review.extraction.parse.document, make_document(team, sha256="b" * 64)
    page = ParsedPage.objects.get(number=2).pk

    places = [(other.pk, page, 2), (document.pk, page, 9), (document.pk, 0, 2)]

    assert [as_alice.get(reverse("block-picture", args=place)).status_code for place in places] == [404] * 3


def _page(client: Client, address: str) -> str:
    return client.get(address).content.decode()
