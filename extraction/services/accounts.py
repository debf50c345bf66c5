"""Accounts at providers: saved, tested, paused and resumed; while one is paused its documents wait."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from extraction.choices import Pause, Provider
from extraction.errors import AccountRefused, GalleyError, StepNotAllowed
from extraction.models import Extraction, PageRange, ProviderAccount, ReviewEvent, Team, User
from extraction.providers.registry import CLIENTS
from extraction.services.budgets import is_spent
from extraction.services.jobs import free_resumed, hold_paused
from extraction.services.secrets import decrypt, encrypt
from extraction.types import AccountStatus, Endpoint

# a person waits for the answer of a test
TEST_SECONDS = 20.0
HINT_LETTERS = 4
# of a key so short that its end would tell much of it, none is shown
HINT_FROM = 12
_SAVED = [
    "name",
    "base_url",
    "path_family",
    "model",
    "calls_per_second",
    "parallel",
    "max_pages",
    "monthly_budget",
    "input_price",
    "output_price",
    "currency",
]
# where the account is called and as whom: another one deserves a new try
_ACCESS = {"base_url", "path_family", "model", "key"}
# what is done at a provider
JOBS = (PageRange, Extraction)
_RESTED: dict[str, Any] = {"breaker_failures": 0, "breaker_until": None}
# what was learnt of the old address or key says nothing of the new one
_UNTRIED: dict[str, Any] = _RESTED | {"status": {}, "checked_at": None}
_RESUMED: dict[str, Any] = {"pause": "", "pause_params": {}, "paused_at": None, "resume_at": None} | _RESTED


def embedded_account(team: Team) -> ProviderAccount:
    """The engine that comes with Galley, as people choose it by name."""
    account = ProviderAccount.objects.filter(team=team, provider=Provider.EMBEDDED).first()
    if account is not None:
        return account
    name = str(Provider.EMBEDDED.label)
    taken = ProviderAccount.objects.filter(team=team, name=name).exists()
    account, _ = ProviderAccount.objects.get_or_create(
        team=team, provider=Provider.EMBEDDED, defaults={"name": f"Galley: {name}" if taken else name}
    )
    return account


def endpoint_of(account: ProviderAccount) -> Endpoint:
    """How to reach the account's provider, its key decrypted. Raises AccountRefused where nobody can."""
    return Endpoint(
        base_url=account.base_url,
        key=decrypt(account.secret) if account.secret else "",
        path_family=account.path_family,
        model=account.model,
        allow_private=settings.GALLEY_ALLOW_PRIVATE_PROVIDERS,
    )


def save_account(*, account: ProviderAccount, key: str | None, by: User | None) -> ProviderAccount:
    """Keep what a form changed; without a `key` the stored one stays, unless the account moves to another host.

    A raised budget ends the pause for a spent one, and another key or address that passes the test the pause for a
    refused key.
    """
    with transaction.atomic():
        old = ProviderAccount.objects.select_for_update(no_key=True).filter(pk=account.pk).first()
        if key:
            account.secret, account.key_hint = encrypt(key), _hint(key)
        elif old is not None and _origin(old) != _origin(account):
            # a key goes nowhere but to the host that it was entered for
            account.secret = account.key_hint = ""
        changed = _changes(old, account)
        if old is None:
            account.save()
        else:
            _update(account, changed)
        if old is None or changed:
            _record(account, by, "account_changed" if old else "account_created", changed)
    account.refresh_from_db()
    if account.pause == Pause.BUDGET_SPENT and "monthly_budget" in changed and not is_spent(account):
        resume_account(account=account, by=by)
    if account.pause == Pause.KEY_REFUSED and _ACCESS & set(changed) and test_account(account=account).ok:
        resume_account(account=account, by=by)
    return account


def _hint(key: str) -> str:
    return key[-HINT_LETTERS:] if len(key) >= HINT_FROM else ""


def _origin(account: ProviderAccount) -> tuple[str, str | None, int | None]:
    """As a form compares it: a host is the same in any case of its letters."""
    parts = urlsplit(account.base_url)
    return parts.scheme, parts.hostname, parts.port


def _changes(old: ProviderAccount | None, new: ProviderAccount) -> dict[str, tuple[Any, Any]]:
    """Before and after by column; of a key only that it is another one, or none."""
    pairs = {name: (getattr(old, name, None), getattr(new, name)) for name in _SAVED}
    changed = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    before, after = (account.secret if account else "" for account in (old, new))
    return changed | ({"key": ("…" if before else "", "…" if after else "")} if before != after else {})


def _update(account: ProviderAccount, changed: dict[str, Any]) -> None:
    """Only what the form holds: workers write the other columns meanwhile."""
    columns = [name for name in changed if name != "key"]
    if "key" in changed:
        columns += ["secret", "key_hint"]
    if _ACCESS & set(changed):
        for name, value in _UNTRIED.items():
            setattr(account, name, value)
        columns += list(_UNTRIED)
    account.save(update_fields=columns)


