"""One client for each account and process, so that its calls share their connections."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import cast

from extraction.choices import EXTRACTORS, READERS
from extraction.models import ProviderAccount
from extraction.providers.base import AskedExtractor, PolledExtractor, PolledParser
from extraction.providers.registry import CLIENTS, Client
from extraction.services.accounts import endpoint_of
from extraction.types import Endpoint


@dataclass(frozen=True, slots=True)
class _Kept:
    endpoint: Endpoint
    provider: str
    client: Client


_kept: dict[int, _Kept] = {}
_lock = threading.Lock()


def parser_client(account: ProviderAccount) -> PolledParser:
    """Raises AccountRefused where the stored key cannot be read."""
    if account.provider not in READERS:
        raise ValueError(f"{account.provider} reads no documents")
    return cast(PolledParser, _client(account))


def extractor_client(account: ProviderAccount) -> PolledExtractor | AskedExtractor:
    """Raises AccountRefused where the stored key cannot be read."""
    if account.provider not in EXTRACTORS:
        raise ValueError(f"{account.provider} extracts no fields")
    return cast(PolledExtractor | AskedExtractor, _client(account))


def _client(account: ProviderAccount) -> Client:
    """Made anew when the account's address, key or model changed; whoever still uses the old one finishes with it."""
    endpoint = endpoint_of(account)
    with _lock:
        kept = _kept.get(account.pk)
        if kept is None or (kept.endpoint, kept.provider) != (endpoint, account.provider):
            kept = _Kept(endpoint, account.provider, CLIENTS[account.provider](endpoint))
            _kept[account.pk] = kept
    return kept.client
