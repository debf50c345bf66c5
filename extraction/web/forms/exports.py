from __future__ import annotations

from django import forms
from django.db import models


class ExportFormat(models.TextChoices):
    JSON = "json", "JSON"
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"


class ExportForm(forms.Form):
    """`bom` begins a CSV file with a byte order mark; `unapproved` lets one document out before its approval."""

    format = forms.ChoiceField(choices=ExportFormat)
    bom = forms.BooleanField(required=False)
    unapproved = forms.BooleanField(required=False)
