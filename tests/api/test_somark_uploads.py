from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django.fixtures import Settings

from extraction.api import somark as somark_views
from extraction.api import somark_uploads
from extraction.api.somark_uploads import early_key
from extraction.choices import Source
from extraction.models import ApiKey, Document, Extraction, Parse, Review, Team, TeamUsage, User
from extraction.services import submissions
from extraction.services.rates import RATES
from extraction.services.submissions import sync_call
from tests import bad_files
from tests.api.somark_calls import (
    EXTRACT,
    MULTIPART,
    PARSE,
    Somark,
    answered,
    multipart,
    part,
    somark_of,
    upload,
)


@pytest.fixture
def somark(team: Team, alice: User) -> Somark:
    return somark_of(team, alice)


@pytest.fixture
def incoming(settings: Settings, tmp_path: Path) -> Path:
    """Where uploads lie while they come in."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return settings.FILE_UPLOAD_TEMP_DIR


@pytest.mark.parametrize("path", ["parse/async", "extract/async"])
def test_submission_is_stored_before_its_answer(somark: Somark, team: Team, alice: User, path: str) -> None:
    body = somark.post(path, file=upload())

    parse = Parse.objects.get()
    assert body == {"code": 0, "message": "ok", "data": {"task_id": str(parse.public_id), "status": "QUEUING"}}
    document = parse.document
    assert (document.team, document.source, document.uploaded_by) == (team, Source.SOMARK, alice)
    assert (document.name, document.page_count, document.template) == ("letter.pdf", 1, None)
    assert (Extraction.objects.count(), Review.objects.count()) == (0, 0)
    assert (TeamUsage.objects.get().documents, TeamUsage.objects.get().pages) == (1, 1)


def test_fields_come_in_any_order(somark: Somark, incoming: Path) -> None:
    file = part("file", bad_files.page_pdf(), "letter.pdf")
    key = part("api_key", somark.text.encode())

    before = somark.raw("parse/async", multipart(key, file))
    after = somark.raw("parse/async", multipart(file, part("output_formats", b"json"), key))

    assert (before["code"], after["code"]) == (0, 0)
    assert Document.objects.count() == 2
    assert list(incoming.iterdir()) == []


@pytest.mark.parametrize("key", ["", "sk-wrong", "dm_live_" + "0" * 64])
@pytest.mark.parametrize("is_first", [True, False])
def test_nothing_is_kept_without_a_right_key(somark: Somark, incoming: Path, key: str, is_first: bool) -> None:
    file = part("file", bad_files.page_pdf(), "letter.pdf")
    parts = [part("api_key", key.encode()), file] if is_first else [file, part("api_key", key.encode())]

    body = somark.raw("parse/async", multipart(*parts))

    message = "Invalid API key" if key else "The API key is missing."
    assert body == {"code": 1107, "message": message, "data": {"error": message}, "warnings": []}
    assert not Document.objects.exists()
    assert list(incoming.iterdir()) == []


def test_wrong_key_before_the_file_keeps_the_file_off_the_disk(somark: Somark, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    handler = somark_uploads.CappedUploadHandler
    monkeypatch.setattr(handler, "new_file", lambda self, *args, **kwargs: begun.append(args[0]))

    body = somark.raw("parse/async", multipart(part("api_key", b"sk-wrong"), part("file", b"%PDF-", "a.pdf")))

    assert (body["code"], begun) == (1107, [])


@pytest.mark.parametrize(
    ("head", "key"),
    [
        (multipart(part("api_key", b" sk-1 "), part("file", b"%PDF", "a.pdf")), "sk-1"),
        (multipart(part("output_formats", b"json"), part("api_key", b"sk-1"), part("file", b"", "a.pdf")), "sk-1"),
        (multipart(part("file", b"x", "a.pdf"), part("api_key", b"sk-1")), ""),
        (multipart(part("file", part("api_key", b"sk-1"), "a.pdf")), ""),
        (multipart(part("api_key", b""), part("file", b"%PDF", "a.pdf")), ""),
        (b"api_key=sk-1", ""),
        (b"", ""),
    ],
)
def test_key_is_seen_before_the_file_only(head: bytes, key: str) -> None:
    assert early_key(head) == key


def test_form_in_another_script_than_utf8_is_refused(client: Client) -> None:
    kind = "application/x-www-form-urlencoded; charset=utf-16"

    body = client.generic("POST", "/api/v1/usage", b"api_key=x", content_type=kind).json()

    assert (body["code"], body["message"]) == (1133, "The form is not sound, or it broke off.")


@pytest.mark.parametrize("line", [b";name=api_key" * 6000, b"\r\ncontent-disposition:;name=api_key" * 3000])
def test_bytes_of_a_stranger_do_not_make_the_search_for_a_key_slow(line: bytes) -> None:
    head = (b"\r\ncontent-disposition:" + line)[: somark_uploads.HEAD_BYTES]
    began = time.process_time()

    key = early_key(head)

    assert (key, time.process_time() - began < 0.5) == ("", True)


def test_revoked_expired_and_weak_keys_open_nothing(team: Team, somark: Somark) -> None:
    reader = somark_of(team, scopes=("read",))
    task_id = somark.task()

    refused = reader.submit()
    ApiKey.objects.filter(sha256=ApiKey.objects.get(scopes=["run"]).sha256).update(revoked_at="2026-01-01T00:00Z")

    assert (refused["code"], reader.check(task_id)["code"]) == (1107, 0)
    assert somark.check(task_id)["message"] == "The API key was revoked."


def test_few_uploads_of_an_address_come_without_a_known_key(somark: Somark, monkeypatch: pytest.MonkeyPatch) -> None:
    places = somark_uploads._UNKNOWN._places
    monkeypatch.setitem(places, "127.0.0.1", somark_uploads.UNKNOWN_AT_ONCE)
    file, key = part("file", bad_files.page_pdf(), "letter.pdf"), part("api_key", somark.text.encode())

    refused = somark.raw("parse/async", multipart(file, key))
    elsewhere = somark.raw("parse/async", multipart(file, key), REMOTE_ADDR="192.0.2.7")
    known = somark.raw("parse/async", multipart(key, file, part("output_formats", b"json")))

    assert (refused["code"], elsewhere["code"], known["code"]) == (1124, 0, 0)
    assert dict(places) == {"127.0.0.1": somark_uploads.UNKNOWN_AT_ONCE}


@pytest.mark.parametrize("key", ["", None])
def test_calls_without_a_key_are_for_the_team_that_the_operator_names(
    somark: Somark, team: Team, settings: Settings, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    settings.GALLEY_KEYLESS_TEAM = team.slug
    monkeypatch.setitem(somark_uploads._UNKNOWN._places, "127.0.0.1", somark_uploads.UNKNOWN_AT_ONCE)
    fields = {} if key is None else {"api_key": key}

    taken = answered(somark.client.post("/api/v1/parse/async", {"file": upload(), **fields}))
    wrong = somark.submit(key="sk-wrong")

    assert (taken["code"], wrong["code"]) == (0, 1107)
    assert Document.objects.get().team == team
    told = answered(somark.client.post("/api/v1/parse/async_check", {"task_id": taken["data"]["task_id"], **fields}))
    assert told["data"]["status"] == "QUEUING"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("/home/ann/papers/lease.pdf", "lease.pdf"),
        ("C:\\Users\\ann\\lease.pdf", "lease.pdf"),
        (quote("合同 2026.pdf"), "合同 2026.pdf"),
        (quote("/tmp/合同.pdf", safe=""), "合同.pdf"),
        ("合同.pdf", "合同.pdf"),
        ("100%.pdf", "100%.pdf"),
        ("%FF%FE.pdf", "%FF%FE.pdf"),
        ("%2E%2E", "%2E%2E"),
    ],
)
def test_file_keeps_its_base_name_decoded(somark: Somark, sent: str, kept: str) -> None:
    file = part("file", bad_files.page_pdf(), sent)

    assert somark.raw("parse/async", multipart(part("api_key", somark.text.encode()), file))["code"] == 0
    assert Document.objects.get().name == kept


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (bad_files.plain_text(), "notes.txt", 1104),
        (bad_files.plain_text(), "letter.pdf", 1106),
        (bad_files.renamed_executable(), "setup.exe", 1104),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.doc", 1104),
        (bad_files.truncated_pdf(), "letter.pdf", 1106),
        (bad_files.empty(), "letter.pdf", 1106),
        (bad_files.encrypted_pdf(), "letter.pdf", 1106),
        (bad_files.pdf_with_301_pages(), "long.pdf", 1132),
    ],
)
@pytest.mark.parametrize("path", ["parse/async", "parse/sync"])
def test_files_that_cannot_be_read_are_told_at_once(
    somark: Somark, content: bytes, name: str, code: int, path: str
) -> None:
    body = somark.post(path, file=upload(content, name))

    assert body["code"] == code and body["data"] == {"error": body["message"]} and body["message"]
    assert not Document.objects.exists()


def test_encrypted_file_says_so(somark: Somark) -> None:
    assert somark.submit(bad_files.encrypted_pdf())["message"] == (
        "The PDF is encrypted. Send a copy without a password."
    )


@pytest.mark.parametrize("name", ["letter.jpg", "letter", "letter.exe"])
def test_type_goes_by_content_and_not_by_name(somark: Somark, name: str) -> None:
    assert somark.submit(name=name)["code"] == 0
    assert Document.objects.get().blob.kind == "pdf"


def test_large_files_are_refused_by_what_is_announced_and_by_what_comes(
    somark: Somark, settings: Settings, incoming: Path
) -> None:
    settings.GALLEY_MAX_UPLOAD_MB = 1
    by_length = somark.submit(b"%PDF-" + bytes(3 << 20))
    by_size = somark.submit(b"%PDF-" + bytes((1 << 20) + 1))

    assert (by_length["code"], by_size["code"]) == (1118, 1118)
    assert not Document.objects.exists()
    assert list(incoming.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", MULTIPART),
        (b"--a-boundary\r\nContent-Dispo", MULTIPART),
        (multipart(part("file", b"%PDF", "a.pdf"))[:-20], MULTIPART),
        (b"no form", "multipart/form-data"),
        (b"no form", "multipart/form-data; boundary=\xc3\xa9"),
        (b'{"api_key": "x"}', "application/json"),
        (b"%PDF-1.4", "application/pdf"),
        (b"\xff\xfe=%", "application/x-www-form-urlencoded"),
        (b"a=1&" * 2000, "application/x-www-form-urlencoded"),
        (b"", ""),
    ],
)
@pytest.mark.parametrize("path", ["parse/sync", "parse/async", "parse/async_check", "usage"])
def test_broken_forms_are_answered_too(somark: Somark, body: bytes, kind: str, path: str) -> None:
    assert somark.raw(path, body, kind)["code"] in (1107, 1133)


def test_form_without_a_file_is_told(somark: Somark) -> None:
    assert somark.post("parse/async")["code"] == 1105
    assert somark.post("parse/async", file="no file part")["code"] == 1105


@pytest.mark.parametrize("path", [*PARSE, *EXTRACT, "usage"])
def test_other_methods_are_told_in_json(somark: Somark, path: str) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
        assert answered(somark.client.generic(method, f"/api/v1/{path}"))["code"] == 2000


@pytest.mark.parametrize("path", ["parse", "parse/sync/", "nothing", "parse/async_check/9", "files", "extract/sync"])
def test_unknown_addresses_are_told_in_json(somark: Somark, path: str) -> None:
    assert somark.post(path)["code"] == 2000


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/"])
def test_base_address_answers(client: Client, path: str) -> None:
    assert client.get(path).json() == {"code": 0, "message": "ok", "data": {}}
    assert (client.head(path).status_code, client.head(path).content) == (200, b"")


def test_crash_is_told_in_json_and_without_the_key(
    somark: Somark, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(somark_views, "submit_task", crash)

    body = somark.submit()

    assert body["code"] == 1137
    assert "boom" in caplog.text and somark.text not in caplog.text and "boom" not in body["message"]


def test_too_many_calls_a_minute_are_1101(somark: Somark, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RATES, "_windows", {})
    Team.objects.filter(pk=team.pk).update(calls_per_minute=2)

    codes = [somark.post("usage")["code"] for _ in range(3)]

    assert codes == [0, 0, 1101]


def test_too_many_documents_at_once_are_1124(somark: Somark, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(calls_at_once=2)

    codes = [somark.submit(bad_files.page_pdf(pages))["code"] for pages in (1, 2, 3)]

    assert codes == [0, 0, 1124]
    assert Document.objects.count() == 2


def test_sync_call_without_a_free_thread_is_1124(somark: Somark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "_slots", threading.BoundedSemaphore(1))
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with sync_call():
            held.set()
            free.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    body = somark.post("parse/sync", file=upload())
    free.set()
    thread.join()

    assert (body["code"], Document.objects.count()) == (1124, 0)


@pytest.mark.parametrize(("quota", "code"), [(2, 1123), (0, 1108)])
def test_quota_is_told(somark: Somark, team: Team, quota: int, code: int) -> None:
    Team.objects.filter(pk=team.pk).update(monthly_pages=quota)

    assert somark.submit(bad_files.page_pdf(3))["code"] == code
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"output_formats": "docx"},
        {"output_formats": "[1"},
        {"element_formats": "{"},
        {"element_formats": "[]"},
        {"element_formats": '{"table": "pdf"}'},
        {"element_formats": '{"image": 3}'},
        {"feature_config": "no"},
        {"feature_config": '{"keep_header_footer": "perhaps"}'},
        {"extract_config": '{"keep_header_footer": 1}'},
    ],
)
def test_bad_options_are_1133(somark: Somark, fields: dict[str, str]) -> None:
    body = somark.submit(**fields)

    assert body["code"] == 1133 and body["message"]
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"output_formats": ["markdown", "json"]},
        {"output_formats": '["json", "markdown"]'},
        {"output_formats": "markdown, json"},
        {"output_formats": "md,json"},
        {"output_formats": ""},
        {"element_formats": "null", "feature_config": "{}"},
        {"element_formats": '{"image": null, "cs": "image"}'},
        {"element_formats": '{"table": "HTML"}'},
        {"feature_config": '{"keep_header_footer": false, "enable_table_cross_page": null}'},
        {"extract_config": '{"keep_header_footer": "false"}'},
    ],
)
def test_same_wishes_in_other_words_are_the_same_task_without_a_warning(somark: Somark, fields: dict[str, Any]) -> None:
    plain = somark.task()

    body = somark.submit(**fields)

    assert body == {"code": 0, "message": "ok", "data": {"task_id": plain, "status": "QUEUING"}}


def test_options_that_cannot_be_honoured_are_named(somark: Somark) -> None:
    body = somark.submit(
        colour="red",
        element_formats='{"formula": "mathml", "font": "serif"}',
        extract_config='{"enable_text_cross_page": true, "enable_magic": true, "keep_header_footer": true}',
        feature_config='{"enable_image_understanding": true, "enable_table_cross_page": false}',
    )

    assert body["warnings"] == [
        "Unknown option, ignored: colour",
        "Unknown option, ignored: element_formats.font",
        "Unknown option, ignored: extract_config.enable_magic",
        "Images are not described here (enable_image_understanding).",
        "Formulas are given as their printed text, not as mathml (formula).",
    ]


@pytest.mark.parametrize("fields", [{"output_formats": "zip"}, {"element_formats": '{"image": "file"}'}])
def test_zip_and_image_files_belong_together(somark: Somark, fields: dict[str, str]) -> None:
    together = {"output_formats": "markdown,zip", "element_formats": '{"image": "file"}'}

    assert len(somark.submit(**fields)["warnings"]) == 1
    assert "warnings" not in somark.submit(**together)


def test_urlencoded_polls_are_read(somark: Somark) -> None:
    form = urlencode({"task_id": somark.task(), "api_key": somark.text}).encode()

    body = somark.raw("extract/async_check", form, "application/x-www-form-urlencoded")

    assert body["data"]["status"] == "QUEUING"


def test_key_is_no_query_parameter(somark: Somark) -> None:
    response = somark.client.post(f"/api/v1/usage?api_key={somark.text}")

    assert answered(response)["code"] == 1107


def test_uploads_go_to_the_data_folder() -> None:
    assert Path(django_settings.FILE_UPLOAD_TEMP_DIR).name == "incoming"
