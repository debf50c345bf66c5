from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extraction.types import BBox, Precision, Span

_LONGEST_TEXT = 10_000
ACTIONS = ("confirm", "absent", "reset", "add-row", "remove-row", "undo")


@dataclass(frozen=True, slots=True)
class Edit:
    """A value's new text; `spans` None: look for it on the page."""

    value: int
    text: str
    spans: tuple[Span, ...] | None = None


class SaveForm(forms.Form):
    """Edits as `value-<pk>` or a chosen `use-<pk>`, places as `spans-<pk>`, and one act such as `confirm:<pk>`."""

    version = forms.IntegerField(min_value=1)
    action = forms.RegexField(rf"^({'|'.join(ACTIONS)})(:\d{{1,18}})?$", required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        for name in data:
            if re.fullmatch(r"(value|use)-\d{1,18}", name):
                self.fields[name] = forms.CharField(required=False, max_length=_LONGEST_TEXT, strip=False)
            elif re.fullmatch(r"spans-\d{1,18}", name):
                self.fields[name] = SpansField(required=False)

    @property
    def edits(self) -> list[Edit]:
        """A button's `use-` wins over what its input holds."""
        return list({edit.value: edit for kind in ("value", "use") for edit in self._edits(kind)}.values())

    def _edits(self, kind: str) -> Iterator[Edit]:
        for name, text in self.cleaned_data.items():
            if name.startswith(f"{kind}-"):
                pk = int(name.partition("-")[2])
                yield Edit(pk, text.replace("\r\n", "\n"), self.cleaned_data.get(f"spans-{pk}"))

    @property
    def act(self) -> tuple[str, int | None]:
        name, _colon, pk = self.cleaned_data["action"].partition(":")
        return name, int(pk) if pk else None


class SpansField(forms.CharField):
    """A JSON list of places; None where none was sent."""

    def clean(self, value: Any) -> tuple[Span, ...] | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return tuple(_span(data) for data in json.loads(text)[:50])
        except (ValueError, TypeError, KeyError, AttributeError) as exc:
            raise forms.ValidationError("not a list of places") from exc


def _span(data: dict[str, Any]) -> Span:
    box = BBox(*(float(edge) for edge in data["bbox"]))
    block = data.get("block")
    return Span(
        page=max(1, int(data["page"])),
        bbox=box,
        text=str(data.get("text", ""))[:_LONGEST_TEXT],
        block=None if block is None else int(block),
        precision=Precision(data.get("precision", "word")),
    )


class RegionForm(forms.Form):
    """A rectangle on a page in the page's units."""

    x0 = forms.FloatField()
    y0 = forms.FloatField()
    x1 = forms.FloatField()
    y1 = forms.FloatField()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            self.box = BBox(data["x0"], data["y0"], data["x1"], data["y1"])
        except (KeyError, ValueError) as exc:
            raise forms.ValidationError("not a region") from exc
        return data


class StepForm(forms.Form):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ApproveForm(StepForm):
    """`anyway`: the person has seen which fields are unchecked."""

    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)


class ReasonForm(StepForm):
    comment = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000})
    )


class CommentForm(StepForm):
    comment = forms.CharField(
        label=_("Comment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000})
    )


class ReopenForm(StepForm):
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
    )


class PostponeForm(ReopenForm):
    hours = forms.TypedChoiceField(
        label=_("Bring it back"),
        coerce=int,
        initial=24,
        choices=[(1, _("in an hour")), (24, _("tomorrow")), (72, _("in three days")), (168, _("in a week"))],
    )

    @property
    def until(self) -> datetime:
        return timezone.now() + timedelta(hours=self.cleaned_data["hours"])
