"""Our description of DocMap's interface: it names our addresses, and any call answers as it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from extraction.api import urls
from extraction.models import ApiKey, Extraction, Team
from extraction.wire.docmap import STATUS_OF_ERROR
from tests.api.docmap_calls import Program, run_body

DESCRIPTION = Path(urls.__file__).parent / "descriptions" / "docmap.json"
DESCRIBED = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
METHODS = {"get", "post", "put", "patch", "delete"}

the_application = cache(get_wsgi_application)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Made with the first call: the tests are collected before the folder of static files is there."""
    return the_application()(environ, start_response)


schema = schemathesis.openapi.from_dict(DESCRIBED)
schema.app = application


def test_description_names_our_addresses() -> None:
    ours = {f"/{pattern.pattern}".replace("<str:public_id>", "{id}") for pattern in urls.urlpatterns}

    assert set(DESCRIBED["paths"]) == {path for path in ours if path.startswith("/v1/") or path == "/health"}


@pytest.mark.parametrize("path", DESCRIBED["paths"])
def test_description_names_our_methods(path: str, client: Client, db: None) -> None:
    allowed = set(client.patch(path)["Allow"].lower().split(", "))

    assert allowed - {"head"} == set(DESCRIBED["paths"][path]) & METHODS


def test_description_names_our_errors() -> None:
    codes = DESCRIBED["components"]["schemas"]["Error"]["properties"]["error"]["properties"]["code"]["enum"]

    assert set(codes) == {*STATUS_OF_ERROR, "METHOD_NOT_ALLOWED"}


@pytest.mark.django_db(transaction=True)
@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
def test_calls_answer_as_described(case: schemathesis.Case, program: Program) -> None:
    Team.objects.update(calls_per_minute=1_000_000)
    kept = ApiKey.objects.order_by("pk").first()
    # the key that this test calls with
    assert kept is not None and (case.path_parameters or {}).get("id") != kept.public_id
    if case.operation.label == "GET /v1/extractions/{id}":
        known = Extraction.objects.values_list("public_id", flat=True).first()
        case.path_parameters["id"] = known or program.started()

    if case.operation.label == "POST /v1/extractions/run" and isinstance(case.body, dict) and "runId" in case.body:
        # what no generator thinks of: a file, and a template that is there
        case.body |= run_body()
        case.query = {"async": "true"}

    case.call_and_validate(headers={"Authorization": f"Bearer {program.text}"}, checks=CHECKS)
