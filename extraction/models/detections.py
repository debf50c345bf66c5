from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from extraction.choices import JobState
from extraction.models.jobs import Job, JobQuerySet
from extraction.models.parses import Parse
from extraction.models.templates import Template


class Detection(Job):
    """Which template a document is of, found in its parse; it waits until that is done.

    `template` is the one that fits, None in a done one for an unfamiliar document. `fits` are the best few, the best
    first, each {"template", "score", "labels_found", "labels", "title", "documents"} as of `types.Fit`.
    """

    parse = models.ForeignKey(Parse, models.CASCADE, related_name="detections", verbose_name=_("parse"))
    template = models.ForeignKey(
        Template, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("template")
    )
    fits = models.JSONField(_("templates that fit best"), default=list, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("template detection")
        verbose_name_plural = _("template detections")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(state__in=JobState.values), name="detection_state_known")]

    def __str__(self) -> str:
        return f"{self.parse.document} · {self.template or self.get_state_display()}"

    @property
    def is_unfamiliar(self) -> bool:
        return self.state == JobState.DONE and not self.has_found

    @property
    def has_found(self) -> bool:
        return self.template_id is not None
