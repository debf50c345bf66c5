"""A template's providers: who reads, who extracts, who steps in, and what each of them is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from extraction.choices import Provider
from extraction.models import ProviderAccount, ProviderChoice, Team
from extraction.queries.accounts import chosen_accounts
from extraction.services.provider_choices import ACCOUNTS
from extraction.types import FieldSpec
from extraction.web.forms.choices import AccountField

# SoMark's own defaults: what stays as they are is not sent
ELEMENTS: dict[str, tuple[Any, tuple[tuple[str, Any], ...]]] = {
    "image": (_("Figures"), (("url", _("as pictures")), ("none", _("left out")))),
    "formula": (_("Formulas"), (("latex", "LaTeX"), ("mathml", "MathML"), ("ascii", _("plain text")))),
    "table": (_("Tables"), (("html", "HTML"), ("markdown", "Markdown"), ("image", _("as pictures")))),
}
FEATURES: dict[str, tuple[Any, bool]] = {
    "enable_text_cross_page": (_("Join text across pages"), False),
    "enable_table_cross_page": (_("Join tables across pages"), False),
    "enable_title_level_recognition": (_("Tell levels of headings"), False),
    "enable_inline_image": (_("Keep pictures inside text"), False),
    "enable_table_image": (_("Keep pictures inside tables"), True),
    "enable_image_understanding": (_("Describe pictures in words"), True),
    "keep_header_footer": (_("Keep headers and footers"), False),
}


class AccountSelect(forms.Select):
    """Each option names its provider, so that the page shows only what that one is asked.

    `unset` is the provider behind the empty option: what the team's choice comes to.
    """

    unset = ""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        account = getattr(value, "instance", None)
        provider = account.provider if account is not None else self.unset
        if provider:
            option["attrs"]["data-provider"] = provider
        return option


class ProviderChoiceForm(forms.ModelForm):
    """`fields_of` are the template's fields, each with the name that DocMap has for it (`key-0`, `key-1`, …)."""

    docmap_template = forms.CharField(
        label=_("Template id at DocMap"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Copied from DocMap, or found in your history there."),
    )
    sends_images = forms.BooleanField(
        label=_("Send pictures of the pages too"),
        required=False,
        help_text=_("For models that see; costs more tokens."),
    )
    instructions = forms.CharField(
        label=_("Instructions"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What the model should know of these documents, in plain words."),
    )

    class Meta:
        model = ProviderChoice
        fields = [*ACCOUNTS, "docmap_template", "sends_images", "instructions"]
        widgets = dict.fromkeys(ACCOUNTS, AccountSelect)
        field_classes = dict.fromkeys(ACCOUNTS, AccountField)
        labels = {
            "parse_account": _("Documents are read by"),
            "parse_fallback": _("else by"),
            "extract_account": _("Fields are read by"),
            "extract_fallback": _("else by"),
        }

    def __init__(self, *args: Any, fields_of: Sequence[FieldSpec], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._specs = list(fields_of)
        team = self.instance.template.team
        for name, providers in ACCOUNTS.items():
            self.fields[name].queryset = chosen_accounts(team, providers)
            self.fields[name].empty_label = _("nobody")
        for name, account in (("parse_account", team.parse_account), ("extract_account", team.extract_account)):
            shown = account or Provider.EMBEDDED.label
            self.fields[name].empty_label = gettext("The team's choice (%(account)s)") % {"account": shown}
            self.fields[name].widget.unset = account.provider if account else ""
        self._add_options(self.instance.parse_options)
        self._add_names(self.instance.docmap_names)

    def _add_options(self, stored: Mapping[str, Any]) -> None:
        elements, features = stored.get("element_formats") or {}, stored.get("feature_config") or {}
        for name, (label, choices) in ELEMENTS.items():
            self.fields[f"element-{name}"] = forms.ChoiceField(
                label=label, choices=choices, initial=elements.get(name) or choices[0][0]
            )
        for name, (label, default) in FEATURES.items():
            self.fields[f"feature-{name}"] = forms.BooleanField(
                label=label, required=False, initial=features.get(name, default)
            )

    def _add_names(self, stored: Mapping[str, str]) -> None:
        for number, spec in enumerate(self._specs):
            self.fields[f"key-{number}"] = forms.CharField(
                label=spec.label or spec.name,
                max_length=200,
                required=False,
                initial=stored.get(spec.name, ""),
                widget=forms.TextInput(attrs={"placeholder": spec.name, "list": "docmap-names", "autocomplete": "off"}),
            )

    def _bound(self, prefix: str) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(prefix)]

    @property
    def element_fields(self) -> list[forms.BoundField]:
        return self._bound("element-")

    @property
    def feature_fields(self) -> list[forms.BoundField]:
        return self._bound("feature-")

    @property
    def name_fields(self) -> list[forms.BoundField]:
        return self._bound("key-")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for part in ("parse", "extract"):
            fallback = data.get(f"{part}_fallback")
            if fallback is not None and fallback == data.get(f"{part}_account"):
                self.add_error(f"{part}_fallback", gettext("Choose another one than the first."))
        extractors = (data.get("extract_account"), data.get("extract_fallback"))
        if any(_is_docmap(account) for account in extractors) and not data.get("docmap_template"):
            self.add_error("docmap_template", gettext("DocMap extracts only with a template of its own: name it."))
        return data

    @property
    def chosen(self) -> ProviderChoice:
        """The choice as the valid form has it, not stored yet."""
        choice = self.save(commit=False)
        choice.parse_options = self._chosen_options()
        keys = {spec.name: self.cleaned_data[f"key-{number}"] for number, spec in enumerate(self._specs)}
        choice.docmap_names = {name: key for name, key in keys.items() if key and key != name}
        return choice

    def _chosen_options(self) -> dict[str, Any]:
        """Only what differs from SoMark's defaults."""
        data = self.cleaned_data
        elements = {
            name: data[f"element-{name}"]
            for name, (_label, choices) in ELEMENTS.items()
            if data[f"element-{name}"] != choices[0][0]
        }
        features = {
            name: data[f"feature-{name}"]
            for name, (_label, default) in FEATURES.items()
            if data[f"feature-{name}"] != default
        }
        options = {"element_formats": elements, "feature_config": features}
        return {name: values for name, values in options.items() if values}


def _is_docmap(account: ProviderAccount | None) -> bool:
    return account is not None and account.provider == Provider.DOCMAP


class DiscoverForm(forms.Form):
    """Whose history is looked at; `pick` is the id of a template that was found there."""

    extract_account = forms.ModelChoiceField(None, required=False)
    extract_fallback = forms.ModelChoiceField(None, required=False)
    pick = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._accounts = chosen_accounts(team, (Provider.DOCMAP,))
        self._team = team
        for name in ("extract_account", "extract_fallback"):
            self.fields[name].queryset = self._accounts

    @property
    def account(self) -> ProviderAccount | None:
        """The chosen DocMap account, else the team's, else any; None where there is none."""
        chosen = (self.cleaned_data.get(name) for name in ("extract_account", "extract_fallback"))
        found = next((account for account in (*chosen, self._team.extract_account) if _is_docmap(account)), None)
        return found or self._accounts.first()


def matched_names(fields: Sequence[FieldSpec], theirs: Sequence[str]) -> dict[str, str]:
    """Their name by our field's, where the two are the same but for case and the signs between words."""
    plain = {_plain(name): name for name in reversed(theirs)}
    same = {spec.name: spec.name for spec in fields if spec.name in theirs}
    return {spec.name: plain[_plain(spec.name)] for spec in fields if _plain(spec.name) in plain} | same


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
