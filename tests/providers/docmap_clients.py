"""Clients of a fake DocMap, and documents for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from extraction.choices import sentence_of
from extraction.errors import GalleyError
from extraction.providers.docmap import DocmapExtractor
from extraction.types import DocumentReading, Endpoint, ExtractRequest, FileKind
from tests.fakes.docmap import FakeDocmap
from tests.fakes.docmap_account import KEY, TEMPLATE

SUBMIT_KEY = "b0e6a9f2-7e43-4f57-9a4f-0d3c3f6e2a11"


@contextmanager
def client_of(fake: FakeDocmap, *, key: str = KEY, read_seconds: float = 5.0) -> Iterator[DocmapExtractor]:
    """A client that is closed at the end."""
    client = DocmapExtractor(Endpoint(fake.url, key, allow_private=True, read_seconds=read_seconds))
    try:
        yield client
    finally:
        client.close()


def request_of(path: Path, content: bytes, *, kind: FileKind = FileKind.PDF, **more: Any) -> ExtractRequest:
    path.write_bytes(content)
    options = {"options": {"template": TEMPLATE}, "name": "发票 1.pdf"} | more
    return ExtractRequest(DocumentReading(()), (), path=path, kind=kind, **options)


def assert_sentence(error: GalleyError) -> None:
    assert sentence_of(error.code, error.params) != sentence_of("unexpected")
