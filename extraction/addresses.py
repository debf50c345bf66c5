"""Where a request came from, and where this Galley is reached: also behind a proxy."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def base_url(request: HttpRequest) -> str:
    """The public address, without a path or a slash at its end."""
    return settings.GALLEY_BASE_URL or request.build_absolute_uri("/").rstrip("/")


def address_of(request: HttpRequest) -> str:
    """The caller's address; behind a proxy (a base URL is set) the one that the proxy itself wrote last."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.GALLEY_BASE_URL else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
