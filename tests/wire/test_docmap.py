from __future__ import annotations

import base64
import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from extraction.errors import InvalidReply
from extraction.types import FieldSpec, FieldType, FileKind
from extraction.wire.docmap import (
    STATUS_OF_ERROR,
    Record,
    RecordPage,
    RecordStatus,
    RemoteError,
    dump_error,
    dump_page,
    dump_record,
    dump_variables,
    load_error,
    load_page,
    load_record,
    load_variables,
    public_part,
    run_frame,
)
from extraction.wire.docmap_accounts import (
    KeyRecord,
    Usage,
    dump_key,
    dump_keys,
    dump_new_key,
    dump_usage,
    load_key,
    load_usage,
)

REPLIES = Path(__file__).parent.parent / "replies" / "docmap"
KEYS = [
    "id",
    "userId",
    "templateId",
    "templateName",
    "fileName",
    "status",
    "extractedData",
    "error",
    "variables",
    "source",
    "runId",
    "processingTimeMs",
    "createdAt",
]
RECORD = Record(
    id="extract_1",
    user_id="uid_1",
    template_id="48291",
    template_name="发票",
    file_name="a.pdf",
    status=RecordStatus.COMPLETED,
    extracted_data={"total": 12.5, "lines": [{"price": 1}], "none": None},
    error=None,
    variables=({"name": "total", "type": "number", "description": "", "unit": "EUR"},),
    source="api",
    run_id="run",
    processing_time_ms=12.5,
    created_at=datetime(2026, 11, 20, 14, 30, 0, 123000, tzinfo=UTC),
)


def reply(name: str) -> Any:
    return json.loads((REPLIES / name).read_text())


@pytest.mark.parametrize("name", ["completed.json", "processing.json", "failed.json"])
def test_a_documented_record_comes_back_as_it_was(name: str) -> None:
    assert dump_record(load_record(reply(name))) == reply(name)["data"]


def test_a_record_has_exactly_the_documented_keys() -> None:
    assert list(dump_record(RECORD)) == KEYS
    assert len(fields(Record)) == len(KEYS)


def test_a_record_outside_the_documents_is_read_for_what_it_says() -> None:
    known = reply("processing.json")["data"]

    assert dump_record(load_record(reply("unknown.json"))) == known | {
        "templateId": "48291",
        "createdAt": "2024-11-20T14:30:00.123Z",
    }


def test_load_gives_back_what_json_carries_of_a_record() -> None:
    east = timezone(timedelta(hours=8))
    record = replace(RECORD, created_at=datetime(2026, 11, 20, 22, 30, 0, 123456, tzinfo=east))

    loaded = load_record(json.loads(json.dumps(dump_record(record))))

    assert loaded == public_part(record) == RECORD


def test_a_record_with_nothing_but_its_id_is_one_at_work() -> None:
    assert load_record({"id": "extract_1"}) == Record(
        id="extract_1",
        user_id="",
        template_id="",
        template_name="",
        file_name="",
        status=RecordStatus.PROCESSING,
        extracted_data=None,
        error=None,
        variables=(),
        source="",
        run_id=None,
        processing_time_ms=None,
        created_at=None,
    )


@pytest.mark.parametrize(
    "data", [None, [], "x", {}, {"data": None}, {"data": {"id": ""}}, {"id": "x", "extractedData": []}]
)
def test_what_is_no_record_is_refused(data: Any) -> None:
    with pytest.raises(InvalidReply):
        load_record(data)


def test_a_page_comes_back_as_it_was() -> None:
    assert dump_page(load_page(reply("list.json"))) == reply("list.json")


def test_load_gives_back_a_page() -> None:
    page = RecordPage((RECORD, replace(RECORD, id="extract_0")), has_more=False)

    assert load_page(json.loads(json.dumps(dump_page(page)))) == page


@pytest.mark.parametrize(("data", "has_more"), [([], False), ([{"id": "x"}], True)])
def test_without_has_more_a_full_page_may_have_a_next_one(data: list[Any], has_more: bool) -> None:
    assert load_page({"data": data}).has_more is has_more


@pytest.mark.parametrize("data", [None, [], {}, {"data": {}}, {"data": [1]}])
def test_what_is_no_page_is_refused(data: Any) -> None:
    with pytest.raises(InvalidReply):
        load_page(data)


