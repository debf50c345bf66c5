"""The three HTTP interfaces: their prefixes, and how each of them says that something went wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from extraction.api.errors import envelope
from extraction.api.somark_refusals import answer
from extraction.wire.somark import Code, dump_refused

type Say = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Interface:
    """`crashed`, `unknown` and `refused` answer for an exception, an unknown path and a host name that is not ours."""

    name: str
    prefixes: tuple[str, ...]
    crashed: Say
    unknown: Say
    refused: Say


def _docmap(status: int, code: str, message: str) -> Say:
    return lambda request: envelope(code, message, status=status)


def _somark(code: Code, message: str) -> Say:
    return lambda request: answer(dump_refused(code, message))


SOMARK = Interface(
    "somark",
    ("/api/v1",),
    crashed=_somark(Code.PARSING_FAILED, "Something went wrong here. Try again later."),
    unknown=_somark(Code.INVALID_VALUE, "There is no such address."),
    refused=_somark(Code.INVALID_VALUE, "This host name is not served."),
)
DOCMAP = Interface(
    "docmap",
    ("/v1", "/health"),
    crashed=_docmap(500, "INTERNAL_ERROR", "Something went wrong here. Try again later."),
    unknown=_docmap(404, "NOT_FOUND", "There is no such address."),
    refused=_docmap(400, "VALIDATION_ERROR", "This host name is not served."),
)
GALLEY = Interface(
    "galley",
    ("/galley/v1",),
    crashed=DOCMAP.crashed,
    unknown=DOCMAP.unknown,
    refused=DOCMAP.refused,
)
# a page for people, under the pages' own rules
PAGES = ("/galley/v1/docs",)


def interface_of(path: str) -> Interface | None:
    """The interface that a path belongs to, None for pages."""
    if path.rstrip("/") in PAGES:
        return None
    for interface in (SOMARK, DOCMAP, GALLEY):
        if any(path == prefix or path.startswith(f"{prefix}/") for prefix in interface.prefixes):
            return interface
    return None
