from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from extraction.choices import AbsentReason, JobState, Precision, Provider
from extraction.models.jobs import Job, JobQuerySet
from extraction.models.parses import Parse
from extraction.models.templates import TemplateField, TemplateVersion


def new_extraction_id() -> str:
    return f"extract_{secrets.token_hex(12)}"


def new_row_id() -> str:
    return f"row_{secrets.token_hex(8)}"


class Extraction(Job):
    """One reading of a parse with a template version; it waits until the parse is done.

    `listed_at` is its creation as an interface tells it: whole milliseconds, no two alike within a team.
    """

    public_id = models.CharField(_("public id"), max_length=40, unique=True, default=new_extraction_id, editable=False)
    parse = models.ForeignKey(Parse, models.CASCADE, related_name="extractions", verbose_name=_("parse"))
    version = models.ForeignKey(
        TemplateVersion, models.PROTECT, related_name="extractions", verbose_name=_("template version")
    )
    provider = models.CharField(_("provider"), max_length=20, choices=Provider, default=Provider.EMBEDDED)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    listed_at = models.DateTimeField(_("listed at"), null=True, blank=True, db_index=True)
    is_trial = models.BooleanField(_("for comparison only"), default=False)
    keeps = models.ForeignKey(
        "Review",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("review whose changes it keeps"),
    )
    learned = models.ForeignKey(
        "LearnedVersion",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("learned version"),
    )
    usage = models.JSONField(_("tokens and cost"), default=dict, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("extraction")
        verbose_name_plural = _("extractions")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(state__in=JobState.values), name="extraction_state_known")]

    def __str__(self) -> str:
        return f"{self.parse.document} · {self.version}"

    @property
    def chain(self) -> str:
        """Who read the pages and who the fields: the accounts' names, or the providers' where there are none."""
        return f"{_who(self.parse)} → {_who(self)}"


def _who(job: Parse | Extraction) -> str:
    name = job.account.name if job.account and not job.account.is_embedded else job.settings.get("account")
    return str(name or Provider(job.provider).label)


class FieldRow(models.Model):
    """A row of a list or table; `added` by a person, `removed` by a person."""

    extraction = models.ForeignKey(Extraction, models.CASCADE, related_name="rows", verbose_name=_("extraction"))
    field = models.ForeignKey(TemplateField, models.PROTECT, related_name="+", verbose_name=_("field"))
    public_id = models.CharField(_("public id"), max_length=30, unique=True, default=new_row_id, editable=False)
    position = models.FloatField(_("position"))
    added = models.BooleanField(_("added"), default=False)
    removed = models.BooleanField(_("removed"), default=False)

    class Meta:
        verbose_name = _("row")
        verbose_name_plural = _("rows")
        ordering = ["extraction", "field", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.field} · {self.position:g}"


class FieldValue(models.Model):
    """What the machine read; `value` is JSON (numbers as text, so that none drifts), None when absent.

    `alternatives` is a list of {"value", "text", "confidence", "spans"}, `label_span` one {"page", "bbox", "text"}.
    """

    extraction = models.ForeignKey(Extraction, models.CASCADE, related_name="values", verbose_name=_("extraction"))
    row = models.ForeignKey(
        FieldRow, models.CASCADE, null=True, blank=True, related_name="values", verbose_name=_("row")
    )
    field = models.ForeignKey(
        TemplateField, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("field")
    )
    key = models.CharField(_("key"), max_length=100)
    value = models.JSONField(_("value"), null=True, blank=True)
    text = models.TextField(_("text as printed"), null=True, blank=True)
    confidence = models.FloatField(_("confidence"), null=True, blank=True)
    reason = models.CharField(_("reason of absence"), max_length=30, choices=AbsentReason, blank=True)
    method = models.CharField(_("method"), max_length=40, blank=True)
    flag = models.CharField(_("doubt"), max_length=40, blank=True)
    alternatives = models.JSONField(_("alternatives"), default=list, blank=True)
    label_span = models.JSONField(_("label"), null=True, blank=True)

    class Meta:
        verbose_name = _("value")
        verbose_name_plural = _("values")
        ordering = ["extraction", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["extraction", "key"], condition=Q(row=None), name="field_value_once_per_extraction"
            ),
            models.UniqueConstraint(
                fields=["row", "key"], condition=Q(row__isnull=False), name="field_value_once_per_row"
            ),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=0, confidence__lte=1),
                name="field_value_confidence_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.text or ''}"


class Span(models.Model):
    """Where a value stands, in the units of its parsed page."""

    value = models.ForeignKey(FieldValue, models.CASCADE, related_name="spans", verbose_name=_("value"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    page = models.PositiveIntegerField(_("page"))
    x0 = models.FloatField()
    y0 = models.FloatField()
    x1 = models.FloatField()
    y1 = models.FloatField()
    text = models.TextField(_("text"), blank=True)
    block = models.PositiveIntegerField(_("block"), null=True, blank=True)
    precision = models.CharField(_("precision"), max_length=10, choices=Precision, default=Precision.WORD)

    class Meta:
        verbose_name = _("span")
        verbose_name_plural = _("spans")
        ordering = ["value", "position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(x1__gt=F("x0"), y1__gt=F("y0")), name="span_box_has_area"),
            models.CheckConstraint(condition=Q(page__gte=1), name="span_page_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.page}: {self.text}"
