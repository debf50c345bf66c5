"""Fields that several forms offer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from extraction.choices import Provider
from extraction.models import Document, ProviderAccount, ProviderChoice, Team, Template
from extraction.queries.accounts import chosen_accounts

DETECT = "detect"

_LARGEST_KEY = 2**63 - 1


class AccountField(forms.ModelChoiceField):
    """Accounts by their names, the paused ones marked: documents would wait for them."""

    def label_from_instance(self, account: ProviderAccount) -> str:
        if account.is_embedded:
            return str(account.get_provider_display())
        return f"{account.name} ({account.get_pause_display()})" if account.is_paused else account.name


class DocumentsField(forms.ModelMultipleChoiceField):
    """Chosen rows of a list of documents."""

    default_error_messages = {"required": _("Choose a document first.")}

    def __init__(self) -> None:
        super().__init__(Document.objects.none())

    def clean(self, value: Any) -> Any:
        for pk in value or ():
            if pk.isdecimal() and int(pk) > _LARGEST_KEY:
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": pk})
        return super().clean(value)


class _WithDetection(forms.models.ModelChoiceIterator):
    """The templates behind what finds one by itself; without any template there is nothing to find."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        choices = list(super().__iter__())
        first = 1 if self.field.empty_label is not None else 0
        detect = [(DETECT, _("Detect automatically"))] if len(choices) > first else []
        yield from [*choices[:first], *detect, *choices[first:]]


class TemplateField(forms.ModelChoiceField):
    """A template, or DETECT: the one that fits what was read."""

    iterator = _WithDetection

    def to_python(self, value: Any) -> Template | str | None:
        return DETECT if value == DETECT else super().to_python(value)


def offer_accounts(form: forms.Form, name: str, team: Team, providers: Collection[str]) -> None:
    """Nothing to choose, and so no field, where the embedded engine is alone."""
    accounts = _models_by_template_alone(chosen_accounts(team, providers))
    if any(not account.is_embedded for account in accounts):
        form.fields[name].queryset = accounts
    else:
        del form.fields[name]


def _models_by_template_alone(accounts: QuerySet[ProviderAccount]) -> QuerySet[ProviderAccount]:
    """Language models only where some template chooses them: a document's text goes there by its template's word."""
    chosen = ProviderChoice.objects.filter(template__team=OuterRef("team")).filter(
        Q(extract_account=OuterRef("pk")) | Q(extract_fallback=OuterRef("pk"))
    )
    return accounts.filter(~Q(provider=Provider.CHAT) | Exists(chosen))


def is_chosen_by(template: Template, account: ProviderAccount) -> bool:
    """Whether documents of the template may go to the account: to a model only where the template says so."""
    if account.provider != Provider.CHAT:
        return True
    named = Q(extract_account=account) | Q(extract_fallback=account)
    return ProviderChoice.objects.filter(named, template=template).exists()
