from __future__ import annotations

from typing import Any

from django import forms

from extraction.models import Document, Team
from extraction.web.forms.choices import DocumentsField


class AgainForm(forms.Form):
    """Which of a template's documents to read the fields of, besides those of older versions."""

    current = forms.BooleanField(required=False)
    finished = forms.BooleanField(required=False)


class ChosenAgainForm(forms.Form):
    """Rows of the list of documents; `query` is the query string to come back to."""

    documents = DocumentsField()
    finished = forms.BooleanField(required=False)
    query = forms.CharField(required=False, max_length=2000)

    def __init__(self, data: Any, *, team: Team) -> None:
        super().__init__(data)
        self.fields["documents"].queryset = Document.objects.filter(team=team).select_related("template__team")
