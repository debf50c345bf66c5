from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from extraction.models import Review, Team, User
from tests.read_documents import make_read_document


@pytest.fixture
def review(team: Team, alice: User) -> Review:
    review = make_read_document(team)
    Review.objects.filter(pk=review.pk).update(state="approved", finished_by=alice, finished_at=timezone.now())
    return review


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def document_url(review: Review, kind: str) -> str:
    return reverse("document-export", args=[review.extraction.parse.document_id, kind])


def test_an_approved_document_comes_in_three_formats(as_bob: Client, review: Review) -> None:
    answers = {kind: as_bob.get(document_url(review, kind)) for kind in ("json", "csv", "xlsx")}
    contents = {kind: content_of(answer) for kind, answer in answers.items()}

    assert json.loads(contents["json"])["extractedData"]["invoice_number"] == "HY-2026-004817"
    assert len(list(csv.reader(io.StringIO(contents["csv"].decode())))) == 9
    assert load_workbook(io.BytesIO(contents["xlsx"])).sheetnames == ["Documents", "line_items", "Evidence"]
    for kind, answer in answers.items():
        assert answer["Content-Disposition"] == f'attachment; filename="HY-2026-004817.{kind}"'


def test_an_unapproved_document_is_refused_with_a_sentence(as_bob: Client, team: Team) -> None:
    review = make_read_document(team)

    answer = as_bob.get(document_url(review, "json"), follow=True)

    assert answer.redirect_chain[0][0] == review.extraction.parse.document.get_absolute_url()
    assert "This document is not approved yet." in answer.content.decode()
    asked = as_bob.get(document_url(review, "json"), {"unapproved": "on"})
    assert json.loads(asked.content)["state"] == "open"


def test_unknown_formats_do_not_exist(as_bob: Client, review: Review) -> None:
    assert as_bob.get(document_url(review, "exe")).status_code == 404
    assert as_bob.get(reverse("export-list", args=["exe"])).status_code == 404


def test_the_list_gives_approved_documents_unless_a_state_is_chosen(as_bob: Client, team: Team, review: Review) -> None:
    make_read_document(team, name="open.pdf")

    def names(**filters: str) -> list[str]:
        answer = as_bob.get(reverse("export-list", args=["json"]), filters)
        return sorted(document["document"] for document in json.loads(content_of(answer))["documents"])

    assert names() == ["HY-2026-004817.pdf"]
    assert names(state="check") == ["open.pdf"]
    assert names(state="all") == ["HY-2026-004817.pdf", "open.pdf"]
    assert names(state="all", search="open") == ["open.pdf"]
    assert names(search="nothing") == []


def test_lists_are_streamed_as_tables_too(as_bob: Client, review: Review) -> None:
    table = as_bob.get(reverse("export-list", args=["csv"]), {"bom": "on"})
    book = as_bob.get(reverse("export-list", args=["xlsx"]))

    text = content_of(table).decode()
    assert table.streaming and text.startswith("\ufeff")
    assert len(list(csv.reader(io.StringIO(text)))) == 9
    assert load_workbook(io.BytesIO(content_of(book)))["line_items"].max_row == 9


def test_strangers_export_nothing(as_charlie: Client, review: Review) -> None:
    assert as_charlie.get(document_url(review, "json")).status_code == 404
    answer = as_charlie.get(reverse("export-list", args=["json"]), {"state": "all"})
    assert json.loads(content_of(answer)) == {"documents": []}


def test_strange_file_names_make_safe_headers(as_bob: Client, team: Team, alice: User) -> None:
    review = make_read_document(team, name='深圳 "x"\r\n.pdf')
    Review.objects.filter(pk=review.pk).update(state="approved", finished_by=alice, finished_at=timezone.now())

    header = as_bob.get(document_url(review, "csv"))["Content-Disposition"]

    assert header.startswith("attachment; filename*=utf-8''%E6%B7%B1%E5%9C%B3")
    assert "\n" not in header


def test_approved_documents_offer_their_files_where_they_are_shown(as_bob: Client, team: Team, review: Review) -> None:
    unapproved = make_read_document(team, name="open.pdf")

    pages = [page.get_absolute_url() for page in (review, review.extraction.parse.document)]
    other = as_bob.get(unapproved.extraction.parse.document.get_absolute_url()).content.decode()

    for address in pages:
        html = as_bob.get(address).content.decode()
        assert all(document_url(review, kind) in html for kind in ("json", "csv", "xlsx"))
    assert "export-json" not in other
