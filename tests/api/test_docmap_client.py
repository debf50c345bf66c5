"""Our own client of DocMap against our own server: what the format can carry comes out as it went in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pytest_django.live_server_helper import LiveServer

from extraction.errors import AccountRefused, ProviderRejected
from extraction.models import ApiKey, Document, Extraction, Team
from extraction.providers.docmap import DocmapExtractor
from extraction.providers.embedded import EmbeddedParser
from extraction.services.records import record_of
from extraction.services.usage import month_of
from extraction.types import DocumentReading, Endpoint, ExtractRequest, FileKind, Ticket
from extraction.wire.docmap import load_record, load_variables, public_part
from tests.api.docmap_calls import INVOICE, SAMPLES, Program, work_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(live_server: LiveServer) -> str:
    return live_server.url


@pytest.fixture
def client_of_ours(server: str, program: Program) -> Iterator[DocmapExtractor]:
    client = DocmapExtractor(Endpoint(server, program.text, allow_private=True))
    yield client
    client.close()


def request_of(path: Path, *, kind: FileKind = FileKind.PDF, template: str = "invoice") -> ExtractRequest:
    options = {"template": template}
    return ExtractRequest(DocumentReading(()), (), path=path, kind=kind, name=path.name, options=options)


def test_what_goes_in_comes_out(client_of_ours: DocmapExtractor, engine: EmbeddedParser) -> None:
    submit_key = str(uuid.uuid4())
    ticket = client_of_ours.submit(request_of(SAMPLES / INVOICE), submit_key=submit_key)
    pending = client_of_ours.fetch(ticket)
    work_all(engine)

    reply = client_of_ours.fetch(ticket)

    ours = record_of(Extraction.objects.select_related("parse__document", "version__template").get()).record
    assert pending is None
    assert reply is not None
    theirs = load_record(json.loads(reply.data))
    assert theirs == public_part(ours)
    assert (theirs.run_id, theirs.status.value, reply.usage.extractions) == (submit_key, "completed", 1)
    assert load_variables(theirs.variables) == load_variables(ours.variables)
    assert client_of_ours.find(submit_key) == ticket
    assert client_of_ours.find(str(uuid.uuid4())) is None


def test_word_documents_come_through(client_of_ours: DocmapExtractor, engine: EmbeddedParser) -> None:
    request = request_of(SAMPLES / "contract.docx", kind=FileKind.DOCX, template="contract")
    ticket = client_of_ours.submit(request, submit_key=str(uuid.uuid4()))

    work_all(engine)

    reply = client_of_ours.fetch(ticket)
    assert reply is not None
    assert load_record(json.loads(reply.data)).extracted_data


def test_account_and_templates_are_seen(client_of_ours: DocmapExtractor, program: Program, team: Team) -> None:
    Team.objects.update(monthly_extractions=350)
    program.started(templateId="receipt")
    program.started(templateId="invoice")

    status = client_of_ours.check()
    templates = client_of_ours.templates()

    assert (status.ok, status.remaining) == (True, 348)
    assert dict(status.details) == {"plan": "pro", "usage": "2 / 350", "period": month_of()}
    assert [template.name for template in templates] == ["Invoice", "Receipt"]
    assert "line_items" in [field.name for field in templates[0].variables]


def test_refusals_arrive_as_what_they_are(server: str, client_of_ours: DocmapExtractor, team: Team) -> None:
    with pytest.raises(ProviderRejected) as unknown:
        client_of_ours.submit(request_of(SAMPLES / INVOICE, template="nope"), submit_key=str(uuid.uuid4()))
    with pytest.raises(ProviderRejected):
        client_of_ours.fetch(Ticket("extract_nope"))
    Team.objects.update(monthly_extractions=0)
    with pytest.raises(AccountRefused) as used_up:
        client_of_ours.submit(request_of(SAMPLES / INVOICE), submit_key=str(uuid.uuid4()))
    ApiKey.objects.update(scopes=[])
    ApiKey.objects.all().delete()
    with pytest.raises(AccountRefused) as refused:
        client_of_ours.submit(request_of(SAMPLES / INVOICE), submit_key=str(uuid.uuid4()))

    assert unknown.value.code == "docmap_template_unknown"
    assert (used_up.value.code, refused.value.code) == ("quota_used_up", "key_refused")
    assert used_up.value.resume_at is not None


def test_unreadable_file_is_a_failed_extraction(
    client_of_ours: DocmapExtractor, engine: EmbeddedParser, tmp_path: Path
) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing")
    ticket = client_of_ours.submit(request_of(path), submit_key=str(uuid.uuid4()))
    work_all(engine)

    with pytest.raises(ProviderRejected) as failed:
        client_of_ours.fetch(ticket)

    assert failed.value.code == "docmap_failed"


@pytest.mark.parametrize("key", ["mine", "nobody's"])
def test_answer_arrives_before_a_large_body_has_ended(server: str, program: Program, key: str) -> None:
    headers = {"Authorization": f"Bearer {program.text if key == 'mine' else 'x'}"}

    answer = httpx.post(f"{server}/v1/extractions/run", content=bytes(20 * 1024**2), headers=headers, trust_env=False)

    expected = (400, "FILE_TOO_LARGE") if key == "mine" else (401, "UNAUTHORIZED")
    assert (answer.status_code, answer.json()["error"]["code"]) == expected
    assert not Document.objects.exists()
