from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from extraction.admin.base import LookOnlyAdmin
from extraction.choices import Pause, Provider, sentence_of
from extraction.models import AccountUsage, ProviderAccount, ProviderChoice
from extraction.services.accounts import delete_account, pause_account, resume_account, save_account, test_account
from extraction.types import month_of

_ACCESS = ["team", "provider", "name", "base_url", "key", "path_family", "model"]
_LIMITS = ["calls_per_second", "parallel", "max_pages", "monthly_budget"]
_PRICES = ["input_price", "output_price", "currency"]
_STATE = ["state", "test", "checked_at", "month", "paused_at", "resume_at", "breaker_failures", "breaker_until"]


class AccountForm(forms.ModelForm):
    """The key is written and never shown."""

    key = forms.CharField(
        label=_("Key"),
        max_length=500,
        required=False,
        help_text=_("Leave this empty to keep the stored key. Another host needs its key anew."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "provider" in self.fields:
            remote = [pair for pair in Provider.choices if pair[0] != Provider.EMBEDDED]
            self.fields["provider"].choices = remote

    def clean_name(self) -> str:
        """Of a new account the model's own rule sees the team; of another one the form does not hold it."""
        name = self.cleaned_data["name"].strip()
        others = ProviderAccount.objects.filter(team=self.instance.team_id, name=name).exclude(pk=self.instance.pk)
        if self.instance.pk and others.exists():
            raise forms.ValidationError(gettext("Your team has an account of this name already."))
        return name

    def clean_base_url(self) -> str:
        text = self.cleaned_data["base_url"].strip().rstrip("/")
        try:
            parts = urlsplit(text)
            good = parts.scheme in ("http", "https") and parts.hostname and parts.username is None and parts.port != 0
        except ValueError:
            good = False
        if not good:
            raise forms.ValidationError(sentence_of("address_invalid"))
        return text

    def clean_key(self) -> str:
        key = self.cleaned_data["key"].strip()
        if not all("!" <= sign <= "~" for sign in key):
            raise forms.ValidationError(
                gettext("A key has no spaces and no letters beyond plain ones. Copy it again from the provider.")
            )
        return key


@admin.register(ProviderAccount)
class ProviderAccountAdmin(admin.ModelAdmin):
    form = AccountForm
    list_display = ["name", "team", "provider", "state", "test", "checked_at", "month"]
    list_filter = ["provider", "pause", "team"]
    list_select_related = ["team"]
    search_fields = ["name", "team__name", "base_url"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["team"]
    actions = ["ask", "resume", "hold"]
    fieldsets = [
        (_("Access"), {"fields": _ACCESS}),
        (_("Limits"), {"fields": _LIMITS}),
        (_("Prices"), {"fields": _PRICES}),
        (_("State"), {"fields": _STATE}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProviderAccount]:
        usage = AccountUsage.objects.filter(month=month_of(timezone.now()))
        return super().get_queryset(request).prefetch_related(Prefetch("usage", usage, to_attr="this_month"))

    def get_fieldsets(self, request: HttpRequest, obj: ProviderAccount | None = None) -> list[Any]:
        """The key has nothing to show to those who cannot write it."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        return [
            (title, {"fields": [name for name in part["fields"] if name != "key"]}) for title, part in self.fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: ProviderAccount | None = None) -> list[str]:
        return [*_STATE, "team", "provider"] if obj else _STATE

    @admin.display(description=_("state"), ordering="pause")
    def state(self, account: ProviderAccount) -> str:
        if account.pause:
            return str(Pause(account.pause).label)
        return gettext("Rests") if account.is_resting else gettext("Ready")

    @admin.display(description=_("last test"))
    def test(self, account: ProviderAccount) -> str:
        return _verdict(account) if account.checked_at else "–"

    @admin.display(description=_("this month"))
    def month(self, account: ProviderAccount) -> str:
        if not account.budget_unit:
            return "–"
        used = next((usage.units for usage in getattr(account, "this_month", ())), 0)
        return f"{used} / {account.monthly_budget}" if account.monthly_budget is not None else str(used)

    def has_change_permission(self, request: HttpRequest, obj: ProviderAccount | None = None) -> bool:
        return not _is_embedded(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: ProviderAccount | None = None) -> bool:
        return not _is_embedded(obj) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: ProviderAccount, form: Any, change: bool) -> None:
        save_account(account=obj, key=form.cleaned_data["key"] or None, by=request.user)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list[str], dict[str, int], set[str], Any]:
        """Its figures go with it; what was read with it stays."""
        names = [str(account) for account in objs]
        return names, {str(ProviderAccount._meta.verbose_name_plural): len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: ProviderAccount) -> None:
        delete_account(account=obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ProviderAccount]) -> None:
        for account in queryset.exclude(provider=Provider.EMBEDDED):
            delete_account(account=account, by=request.user)

    @admin.action(description=_("Test"), permissions=["change"])
    def ask(self, request: HttpRequest, queryset: QuerySet[ProviderAccount]) -> None:
        for account in queryset:
            status = test_account(account=account)
            level = messages.SUCCESS if status.ok else messages.WARNING
            self.message_user(request, f"{account.name}: {_verdict(account)}", level)

    @admin.action(description=_("Resume"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[ProviderAccount]) -> None:
        for account in queryset.exclude(pause=""):
            resume_account(account=account, by=request.user)
            self.message_user(request, gettext("%(name)s goes on.") % {"name": account.name})

    @admin.action(description=_("Pause"), permissions=["change"])
    def hold(self, request: HttpRequest, queryset: QuerySet[ProviderAccount]) -> None:
        for account in queryset.exclude(provider=Provider.EMBEDDED):
            pause_account(account=account, error=None, by=request.user)
            self.message_user(request, gettext("%(name)s is paused. Its documents wait.") % {"name": account.name})


def _is_embedded(account: Model | None) -> bool:
    return isinstance(account, ProviderAccount) and account.is_embedded


def _verdict(account: ProviderAccount) -> str:
    status = account.status
    if not status.get("ok"):
        return sentence_of(status.get("code", ""), status.get("params"))
    if status.get("remaining") is None:
        return gettext("The test went well.")
    return gettext("The test went well; %(remaining)s left.") % {"remaining": status["remaining"]}


@admin.register(AccountUsage)
class AccountUsageAdmin(LookOnlyAdmin):
    list_display = ["account", "team", "month", "calls", "pages", "extractions", "input_tokens", "output_tokens"]
    list_filter = ["month", "account__provider", "account__team"]
    list_select_related = ["account__team"]
    search_fields = ["account__name", "account__team__name"]

    @admin.display(description=_("team"), ordering="account__team")
    def team(self, usage: AccountUsage) -> str:
        return str(usage.account.team)


_CHOSEN = ["parse_account", "parse_fallback", "extract_account", "extract_fallback"]


class ChoiceForm(forms.ModelForm):
    """Only accounts of the template's team can be chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = ProviderAccount.objects.filter(team__templates=self.instance.template_id)
        for name in _CHOSEN:
            if name in self.fields:
                self.fields[name].queryset = own


@admin.register(ProviderChoice)
class ProviderChoiceAdmin(admin.ModelAdmin):
    """Made with a template's own page; here they are looked at and mended."""

    form = ChoiceForm
    list_display = ["template", "team", *_CHOSEN]
    list_filter = ["template__team"]
    list_select_related = ["template__team", *_CHOSEN]
    search_fields = ["template__name", "template__team__name"]
    readonly_fields = ["template"]
    fields = [
        "template",
        *_CHOSEN,
        "parse_options",
        "docmap_template",
        "docmap_names",
        "sends_images",
        "instructions",
    ]

    @admin.display(description=_("team"), ordering="template__team")
    def team(self, choice: ProviderChoice) -> str:
        return str(choice.template.team)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ProviderChoice | None = None) -> bool:
        return False
