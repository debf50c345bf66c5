from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from extraction.choices import JobState, Provider, VersionState
from extraction.models import Document, Extraction, PageRange, Parse, ParsedPage, Team, Template, TemplateVersion
from extraction.services.raw_replies import keep_pictures, keep_reply
from extraction.services.readings import page_columns
from extraction.types import BBox, Block, PageReading
from tests.factories import make_document

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture
def document(team: Team) -> Document:
    return make_document(team, name="lease.pdf", page_count=2)


@pytest.fixture
def parse(document: Document) -> Parse:
    return Parse.objects.create(document=document, provider=Provider.SOMARK, state=JobState.DONE)


def read_part(parse: Parse, first: int, reply: Any, **columns: Any) -> PageRange:
    digest = keep_reply(parse.document, json.dumps(reply).encode())
    return PageRange.objects.create(
        parse=parse, first=first, last=first, raw_reply=digest, state=JobState.DONE, **columns
    )


def test_a_readings_answer_is_a_download_as_it_came(as_bob: Client, document: Document, parse: Parse) -> None:
    read_part(parse, 1, {"code": 0})

    answer = as_bob.get(reverse("parse-reply", args=[document.pk, parse.pk]))

    assert b"".join(answer.streaming_content) == b'{"code": 0}'
    assert answer["Content-Disposition"] == 'attachment; filename="lease.json"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/json; charset=utf-8", "nosniff")


def test_the_answers_of_a_document_in_parts_are_one_array(as_bob: Client, document: Document, parse: Parse) -> None:
    read_part(parse, 2, {"page": 2})
    read_part(parse, 1, {"page": 1})

    answer = as_bob.get(reverse("parse-reply", args=[document.pk, parse.pk]))

    assert json.loads(b"".join(answer.streaming_content)) == [{"page": 1}, {"page": 2}]


def test_an_extractions_answer_is_linked_with_tokens_and_cost(
    as_bob: Client, team: Team, document: Document, parse: Parse
) -> None:
    template = Template.objects.create(team=team, slug="lease", name="Lease")
    version = TemplateVersion.objects.create(template=template, number=1, state=VersionState.PUBLISHED)
    extraction = Extraction.objects.create(
        parse=parse,
        version=version,
        provider=Provider.CHAT,
        settings={"account": "Small model"},
        state=JobState.DONE,
        raw_reply=keep_reply(document, b'{"choices": []}'),
        usage={"calls": 1, "input_tokens": 12345, "output_tokens": 678, "cost": "0.0021", "currency": "EUR"},
    )
    address = reverse("extraction-reply", args=[document.pk, extraction.pk])

    page = as_bob.get(document.get_absolute_url()).content.decode()
    answer = as_bob.get(address)

    assert "12,345 tokens in, 678 out" in page and "0.0021 EUR" in page and "Small model" in page
    assert address in page and b"".join(answer.streaming_content) == b'{"choices": []}'


def test_an_answer_that_is_not_there_is_not_found(as_bob: Client, document: Document, parse: Parse) -> None:
    other = make_document(document.team, name="other.pdf", sha256="b" * 64)
    read_part(parse, 1, {"code": 0})

    # by way of another document of the same team
    assert as_bob.get(reverse("parse-reply", args=[other.pk, parse.pk])).status_code == 404
    assert "reply.json" not in as_bob.get(other.get_absolute_url()).content.decode()


def test_a_picture_that_a_reading_names_is_shown(as_bob: Client, document: Document, parse: Parse) -> None:
    pictures = keep_pictures(document, {"https://somark.example/1.png": PNG})
    read_part(parse, 1, {"code": 0}, pictures=pictures)
    digest = pictures["https://somark.example/1.png"]
    figure = Block(0, "figure", BBox(10, 10, 90, 90), "A chart", image=digest)
    unknown = Block(1, "hologram", BBox(10, 91, 90, 99), "shines")
    ParsedPage.objects.create(parse=parse, number=1, **page_columns(PageReading(1, 100, 100, (figure, unknown))))
    address = reverse("document-picture", args=[document.pk, digest])

    answer = as_bob.get(address)
    texts = as_bob.get(reverse("review-page-text", args=[parse.pk, 1])).content.decode()
    drawing = as_bob.get(reverse("review-page", args=[parse.pk, 1])).content.decode()

    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (PNG, "image/png", "nosniff")
    assert "private" in answer["Cache-Control"]
    assert f'<img src="{address}"' in texts
    assert 'data-word="hologram"' in drawing and "t-text" in drawing


def test_only_pictures_that_a_reading_names_and_that_are_pictures(
    as_bob: Client, document: Document, parse: Parse
) -> None:
    unnamed = keep_pictures(document, {"a": PNG})["a"]
    reply = keep_reply(document, SVG)
    read_part(parse, 1, {"code": 0}, pictures={"https://somark.example/2.svg": reply})

    answers = [
        as_bob.get(f"/documents/{document.pk}/pictures/{digest}").status_code
        for digest in (unnamed, reply, "0" * 64, "..", "%2e%2e%2fsecret_key")
    ]

    assert answers == [404] * 5


def test_strangers_find_neither_answers_nor_pictures(as_charlie: Client, document: Document, parse: Parse) -> None:
    pictures = keep_pictures(document, {"a": PNG})
    read_part(parse, 1, {"code": 0}, pictures=pictures)

    answers = [
        as_charlie.get(reverse("parse-reply", args=[document.pk, parse.pk])),
        as_charlie.get(reverse("document-picture", args=[document.pk, pictures["a"]])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
