"""Provider accounts: each provider's form asks only for what that provider needs."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, urlsplit

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from extraction.choices import PathFamily, Provider
from extraction.models import ProviderAccount, Team

_LIMITS = ["calls_per_second", "parallel", "monthly_budget"]


class AccountForm(forms.ModelForm):
    """`key` is write-only: an empty one keeps the key that is stored, and it is never sent back to the browser."""

    base_url = forms.CharField(
        label=_("Base URL"), max_length=300, widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    key = forms.CharField(
        label=_("Key"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"}),
    )
    calls_per_second = forms.FloatField(
        label=_("Calls a second"),
        min_value=0.01,
        max_value=1000,
        help_text=_("At most; questions after a result count too."),
    )
    parallel = forms.IntegerField(
        label=_("Documents at once"), min_value=1, max_value=1000, help_text=_("Sent and not answered yet, at most.")
    )
    monthly_budget = forms.IntegerField(label=_("Monthly budget"), min_value=1, max_value=10**15, required=False)

    defaults: dict[str, Any] = {}
    key_help: str | Promise = ""
    needs_key = False

    class Meta:
        model = ProviderAccount
        fields = ["name", "base_url", *_LIMITS]

    field_order = ["name", "base_url", "key"]

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team
        self._stored_url = self.instance.base_url
        self.fields["name"].help_text = _("What your team calls it.")
        self.fields["key"].help_text = self._key_help()
        if not self.instance.pk:
            self.initial |= self.defaults

    def _key_help(self) -> str:
        if not self.instance.secret:
            return str(self.key_help)
        kept = gettext("The stored key ends in …%(end)s. Leave this empty to keep it.") % {
            "end": self.instance.key_hint
        }
        return kept if self.instance.key_hint else gettext("A key is stored. Leave this empty to keep it.")

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in _LIMITS and name != "max_pages"]

    @property
    def limit_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name in _LIMITS or name == "max_pages"]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        if self.team.accounts.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(gettext("Your team has an account of this name already."))
        return name

    def clean_base_url(self) -> str:
        text = self.cleaned_data["base_url"].rstrip("/")
        address = _split(text)
        if address is None or address.scheme not in ("http", "https") or not address.hostname:
            raise forms.ValidationError(gettext("Enter a whole address, beginning with https:// or http://."))
        if address.username is not None or address.password is not None:
            raise forms.ValidationError(
                gettext("Leave name and password out of the address. The key has a field of its own.")
            )
        if address.query or address.fragment:
            raise forms.ValidationError(gettext("Leave out what follows “?” or “#”: this is only the beginning."))
        return text

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if not all("!" <= sign <= "~" for sign in key):
            raise forms.ValidationError(
                gettext("A key has no spaces and no letters beyond plain ones. Copy it again from the provider.")
            )
        if not key and self.needs_key and not self.instance.secret:
            raise forms.ValidationError(gettext("This provider answers only with a key."))
        return key

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        moved = self.instance.secret and _host(self._stored_url) != _host(data.get("base_url", self._stored_url))
        if moved and not data.get("key"):
            self.add_error("key", gettext("The address is another one now: enter the key that belongs there."))
        return data


def _split(text: str) -> SplitResult | None:
    try:
        address = urlsplit(text)
        # an address with a port that is no number fails here, not later in a worker
        return address if address.port != 0 else None
    except ValueError:
        return None


def _host(text: str) -> tuple[str, str | None, int | None]:
    address = _split(text)
    return (address.scheme, address.hostname, address.port) if address else ("", None, None)


class SomarkForm(AccountForm):
    path_family = forms.ChoiceField(label=_("Addresses"), choices=PathFamily.choices)
    max_pages = forms.IntegerField(
        label=_("Pages at once"),
        min_value=1,
        max_value=300,
        required=False,
        help_text=_("Longer documents are sent in parts. Empty: 300, SoMark's own limit."),
    )

    defaults = {
        "name": "SoMark",
        "base_url": "https://somark.ai/api/v1",
        "calls_per_second": 1,
        "parallel": 4,
        "path_family": PathFamily.PARSE,
    }
    key_help = _("Begins with “sk-”. Only a SoMark of your own may do without.")

    class Meta(AccountForm.Meta):
        fields = ["name", "base_url", "path_family", *_LIMITS, "max_pages"]

    field_order = ["name", "base_url", "key", "path_family", "calls_per_second", "parallel", "max_pages"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_url"].help_text = _("https://somark.ai/api/v1, or https://somark.cn/api/v1 in China.")
        self.fields["monthly_budget"].help_text = _("Pages in a calendar month. Empty: no limit.")


class DocmapForm(AccountForm):
    defaults = {"name": "DocMap", "base_url": "https://api.docmap.io", "calls_per_second": 5, "parallel": 4}
    key_help = _("Begins with “dm_live_”.")
    needs_key = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_url"].help_text = _("Usually https://api.docmap.io")
        self.fields["monthly_budget"].help_text = _("Extractions in a calendar month. Empty: no limit.")


class ChatForm(AccountForm):
    model = forms.CharField(
        label=_("Model"),
        max_length=200,
        help_text=_("The name by which the server knows it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    currency = forms.RegexField(
        label=_("Currency"),
        regex=r"^[A-Za-z]{3}$",
        required=False,
        error_messages={"invalid": _("Three letters, as in EUR.")},
        help_text=_("Three letters, as in EUR."),
    )

    defaults = {"calls_per_second": 5, "parallel": 4}
    key_help = _("A model on a machine of your own may need none.")

    class Meta(AccountForm.Meta):
        fields = ["name", "base_url", "model", "input_price", "output_price", "currency", *_LIMITS]

    field_order = ["name", "base_url", "key", "model", "input_price", "output_price", "currency"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_url"].help_text = _(
            "Any address that answers as OpenAI's does, without “/chat/completions”: https://…/v1"
        )
        self.fields["monthly_budget"].help_text = _("Tokens in a calendar month, both ways. Empty: no limit.")
        for name, label in (("input_price", _("Price of input")), ("output_price", _("Price of output"))):
            self.fields[name].label = label
            self.fields[name].min_value = 0
            self.fields[name].help_text = _("Of a million tokens, to show what a document costs.")

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in ("input_price", "output_price"):
            if (data.get(name) or 0) < 0:
                self.add_error(name, gettext("A price is not below zero."))
        if any(data.get(name) is not None for name in ("input_price", "output_price")) and not data.get("currency"):
            self.add_error("currency", gettext("Prices need a currency."))
        return data


FORMS: dict[str, type[AccountForm]] = {
    Provider.SOMARK: SomarkForm,
    Provider.DOCMAP: DocmapForm,
    Provider.CHAT: ChatForm,
}
