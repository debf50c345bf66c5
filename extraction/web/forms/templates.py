from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from extraction.choices import DateOrder, DecimalMark
from extraction.types import DateOrder as KnownOrder
from extraction.types import DecimalMark as KnownMark
from extraction.types import Notation


class TemplateForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    language = forms.ChoiceField(label=_("Language of the documents"), choices=settings.LANGUAGES)


class EditorForm(TemplateForm):
    """What holds for all fields of the template."""

    date_order = forms.ChoiceField(
        label=_("Dates in the documents"),
        required=False,
        choices=[("", _("As printed, else by the language")), *DateOrder.choices],
    )
    decimal_mark = forms.ChoiceField(
        label=_("Numbers in the documents"), required=False, choices=[("", _("As printed")), *DecimalMark.choices]
    )
    name_checks = forms.BooleanField(
        label=_("Also check what the fields' names suggest: sums, products, order of dates"), required=False
    )

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name != "name_checks"]

    def notation(self) -> Notation:
        order, mark = self.cleaned_data["date_order"], self.cleaned_data["decimal_mark"]
        return Notation(KnownOrder(order) if order else None, KnownMark(mark) if mark else None)


class NewTemplateForm(TemplateForm):
    """`start` is a ready-made template's slug with `ready:` before it, a primary key, or empty for none."""

    start = forms.ChoiceField(label=_("Start with"), required=False)

    def __init__(self, *args: Any, starts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].choices = [("", _("An empty template")), *starts]


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("JSON file"),
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    text = forms.CharField(
        label=_("or its text"), required=False, max_length=500_000, widget=forms.Textarea(attrs={"rows": 10})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file = data.get("file")
        if file and file.size > 1024 * 1024:
            raise forms.ValidationError(
                gettext("This file is larger than 1 MB. Choose a template that was exported as JSON.")
            )
        data["content"] = file.read() if file else data.get("text", "").strip()
        if not data["content"]:
            raise forms.ValidationError(gettext("Choose a file or paste its text."))
        return data
