"""API keys and usage of the key's team."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Path, Router
from ninja.responses import Status
from pydantic import Field

from extraction.api.galley_openapi import told
from extraction.api.galley_requests import ADMIN, READ, not_found, once_in_secret
from extraction.api.galley_shapes import Asked, Shape, Time
from extraction.choices import Scope
from extraction.models import ApiKey
from extraction.services.keys import create_key, expiry_of, revoke_key
from extraction.services.usage import usage_of

router = Router(tags=["keys"])
ScopeWord = Literal["read", "run", "admin"]
KeyId = Annotated[str, Path(min_length=1, max_length=64)]


class KeyBody(Asked):
    name: str = Field(min_length=1, max_length=100, pattern=r"\S", examples=["nightly import"])
    scopes: list[ScopeWord] = Field(
        min_length=1, max_length=3, description="Each opens what the ones before it open.", examples=[["run"]]
    )
    expires_in: Literal["30d", "60d", "90d", "1y", "never"] = "never"


class KeyAnswer(Shape):
    id: str = Field(examples=["ak_0b4d2f8a91c7"])
    name: str = Field(examples=["nightly import"])
    prefix: str = Field(examples=["dm_live_3f9a"])
    scopes: list[ScopeWord] = Field(examples=[["run"]])
    created_by: str | None = Field(examples=["Alice"])
    created_at: Time
    expires_at: Time | None = Field(examples=[None])
    last_used_at: Time | None


class NewKey(KeyAnswer):
    key: str = Field(description="Shown this once.", examples=["dm_live_" + "3f9a" * 16])


class KeyList(Shape):
    data: list[KeyAnswer]


class UsageAnswer(Shape):
    """Of a calendar month in UTC; a limit is null where there is none."""

    month: str = Field(examples=["2026-11"])
    documents: int = Field(examples=[120])
    pages: int = Field(examples=[340])
    extractions: int = Field(examples=[118])
    calls: int = Field(examples=[2904])
    monthly_pages: int | None = Field(examples=[None])
    monthly_extractions: int | None = Field(examples=[10_000])
    calls_per_minute: int = Field(examples=[600])


def _columns(row: ApiKey) -> dict[str, object]:
    return {
        "id": row.public_id,
        "name": row.name,
        "prefix": row.prefix,
        "scopes": [str(scope) for scope in row.scopes],
        "created_by": str(row.created_by) if row.created_by else None,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
    }


@router.get(
    "/api-keys",
    auth=ADMIN,
    response=KeyList,
    operation_id="listApiKeys",
    summary="List API keys",
    openapi_extra=told(),
)
def list_keys(request: HttpRequest) -> KeyList:
    """Those that open something; ten at most."""
    rows = ApiKey.objects.active().filter(team=request.auth.team).select_related("created_by")
    return KeyList(data=[KeyAnswer(**_columns(row)) for row in rows])


@router.post(
    "/api-keys",
    auth=ADMIN,
    response={201: NewKey},
    operation_id="createApiKey",
    summary="Make an API key",
    openapi_extra=told(409, 422),
)
@once_in_secret
def make_key(request: HttpRequest, body: KeyBody) -> Status[NewKey]:
    """It opens all three interfaces of the team, and acts for the same person as the key that made it."""
    row, key = create_key(
        team=request.auth.team,
        name=body.name.strip(),
        scopes=[Scope(scope) for scope in body.scopes],
        by=request.auth.key.created_by,
        expires_at=expiry_of(body.expires_in),
    )
    return Status(201, NewKey(**_columns(row), key=key))


@router.delete(
    "/api-keys/{key_id}",
    auth=ADMIN,
    response={204: None},
    operation_id="revokeApiKey",
    summary="Revoke an API key",
    openapi_extra=told(),
)
def drop_key(request: HttpRequest, key_id: KeyId) -> Status[None]:
    """From the next call on it opens nothing. Once more is no error."""
    row = ApiKey.objects.filter(team=request.auth.team, public_id=key_id).first()
    if row is None:
        raise not_found("API key")
    revoke_key(key=row, by=request.auth.key.created_by)
    return Status(204, None)


@router.get(
    "/usage",
    auth=READ,
    response=UsageAnswer,
    operation_id="getUsage",
    summary="What the team used this month",
    openapi_extra=told() | {"tags": ["usage"]},
)
def get_usage(request: HttpRequest) -> UsageAnswer:
    team = request.auth.team
    used = usage_of(team)
    return UsageAnswer(
        month=used.month,
        documents=used.documents,
        pages=used.pages,
        extractions=used.extractions,
        calls=used.calls,
        monthly_pages=team.monthly_pages,
        monthly_extractions=team.monthly_extractions,
        calls_per_minute=team.calls_per_minute,
    )
