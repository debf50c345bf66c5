from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from extraction.choices import EXTRACTORS, READERS
from extraction.models import Document
from extraction.queries.documents import FILTERS, usable_templates
from extraction.web.forms.choices import AccountField, is_chosen_by, offer_accounts


class ListForm(forms.Form):
    search = forms.CharField(label=_("Search by name"), required=False, max_length=200)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All states")), *FILTERS.items()])
    page = forms.IntegerField(required=False, min_value=1)


class LookForm(forms.Form):
    """What the asking fragment belongs to, and what it has shown."""

    review = forms.IntegerField(required=False, min_value=1)
    seen = forms.CharField(required=False, max_length=32)
    # where the person is, to be found again in the review that comes
    tab = forms.ChoiceField(choices=[("text", "text")], required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)


class PageForm(forms.Form):
    number = forms.IntegerField(min_value=1, max_value=100_000)


class ReadForm(forms.Form):
    parse_account = AccountField(None, label=_("Read by"), required=False, empty_label=_("As template and team say"))

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_accounts(self, "parse_account", document.team, READERS)


class ExtractForm(forms.Form):
    template = forms.ModelChoiceField(None, label=_("Template"), empty_label=None)
    extract_account = AccountField(
        None, label=_("Fields by"), required=False, empty_label=_("As template and team say")
    )

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = usable_templates(document.team)
        self.fields["template"].initial = document.template_id
        offer_accounts(self, "extract_account", document.team, EXTRACTORS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        account, template = data.get("extract_account"), data.get("template")
        if account is not None and template is not None and not is_chosen_by(template, account):
            raise forms.ValidationError(
                gettext(
                    "This template does not choose the model. An admin can change that in the template's providers."
                )
            )
        return data
