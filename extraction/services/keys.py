"""Keys to a team's HTTP interfaces: made and shown once, found by their hash, revoked."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from extraction.choices import Scope
from extraction.errors import StepNotAllowed
from extraction.models import ApiKey, ReviewEvent, Team, User
from extraction.services.teams import lock_team

PREFIX = "dm_live_"
SHOWN_LETTERS = 12
MOST_ACTIVE = 10
TOUCH_SECONDS = 60
# rows by the hash of their key, and when they were looked up; for this process
_KNOWN: dict[str, tuple[ApiKey, float]] = {}
MOST_KNOWN = 1000
# each scope opens what the ones before it open
_ORDER = (Scope.READ, Scope.RUN, Scope.ADMIN)
EXPIRIES = {
    "30d": timedelta(days=30),
    "60d": timedelta(days=60),
    "90d": timedelta(days=90),
    "1y": timedelta(days=365),
    "never": None,
}


@transaction.atomic
def create_key(
    *, team: Team, name: str, scopes: Iterable[str], by: User | None, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """The key's row and the key itself, which nobody can show again. Raises StepNotAllowed over ten active ones."""
    lock_team(team.pk)
    if ApiKey.objects.active().filter(team=team).count() >= MOST_ACTIVE:
        raise StepNotAllowed("this team has ten active keys", code="max_keys_reached", limit=MOST_ACTIVE)
    key = PREFIX + secrets.token_hex(32)
    row = ApiKey.objects.create(
        team=team,
        name=name,
        created_by=by,
        prefix=key[:SHOWN_LETTERS],
        sha256=_digest(key),
        scopes=[scope for scope in _ORDER if scope in set(scopes)],
        expires_at=expires_at,
    )
    _record(row, by, "api_key_created")
    return row, key


def expiry_of(choice: str) -> datetime | None:
    """When a key of one of EXPIRIES ends, None for never."""
    span = EXPIRIES[choice]
    return None if span is None else timezone.now() + span


def find_key(text: str) -> ApiKey | None:
    """The row of a key in whatever state, with its team; the search by hash tells nothing of the key by its time."""
    return ApiKey.objects.select_related("team", "created_by").filter(sha256=_digest(text)).first()


def known_key(text: str) -> ApiKey | None:
    """As `find_key`, an active key's row at most a second old: who polls calls many times in one."""
    digest, now = _digest(text), time.monotonic()
    row, seen_at = _KNOWN.get(digest, (None, 0.0))
    if row is not None and now - seen_at < settings.KEY_MEMORY_SECONDS:
        return row
    row = find_key(text)
    if row is None or not row.is_active:
        _KNOWN.pop(digest, None)
        return row
    if len(_KNOWN) >= MOST_KNOWN:
        _KNOWN.clear()
    _KNOWN[digest] = (row, now)
    return row


def touch_key(key: ApiKey) -> None:
    """Note the use, once a minute at most."""
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - timedelta(seconds=TOUCH_SECONDS):
        late = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(seconds=TOUCH_SECONDS))
        ApiKey.objects.filter(late, pk=key.pk).update(last_used_at=now)
        key.last_used_at = now


def opens(key: ApiKey, scope: Scope) -> bool:
    return any(held in key.scopes for held in _ORDER[_ORDER.index(scope) :])


@transaction.atomic
def revoke_key(*, key: ApiKey, by: User | None) -> None:
    """From the next call on the key opens nothing, in other processes after KEY_MEMORY_SECONDS."""
    _KNOWN.pop(key.sha256, None)
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        _record(key, by, "api_key_revoked")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _record(key: ApiKey, by: User | None, what: str) -> None:
    ReviewEvent.objects.create(team_id=key.team_id, who=by, what=what, subject=f"{key.name} ({key.prefix}…)"[:255])
