from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extraction.choices import DateOrder, DecimalMark, Kind, VersionState
from extraction.models.teams import Team


class Template(models.Model):
    """What to look for in a kind of document; its fields belong to versions."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="templates", verbose_name=_("team"))
    slug = models.SlugField(_("slug"), max_length=60)
    name = models.CharField(_("name"), max_length=100)
    language = models.CharField(_("language"), max_length=10, default="en")
    is_archived = models.BooleanField(_("archived"), default=False)
    sample = models.ForeignKey(
        "Document",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made from"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["team", "slug"], name="template_slug_once_per_team")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("template-detail", args=[self.pk])

    @property
    def published(self) -> TemplateVersion | None:
        return self.versions.filter(state=VersionState.PUBLISHED).order_by("-number").first()

    @property
    def draft(self) -> TemplateVersion | None:
        return self.versions.filter(state=VersionState.DRAFT).first()


class TemplateVersion(models.Model):
    """Frozen once it is published; a template has one draft at most."""

    template = models.ForeignKey(Template, models.CASCADE, related_name="versions", verbose_name=_("template"))
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState, default=VersionState.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    date_order = models.CharField(_("order of dates"), max_length=11, choices=DateOrder, blank=True)
    decimal_mark = models.CharField(_("decimal mark"), max_length=5, choices=DecimalMark, blank=True)
    name_checks = models.BooleanField(_("checks by the fields' names"), default=True)

    class Meta:
        verbose_name = _("template version")
        verbose_name_plural = _("template versions")
        ordering = ["template", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_number_once"),
            models.UniqueConstraint(
                fields=["template"], condition=Q(state=VersionState.DRAFT), name="template_version_one_draft"
            ),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="template_version_state_known"),
            models.CheckConstraint(
                condition=Q(date_order__in=["", *DateOrder.values]), name="template_version_date_order_known"
            ),
            models.CheckConstraint(
                condition=Q(decimal_mark__in=["", *DecimalMark.values]), name="template_version_decimal_mark_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} v{self.number}"


class TemplateField(models.Model):
    """A field of a version; a table's columns have it as their parent."""

    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="fields", verbose_name=_("version"))
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="columns", verbose_name=_("table")
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    name = models.CharField(_("name"), max_length=100)
    label = models.CharField(_("label"), max_length=200, blank=True)
    group = models.CharField(_("group"), max_length=100, blank=True)
    type = models.CharField(_("type"), max_length=10, choices=Kind, default=Kind.STRING)
    items = models.CharField(_("type of the items"), max_length=10, choices=Kind, blank=True)
    description = models.TextField(_("description"), blank=True)
    labels = models.JSONField(_("label hints"), default=list, blank=True)
    not_labels = models.JSONField(_("words that are no labels"), default=list, blank=True)
    options = models.JSONField(_("options"), default=list, blank=True)
    required = models.BooleanField(_("required"), default=False)
    rules = models.JSONField(_("rules"), default=list, blank=True)
    extra = models.JSONField(_("other keys"), default=dict, blank=True)

    class Meta:
        verbose_name = _("template field")
        verbose_name_plural = _("template fields")
        ordering = ["version", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "name"], condition=Q(parent=None), name="template_field_name_once"
            ),
            models.UniqueConstraint(
                fields=["parent", "name"], condition=Q(parent__isnull=False), name="template_column_name_once"
            ),
            models.CheckConstraint(condition=Q(type__in=Kind.values), name="template_field_type_known"),
        ]

    def __str__(self) -> str:
        return self.label or self.name
