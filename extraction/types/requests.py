"""What is asked of a provider, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from extraction.types.fields import FieldSpec
from extraction.types.kinds import FileKind
from extraction.types.learned import Learned
from extraction.types.notation import AS_PRINTED, Notation
from extraction.types.pages import DocumentReading, PageReading


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to reach an account's provider; `key` is its secret, never shown.

    `path_family` is SoMark's `parse` or its older `extract`, `model` the name a model is asked by. Private addresses
    are refused unless `allow_private`.
    """

    base_url: str
    key: str = field(default="", repr=False)
    path_family: str = "parse"
    model: str = ""
    allow_private: bool = False
    connect_seconds: float = 10.0
    read_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class ParseRequest:
    """A file to read: `pages` from 1, None for all; one of more than `max_pages` is refused, None for any number.

    `source` is the DOCX that the file was laid out from, where it is a PDF made of one.
    `options` are the provider's own, as the template has them.
    """

    path: Path
    kind: FileKind
    name: str
    pages: tuple[int, ...] | None = None
    max_pages: int | None = 300
    source: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExtractRequest:
    """A reading and what to look for in it; `language` is the template's, as in `en` or `zh-hans`.

    Providers that take the file itself get it as `path`, `kind` and `name`; `images` are JPEG files of pages by number,
    for those that look at them; `options` are the provider's own, as the template has them. `learned` is what the
    template's approved documents taught, for the embedded engine.
    """

    reading: DocumentReading
    fields: tuple[FieldSpec, ...]
    language: str = "en"
    path: Path | None = None
    kind: FileKind | None = None
    name: str = ""
    images: tuple[tuple[int, Path], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    learned: Learned | None = None
    notation: Notation = AS_PRINTED


@dataclass(frozen=True, slots=True)
class Ticket:
    """A polled provider's receipt for a submission."""

    remote_id: str


@dataclass(frozen=True, slots=True)
class CallUsage:
    """What an answer cost at the provider: pages read, extractions run, tokens of a model."""

    calls: int = 0
    pages: int = 0
    extractions: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: CallUsage) -> CallUsage:
        return CallUsage(
            self.calls + other.calls,
            self.pages + other.pages,
            self.extractions + other.extractions,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
        )


@dataclass(frozen=True, slots=True)
class RawReply:
    """A provider's whole answer as it came: kept, downloadable, and read by `wire` afterwards.

    `pictures` are the image files that the answer names, by address, fetched at once since addresses expire.
    """

    data: bytes
    usage: CallUsage = CallUsage()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """What a provider's cheapest check says; `remaining` is its quota, None when unknown.

    `code` names the sentence people read where it is not ok, `params` its values.
    """

    ok: bool
    message: str = ""
    remaining: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


class OnPage(Protocol):
    """Told of every page as it is read; raises Cancelled to stop the reading."""

    def __call__(self, page: PageReading, /) -> None: ...
