"""What a provider can do: read a document or its fields, at once or by asking again later."""

from __future__ import annotations

from typing import Protocol

from extraction.types import (
    AccountStatus,
    DocumentReading,
    ExtractRequest,
    OnPage,
    ParseRequest,
    RawReply,
    ReadValue,
    Ticket,
)


class Provider(Protocol):
    def check(self) -> AccountStatus:
        """Ask the provider's cheapest question; raises nothing but says what is wrong."""
        ...


class DirectParser(Provider, Protocol):
    def run(self, request: ParseRequest, on_page: OnPage) -> DocumentReading: ...


class DirectExtractor(Provider, Protocol):
    def run(self, request: ExtractRequest, on_page: OnPage | None = None) -> tuple[ReadValue, ...]: ...


class PolledParser(Provider, Protocol):
    """`wire` reads the raw reply afterwards, when the words under it are known.

    `submit` raises FateUnknown or AnswerLost where the provider may have the document although nothing came back.
    """

    def submit(self, request: ParseRequest, *, submit_key: str) -> Ticket: ...

    def fetch(self, ticket: Ticket) -> RawReply | None:
        """None while the provider is still at work."""
        ...


class PolledExtractor(Provider, Protocol):
    """As PolledParser; `find` says what became of a submission whose answer was lost."""

    def submit(self, request: ExtractRequest, *, submit_key: str) -> Ticket: ...

    def find(self, submit_key: str) -> Ticket | None: ...

    def fetch(self, ticket: Ticket) -> RawReply | None:
        """None while the provider is still at work."""
        ...


class AskedExtractor(Provider, Protocol):
    """Answers in the call itself, which may take minutes."""

    def ask(self, request: ExtractRequest) -> RawReply: ...
