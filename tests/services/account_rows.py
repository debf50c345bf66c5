"""Accounts with jobs, in rows."""

from __future__ import annotations

import uuid
from typing import Any

from extraction.choices import JobState, Lane, Provider
from extraction.models import PageRange, Parse, ProviderAccount, Team
from extraction.services.secrets import encrypt
from tests.factories import make_document


def make_account(team: Team, *, key: str = "", **columns: Any) -> ProviderAccount:
    defaults = {"provider": Provider.DOCMAP, "name": "DocMap", "base_url": "https://docmap.test"}
    secret = {"secret": encrypt(key)} if key else {}
    return ProviderAccount.objects.create(team=team, **(defaults | secret | columns))


def make_range(account: ProviderAccount, *, sent: bool = False, **columns: Any) -> PageRange:
    """The only page of a document, to be read by the account; `sent`: the provider has it."""
    document = make_document(account.team)
    parse = Parse.objects.create(document=document, account=account, provider=account.provider)
    columns = {"account": account, "lane": Lane.REMOTE, "state": JobState.QUEUED} | columns
    if sent:
        columns |= {"submit_key": uuid.uuid4(), "remote_id": "task-1"}
    return PageRange.objects.create(parse=parse, first=1, last=1, **columns)
