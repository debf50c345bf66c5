from __future__ import annotations

import base64
import json
import re
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from extraction.choices import JobState, Source, sentence_of
from extraction.errors import TooManySyncCalls
from extraction.models import Document, Extraction, IdempotencyKey, Parse, Team, TeamUsage, Template, User
from extraction.providers.embedded import EmbeddedParser
from extraction.services import submissions
from extraction.services.blobs import blob_path
from extraction.services.submissions import sync_call
from extraction.services.templates import import_template, publish_draft
from tests import bad_files
from tests.api.docmap_calls import DOCX, INVOICE, KEYS, PDF, SAMPLES, Program, error_of, work_all, worker


def test_async_run_is_stored_before_its_answer(program: Program, team: Team, alice: User) -> None:
    answer = program.run(runId="batch 7", fileName="C:\\scans\\brief.pdf")

    record = answer.json()["data"]
    document = Document.objects.get()
    assert answer.status_code == 202
    assert list(record) == KEYS
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["createdAt"])
    template = Template.objects.get(team=team, slug="receipt")
    assert {key: record[key] for key in KEYS if key not in ("id", "variables", "createdAt")} == {
        "userId": f"user_{alice.pk}",
        "templateId": str(template.pk),
        "templateName": template.name,
        "fileName": "brief.pdf",
        "status": "processing",
        "extractedData": None,
        "error": None,
        "source": "api",
        "runId": "batch 7",
        "processingTimeMs": None,
    }
    assert [variable["name"] for variable in record["variables"]] == list(
        template.published.fields.filter(parent=None).values_list("name", flat=True)
    )
    assert blob_path(document.blob).read_bytes() == bad_files.page_pdf()
    assert (document.source, document.uploaded_by) == (Source.DOCMAP, alice)
    assert TeamUsage.objects.values_list("documents", "pages", "extractions").get() == (1, 0, 1)


def test_run_ends_with_the_fields(program: Program, engine: EmbeddedParser) -> None:
    invoice = (SAMPLES / INVOICE).read_bytes()
    public_id = program.started(content=invoice, templateId="invoice", fileName=INVOICE)

    work_all(engine)

    record = program.record(public_id)
    data = record["extractedData"]
    assert (record["id"], record["status"], record["error"], list(record)) == (public_id, "completed", None, KEYS)
    assert record["processingTimeMs"] > 0
    assert list(data) == [variable["name"] for variable in record["variables"]]
    assert data["invoice_number"] == "HY-2026-004817"
    assert date.fromisoformat(data["issue_date"])
    assert isinstance(data["total"], int | float)
    assert data["line_items"] and all(isinstance(row, dict) for row in data["line_items"])


def test_evidence_comes_to_those_who_ask_for_it(program: Program, engine: EmbeddedParser) -> None:
    invoice = (SAMPLES / INVOICE).read_bytes()
    public_id = program.started(content=invoice, templateId="invoice", fileName=INVOICE)
    work_all(engine)

    plain, record = program.record(public_id), program.record(public_id, include="evidence")
    listed = program.get("/v1/extractions", include="evidence").json()["data"]

    evidence = record.pop("evidence")
    assert record == plain
    assert listed == [record | {"evidence": evidence}]
    number = evidence["invoice_number"]
    assert (number["page"], number["text"], len(number["bbox"])) == (1, "HY-2026-004817", 4)
    assert 0 < number["confidence"] <= 1
    assert "line_items[0].amount" in evidence


@pytest.mark.django_db(transaction=True)
def test_sync_run_answers_with_the_result(program: Program, engine: EmbeddedParser) -> None:
    with worker(engine):
        answer = program.run(query="", templateId="receipt")

    record = answer.json()["data"]
    assert (answer.status_code, record["status"], list(record)) == (200, "completed", KEYS)
    assert program.record(record["id"]) == record


