from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extraction.models.teams import Team


def new_key_id() -> str:
    return f"ak_{secrets.token_hex(12)}"


class ApiKeyQuerySet(models.QuerySet):
    def active(self) -> ApiKeyQuerySet:
        """Neither revoked nor past their time."""
        in_time = models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())
        return self.filter(in_time, revoked_at=None)


class ApiKey(models.Model):
    """A key to a team's HTTP interfaces; only its SHA-256 is kept, `prefix` is its beginning that people see."""

    public_id = models.CharField(_("public id"), max_length=40, unique=True, default=new_key_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="api_keys", verbose_name=_("team"))
    name = models.CharField(_("name"), max_length=100)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )
    prefix = models.CharField(_("prefix"), max_length=12)
    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["team", "-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None and not self.is_expired


class IdempotencyKey(models.Model):
    """An answer that was given to a POST with this `Idempotency-Key`: the same key and body get it again.

    `status` None while the first call is still at work.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="idempotency_keys", verbose_name=_("team"))
    path = models.CharField(_("path"), max_length=200)
    key = models.CharField(_("key"), max_length=255)
    body_sha256 = models.CharField(_("SHA-256 of the body"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    answer = models.JSONField(_("answer"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False, db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["team", "path", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.path} · {self.key}"
