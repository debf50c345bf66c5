from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from extraction.choices import EXTRACTORS, READERS
from extraction.models import Document, Extraction, ProviderAccount
from extraction.queries.accounts import chosen_accounts
from extraction.queries.comparison import versions_in
from extraction.web.forms.choices import AccountField

_ALREADY = _(
    "This is how the document was read already. Choose another reader, extractor or template, or read its pages again."
)


class TrialForm(forms.Form):
    """Another chain for a document: `own` is the extraction that counts; the same chain once more is refused."""

    reader = AccountField(None, label=_("Read by"), empty_label=None)
    extractor = AccountField(None, label=_("Fields by"), empty_label=None)
    version = forms.ModelChoiceField(None, label=_("Template"), empty_label=None)
    again = forms.BooleanField(label=_("Read the pages again"), required=False)

    def __init__(self, *args: Any, document: Document, own: Extraction | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        readers, extractors = (chosen_accounts(document.team, able) for able in (READERS, EXTRACTORS))
        self.fields["reader"].queryset, self.fields["extractor"].queryset = readers, extractors
        self.fields["version"].queryset = versions_in(document.team)
        self.fields["reader"].initial = _other_than(readers, own.parse if own else None)
        self.fields["extractor"].initial = _other_than(extractors, own)
        self.fields["version"].initial = own.version_id if own else _newest_version(document)

    @property
    def has_choice(self) -> bool:
        """Whether there is anybody beside the embedded engine."""
        return any(self.fields[name].queryset.count() > 1 for name in ("reader", "extractor"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data["again"] and self._is_own(data):
            raise forms.ValidationError(_ALREADY)
        return data

    def _is_own(self, data: dict[str, Any]) -> bool:
        own = self.own
        if own is None or own.version_id != data["version"].pk:
            return False
        return _is_by(own.parse, data["reader"]) and _is_by(own, data["extractor"])


def _is_by(job: Any, account: ProviderAccount) -> bool:
    return bool(job.provider == account.provider and job.account_id in (None, account.pk))


def _other_than(accounts: QuerySet[ProviderAccount], job: Any) -> ProviderAccount | None:
    """The first who did not do it, else the first of all."""
    choices = list(accounts)
    other = (account for account in choices if job is not None and not _is_by(job, account))
    return next(other, choices[0] if choices else None)


def _newest_version(document: Document) -> Any:
    return document.template.published if document.template else None


class PairForm(forms.Form):
    """Which two extractions of the document are compared, and the field that is looked at."""

    a = forms.ModelChoiceField(None, label=_("A"), required=False, empty_label=None)
    b = forms.ModelChoiceField(None, label=_("B"), required=False, empty_label=None)
    field = forms.CharField(required=False, max_length=300)
    only = forms.BooleanField(required=False)

    def __init__(self, *args: Any, extractions: QuerySet[Extraction], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["a"].queryset = self.fields["b"].queryset = extractions


class PlaceForm(forms.Form):
    """The two values, by primary key, whose places are shown."""

    a = forms.IntegerField(required=False, min_value=1)
    b = forms.IntegerField(required=False, min_value=1)
    label = forms.CharField(required=False, max_length=300)
