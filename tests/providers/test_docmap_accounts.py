from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from extraction.choices import sentence_of
from extraction.providers.docmap import DocmapExtractor
from extraction.types import AccountStatus, ExtractRequest, FieldSpec, FieldType
from extraction.wire.docmap import RemoteTemplate
from tests.fakes.docmap import FakeDocmap
from tests.fakes.docmap_account import TEMPLATE
from tests.providers.docmap_clients import SUBMIT_KEY, client_of, request_of

TEMPLATES = (
    RemoteTemplate(
        TEMPLATE,
        "Invoice Template",
        (
            FieldSpec("vendor_name", description="Name of the vendor or supplier"),
            FieldSpec("total_amount", FieldType.NUMBER, description="Total invoice amount"),
        ),
    ),
)


@pytest.fixture
def fake() -> Iterator[FakeDocmap]:
    with FakeDocmap() as fake:
        yield fake


@pytest.fixture
def client(fake: FakeDocmap) -> Iterator[DocmapExtractor]:
    with client_of(fake) as client:
        yield client


@pytest.fixture
def invoice(tmp_path: Path) -> ExtractRequest:
    return request_of(tmp_path / "invoice.pdf", b"%PDF-1.7 an invoice")


# the account


def test_check_says_what_is_left(fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest) -> None:
    client.submit(invoice, submit_key=SUBMIT_KEY)

    status = client.check()

    period = datetime.now(UTC).strftime("%Y-%m")
    assert status == AccountStatus(
        ok=True, remaining=2499, details={"plan": "core", "usage": "1 / 2500", "period": period}
    )
    assert fake.calls == {"run": 1, "health": 1, "usage": 1}


def test_check_says_that_nothing_is_left(fake: FakeDocmap, client: DocmapExtractor) -> None:
    fake.settings.limit = 0

    status = client.check()

    assert (status.ok, status.remaining, status.code) == (False, 0, "quota_used_up")
    assert sentence_of(status.code, dict(status.params)).startswith("The provider's quota is used up: 0 / 0. ")


@pytest.mark.parametrize(
    ("on", "fault", "code"),
    [
        ("health", {"how": "html", "status": 200}, "not_docmap"),
        ("health", {"how": "error", "status": 404}, "not_docmap"),
        ("health", {"how": "redirect"}, "not_docmap"),
        ("health", {"how": "error", "status": 503}, "provider_unavailable"),
        ("health", {"how": "drop"}, "answer_lost"),
        ("usage", {"how": "error", "status": 401, "code": "UNAUTHORIZED"}, "key_refused"),
        ("usage", {"how": "html", "status": 200}, "not_docmap"),
        ("usage", {"how": "error", "status": 200}, "invalid_reply"),
        ("usage", {"how": "drop"}, "provider_unavailable"),
    ],
)
def test_check_raises_nothing_but_says_what_is_wrong(
    fake: FakeDocmap, client: DocmapExtractor, on: str, fault: dict[str, Any], code: str
) -> None:
    fake.misbehave(on, **fault)

    status = client.check()

    assert (status.ok, status.remaining, status.code) == (False, None, code)
    assert sentence_of(status.code, dict(status.params)) != sentence_of("unexpected")


# templates from history


def test_templates_are_those_of_the_history(fake: FakeDocmap, client: DocmapExtractor, invoice: ExtractRequest) -> None:
    client.submit(invoice, submit_key="1")
    fake.settings.templates[TEMPLATE] = {"name": "Renamed", "variables": [{"name": "day", "type": "date"}]}
    client.submit(invoice, submit_key="2")

    assert client.templates() == (RemoteTemplate(TEMPLATE, "Renamed", (FieldSpec("day", FieldType.DATE),)),)


def test_an_account_without_history_has_no_templates(client: DocmapExtractor) -> None:
    assert client.templates() == ()


def fill(fake: FakeDocmap, *templates: str) -> None:
    """Run each template once, the oldest first."""
    for template in templates:
        fake.settings.templates.setdefault(template, {"name": template, "variables": []})
        fake.run({"templateId": template, "fileName": "a.pdf", "pdfBase64": "JVBERi0=", "mimeType": "application/pdf"})


def test_templates_of_older_pages_are_found(fake: FakeDocmap, client: DocmapExtractor) -> None:
    fake.settings.tick_ms = 1
    fill(fake, "oldest", *["older"] * 120, *[TEMPLATE] * 100)

    assert [template.id for template in client.templates()] == [TEMPLATE, "older", "oldest"]
    assert fake.calls["list"] == 3


def test_a_template_is_not_lost_between_pages_of_one_time(fake: FakeDocmap, client: DocmapExtractor) -> None:
    fake.settings.tick_ms = 1
    fill(fake, "oldest", *[TEMPLATE] * 100)
    fake.runs[0].record["createdAt"] = fake.runs[1].record["createdAt"]

    assert [template.id for template in client.templates()] == [TEMPLATE, "oldest"]


def test_more_records_of_one_time_than_a_page_holds_do_not_go_on_for_ever(
    fake: FakeDocmap, client: DocmapExtractor
) -> None:
    fake.settings.tick_ms = 0
    fill(fake, *[TEMPLATE] * 150)

    assert client.templates() == TEMPLATES
    assert fake.calls["list"] == 3


def test_a_long_history_is_looked_through_so_far(fake: FakeDocmap, client: DocmapExtractor) -> None:
    fake.settings.tick_ms = 1
    fill(fake, "oldest", *[TEMPLATE] * 1000)

    assert client.templates() == TEMPLATES
    assert fake.calls["list"] == 10
