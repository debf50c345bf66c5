from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from extraction.models.keys import ApiKey
from extraction.models.teams import Team


class TeamUsage(models.Model):
    """What a team's documents came to in a calendar month (UTC), `2026-11`, by whichever way they came."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="usage", verbose_name=_("team"))
    month = models.CharField(_("month"), max_length=7)
    documents = models.PositiveBigIntegerField(_("documents"), default=0)
    pages = models.PositiveBigIntegerField(_("pages"), default=0)
    extractions = models.PositiveBigIntegerField(_("extractions"), default=0)
    calls = models.PositiveBigIntegerField(_("calls of the interfaces"), default=0)

    class Meta:
        verbose_name = _("team usage")
        verbose_name_plural = _("team usage")
        ordering = ["team", "-month"]
        constraints = [models.UniqueConstraint(fields=["team", "month"], name="team_usage_once_a_month")]

    def __str__(self) -> str:
        return f"{self.team} · {self.month}"


class CallCount(models.Model):
    """Calls of a key within a minute (`minute` counts them since 1970): what its rate limit looks at."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="calls", verbose_name=_("API key"))
    minute = models.PositiveBigIntegerField(_("minute"), db_index=True)
    calls = models.PositiveIntegerField(_("calls"), default=0)

    class Meta:
        verbose_name = _("count of calls")
        verbose_name_plural = _("counts of calls")
        constraints = [models.UniqueConstraint(fields=["key", "minute"], name="call_count_once_a_minute")]

    def __str__(self) -> str:
        return f"{self.key} · {self.calls}"
