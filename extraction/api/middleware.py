from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation

from extraction.api.interfaces import Interface, interface_of

log = logging.getLogger("galley.api")
URLS = "extraction.api.urls"


class InterfaceMiddleware:
    """Answers the HTTP interfaces by itself: no session, no CSRF, no redirect, no translation; always JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        interface = interface_of(request.path_info)
        if interface is None:
            return self.get_response(request)
        with translation.override("en"):
            response = self._answer(request, interface)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("X-Content-Type-Options", "nosniff")
        if not response.streaming:
            # else the server sends it in chunks, which costs more and which simple callers cannot read
            response.setdefault("Content-Length", str(len(response.content)))
        return response

    def _answer(self, request: HttpRequest, interface: Interface) -> HttpResponse:
        try:
            request.get_host()
            match = resolve(request.path_info, urlconf=URLS)
            request.resolver_match = match
            return match.func(request, *match.args, **match.kwargs)
        except DisallowedHost:
            return interface.refused(request)
        except Resolver404:
            return interface.unknown(request)
        except Exception:
            # the path and the trace, never the body or the headers: both hold keys
            log.exception("%s %s", request.method, request.path_info)
            return interface.crashed(request)
