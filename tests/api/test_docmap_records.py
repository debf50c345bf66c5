from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from extraction.choices import JobState, ReviewState, Source
from extraction.models import (
    ApiKey,
    Document,
    Extraction,
    FieldRow,
    FieldValue,
    Parse,
    Review,
    ReviewEvent,
    Team,
    Template,
    User,
)
from extraction.providers.embedded import EmbeddedParser
from extraction.services.corrections import correct_value, remove_row
from extraction.services.documents import store_document
from extraction.services.extractions import extract_again
from extraction.services.listing import hand_over_extraction
from extraction.services.usage import month_of
from extraction.wire.docmap import dump_time
from tests import bad_files
from tests.api.docmap_calls import KEYS, Program, error_of, program_of, run_body, work_all
from tests.read_documents import make_read_document

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


def read_document(team: Team, *, listed_at: datetime = NOW) -> Extraction:
    extraction = make_read_document(team).extraction
    extraction.listed_at = listed_at
    extraction.save(update_fields=["listed_at"])
    return extraction


def many(program: Program, count: int) -> list[str]:
    """Ids from the newest to the oldest."""
    return [
        program.started(fileName=f"{number}.pdf", runId="odd" if number % 2 else "even") for number in range(count)
    ][::-1]


def ids(answer: object) -> list[str]:
    return [record["id"] for record in answer.json()["data"]]


def test_list_is_paged_from_the_newest(program: Program) -> None:
    newest_first = many(program, 5)

    whole = program.get("/v1/extractions")
    first = program.get("/v1/extractions", limit="2")
    second = program.get("/v1/extractions", limit="2", cursor=first.json()["data"][-1]["createdAt"])
    last = program.get("/v1/extractions", limit="2", cursor=second.json()["data"][-1]["createdAt"])

    assert (ids(whole), whole.json()["hasMore"]) == (newest_first, False)
    assert list(whole.json()) == ["data", "hasMore"]
    assert all(list(record) == KEYS for record in whole.json()["data"])
    assert [ids(page) for page in (first, second, last)] == [newest_first[:2], newest_first[2:4], newest_first[4:]]
    assert [page.json()["hasMore"] for page in (first, second, last)] == [True, True, False]


def test_no_two_records_of_a_team_have_one_time(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.services.listing.timezone.now", lambda: NOW.replace(microsecond=1999))

    newest_first = many(program, 3)

    records = program.get("/v1/extractions").json()["data"]
    assert [record["createdAt"] for record in records] == [
        "2026-11-20T14:30:00.003Z",
        "2026-11-20T14:30:00.002Z",
        "2026-11-20T14:30:00.001Z",
    ]
    page = program.get("/v1/extractions", limit="1", cursor=records[0]["createdAt"])
    assert ids(page) == newest_first[1:2]


def test_list_of_a_run_is_whole(program: Program) -> None:
    newest_first = many(program, 5)

    answer = program.get("/v1/extractions", runId="even", limit="1", cursor="2026-01-01T00:00:00.000Z")

    assert (ids(answer), answer.json()["hasMore"]) == (newest_first[::2], False)
    assert ids(program.get("/v1/extractions", runId="none")) == []


def test_list_of_a_template(program: Program, team: Team) -> None:
    receipt = program.started()
    invoice = program.started(templateId="invoice")
    number = str(Template.objects.get(team=team, slug="invoice").pk)

    assert ids(program.get("/v1/extractions", templateId=number)) == [invoice]
    assert ids(program.get("/v1/extractions", templateId="receipt")) == [receipt]
    assert ids(program.get("/v1/extractions", templateId="nope")) == []


def test_list_of_days_has_both_ends(program: Program, team: Team) -> None:
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    times = [
        midnight - timedelta(milliseconds=1),
        midnight,
        midnight + timedelta(days=1, milliseconds=-1),
        midnight + timedelta(days=1),
    ]
    public_ids = [read_document(team, listed_at=time).public_id for time in times]

    found = ids(program.get("/v1/extractions", dateFrom="2026-11-20", dateTo="2026-11-20"))

    assert found == [public_ids[2], public_ids[1]]
    assert len(ids(program.get("/v1/extractions", dateTo="9999-12-31"))) == 4
    assert ids(program.get("/v1/extractions", dateFrom="2026-11-21", limit="1")) == [public_ids[3]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "ten"),
        ("limit", "１"),
        ("limit", ""),
        ("cursor", "yesterday"),
        ("cursor", ""),
        ("dateFrom", "20261120"),
        ("dateTo", "2026-02-30"),
        ("include", "everything"),
        ("runId", "a\0"),
        ("templateId", "a\0"),
    ],
)
def test_list_names_what_it_does_not_understand(program: Program, name: str, value: str) -> None:
    answer = program.get("/v1/extractions", **{name: value})

    assert error_of(answer) == (400, "VALIDATION_ERROR")
    assert name in answer.json()["error"]["message"]