def test_account(*, account: ProviderAccount) -> AccountStatus:
    """Ask the provider's cheapest question and keep its answer; a pause stays until it is ended."""
    status = AccountStatus(ok=True) if account.is_embedded else _asked(account)
    account.status = {
        "ok": status.ok,
        "code": status.code or ("" if status.ok else "provider_unavailable"),
        "params": _plain(status.params),
        "message": status.message[:500],
        "remaining": status.remaining,
        "details": dict(status.details),
    }
    account.checked_at = timezone.now()
    account.save(update_fields=["status", "checked_at"])
    return status


# pytest takes every function of this name for one of its own
test_account.__test__ = False  # type: ignore[attr-defined]


def _asked(account: ProviderAccount) -> AccountStatus:
    try:
        endpoint = replace(endpoint_of(account), read_seconds=TEST_SECONDS)
        return CLIENTS[account.provider](endpoint).check()
    except GalleyError as exc:
        return AccountStatus(ok=False, message=str(exc), code=exc.code, params=exc.params)


def _plain(params: Any) -> dict[str, Any]:
    """Values that JSON can hold."""
    return {name: value if isinstance(value, str | int | float) else str(value) for name, value in params.items()}


@transaction.atomic
def pause_account(*, account: ProviderAccount, error: AccountRefused | None, by: User | None = None) -> None:
    """No more calls: by a person, or since the provider refused; queued jobs wait with the reason.

    What a provider said of an address or key that was changed meanwhile is not heard, and a person's pause stays.
    Called outside of any transaction that holds a parse.
    """
    row = ProviderAccount.objects.select_for_update(no_key=True).filter(pk=account.pk).first()
    if row is None or (error is not None and (row.pause == Pause.BY_PERSON or not _same_access(row, account))):
        return
    code = _pause_of(error)
    if row.pause != code:
        _record(row, by, "account_paused", {"pause": (row.pause, code)})
        row.paused_at = timezone.now()
    row.pause, row.pause_params = code, _plain(error.params) if error else {}
    row.resume_at = error.resume_at if error else None
    row.save(update_fields=["pause", "pause_params", "paused_at", "resume_at"])
    _copy(row, account, ["pause", "pause_params", "paused_at", "resume_at"])
    for model in JOBS:
        hold_paused(model.objects.filter(account=row))


def _same_access(row: ProviderAccount, called: ProviderAccount) -> bool:
    return (row.secret, row.base_url) == (called.secret, called.base_url)


def _pause_of(error: AccountRefused | None) -> Pause:
    """A key that cannot be read is as one that is refused: somebody has to enter it."""
    if error is None:
        return Pause.BY_PERSON
    return Pause(error.code) if error.code in Pause.values else Pause.KEY_REFUSED


@transaction.atomic
def resume_account(*, account: ProviderAccount, by: User | None = None) -> None:
    """Calls go on, and jobs that waited for the account are queued; nothing to do for one that is not paused."""
    row = ProviderAccount.objects.select_for_update(no_key=True).filter(pk=account.pk).first()
    if row is None or not row.pause:
        return
    _record(row, by, "account_resumed", {"pause": (row.pause, "")})
    for name, value in _RESUMED.items():
        setattr(row, name, value)
    row.save(update_fields=list(_RESUMED))
    _copy(row, account, list(_RESUMED))
    for model in JOBS:
        free_resumed(model.objects.filter(account=row))


def resume_due_accounts() -> int:
    """Resume those whose time has come, and say how many."""
    due = list(ProviderAccount.objects.exclude(pause="").filter(resume_at__lte=timezone.now()))
    for account in due:
        resume_account(account=account)
    return len(due)


@transaction.atomic
def delete_account(*, account: ProviderAccount, by: User | None) -> None:
    """Its jobs lose it, and those that waited for it are queued for a worker to end.

    Raises StepNotAllowed for the embedded engine.
    """
    if account.is_embedded:
        raise StepNotAllowed("the embedded engine stays")
    # before its jobs, as whoever pauses or resumes it
    ProviderAccount.objects.select_for_update().filter(pk=account.pk).first()
    _record(account, by, "account_deleted", {})
    account.delete()
    for model in JOBS:
        free_resumed(model.objects.filter(account=None))


def _copy(row: ProviderAccount, account: ProviderAccount, names: list[str]) -> None:
    for name in names:
        setattr(account, name, getattr(row, name))


def _record(account: ProviderAccount, by: User | None, what: str, changed: dict[str, tuple[Any, Any]]) -> None:
    """Never with a key."""
    before = {name: _shown(pair[0]) for name, pair in changed.items()}
    after = {name: _shown(pair[1]) for name, pair in changed.items()}
    ReviewEvent.objects.create(
        team_id=account.team_id, who=by, what=what, subject=account.name, before=before, after=after
    )


def _shown(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else str(value)