@pytest.mark.django_db(transaction=True)
def test_sync_run_of_a_file_that_cannot_be_read_is_502_and_stays_readable(
    program: Program, engine: EmbeddedParser
) -> None:
    with worker(engine):
        answer = program.run(query="", content=bad_files.encrypted_pdf(), runId="r")

    record = program.get("/v1/extractions", runId="r").json()["data"][0]
    assert error_of(answer) == (502, "EXTRACTION_FAILED")
    assert record["id"] in answer.json()["error"]["message"]
    assert (record["status"], record["extractedData"], list(record)) == ("failed", None, KEYS)
    assert "password-protected" in record["error"]
    assert record["processingTimeMs"] is not None
    assert program.record(record["id"]) == record


@pytest.mark.parametrize("content", [bad_files.truncated_pdf(), bad_files.pdf_bomb(), bad_files.pdf_with_301_pages()])
def test_async_run_of_a_file_that_cannot_be_read_becomes_a_failed_record(
    program: Program, engine: EmbeddedParser, content: bytes
) -> None:
    public_id = program.started(content=content)
    work_all(engine)

    record = program.record(public_id)
    assert (record["status"], record["extractedData"]) == ("failed", None)
    assert record["error"] not in (None, sentence_of("unexpected"), sentence_of("parse_failed"))
    assert Parse.objects.values_list("state", flat=True).get() == JobState.FAILED


def test_locked_pdf_that_opens_without_a_password_is_read(program: Program, engine: EmbeddedParser) -> None:
    public_id = program.started(content=bad_files.encrypted_pdf(""))
    work_all(engine)

    assert program.record(public_id)["status"] == "completed"
    assert Document.objects.get().readable is not None


def test_sync_run_that_takes_too_long_names_its_record(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.api.docmap_runs.SYNC_SECONDS", 0.0)

    answer = program.run(query="?async=false")

    extraction = Extraction.objects.get()
    assert error_of(answer) == (502, "EXTRACTION_FAILED")
    assert extraction.public_id in answer.json()["error"]["message"]
    assert program.record(extraction.public_id)["status"] == "processing"


def test_sync_runs_hold_a_bounded_number_of_threads(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions._slots, "_value", 0)

    answer = program.run(query="")

    assert error_of(answer) == (429, "RATE_LIMITED")
    assert int(answer["Retry-After"]) > 0
    assert not Document.objects.exists()
    with pytest.raises(TooManySyncCalls), sync_call():
        pass


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"templateId": None}, (400, "VALIDATION_ERROR", "templateId")),
        ({"templateId": 7}, (400, "VALIDATION_ERROR", "templateId")),
        ({"templateId": "\ud800"}, (400, "VALIDATION_ERROR", "templateId")),
        ({"fileName": ""}, (400, "VALIDATION_ERROR", "fileName")),
        ({"pdfBase64": ["a"]}, (400, "VALIDATION_ERROR", "pdfBase64")),
        ({"pdfBase64": "not base64!"}, (400, "VALIDATION_ERROR", "pdfBase64")),
        ({"pdfBase64": "JVBERi0"}, (400, "VALIDATION_ERROR", "pdfBase64")),
        ({"pdfBase64": " \n "}, (400, "VALIDATION_ERROR", "pdfBase64")),
        ({"runId": 7}, (400, "VALIDATION_ERROR", "runId")),
        ({"runId": "a\0b"}, (400, "VALIDATION_ERROR", "runId")),
        ({"runId": "r" * 201}, (400, "VALIDATION_ERROR", "runId")),
        ({"mimeType": None}, (400, "VALIDATION_ERROR", "mimeType")),
        ({"mimeType": "image/png"}, (400, "INVALID_MIME_TYPE", "mimeType")),
        ({"mimeType": DOCX}, (400, "INVALID_MIME_TYPE", "pdfBase64")),
        ({"content": bad_files.small_png()}, (400, "INVALID_MIME_TYPE", "pdfBase64")),
        ({"content": bytes(10 * 1024**2 + 1)}, (400, "FILE_TOO_LARGE", "pdfBase64")),
        ({"templateId": "99999"}, (404, "NOT_FOUND", "template")),
        # the order of the checks
        ({"mimeType": "x", "pdfBase64": "?", "templateId": "nope"}, (400, "INVALID_MIME_TYPE", "mimeType")),
        ({"pdfBase64": "?", "templateId": "nope"}, (400, "VALIDATION_ERROR", "pdfBase64")),
        ({"content": b"text", "templateId": "nope"}, (400, "INVALID_MIME_TYPE", "pdfBase64")),
    ],
)
def test_run_refuses(program: Program, changes: dict[str, object], expected: tuple[int, str, str]) -> None:
    answer = program.run(**changes)

    status, code, named = expected
    assert error_of(answer) == (status, code)
    assert named in answer.json()["error"]["message"]
    assert not Document.objects.exists()