def test_list_takes_as_many_queries_for_many_records(
    program: Program, team: Team, django_assert_num_queries: object
) -> None:
    read_document(team)
    program.get("/v1/extractions")
    with django_assert_num_queries(6):
        program.get("/v1/extractions", include="evidence")
    read_document(team, listed_at=NOW + timedelta(days=1))
    read_document(team, listed_at=NOW + timedelta(days=2))

    with django_assert_num_queries(6):
        answer = program.get("/v1/extractions", include="evidence")

    assert len(answer.json()["data"]) == 3


def test_uploads_of_people_are_listed_as_theirs(program: Program, team: Team, bob: User) -> None:
    template = Template.objects.get(team=team, slug="receipt")
    file = ContentFile(bad_files.page_pdf(), name="letter.pdf")
    store_document(team=team, file=file, by=bob, template=template)

    record = program.get("/v1/extractions").json()["data"][0]

    assert (record["source"], record["userId"], record["runId"]) == ("dashboard", f"user_{bob.pk}", None)


def test_approved_values_follow_the_machines(program: Program, team: Team, alice: User) -> None:
    extraction = read_document(team)
    review = Review.objects.get(extraction=extraction)
    machine = program.record(extraction.public_id)["extractedData"]
    total = FieldValue.objects.get(extraction=extraction, row=None, key="total")
    correct_value(review=review, value=total, text="7,421.91", by=alice, version=review.version)
    review.refresh_from_db()
    remove_row(
        review=review, row=FieldRow.objects.filter(extraction=extraction).first(), by=alice, version=review.version
    )

    before = program.record(extraction.public_id)["extractedData"]
    Review.objects.update(state=ReviewState.APPROVED, finished_by=alice, finished_at=timezone.now())
    after = program.record(extraction.public_id, include="evidence")

    assert before == machine
    assert (machine["total"], after["extractedData"]["total"]) == (7412.91, 7421.91)
    assert after["extractedData"]["line_items"] == machine["line_items"][1:]
    assert after["evidence"]["total"]["confidence"] is None


def test_values_have_the_types_of_their_fields(program: Program, team: Team) -> None:
    data = program.record(read_document(team).public_id)["extractedData"]

    assert data["invoice_date"] == "2026-10-14"
    assert data["discount"] is None
    assert data["line_items"][0] == {
        "article": "LX-220",
        "description": "Laser displacement sensor, 220 mm",
        "quantity": 12,
        "unit_price": 184.5,
        "amount": 2214,
    }


def test_keys_that_no_field_takes_are_told_too(program: Program, team: Team) -> None:
    extraction = read_document(team)
    FieldValue.objects.create(extraction=extraction, key="remark", value=None, text="paid in cash")

    record = program.record(extraction.public_id)

    assert record["extractedData"]["remark"] == "paid in cash"
    assert "remark" not in [variable["name"] for variable in record["variables"]]


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (JobState.WAITING, "processing"),
        (JobState.QUEUED, "processing"),
        (JobState.RUNNING, "processing"),
        (JobState.DONE, "completed"),
        (JobState.FAILED, "failed"),
        (JobState.CANCELLED, "failed"),
    ],
)
def test_states_in_docmaps_words(program: Program, team: Team, state: JobState, status: str) -> None:
    extraction = read_document(team)
    columns = {"error_class": "cancelled"} if state is JobState.CANCELLED else {}
    Extraction.objects.update(state=state, finished_at=NOW + timedelta(seconds=2), **columns)

    record = program.record(extraction.public_id)

    assert record["status"] == status
    assert (record["extractedData"] is not None) == (status == "completed")
    assert (record["error"] is not None) == (status == "failed")
    assert record["processingTimeMs"] == (None if status == "processing" else 2000)


def test_record_goes_to_whoever_takes_over(program: Program, team: Team) -> None:
    failed = read_document(team)
    again = Extraction.objects.create(parse=failed.parse, version=failed.version)
    public_id = failed.public_id

    hand_over_extraction(failed, again)

    assert program.record(public_id)["status"] == "processing"
    assert ids(program.get("/v1/extractions")) == [public_id]
    assert program.record(public_id)["createdAt"] == dump_time(NOW)


def test_delete_erases_the_document_and_leaves_a_stone(program: Program, engine: EmbeddedParser, alice: User) -> None:
    public_id = program.started()
    work_all(engine)

    answer = program.call("DELETE", f"/v1/extractions/{public_id}")

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert error_of(program.get(f"/v1/extractions/{public_id}")) == (404, "NOT_FOUND")
    assert error_of(program.call("DELETE", f"/v1/extractions/{public_id}")) == (404, "NOT_FOUND")
    assert not Document.objects.exists() and not Parse.objects.exists()
    stone = ReviewEvent.objects.get(what="document_deleted")
    assert (stone.who, stone.subject) == (alice, "letter.pdf")


def test_delete_leaves_the_documents_other_records(program: Program, engine: EmbeddedParser, bob: User) -> None:
    first = program.started()
    work_all(engine)
    second = extract_again(document=Document.objects.get(), by=bob).public_id

    program.call("DELETE", f"/v1/extractions/{first}")

    assert ids(program.get("/v1/extractions")) == [second]
    assert ReviewEvent.objects.get(what="extraction_deleted").subject == f"letter.pdf: {first}"
    assert not Review.objects.exists()


