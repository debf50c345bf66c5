from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extraction.choices import PathFamily, Pause, Provider
from extraction.models.teams import Team
from extraction.models.templates import Template

# what a monthly budget counts, by provider
BUDGET_UNITS = {Provider.SOMARK: "pages", Provider.DOCMAP: "extractions", Provider.CHAT: "tokens"}


class ProviderAccount(models.Model):
    """A team's access to a provider, with its limits and how it fares; rows, since several processes share them.

    `secret` is the key, encrypted. The embedded engine is an account too, so that people can choose it by name.
    `parallel` counts documents under way at the provider, `max_pages` those of one submission. While `pause` is set its
    documents wait; while `breaker_until` lies ahead nobody calls, and then one call tries.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="accounts", verbose_name=_("team"))
    provider = models.CharField(_("provider"), max_length=20, choices=Provider)
    name = models.CharField(_("name"), max_length=100)
    base_url = models.CharField(_("base URL"), max_length=300, blank=True)
    secret = models.TextField(_("encrypted key"), blank=True)
    key_hint = models.CharField(_("end of the key"), max_length=8, blank=True)
    path_family = models.CharField(_("addresses"), max_length=10, choices=PathFamily, default=PathFamily.PARSE)
    model = models.CharField(_("model"), max_length=200, blank=True)
    calls_per_second = models.FloatField(_("calls a second"), default=1.0)
    parallel = models.PositiveIntegerField(_("documents at once"), default=4)
    max_pages = models.PositiveIntegerField(_("pages at once"), null=True, blank=True)
    monthly_budget = models.PositiveBigIntegerField(_("monthly budget"), null=True, blank=True)
    input_price = models.DecimalField(
        _("price of a million input tokens"), max_digits=12, decimal_places=4, null=True, blank=True
    )
    output_price = models.DecimalField(
        _("price of a million output tokens"), max_digits=12, decimal_places=4, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    pause = models.CharField(_("paused"), max_length=20, choices=Pause, blank=True)
    pause_params = models.JSONField(_("values of the pause"), default=dict, blank=True)
    paused_at = models.DateTimeField(_("paused since"), null=True, blank=True)
    resume_at = models.DateTimeField(_("resumes at"), null=True, blank=True)
    next_call_at = models.DateTimeField(_("next call at"), default=timezone.now)
    breaker_failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    breaker_until = models.DateTimeField(_("rests until"), null=True, blank=True)
    checked_at = models.DateTimeField(_("tested"), null=True, blank=True)
    status = models.JSONField(_("result of the test"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("provider account")
        verbose_name_plural = _("provider accounts")
        ordering = ["team", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "name"], name="account_name_once_per_team"),
            models.UniqueConstraint(
                fields=["team"], condition=Q(provider=Provider.EMBEDDED), name="account_embedded_once_per_team"
            ),
            models.CheckConstraint(condition=Q(provider__in=Provider.values), name="account_provider_known"),
            models.CheckConstraint(condition=Q(pause="") | Q(pause__in=Pause.values), name="account_pause_known"),
            models.CheckConstraint(
                condition=Q(calls_per_second__gt=0, parallel__gte=1) & (Q(max_pages=None) | Q(max_pages__gte=1)),
                name="account_limits_above_zero",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_embedded(self) -> bool:
        return self.provider == Provider.EMBEDDED

    @property
    def is_paused(self) -> bool:
        return bool(self.pause)

    @property
    def is_resting(self) -> bool:
        """Nobody calls after failures in a row, for a while."""
        return self.breaker_until is not None and self.breaker_until > timezone.now()

    @property
    def budget_unit(self) -> str:
        return BUDGET_UNITS.get(Provider(self.provider), "")


class AccountUsage(models.Model):
    """What an account was asked for in a calendar month (UTC), `2026-11`."""

    account = models.ForeignKey(ProviderAccount, models.CASCADE, related_name="usage", verbose_name=_("account"))
    month = models.CharField(_("month"), max_length=7)
    calls = models.PositiveBigIntegerField(_("calls"), default=0)
    pages = models.PositiveBigIntegerField(_("pages"), default=0)
    extractions = models.PositiveBigIntegerField(_("extractions"), default=0)
    input_tokens = models.PositiveBigIntegerField(_("input tokens"), default=0)
    output_tokens = models.PositiveBigIntegerField(_("output tokens"), default=0)

    class Meta:
        verbose_name = _("account usage")
        verbose_name_plural = _("account usage")
        ordering = ["account", "-month"]
        constraints = [models.UniqueConstraint(fields=["account", "month"], name="account_usage_once_a_month")]

    def __str__(self) -> str:
        return f"{self.account} · {self.month}"

    @property
    def units(self) -> int:
        """In the account's budget unit; a model's tokens are those of both directions."""
        if self.account.provider == Provider.CHAT:
            return self.input_tokens + self.output_tokens
        return int(getattr(self, self.account.budget_unit, 0))


class ProviderChoice(models.Model):
    """Which accounts read and extract a template's documents, who steps in when one refuses, and their options.

    None leaves the choice to the team, and then to the embedded engine; no fallback means that a refusal is the end.
    `parse_options` are SoMark's `element_formats` and `feature_config`. `docmap_template` is DocMap's id,
    `docmap_names` its keys by our field names. `sends_images` and `instructions` are for a language model.
    """

    template = models.OneToOneField(
        Template, models.CASCADE, related_name="provider_choice", verbose_name=_("template")
    )
    parse_account = models.ForeignKey(
        ProviderAccount, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("read by")
    )
    parse_fallback = models.ForeignKey(
        ProviderAccount, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("else read by")
    )
    extract_account = models.ForeignKey(
        ProviderAccount, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("fields by")
    )
    extract_fallback = models.ForeignKey(
        ProviderAccount, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("else fields by")
    )
    parse_options = models.JSONField(_("reading options"), default=dict, blank=True)
    docmap_template = models.CharField(_("DocMap template id"), max_length=200, blank=True)
    docmap_names = models.JSONField(_("DocMap's names of the fields"), default=dict, blank=True)
    sends_images = models.BooleanField(_("send page images too"), default=False)
    instructions = models.TextField(_("instructions to the model"), blank=True)

    class Meta:
        verbose_name = _("provider choice")
        verbose_name_plural = _("provider choices")

    def __str__(self) -> str:
        return str(self.template)