def test_operators_lower_limit_is_told_as_a_large_file(program: Program, settings: Settings) -> None:
    settings.GALLEY_MAX_UPLOAD_MB = 1

    answer = program.run(content=b"%PDF-1.7\n" + bytes(1024**2))

    assert error_of(answer) == (400, "FILE_TOO_LARGE")
    assert not Document.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"[" * 100_000])
def test_run_refuses_what_is_no_json_object(program: Program, body: bytes) -> None:
    assert error_of(program.call("POST", "/v1/extractions/run", body)) == (400, "VALIDATION_ERROR")


def test_body_over_the_limit_is_too_large_and_not_413(program: Program) -> None:
    body = b" " * (15 * 1024**2 + 1)

    assert error_of(program.call("POST", "/v1/extractions/run", body)) == (400, "FILE_TOO_LARGE")
    assert error_of(Program("dm_live_no").call("POST", "/v1/extractions/run", body)) == (401, "UNAUTHORIZED")


def test_base64_may_be_wrapped_and_have_a_prefix(program: Program) -> None:
    encoded = base64.encodebytes(bad_files.page_pdf()).decode().replace("\n", "\r\n")

    program.started(pdfBase64=f"data:{PDF};base64,{encoded}")

    assert blob_path(Document.objects.get().blob).read_bytes() == bad_files.page_pdf()


def test_name_need_not_end_as_the_content_does(program: Program) -> None:
    public_id = program.started(fileName="scan.docx")

    assert program.record(public_id)["status"] == "processing"


def test_docx_is_taken(program: Program) -> None:
    contract = (SAMPLES / "contract.docx").read_bytes()

    public_id = program.started(content=contract, mimeType=DOCX, fileName="contract.docx", templateId="contract")

    assert program.record(public_id)["fileName"] == "contract.docx"


def test_template_goes_by_its_number_or_slug(program: Program, team: Team) -> None:
    template = Template.objects.get(team=team, slug="invoice")

    ids = [program.started(templateId=template_id) for template_id in (str(template.pk), "invoice")]

    assert [program.record(public_id)["templateId"] for public_id in ids] == [str(template.pk)] * 2


def test_template_without_a_published_version_is_not_found(program: Program, team: Team) -> None:
    Template.objects.create(team=team, name="Draft", slug="draft")

    assert error_of(program.run(templateId="draft")) == (404, "NOT_FOUND")


@pytest.mark.parametrize("column", ["monthly_pages", "monthly_extractions"])
def test_month_that_is_used_up(program: Program, team: Team, column: str) -> None:
    program.started()
    TeamUsage.objects.update(pages=1)
    Team.objects.update(**{column: 1})

    answer = program.run()

    assert error_of(answer) == (429, "USAGE_LIMIT_EXCEEDED")
    assert int(answer["Retry-After"]) > 0
    assert Document.objects.count() == 1
    assert error_of(program.run(templateId="nope")) == (404, "NOT_FOUND")


def test_documents_of_a_team_at_once(program: Program, team: Team) -> None:
    Team.objects.update(calls_at_once=2)
    program.started()
    program.started()

    answer = program.run()

    assert error_of(answer) == (429, "RATE_LIMITED")
    assert answer["Retry-After"]
    Parse.objects.update(state=JobState.FAILED)
    Extraction.objects.update(state=JobState.FAILED)
    program.started()


