from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extraction.choices import JOB_ENDED, JOB_PENDING, JobState, Lane


class JobQuerySet(models.QuerySet):
    def pending(self) -> JobQuerySet:
        return self.filter(state__in=JOB_PENDING)

    def due(self) -> JobQuerySet:
        """Queued and awake, or running with a lease that ran out."""
        now = timezone.now()
        awake = models.Q(wake_at=None) | models.Q(wake_at__lte=now)
        return self.filter(
            models.Q(state=JobState.QUEUED) & awake | models.Q(state=JobState.RUNNING, lease_until__lt=now)
        )


class Job(models.Model):
    """Work that a worker claims: the row is the queue.

    Each claim raises `fence`, and every result is written only where the fence is still the claimer's.
    `lease_until` None in a running job means that others work for it (a Parse whose ranges run). `account` is the
    provider's, None for the embedded engine; `submit_key` set without `remote_id` means that a submission's fate is
    unknown; `raw_reply` is the hash of the file that holds the provider's answer. `waiting_since` is set while nothing
    goes on: the job waits for an account or a person, or has gone back to this machine's queue. `started_at` is the
    beginning of the work, put off by every such rest.
    """

    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.QUEUED, db_index=True)
    lane = models.CharField(_("lane"), max_length=10, choices=Lane, default=Lane.CPU)
    fence = models.PositiveIntegerField(_("claims"), default=0)
    failures = models.PositiveIntegerField(_("failures"), default=0)
    crashes = models.PositiveIntegerField(_("crashes"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    wake_at = models.DateTimeField(_("wake at"), null=True, blank=True)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    submit_key = models.UUIDField(_("submit key"), null=True, blank=True)
    remote_id = models.CharField(_("remote id"), max_length=200, blank=True)
    account = models.ForeignKey(
        "ProviderAccount", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    raw_reply = models.CharField(_("raw reply"), max_length=64, blank=True)
    cancel_requested = models.BooleanField(_("cancel requested"), default=False)
    error_class = models.CharField(_("error"), max_length=60, blank=True)
    error_params = models.JSONField(_("error values"), default=dict, blank=True)
    error_text = models.TextField(_("error text"), blank=True)
    progress_done = models.PositiveIntegerField(_("done"), default=0)
    progress_total = models.PositiveIntegerField(_("of"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_pending(self) -> bool:
        return self.state in JOB_PENDING

    @property
    def is_ended(self) -> bool:
        return self.state in JOB_ENDED

    @property
    def seconds(self) -> float | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()
