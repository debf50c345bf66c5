from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from extraction.choices import Scope

_EXPIRIES = [
    ("30d", _("in 30 days")),
    ("60d", _("in 60 days")),
    ("90d", _("in 90 days")),
    ("1y", _("in a year")),
    ("never", _("never")),
]


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What calls with it, so that you know which one to revoke.")
    )
    scope = forms.ChoiceField(label=_("May"), choices=Scope.choices, initial=Scope.RUN)
    expires = forms.ChoiceField(label=_("Ends"), choices=_EXPIRIES, initial="1y")
