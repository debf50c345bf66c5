from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from extraction.choices import READERS
from extraction.models import Team
from extraction.queries.documents import usable_templates
from extraction.web.forms.choices import DETECT, AccountField, TemplateField, offer_accounts


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A list of files; empty ones pass, each is judged on its own."""

    widget = ManyFilesInput

    def clean(self, data: list[UploadedFile], initial: None = None) -> list[UploadedFile]:
        if not data:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return data


class UploadForm(forms.Form):
    files = ManyFilesField(error_messages={"required": _("Choose at least one file.")})
    template = TemplateField(None, label=_("Template"), required=False, empty_label=_("No template (read only)"))
    parse_account = AccountField(None, label=_("Read by"), required=False, empty_label=_("As template and team say"))
    password = forms.CharField(label=_("Password of encrypted PDFs"), required=False, strip=False, max_length=500)
    again = forms.BooleanField(label=_("Take files that are here already"), required=False)

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = usable_templates(team)
        self.fields["template"].initial = DETECT if team.detects_template else team.default_template_id
        offer_accounts(self, "parse_account", team, READERS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        detects = data.get("template") == DETECT
        return data | {"template": None if detects else data.get("template"), "detects": detects}


class ClearForm(forms.Form):
    """Without a document all finished ones leave the list."""

    document = forms.IntegerField(required=False)
