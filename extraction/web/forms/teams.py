from __future__ import annotations

import zoneinfo
from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from extraction.choices import EXTRACTORS, READERS, Provider, Role
from extraction.models import Team
from extraction.web.forms.choices import DETECT, TemplateField


class TeamForm(forms.ModelForm):
    default_template = TemplateField(
        None, label=_("Default template"), required=False, empty_label=_("No template (read only)")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(name, name) for name in sorted(zoneinfo.available_timezones())]
    )

    class Meta:
        model = Team
        fields = ["name", "language", "time_zone", "default_template", "parse_account", "extract_account"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        template = self.fields["default_template"]
        template.queryset = self.instance.templates.filter(is_archived=False)
        if self.instance.detects_template:
            self.initial["default_template"] = DETECT
        self._offer_accounts("parse_account", READERS)
        # a language model is chosen by each template that wants it, never for all documents of a team
        self._offer_accounts("extract_account", set(EXTRACTORS) - {Provider.CHAT})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.instance.detects_template = data.get("default_template") == DETECT
        return data | {"default_template": None} if self.instance.detects_template else data

    def _offer_accounts(self, name: str, providers: Collection[str]) -> None:
        """Without any account there is nothing to choose: the embedded engine does it."""
        accounts = self.instance.accounts.filter(provider__in=set(providers) - {Provider.EMBEDDED})
        if not accounts:
            del self.fields[name]
            return
        self.fields[name].queryset = accounts
        self.fields[name].empty_label = _("Embedded engine")
        self.fields[name].label = _("Documents are read by") if name == "parse_account" else _("Fields are read by")
        self.fields[name].help_text = _("Unless the template or the upload chooses another.")


class MemberForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.REVIEWER)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)
