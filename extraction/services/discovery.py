"""Templates that DocMap has: it cannot list them, but its history names those that were used."""

from __future__ import annotations

from typing import cast

from extraction.models import ProviderAccount
from extraction.providers.docmap import DocmapExtractor
from extraction.services.clients import extractor_client
from extraction.wire.docmap import RemoteTemplate


def discover_templates(account: ProviderAccount) -> tuple[RemoteTemplate, ...]:
    """The last used one first. Raises a GalleyError where DocMap does not answer or refuses."""
    return cast(DocmapExtractor, extractor_client(account)).templates()
