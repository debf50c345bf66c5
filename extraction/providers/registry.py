"""Which client speaks with which provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from extraction.providers.base import AskedExtractor, PolledExtractor, PolledParser
from extraction.providers.chat import ChatExtractor
from extraction.providers.docmap import DocmapExtractor
from extraction.providers.somark import SomarkParser
from extraction.types import Endpoint

type Client = PolledParser | PolledExtractor | AskedExtractor

# by the provider's name; the embedded engine is none of them
CLIENTS: Mapping[str, Callable[[Endpoint], Client]] = {
    "somark": SomarkParser,
    "docmap": DocmapExtractor,
    "chat": ChatExtractor,
}
