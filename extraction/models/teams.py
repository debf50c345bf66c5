from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extraction.choices import PERMITTED, Action, Role


class Team(models.Model):
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    default_template = models.ForeignKey(
        "Template", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("default template")
    )
    detects_template = models.BooleanField(_("find templates by default"), default=False)
    parse_account = models.ForeignKey(
        "ProviderAccount", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("read by")
    )
    extract_account = models.ForeignKey(
        "ProviderAccount", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("fields by")
    )
    calls_per_minute = models.PositiveIntegerField(_("calls a minute and key"), default=600)
    calls_at_once = models.PositiveIntegerField(_("documents of an interface at once"), default=200)
    monthly_pages = models.PositiveIntegerField(_("pages a month"), null=True, blank=True)
    monthly_extractions = models.PositiveIntegerField(_("extractions a month"), null=True, blank=True)
    long_polling = models.BooleanField(_("hold SoMark's result queries"), default=False)
    keep_days = models.PositiveIntegerField(_("keep documents for days"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="teams")

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(detects_template=False) | models.Q(default_template=None),
                name="team_finds_or_has_a_template",
                violation_error_message=_("A team finds templates, or has a default one; not both."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """UTC for a name that this machine does not know."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")


class Membership(models.Model):
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships", verbose_name=_("team"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.REVIEWER)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="membership_once_per_team"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"

    def may(self, action: Action) -> bool:
        return Role(self.role) in PERMITTED[action]