def test_usage_counts_the_months_extractions(program: Program, team: Team) -> None:
    program.started()

    free = program.get("/v1/usage").json()
    Team.objects.update(monthly_extractions=350)
    limited = program.get("/v1/usage").json()

    used = {"plan": "pro", "usage": 1, "periodKey": month_of()}
    assert free == {"data": used | {"limit": 1_000_000_000}}
    assert limited == {"data": used | {"limit": 350}}


def test_source_of_somark_is_an_interface_too(program: Program, team: Team) -> None:
    extraction = read_document(team)
    Document.objects.update(source=Source.SOMARK)

    assert program.record(extraction.public_id)["source"] == "api"


OPERATIONS = [
    ("POST", "/v1/extractions/run"),
    ("GET", "/v1/extractions"),
    ("GET", "/v1/extractions/{id}"),
    ("DELETE", "/v1/extractions/{id}"),
    ("GET", "/v1/usage"),
    ("GET", "/v1/api-keys"),
    ("POST", "/v1/api-keys"),
    ("DELETE", "/v1/api-keys/{key}"),
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("key", ["", "nonsense", "revoked", "expired"])
def test_nothing_opens_without_a_key(program: Program, method: str, path: str, key: str) -> None:
    if key == "revoked":
        ApiKey.objects.update(revoked_at=timezone.now())
    if key == "expired":
        ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    caller = Program(program.text if key in ("revoked", "expired") else key)

    answer = caller.call(method, path.format(id="x", key="x"))

    assert error_of(answer) == (401, "UNAUTHORIZED")
    assert not answer.cookies


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("scope", ["read", "run", "admin"])
def test_scopes_open_what_they_say(program: Program, team: Team, method: str, path: str, scope: str) -> None:
    caller = program_of(team, scopes=(scope,))
    needed = "admin" if "api-keys" in path else "read" if method == "GET" else "run"
    order = ["read", "run", "admin"]

    answer = caller.call(method, path.format(id="x", key="x"))

    assert (answer.status_code == 403) == (order.index(scope) < order.index(needed))
    if answer.status_code == 403:
        assert error_of(answer) == (403, "FORBIDDEN")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_stranger_sees_nothing(program: Program, stranger: Program, method: str, path: str) -> None:
    public_id = program.started(fileName="secret.pdf", runId="secret")
    key = ApiKey.objects.get(team__slug="accounts")
    Template.objects.filter(team__slug="accounts").update(name="secret")
    template = Template.objects.get(team__slug="accounts", slug="receipt")
    body = run_body(templateId=str(template.pk)) if path.endswith("run") else {"name": "mine", "expiresIn": "30d"}

    answer = stranger.call(method, path.format(id=public_id, key=key.public_id), body)

    assert b"secret" not in answer.content and public_id.encode() not in answer.content
    assert key.public_id.encode() not in answer.content
    if "{" in path or path.endswith("run"):
        assert error_of(answer) == (404, "NOT_FOUND")
    key.refresh_from_db()
    assert key.is_active and program.record(public_id)["fileName"] == "secret.pdf"
    assert stranger.get("/v1/usage").json()["data"]["usage"] == 0
    assert ids(stranger.get("/v1/extractions", runId="secret")) == []
    assert ids(stranger.get("/v1/extractions", templateId=str(template.pk))) == []


@pytest.mark.parametrize(("method", "path"), [("PUT", path) for _, path in OPERATIONS] + [("GET", OPERATIONS[0][1])])
def test_other_methods_are_405(program: Program, method: str, path: str) -> None:
    answer = program.call(method, path)

    assert error_of(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer["Allow"] == ", ".join(
        sorted(
            {own for own, other in OPERATIONS if other == path} | ({"HEAD"} if ("GET", path) in OPERATIONS else set())
        )
    )


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/templates", "/v1/extractions/", "/v1/extractions/a/b", "/v1/usage/"]
)
def test_unknown_addresses_are_404_in_the_envelope(program: Program, path: str) -> None:
    assert error_of(program.get(path)) == (404, "NOT_FOUND")


def test_odd_ids_are_not_found(program: Program) -> None:
    for public_id in ("%00", "%ff", "extract_" + "x" * 5000, "%F0%9F%92%A9", "-1"):
        assert error_of(program.get(f"/v1/extractions/{public_id}")) == (404, "NOT_FOUND")
        assert error_of(program.call("DELETE", f"/v1/api-keys/{public_id}")) == (404, "NOT_FOUND")


def test_calls_of_a_minute_are_counted(program: Program) -> None:
    Team.objects.update(calls_per_minute=2)
    program.get("/v1/usage")
    program.get("/v1/usage")

    answer = program.get("/v1/usage")

    assert error_of(answer) == (429, "RATE_LIMITED")
    assert 0 < int(answer["Retry-After"]) <= 60


def test_crash_answers_in_the_envelope(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("extraction.api.docmap.usage_of", broken)

    answer = program.get("/v1/usage")

    assert error_of(answer) == (500, "INTERNAL_ERROR")
    assert b"secret" not in answer.content
