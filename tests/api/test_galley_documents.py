"""Documents at our own interface."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any

import pytest
from django.core.files.uploadhandler import FileUploadHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django.fixtures import Settings

from extraction.choices import Scope
from extraction.models import Document, ReviewEvent, Team, User
from extraction.providers.embedded import EmbeddedParser
from extraction.services.blobs import blob_path
from extraction.services.samples import FOLDER
from extraction.upload_handlers import CappedUploadHandler
from tests import bad_files
from tests.api.docmap_calls import work_all
from tests.api.galley_calls import RECEIPT, Ours, content_of, error_of, ours_of
from tests.api.printed import long_table

LETTER = bad_files.page_pdf(1)
SAMPLE = FOLDER / "invoice-hy-2026-004817.pdf"


def told_of(document: Document, **changes: Any) -> dict[str, Any]:
    """A one-page letter that nobody has begun to read."""
    return {
        "id": document.pk,
        "name": "letter.pdf",
        "kind": "pdf",
        "bytes": len(LETTER),
        "sha256": hashlib.sha256(LETTER).hexdigest(),
        "page_count": 1,
        "status": "pending",
        "progress": {"step": "stored", "pages_done": 0, "waiting": None},
        "error": None,
        "warnings": [],
        "template": None,
        "detection": None,
        "extraction": None,
        "source": "api",
        "run_id": None,
        "uploaded_by": "Alice",
        "created_at": document.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    } | changes


def test_a_document_is_taken_and_read(ours: Ours, engine: EmbeddedParser) -> None:
    answer = ours.send(LETTER, run_id="november")

    document = Document.objects.get()
    assert (answer.status_code, answer.json()) == (201, told_of(document, run_id="november"))
    assert (document.uploaded_by.name, document.source, document.run_id) == ("Alice", "api", "november")

    work_all(engine)
    read = told_of(
        document, status="read", run_id="november", progress={"step": "ready", "pages_done": 1, "waiting": None}
    )
    assert ours.get(f"/documents/{document.pk}").json() == read | {
        "pages": [{"number": 1, "state": "done", "error": None, "work": None}]
    }
    assert ours.get("/documents").json() == {"data": [read], "next_cursor": None}


def test_the_template_is_found_by_itself(ours: Ours, team: Team, engine: EmbeddedParser) -> None:
    document_id = ours.send(SAMPLE.read_bytes(), name=SAMPLE.name, template="auto").json()["id"]
    waiting = ours.get(f"/documents/{document_id}").json()
    assert (waiting["status"], waiting["detection"]) == ("pending", {"state": "pending", "suggestions": []})

    work_all(engine)

    told = ours.get(f"/documents/{document_id}").json()
    invoice = team.templates.get(slug="invoice")
    ref = {"id": invoice.pk, "slug": "invoice", "name": "Invoice"}
    assert (told["status"], told["template"], told["detection"]["state"]) == ("to_review", ref, "found")
    best = told["detection"]["suggestions"][0]
    assert best == {"template": ref, "labels_found": 13, "labels": 14, "title": "INVOICE", "documents": 0}
    assert ours.get(f"/extractions/{told['extraction']}").json()["template"] == ref


def test_an_unfamiliar_document_waits_for_a_template(ours: Ours, team: Team, engine: EmbeddedParser) -> None:
    document_id = ours.send(LETTER, template="auto").json()["id"]
    work_all(engine)
    told = ours.get(f"/documents/{document_id}").json()
    assert (told["status"], told["progress"]["step"], told["error"]) == ("unfamiliar", "unfamiliar", None)
    assert (told["template"], told["detection"]["state"]) == (None, "unfamiliar")
    assert [row["id"] for row in ours.get("/documents?status=unfamiliar").json()["data"]] == [document_id]

    answer = ours.call("POST", f"/documents/{document_id}/extractions", {"template": "receipt"})

    assert answer.status_code == 201
    work_all(engine)
    told = ours.get(f"/documents/{document_id}").json()
    assert (told["status"], told["template"]["slug"]) == ("to_review", "receipt")
    assert Document.objects.get().parses.count() == 1


def test_a_document_with_a_template_gets_its_extraction(ours: Ours, team: Team) -> None:
    answer = ours.send(LETTER, template="receipt").json()

    document = Document.objects.get()
    receipt = team.templates.get(slug="receipt")
    extraction = document.parses.get().extractions.get()
    assert answer == told_of(
        document,
        template={"id": receipt.pk, "slug": "receipt", "name": receipt.name},
        extraction=extraction.public_id,
    )


def test_a_list_goes_on_after_its_cursor(ours: Ours) -> None:
    ids = [ours.document(bad_files.page_pdf(number), name=f"{number}.pdf") for number in (1, 2, 3)]

    first = ours.get("/documents", limit=2).json()
    second = ours.get("/documents", limit=2, cursor=first["next_cursor"]).json()

    assert [row["id"] for row in first["data"]] == [ids[2], ids[1]]
    assert [row["id"] for row in second["data"]] == [ids[0]]
    assert second["next_cursor"] is None


def test_a_list_is_filtered(ours: Ours, engine: EmbeddedParser) -> None:
    read = ours.document(name="Read.pdf")
    work_all(engine)
    waiting = ours.document(bad_files.page_pdf(2), name="Waits.pdf", run_id="november")

    def ids(**query: str) -> list[int]:
        return [row["id"] for row in ours.get("/documents", **query).json()["data"]]

    assert ids(status="pending") == [waiting]
    assert ids(status="read") == [read]
    assert ids(search="wait") == [waiting]
    assert ids(run_id="november") == [waiting]
    assert ids(status="failed") == []
    assert error_of(ours.get("/documents", status="lost")) == (422, "VALIDATION_ERROR")
    assert error_of(ours.get("/documents", limit=101)) == (422, "VALIDATION_ERROR")
    assert error_of(ours.get("/documents", cursor="yesterday")) == (422, "VALIDATION_ERROR")


def test_a_list_asks_a_constant_number_of_questions(ours: Ours) -> None:
    def questions() -> int:
        """Without those about the key, whose calls are counted once a second."""
        with CaptureQueriesContext(connection) as found:
            ours.get("/documents")
        return sum(
            not re.search("apikey|callcount|teamusage|SAVEPOINT", query["sql"]) for query in found.captured_queries
        )

    ours.document()
    with_one = questions()
    ours.document(bad_files.page_pdf(2))
    ours.document(bad_files.page_pdf(3))

    assert questions() == with_one == 4


def test_markdown_joins_pages_and_writes_tables_as_wanted(ours: Ours, engine: EmbeddedParser) -> None:
    document = ours.document(long_table(), name="rents.pdf")
    work_all(engine)

    plain = ours.get(f"/documents/{document}/markdown").content.decode()
    whole = ours.get(f"/documents/{document}/markdown", tables="markdown", join_pages="true").content.decode()

    assert plain.count("<table>") == 2
    assert whole == "| Month | Rent |\n| --- | --- |\n| May | 1,240.00 |\n| June | 1,260.00 |\n"


def test_pages_pictures_and_markdown(ours: Ours, engine: EmbeddedParser) -> None:
    document = ours.document(RECEIPT.read_bytes(), name="receipt.jpg")
    before = ours.get(f"/documents/{document}/pages/1").json()
    unread = ours.get(f"/documents/{document}/markdown")

    work_all(engine)
    page = ours.get(f"/documents/{document}/pages/1").json()
    markdown = ours.get(f"/documents/{document}/markdown")
    picture = ours.get(f"/documents/{document}/pages/1/image", size="thumb")
    original = ours.get(f"/documents/{document}/file")

    assert (before["state"], before["blocks"], before["words"]) == ("pending", [], [])
    assert error_of(unread) == (409, "NOT_READ")
    assert (page["number"], page["state"], page["error"]) == (1, "done", None)
    words = [word["text"] for word in page["words"]]
    assert len(words) > 20 and all(0 <= word["bbox"][0] < word["bbox"][2] <= page["width"] for word in page["words"])
    assert [block["idx"] for block in page["blocks"]] == sorted(block["idx"] for block in page["blocks"])
    assert markdown["Content-Type"] == "text/markdown; charset=utf-8"
    assert page["blocks"][0]["content"].split()[0] in markdown.content.decode()
    assert picture["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(content_of(picture))).width == 160
    assert content_of(original) == RECEIPT.read_bytes()
    assert original["Content-Disposition"] == 'attachment; filename="receipt.jpg"'
    assert error_of(ours.get(f"/documents/{document}/pages/2")) == (404, "NOT_FOUND")
    assert error_of(ours.get(f"/documents/{document}/pages/2/image")) == (404, "NOT_FOUND")


def test_a_page_is_read_again_alone(ours: Ours, engine: EmbeddedParser) -> None:
    whole = bad_files.page_pdf(3)
    document = ours.document(bad_files.without_page(whole, 2))
    early = ours.call("POST", f"/documents/{document}/pages/2/read-again")
    work_all(engine)
    failed = ours.get(f"/documents/{document}/pages/2").json()
    row = Document.objects.select_related("blob").get()
    blob_path(row.blob).chmod(0o600)
    blob_path(row.blob).write_bytes(whole)

    asked = [ours.call("POST", f"/documents/{document}/pages/2/read-again") for _ in range(2)]
    pending = ours.get(f"/documents/{document}").json()
    work_all(engine)
    read = ours.get(f"/documents/{document}").json()
    page = ours.get(f"/documents/{document}/pages/2").json()

    assert error_of(early) == (409, "STEP_NOT_ALLOWED")
    assert (failed["state"], failed["error"]["code"], failed["work"]) == ("failed", "page_unreadable", None)
    assert [(answer.status_code, answer.json()["work"]) for answer in asked] == [(202, "waiting")] * 2
    assert (pending["status"], [one["work"] for one in pending["pages"]]) == ("pending", [None, "waiting", None])
    assert (read["status"], read["warnings"], [one["state"] for one in read["pages"]]) == ("read", [], ["done"] * 3)
    assert page["blocks"][0]["content"] == "Page 2 of 3"
    assert ReviewEvent.objects.filter(what="page_read_again").count() == 1
    assert error_of(ours.call("POST", f"/documents/{document}/pages/4/read-again")) == (404, "NOT_FOUND")


def test_a_picture_that_has_not_changed_is_not_sent_again(ours: Ours, engine: EmbeddedParser) -> None:
    document = ours.document()
    work_all(engine)
    picture = ours.get(f"/documents/{document}/pages/1/image")
    content_of(picture)

    again = ours.call("GET", f"/documents/{document}/pages/1/image", If_None_Match=picture["ETag"])

    assert (again.status_code, again.content) == (304, b"")


def test_a_document_is_read_again_cancelled_and_deleted(ours: Ours, engine: EmbeddedParser) -> None:
    document = ours.document()
    cancelled = ours.call("POST", f"/documents/{document}/cancel")
    twice = ours.call("POST", f"/documents/{document}/cancel")
    again = ours.call("POST", f"/documents/{document}/read")
    busy = ours.call("POST", f"/documents/{document}/read")
    work_all(engine)
    read = ours.get(f"/documents/{document}").json()["status"]
    deleted = ours.call("DELETE", f"/documents/{document}")

    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert cancelled.json()["error"]["code"] == "cancelled"
    assert error_of(twice) == (409, "STEP_NOT_ALLOWED")
    assert (again.status_code, again.json()["status"]) == (201, "pending")
    assert error_of(busy) == (409, "STEP_NOT_ALLOWED")
    assert read == "read"
    assert (deleted.status_code, deleted.content, "Content-Type" in deleted) == (204, b"", False)
    assert error_of(ours.get(f"/documents/{document}")) == (404, "NOT_FOUND")
    stone = ReviewEvent.objects.filter(what="document_deleted").get()
    assert (stone.subject, stone.who.name) == ("letter.pdf", "Alice")


@pytest.mark.parametrize(
    ("content", "name", "fields", "refusal"),
    [
        (b"", "empty.pdf", {}, (422, "EMPTY_FILE")),
        (bad_files.plain_text(), "letter.txt", {}, (415, "UNKNOWN_KIND")),
        (bad_files.renamed_executable(), "letter.pdf", {}, (415, "EXECUTABLE")),
        (LETTER, "letter.png", {}, (422, "WRONG_KIND")),
        (LETTER, "letter.pdf", {"template": "nothing"}, (422, "TEMPLATE_UNKNOWN")),
        (LETTER, "letter.pdf", {"run_id": "x" * 201}, (422, "VALIDATION_ERROR")),
        (LETTER, "letter.pdf", {"run_id": "\0"}, (422, "VALIDATION_ERROR")),
        (LETTER, "letter.pdf", {"colour": "red"}, (422, "VALIDATION_ERROR")),
    ],
)
def test_bad_uploads_are_refused(
    ours: Ours, content: bytes, name: str, fields: dict[str, str], refusal: tuple[int, str]
) -> None:
    assert error_of(ours.send(content, name=name, **fields)) == refusal
    assert not Document.objects.exists()


def test_bodies_that_are_no_upload_are_refused(ours: Ours) -> None:
    broken = ours.client.generic(
        "POST",
        "/galley/v1/documents",
        b"--x\r\nContent-Disp",
        content_type="multipart/form-data; boundary=",
        headers=ours.headers(),
    )
    empty = ours.client.post("/galley/v1/documents", {"run_id": "x"}, headers=ours.headers())
    two = [io.BytesIO(LETTER), io.BytesIO(LETTER)]

    assert error_of(ours.call("POST", "/documents", {"file": "x"})) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert error_of(broken) == (400, "INVALID_MULTIPART")
    assert error_of(empty) == (422, "VALIDATION_ERROR")
    several = ours.client.post("/galley/v1/documents", {"file": two}, headers=ours.headers())
    assert error_of(several) == (422, "VALIDATION_ERROR")


def test_a_file_over_the_limit_is_refused(ours: Ours, settings: Settings) -> None:
    settings.GALLEY_MAX_UPLOAD_MB = 1
    announced = ours.send(bytes(3 * 1024**2))
    # within what boundaries and fields may take
    only_just = ours.send(bytes(1024**2 + 1))

    assert error_of(announced) == (413, "TOO_LARGE")
    assert error_of(only_just) == (413, "TOO_LARGE")
    assert not Document.objects.exists()


def test_uploads_stream_to_disk(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[type[FileUploadHandler]] = []
    keep = CappedUploadHandler.new_file

    def watched(self: CappedUploadHandler, *args: Any, **kwargs: Any) -> None:
        seen.extend(type(handler) for handler in self.request.upload_handlers)
        keep(self, *args, **kwargs)

    monkeypatch.setattr(CappedUploadHandler, "new_file", watched)

    ours.document()

    assert seen == [CappedUploadHandler]


def test_quotas_and_scopes_are_kept(ours: Ours, team: Team, alice: User) -> None:
    reader = ours_of(team, alice, Scope.READ)
    runner = ours_of(team, alice, Scope.RUN)
    document = runner.document()

    assert error_of(reader.send()) == (403, "FORBIDDEN")
    assert reader.get(f"/documents/{document}").status_code == 200
    assert error_of(reader.call("DELETE", f"/documents/{document}")) == (403, "FORBIDDEN")
    assert error_of(runner.get("/api-keys")) == (403, "FORBIDDEN")
    Team.objects.filter(pk=team.pk).update(monthly_pages=1)
    full = runner.send(bad_files.page_pdf(2))
    assert error_of(full) == (429, "USAGE_LIMIT_EXCEEDED")
    assert int(full["Retry-After"]) > 0
    Team.objects.filter(pk=team.pk).update(monthly_pages=None, calls_at_once=1)
    busy = runner.send(bad_files.page_pdf(2))
    assert (error_of(busy), busy["Retry-After"]) == ((429, "RATE_LIMITED"), "2")


def test_an_encrypted_document_opens_with_its_password(ours: Ours) -> None:
    locked = bad_files.encrypted_pdf("secret")

    assert error_of(ours.send(locked)) == (422, "PASSWORD_NEEDED")
    assert error_of(ours.send(locked, password="wrong")) == (422, "PASSWORD_WRONG")
    assert ours.send(locked, password="secret").status_code == 201