def test_document_of_more_pages_than_the_month_has_left(program: Program, team: Team, engine: EmbeddedParser) -> None:
    Team.objects.update(monthly_pages=3)

    public_id = program.started(content=bad_files.page_pdf(4))
    work_all(engine)

    record = program.record(public_id)
    assert (record["status"], record["error"]) == ("failed", sentence_of("page_quota", {"limit": 3}))
    assert TeamUsage.objects.values_list("pages", flat=True).get() == 0


def test_same_idempotency_key_is_the_same_record(program: Program) -> None:
    headers = {"Idempotency_Key": "order 17"}

    first, again = program.run(headers=headers), program.run(headers=headers)
    another = program.run(headers={"Idempotency_Key": "order 18"})

    assert first.json()["data"] == again.json()["data"]
    assert another.json()["data"]["id"] != first.json()["data"]["id"]
    assert Document.objects.count() == 2


def test_idempotency_key_with_another_body(program: Program) -> None:
    headers = {"Idempotency_Key": "order 17"}
    program.run(headers=headers)

    assert error_of(program.run(headers=headers, fileName="other.pdf")) == (400, "VALIDATION_ERROR")
    assert error_of(program.run(headers={"Idempotency_Key": "k" * 256})) == (400, "VALIDATION_ERROR")


def test_refused_call_leaves_its_idempotency_key_free(program: Program, team: Team) -> None:
    Team.objects.update(monthly_extractions=0)
    refused = program.run(headers={"Idempotency_Key": "order 17"})
    Team.objects.update(monthly_extractions=None)

    assert error_of(refused) == (429, "USAGE_LIMIT_EXCEEDED")
    assert program.run(headers={"Idempotency_Key": "order 17"}).status_code == 202


def test_call_that_is_still_at_work_is_waited_for(program: Program, team: Team) -> None:
    program.run(headers={"Idempotency_Key": "order 17"})
    IdempotencyKey.objects.update(status=None, answer=None)

    pending = program.run(headers={"Idempotency_Key": "order 17"})
    IdempotencyKey.objects.update(created_at=timezone.now() - timezone.timedelta(minutes=6))
    died = program.run(headers={"Idempotency_Key": "order 17"})

    assert error_of(pending) == (429, "RATE_LIMITED")
    assert died.status_code == 202


def test_death_after_the_document_was_stored_leaves_its_record_to_the_next_call(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Idempotency_Key": "order 17"}

    def dies(**sent: Any) -> None:
        submissions.submit_document(**sent)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr("extraction.api.docmap_runs.submit_document", dies)
        program.run(headers=headers)
    again = program.run(headers=headers)

    assert again.json()["data"]["id"] == Extraction.objects.get().public_id
    assert Document.objects.count() == 1


def test_run_keeps_no_second_copy_of_a_large_file(program: Program) -> None:
    content = bad_files.page_pdf() + b"\n%" + b"0" * (10 * 1024**2 - 10_000)

    answer = program.run(content=content)

    assert answer.status_code == 202
    # where Django keeps a body that is asked of it
    assert not hasattr(answer.wsgi_request, "_body")
    assert blob_path(Document.objects.get().blob).stat().st_size == len(content)


def test_object_of_a_template_is_an_object_in_the_data(
    program: Program, team: Team, alice: User, engine: EmbeddedParser
) -> None:
    variables = [{"name": "seller", "type": "object", "fields": [{"name": "invoice_number", "type": "string"}]}]
    text = json.dumps({"name": "Seller", "variables": variables})
    publish_draft(template=import_template(team=team, text=text, by=alice))
    public_id = program.started(content=(SAMPLES / INVOICE).read_bytes(), templateId="seller")
    work_all(engine)

    record = program.record(public_id)

    assert [(variable["name"], variable["type"]) for variable in record["variables"]] == [("seller", "object")]
    assert record["extractedData"] == {"seller": {"invoice_number": "HY-2026-004817"}}
