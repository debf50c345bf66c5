"""Who reads a document and who extracts from it: chosen at the upload, else by the template, else by the team."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from extraction.choices import EXTRACTORS, READERS, JobState, Lane, Provider
from extraction.errors import StepNotAllowed
from extraction.models import Extraction, Parse, ProviderAccount, ProviderChoice, Team, Template

EXTRACTION_OPTIONS = ("docmap_template", "docmap_names", "sends_images", "instructions")


@dataclass(frozen=True, slots=True)
class Route:
    """Who does a job: without an account the embedded engine. `settings` are the job's, frozen with it.

    Besides the provider's options they name the `account` and hold the `fallback` account's primary key.
    """

    account: ProviderAccount | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def provider(self) -> Provider:
        return Provider(self.account.provider) if self.account else Provider.EMBEDDED

    @property
    def columns(self) -> dict[str, Any]:
        return {"account": self.account, "provider": self.provider, "settings": self.settings}

    @property
    def lane(self) -> Lane:
        return Lane.REMOTE if self.account else Lane.CPU

    def first_step(self) -> dict[str, Any]:
        """Columns of a job that could begin now: it waits where its account is paused."""
        columns: dict[str, Any] = {"account": self.account, "lane": self.lane}
        return columns | first_state(self.account)


def first_state(account: ProviderAccount | None) -> dict[str, Any]:
    """Queued, or waiting with the reason while the account is paused."""
    if account is None or not account.is_paused:
        return {"state": JobState.QUEUED}
    why = {"error_class": account.pause, "error_params": account.pause_params, "waiting_since": timezone.now()}
    return {"state": JobState.WAITING} | why


def reading_route(*, team: Team, template: Template | None = None, chosen: ProviderAccount | None = None) -> Route:
    """`chosen` for this once, possibly the embedded engine's account. Raises StepNotAllowed where it cannot read."""
    choice = _choice(template)
    account = _first_of(team, READERS, chosen, choice.parse_account, team.parse_account)
    return _route(team, READERS, account, choice.parse_fallback, {"options": choice.parse_options})


def extraction_route(*, team: Team, template: Template, chosen: ProviderAccount | None = None) -> Route:
    """As `reading_route`."""
    choice = _choice(template)
    account = _first_of(team, EXTRACTORS, chosen, choice.extract_account, team.extract_account)
    # those of every provider: a fallback may be another than the first
    settings = {name: getattr(choice, name) for name in EXTRACTION_OPTIONS}
    return _route(team, EXTRACTORS, account, choice.extract_fallback, settings)


def _choice(template: Template | None) -> ProviderChoice:
    """One that chooses nothing where there is none."""
    # its accounts are fetched when they are asked for: most templates have none
    return (ProviderChoice.objects.filter(template=template).first() if template else None) or ProviderChoice()


def _first_of(
    team: Team, able: tuple[Provider, ...], chosen: ProviderAccount | None, *others: ProviderAccount | None
) -> ProviderAccount | None:
    if chosen is not None:
        if not _may_use(team, able, chosen):
            raise StepNotAllowed(f"account {chosen.pk} cannot be used for this")
        return chosen
    return next((account for account in others if account is not None and _may_use(team, able, account)), None)


def _may_use(team: Team, able: tuple[Provider, ...], account: ProviderAccount) -> bool:
    return account.team_id == team.pk and account.provider in able


def _route(
    team: Team,
    able: tuple[Provider, ...],
    account: ProviderAccount | None,
    fallback: ProviderAccount | None,
    settings: dict[str, Any],
) -> Route:
    """The embedded engine is no account in a job, needs no options, and nobody steps in for it."""
    if account is None or account.is_embedded:
        return Route()
    if fallback is not None and fallback != account and _may_use(team, able, fallback):
        settings = settings | {"fallback": fallback.pk}
    return Route(account, settings | {"account": account.name})


def without_fallback(route: Route) -> Route:
    return replace(route, settings={key: value for key, value in route.settings.items() if key != "fallback"})


def fallback_route(job: Parse | Extraction) -> Route | None:
    """Who takes over from a job that failed for good; None where nobody was named, or the account is gone."""
    team = job.document.team if isinstance(job, Parse) else job.parse.document.team
    pk = job.settings.get("fallback")
    able = READERS if isinstance(job, Parse) else EXTRACTORS
    account = ProviderAccount.objects.filter(pk=pk, team=team, provider__in=able).first() if pk else None
    if account is None:
        return None
    options = {key: value for key, value in job.settings.items() if key != "fallback"}
    return _route(team, able, account, None, options)


def takeover_warning(job: Parse | Extraction, route: Route, why: dict[str, Any]) -> dict[str, Any]:
    """Says who stepped in for whom; `why` is the code and params of what went wrong."""
    account = route.account.name if route.account else {"code": "embedded_engine", "params": {}}
    return {"code": "stepped_in", "params": {"failed": job.settings.get("account", ""), "account": account, "why": why}}
