from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from extraction.web.forms.signin import LanguageForm, PreferencesForm, ThemeForm

YEAR_SECONDS = 365 * 24 * 3600


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with override(request.user.language or None):
            messages.success(request, _("Saved."))
        return redirect("preferences")
    return render(request, "extraction/preferences.html", {"form": form})


@login_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """The switch in the top bar: a script sends it in the background, without one it is a form."""
    form = ThemeForm(request.POST)
    if form.is_valid():
        request.user.theme = form.cleaned_data["theme"]
        request.user.save(update_fields=["theme"])
    return back(request)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """A signed-in person's language is a preference; before that it is a cookie."""
    form = LanguageForm(request.POST)
    response = back(request)
    if not form.is_valid():
        return response
    chosen = form.cleaned_data["language"]
    if request.user.is_authenticated:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=YEAR_SECONDS,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def back(request: HttpRequest) -> HttpResponse:
    """To the page that the form stood on."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if safe else "home")
