"""DocMap's accounts as JSON: what of a plan is used up, and API keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from extraction.errors import InvalidReply
from extraction.wire.docmap import dump_time, load_time
from extraction.wire.scalars import text


@dataclass(frozen=True, slots=True)
class Usage:
    """Extractions of a calendar month (UTC), named as in 2026-11; no limit is a large number."""

    plan: str
    usage: int
    limit: int
    period_key: str

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.usage)


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What can be seen of an API key: its first 12 characters, never the rest; it works until `expires_at`, if any."""

    id: str
    user_id: str
    name: str
    prefix: str
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime | None
    revoked: bool


def load_usage(data: Any) -> Usage:
    """Raise InvalidReply for what is no usage."""
    try:
        usage = data["data"]
        return Usage(text(usage.get("plan")), int(usage["usage"]), int(usage["limit"]), text(usage.get("periodKey")))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as exc:
        raise InvalidReply(f"not a usage of DocMap: {exc!r}") from exc


def dump_usage(usage: Usage) -> dict[str, Any]:
    return {
        "data": {"plan": usage.plan, "usage": usage.usage, "limit": usage.limit, "periodKey": usage.period_key},
    }


def load_key(data: Any) -> KeyRecord:
    """Raise InvalidReply for what is no key."""
    try:
        return KeyRecord(
            id=data["id"],
            user_id=data["userId"],
            name=data["name"],
            prefix=data["prefix"],
            expires_at=load_time(data["expiresAt"]),
            last_used_at=load_time(data["lastUsedAt"]),
            created_at=load_time(data["createdAt"]),
            revoked=bool(data["revoked"]),
        )
    except (KeyError, TypeError) as exc:
        raise InvalidReply(f"not a key of DocMap: {exc!r}") from exc


def dump_key(key: KeyRecord) -> dict[str, Any]:
    return {
        "id": key.id,
        "userId": key.user_id,
        "name": key.name,
        "prefix": key.prefix,
        "expiresAt": dump_time(key.expires_at),
        "lastUsedAt": dump_time(key.last_used_at),
        "createdAt": dump_time(key.created_at),
        "revoked": key.revoked,
    }


def dump_new_key(secret: str, key: KeyRecord) -> dict[str, Any]:
    """The only answer in which the key itself stands."""
    return {"data": {"key": secret, "apiKey": dump_key(key)}}


def dump_keys(keys: Sequence[KeyRecord]) -> dict[str, Any]:
    return {"data": [dump_key(key) for key in keys]}
