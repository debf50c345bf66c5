"""DocMap's API keys: made, listed and revoked by a key of scope admin."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from extraction.api.auth import Caller
from extraction.api.docmap_requests import json_body, not_found, refused
from extraction.choices import sentence_of
from extraction.errors import StepNotAllowed
from extraction.models import ApiKey
from extraction.services.keys import create_key, expiry_of, revoke_key
from extraction.services.records import user_id
from extraction.wire.docmap_accounts import KeyRecord, dump_keys, dump_new_key
from extraction.wire.docmap_requests import dump_success, load_new_key


def make_key(request: HttpRequest, caller: Caller) -> JsonResponse:
    """It opens what the caller's key opens: DocMap knows no scopes."""
    name, expires_in = load_new_key(json_body(request))
    try:
        row, secret = create_key(
            team=caller.team,
            name=name,
            scopes=caller.key.scopes,
            by=caller.key.created_by,
            expires_at=expiry_of(expires_in),
        )
    except StepNotAllowed as exc:
        raise refused("MAX_KEYS_REACHED", sentence_of(exc.code, exc.params)) from exc
    return JsonResponse(dump_new_key(secret, _record(row)), status=201)


def list_keys(request: HttpRequest, caller: Caller) -> JsonResponse:
    return JsonResponse(dump_keys([_record(row) for row in ApiKey.objects.active().filter(team=caller.team)]))


def drop_key(request: HttpRequest, caller: Caller, public_id: str) -> JsonResponse:
    """Once more is no error: the answer to the first call may have been lost."""
    row = ApiKey.objects.filter(team=caller.team, public_id=public_id).first()
    if row is None:
        raise not_found("API key")
    revoke_key(key=row, by=caller.key.created_by)
    return JsonResponse(dump_success())


def _record(row: ApiKey) -> KeyRecord:
    return KeyRecord(
        id=row.public_id,
        user_id=user_id(row),
        name=row.name,
        prefix=row.prefix,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        created_at=row.created_at,
        revoked=row.revoked_at is not None,
    )
