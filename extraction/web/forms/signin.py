from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from extraction.addresses import address_of
from extraction.models import User
from extraction.services.signin import try_to_sign_in

THEMES = [("", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))]


class SignInForm(AuthenticationForm):
    username = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    error_messages = {
        "invalid_login": _("This e-mail and password do not belong together. Check both and try again."),
        "inactive": _("This e-mail and password do not belong together. Check both and try again."),
    }

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email is None or not password:
            return self.cleaned_data
        answer = try_to_sign_in(
            email=email,
            address=address_of(self.request),
            check=lambda: authenticate(self.request, username=email, password=password),
        )
        if isinstance(answer, timedelta):
            raise too_many_tries(answer)
        if answer is None:
            raise self.get_invalid_login_error()
        self.user_cache = answer
        return self.cleaned_data


def too_many_tries(wait: timedelta) -> forms.ValidationError:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    text = ngettext(
        "Too many wrong passwords. Wait %(minutes)s minute, then try again.",
        "Too many wrong passwords. Wait %(minutes)s minutes, then try again.",
        minutes,
    )
    return forms.ValidationError(text % {"minutes": minutes}, code="too_many")


class PreferencesForm(forms.ModelForm):
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("As the browser")), *settings.LANGUAGES], required=False
    )
    theme = forms.ChoiceField(label=_("Colours"), choices=THEMES, required=False)

    class Meta:
        model = User
        fields = ["name", "language", "theme"]


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=THEMES, required=False)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)
