from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extraction.models.reviews import Review
from extraction.models.templates import Template


class LearnedExample(models.Model):
    """What one approved review teaches; it goes with its document.

    `lesson` is JSON as of `wire.learned`, None until the document was looked at; `layout` is one for documents that
    look alike.
    """

    template = models.ForeignKey(Template, models.CASCADE, related_name="examples", verbose_name=_("template"))
    review = models.OneToOneField(Review, models.CASCADE, related_name="example", verbose_name=_("review"))
    layout = models.PositiveIntegerField(_("layout"), null=True, blank=True)
    lesson = models.JSONField(_("lesson"), null=True, blank=True)
    failed = models.BooleanField(_("cannot be learned from"), default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("learned example")
        verbose_name_plural = _("learned examples")
        ordering = ["template", "pk"]

    def __str__(self) -> str:
        return f"{self.template} · {self.review_id}"


class LearnedVersion(models.Model):
    """All that a template's examples taught at a moment; `data` is JSON as of `wire.learned`.

    `examples` are their keys. A version whose documents were deleted since, or an old one, has no `data` any more.
    """

    template = models.ForeignKey(Template, models.CASCADE, related_name="learned", verbose_name=_("template"))
    number = models.PositiveIntegerField(_("number"))
    data = models.JSONField(_("data"), null=True, blank=True)
    examples = models.JSONField(_("examples"), default=list, blank=True)
    is_active = models.BooleanField(_("in use"), default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("learned version")
        verbose_name_plural = _("learned versions")
        ordering = ["template", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="learned_version_number_once"),
            models.UniqueConstraint(
                fields=["template"], condition=Q(is_active=True), name="learned_version_one_in_use"
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(data__isnull=False), name="learned_version_in_use_has_data"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} · {self.number}"
