from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone, translation
from django.utils.http import urlencode

from extraction.services.teams import current_team

# open to a person without a team, or with a one-time password
ALWAYS_OPEN = {"sign-in", "sign-out", "password-change", "theme", "language", "preferences", "team-switch"}
WITH_ONE_TIME_PASSWORD = ALWAYS_OPEN - {"preferences", "team-switch"}


class PreferencesMiddleware:
    """The signed-in person's language and the team's time zone hold for the whole request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.team = None
        if not request.user.is_authenticated:
            return ask_again(request, self.get_response(request))
        request.team = current_team(request.user, request.session.get("team"))
        if request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(request.team.zone if request.team else UTC):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if not request.user.is_authenticated:
            return None
        if request.user.must_change_password and match.url_name not in WITH_ONE_TIME_PASSWORD:
            return redirect("password-change")
        # the console has its own rules, and a page of an object answers for itself: 404
        if request.team is None and not match.namespaces and not kwargs and match.url_name not in ALWAYS_OPEN:
            return render(request, "extraction/no_team.html", status=200 if request.method == "GET" else 403)
        return None


def ask_again(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A fragment's request of a person who is signed out: the whole page goes to sign in, and back."""
    to_sign_in = response.status_code == 302 and response["Location"].startswith(resolve_url(settings.LOGIN_URL))
    if not (to_sign_in and request.headers.get("HX-Request")):
        return response
    here = request.headers.get("HX-Current-URL", "")
    query = urlencode({"next": here}) if here else ""
    return HttpResponse(status=401, headers={"HX-Redirect": f"{resolve_url(settings.LOGIN_URL)}?{query}"})