def test_every_error_comes_back_as_it_was() -> None:
    for body in reply("errors.json"):
        error = load_error(json.dumps(body).encode())

        assert dump_error(error.code, error.message) == body


def test_every_code_of_an_error_has_its_status() -> None:
    assert [body["error"]["code"] for body in reply("errors.json")] == list(STATUS_OF_ERROR)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b'{"error": "no"}', b'{"error": null}', b"\xff", (REPLIES / "bad_gateway.html").read_bytes()],
)
def test_an_answer_that_is_no_error_of_theirs_says_nothing(body: bytes) -> None:
    assert load_error(body) == RemoteError()


def test_a_run_is_json_with_the_file_between_its_ends() -> None:
    head, tail = run_frame(template_id="tmpl_1", file_name='a "b" 发票.docx', kind=FileKind.DOCX, run_id="run")

    assert json.loads(head + base64.b64encode(b"PK") + tail) == {
        "templateId": "tmpl_1",
        "fileName": 'a "b" 发票.docx',
        "pdfBase64": "UEs=",
        "mimeType": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "runId": "run",
    }


def test_variables_are_our_fields() -> None:
    specs = (
        FieldSpec("vendor_name", description="Name of the vendor"),
        FieldSpec("total", FieldType.NUMBER),
        FieldSpec("seller", FieldType.TABLE, fields=(FieldSpec("name"),), single=True),
        FieldSpec("lines", FieldType.TABLE, fields=(FieldSpec("price", FieldType.NUMBER),)),
        FieldSpec("tags", FieldType.LIST, items=FieldType.STRING),
    )

    assert load_variables(dump_variables(specs)) == specs
    assert [variable["type"] for variable in dump_variables(specs)] == ["string", "number", "object", "array", "array"]


def test_variables_of_the_seed_are_fields() -> None:
    assert load_variables(reply("completed.json")["data"]["variables"]) == (
        FieldSpec("vendor_name", description="Name of the vendor or supplier"),
        FieldSpec("total_amount", FieldType.NUMBER, description="Total invoice amount"),
    )


def test_variables_that_we_do_not_understand_are_text() -> None:
    variables = [
        {"name": "price", "type": "currency", "description": "What it costs"},
        {"name": "seller", "type": "object"},
        {"name": " day ", "type": "date"},
        {"name": "day", "type": "number"},
        {
            "name": "lines",
            "type": "array",
            "fields": [{"name": "price", "type": "money"}, {"name": "parts", "type": "array"}, 3],
        },
        {"name": "odd", "type": ["string"], "fields": [{"name": "x", "type": "string"}]},
        {"type": "string"},
        "text",
    ]

    assert load_variables(variables) == (
        FieldSpec("price", description="What it costs"),
        FieldSpec("seller"),
        FieldSpec("day", FieldType.DATE),
        FieldSpec("lines", FieldType.TABLE, fields=(FieldSpec("price"), FieldSpec("parts"))),
        FieldSpec("odd"),
    )


def test_a_usage_comes_back_as_it_was() -> None:
    usage = load_usage(reply("usage.json"))

    assert usage == Usage("core", 180, 2500, "2026-11")
    assert usage.remaining == 2320
    assert dump_usage(usage) == reply("usage.json")


def test_more_used_than_allowed_leaves_nothing() -> None:
    assert Usage("free", 27, 25, "2026-11").remaining == 0


@pytest.mark.parametrize(
    "data", [None, [], {}, {"data": None}, {"data": {"usage": 1}}, {"data": {"usage": 1, "limit": "?"}}]
)
def test_what_is_no_usage_is_refused(data: Any) -> None:
    with pytest.raises(InvalidReply):
        load_usage(data)


def test_keys_come_back_as_they_were() -> None:
    keys = [load_key(entry) for entry in reply("keys.json")["data"]]
    new = reply("new_key.json")["data"]

    assert dump_keys(keys) == reply("keys.json")
    assert dump_new_key(new["key"], load_key(new["apiKey"])) == reply("new_key.json")


def test_load_gives_back_a_key() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    key = KeyRecord("ak_1", "uid_1", "Ours", "dm_live_0123", None, at, at, True)

    assert load_key(dump_key(key)) == key


@pytest.mark.parametrize("data", [None, [], {}, {"id": "ak_1"}])
def test_what_is_no_key_is_refused(data: Any) -> None:
    with pytest.raises(InvalidReply):
        load_key(data)
