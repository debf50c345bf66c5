"""Our own description: it names every operation, any call answers as it says, and strangers get nothing anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone
from hypothesis import HealthCheck, settings
from jsonschema_rs import validator_for
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from extraction.api import galley
from extraction.choices import JobState, Scope
from extraction.models import (
    ApiKey,
    Document,
    Extraction,
    IdempotencyKey,
    Review,
    Team,
    Template,
    User,
    Webhook,
    WebhookDelivery,
)
from extraction.services.secrets import encrypt
from tests import bad_files
from tests.api.galley_calls import PREFIX, Ours, content_of, error_of, ours_of
from tests.read_documents import make_read_document

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
DESCRIBED = json.loads(json.dumps(galley.description()))
SCHEMAS = DESCRIBED["components"]["schemas"]
# of the team that owns everything, and of nobody else
SECRET = "HY-2026-004817"

the_application = cache(get_wsgi_application)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Made with the first call: the tests are collected before the folder of static files is there."""
    answer = the_application()(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


schema = schemathesis.openapi.from_dict(DESCRIBED)
schema.app = application


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DESCRIBED["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


OPERATIONS = list(operations())
NAMES = [operation["operationId"] for _, _, operation in OPERATIONS]


def test_description_is_served_to_everybody(client: Client) -> None:
    answer = client.get(f"{PREFIX}/openapi.json")

    assert answer["Content-Type"] == "application/json"
    assert answer.json() == DESCRIBED | {"servers": [{"url": "http://testserver"}]}
    assert error_of(client.post(f"{PREFIX}/openapi.json")) == (405, "METHOD_NOT_ALLOWED")


def test_description_names_our_addresses() -> None:
    ours = {
        f"{PREFIX}/" + str(pattern.pattern).replace("<", "{").replace(">", "}")
        for pattern in galley.urlpatterns
        if isinstance(pattern, URLPattern)
    }

    assert ours - {f"{PREFIX}/", f"{PREFIX}/openapi.json"} == set(DESCRIBED["paths"])


def test_every_operation_is_described() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert DESCRIBED["openapi"] == "3.1.0"
    tags = {tag["name"] for tag in DESCRIBED["tags"]}
    for method, path, operation in OPERATIONS:
        named = f"{method} {path}"
        assert operation["summary"] and set(operation["tags"]) <= tags, named
        assert [list(one) for one in operation["security"]] == [["ApiKey"]], named
        assert {"401", "403", "429", "500"} <= set(operation["responses"]), named
        assert ("404" in operation["responses"]) == ("{" in path), named
        headers = [one["name"] for one in operation["parameters"] if one["in"] == "header"]
        assert headers == (["Idempotency-Key"] if method == "post" else []), named


def test_examples_are_as_described() -> None:
    """Every JSON example passes the schema beside it."""
    for name, example, found in examples():
        whole = {"$ref": found["$ref"], "components": {"schemas": SCHEMAS}} if "$ref" in found else found
        problems = [error.message for error in validator_for(whole).iter_errors(example)]
        assert problems == [], name


def examples() -> Iterator[tuple[str, Any, dict[str, Any]]]:
    for method, path, operation in OPERATIONS:
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            media = body.get("content", {}).get("application/json")
            if media and "example" in media:
                yield f"{method} {path}", media["example"], media["schema"]


@pytest.fixture
def review(team: Team) -> Review:
    """Of a document of the team's, whose content nobody else may see."""
    review = make_read_document(team)
    Extraction.objects.update(listed_at=timezone.now())
    return review


@pytest.fixture
def places(ours: Ours, team: Team, review: Review) -> dict[str, str]:
    """Of each parameter in an address, one that exists in the team of `ours`."""
    template = Template.objects.create(team=team, name=SECRET, slug="secret")
    webhook = Webhook.objects.create(team=team, url=f"https://example.org/{SECRET}", secret=encrypt("whsec_"))
    delivery = WebhookDelivery.objects.create(webhook=webhook, event="ping", state=JobState.DONE)
    return {
        "document_id": str(review.extraction.parse.document_id),
        "extraction_id": review.extraction.public_id,
        "template_id": str(template.pk),
        "key_id": ApiKey.objects.filter(team=team).values_list("public_id", flat=True)[0],
        "number": "1",
        "webhook_id": webhook.public_id,
        "delivery_id": str(delivery.pk),
    }


def body_of(method: str, operation: dict[str, Any]) -> dict[str, Any]:
    """Keywords for a test client's call with the example of the description."""
    if method not in ("post", "put"):
        return {}
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return {"data": {"file": SimpleUploadedFile("letter.pdf", bad_files.page_pdf())}}
    media = content.get("application/json")
    return {"data": json.dumps(media["example"]) if media else "", "content_type": "application/json"}


def filled(path: str, places: dict[str, str]) -> str:
    """Fails for a parameter that this test has no object for: a new operation is walked too."""
    return path.format(**places)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_a_strangers_key_gets_nothing(
    method: str, path: str, operation: dict[str, Any], places: dict[str, str], theirs: Ours, team: Team
) -> None:
    before = state_of(team)
    client = Client(headers=theirs.headers())

    answer = getattr(client, method)(filled(path, places), **body_of(method, operation))

    assert answer.status_code == 404 if "{" in path else answer.status_code < 500, answer.content
    told = content_of(answer)
    assert SECRET.encode() not in told
    assert all(
        place.encode() not in told for name, place in places.items() if name.endswith(("ction_id", "key_id", "hook_id"))
    )
    assert state_of(team) == before


def state_of(team: Team) -> list[Any]:
    """Everything of a team that a call could change."""
    return [
        list(Document.objects.filter(team=team).values()),
        list(Extraction.objects.filter(parse__document__team=team).values()),
        list(Review.objects.filter(extraction__parse__document__team=team).values()),
        list(Template.objects.filter(team=team).values()),
        list(Webhook.objects.filter(team=team).values()),
        list(WebhookDelivery.objects.filter(webhook__team=team).values()),
        list(ApiKey.objects.filter(team=team).values("public_id", "revoked_at", "name")),
        list(IdempotencyKey.objects.filter(team=team).values()),
    ]


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_without_a_key_nothing_opens(
    method: str, path: str, operation: dict[str, Any], places: dict[str, str], client: Client
) -> None:
    address, body = filled(path, places), body_of(method, operation)
    missing = getattr(client, method)(address, **body)
    wrong = getattr(client, method)(
        address, headers={"Authorization": "Bearer dm_live_wrong"}, **body_of(method, operation)
    )

    assert error_of(missing) == error_of(wrong) == (401, "UNAUTHORIZED")
    assert missing["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_every_operation_asks_for_its_scope(
    method: str, path: str, operation: dict[str, Any], places: dict[str, str], team: Team, alice: User
) -> None:
    (needed,) = operation["security"][0]["ApiKey"]
    keys = {scope: ours_of(team, alice, scope) for scope in (Scope.READ, Scope.RUN)}
    client = Client()

    for scope, key in keys.items():
        if list(Scope).index(scope) < list(Scope).index(Scope(needed)):
            answer = getattr(client, method)(filled(path, places), headers=key.headers(), **body_of(method, operation))
            assert error_of(answer) == (403, "FORBIDDEN"), scope


@pytest.mark.parametrize("path", DESCRIBED["paths"])
def test_other_methods_are_refused_in_the_envelope(path: str, places: dict[str, str], ours: Ours) -> None:
    answer = Client(headers=ours.headers()).patch(filled(path, places))

    assert error_of(answer) == (405, "METHOD_NOT_ALLOWED")
    assert set(answer["Allow"].lower().split(", ")) == set(DESCRIBED["paths"][path])


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [one for one in OPERATIONS if one[0] == "post"],
    ids=[name for name, one in zip(NAMES, OPERATIONS, strict=True) if one[0] == "post"],
)
def test_every_post_is_done_once_for_a_key(
    method: str, path: str, operation: dict[str, Any], places: dict[str, str], ours: Ours, team: Team
) -> None:
    headers = ours.headers(Idempotency_Key="the first try")
    client = Client()
    first = client.post(filled(path, places), headers=headers, **body_of(method, operation))
    after = state_of(team)
    again = client.post(filled(path, places), headers=headers, **body_of(method, operation))

    if first.status_code < 300:
        assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert state_of(team) == after


@pytest.mark.django_db(transaction=True)
@schema.parametrize()
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
def test_calls_answer_as_described(case: schemathesis.Case, ours: Ours, team: Team) -> None:
    Team.objects.update(calls_per_minute=1_000_000)
    if not Review.objects.exists():
        make_read_document(team)
        Extraction.objects.update(listed_at=timezone.now())
    known = {
        "document_id": Document.objects.order_by("pk").values_list("pk", flat=True).first(),
        "extraction_id": Extraction.objects.order_by("pk").values_list("public_id", flat=True).first(),
        "template_id": "receipt",
        "number": 1,
    }
    for name in case.path_parameters or {}:
        # half of the calls reach something that is there; the test's own key is never revoked
        if case.operation.label.count("{") and name in known and len(str(case.path_parameters[name])) % 2:
            case.path_parameters[name] = known[name] or 1

    case.call_and_validate(headers={"Authorization": f"Bearer {ours.text}"}, checks=CHECKS)
