"""Who calls: a key and its team, its scope, and whether it calls too often."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from extraction.api.errors import Refusal
from extraction.choices import Scope
from extraction.models import ApiKey, Team
from extraction.services.keys import known_key, opens, touch_key
from extraction.services.rates import RATES

KEYLESS_SCOPES = (Scope.READ, Scope.RUN)
_SENTENCES = {
    "missing": "Send your API key: Authorization: Bearer <key>.",
    "unknown": "This API key is not known here.",
    "revoked": "This API key was revoked.",
    "expired": "This API key has expired.",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """A key that opens; `wait_seconds` is None unless it has made all its calls of this minute.

    `key` is None for a call without one, where the operator names a team for those.
    """

    key: ApiKey | None
    team: Team
    wait_seconds: float | None = None

    def may(self, scope: Scope) -> bool:
        return scope in KEYLESS_SCOPES if self.key is None else opens(self.key, scope)


class KeyRefused(Exception):
    """`reason`: missing, unknown, revoked or expired."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def admitted(request: HttpRequest, scope: Scope) -> Caller:
    """Who calls, by a bearer's key that opens `scope` and has calls left in this minute. Raises Refusal."""
    try:
        caller = caller_of(bearer_of(request))
    except KeyRefused as exc:
        raise Refusal(401, "UNAUTHORIZED", _SENTENCES[exc.reason]) from None
    if caller.wait_seconds is not None:
        raise Refusal(429, "RATE_LIMITED", "Too many calls in this minute.", wait_seconds=caller.wait_seconds)
    if not caller.may(scope):
        raise Refusal(403, "FORBIDDEN", f"This API key lacks the scope {scope}.")
    return caller


def caller_of(text: str) -> Caller:
    """Whose key this is; the call is counted. Raises KeyRefused."""
    key = active_key(text)
    wait = RATES.take(key, limit=key.team.calls_per_minute)
    touch_key(key)
    return Caller(key, key.team, wait)


def active_key(text: str) -> ApiKey:
    """Raises KeyRefused."""
    if not text:
        raise KeyRefused("missing")
    key = known_key(text)
    if key is None:
        raise KeyRefused("unknown")
    if not key.is_active:
        raise KeyRefused("revoked" if key.revoked_at else "expired")
    return key


def keyless_caller() -> Caller:
    """For SoMark's callers without a key. Raises KeyRefused unless GALLEY_KEYLESS_TEAM names a team."""
    slug = settings.GALLEY_KEYLESS_TEAM
    team = Team.objects.filter(slug=slug).first() if slug else None
    if team is None:
        raise KeyRefused("missing")
    return Caller(None, team)


def bearer_of(request: HttpRequest) -> str:
    """The key of `Authorization: Bearer …`, empty without one."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""
