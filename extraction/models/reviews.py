from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extraction.choices import REVIEW_UNFINISHED, CorrectionKind, ReviewState
from extraction.models.documents import Document
from extraction.models.extractions import Extraction, FieldRow, FieldValue
from extraction.models.teams import Team


class ReviewQuerySet(models.QuerySet["Review"]):
    def current(self) -> ReviewQuerySet:
        """Without those whose document was extracted again; a trial does not count."""
        newer = Extraction.objects.filter(
            parse__document=models.OuterRef("extraction__parse__document"),
            pk__gt=models.OuterRef("extraction"),
            is_trial=False,
        )
        return self.filter(~models.Exists(newer))


class Review(models.Model):
    """One pass of people over an extraction; every change raises `version`, a save with an older one is refused."""

    extraction = models.ForeignKey(Extraction, models.CASCADE, related_name="reviews", verbose_name=_("extraction"))
    state = models.CharField(_("state"), max_length=10, choices=ReviewState, default=ReviewState.OPEN, db_index=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    postponed_until = models.DateTimeField(_("postponed until"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("assignee")
    )
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("locked by")
    )
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True)
    to_check = models.PositiveIntegerField(_("to check"), default=0)
    field_count = models.PositiveIntegerField(_("fields"), default=0)
    confirmed_count = models.PositiveIntegerField(_("confirmed"), default=0)
    party = models.CharField(_("supplier or party"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("finished by"),
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["extraction"], condition=Q(state__in=REVIEW_UNFINISHED), name="review_one_unfinished"
            ),
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="review_state_known"),
            models.CheckConstraint(
                condition=Q(locked_by=None) | Q(locked_until__isnull=False), name="review_lock_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.extraction} · {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("review-detail", args=[self.pk])

    @property
    def is_finished(self) -> bool:
        return self.state not in REVIEW_UNFINISHED


class Correction(models.Model):
    """One change by a person. The latest of a value is shown; `value` as in FieldValue, `spans` a list of
    {"page", "bbox", "text", "block", "precision"}, None where the place is not known."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="corrections", verbose_name=_("review"))
    kind = models.CharField(_("kind"), max_length=12, choices=CorrectionKind, default=CorrectionKind.EDIT)
    field_value = models.ForeignKey(
        FieldValue, models.CASCADE, null=True, blank=True, related_name="corrections", verbose_name=_("value")
    )
    row = models.ForeignKey(
        FieldRow, models.CASCADE, null=True, blank=True, related_name="corrections", verbose_name=_("row")
    )
    value = models.JSONField(_("new value"), null=True, blank=True)
    text = models.TextField(_("new text"), blank=True)
    spans = models.JSONField(_("new spans"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    review_version = models.PositiveIntegerField(_("review version"))
    undone = models.BooleanField(_("undone"), default=False)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["review", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(field_value__isnull=False) | Q(row__isnull=False), name="correction_has_a_target"
            ),
            models.CheckConstraint(condition=Q(kind__in=CorrectionKind.values), name="correction_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"


class ReviewEvent(models.Model):
    """The audit: only added to. Deleting a document empties `before` and `after` and leaves the rest."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="events", verbose_name=_("team"))
    document = models.ForeignKey(
        Document, models.SET_NULL, null=True, blank=True, related_name="events", verbose_name=_("document")
    )
    review = models.ForeignKey(
        Review, models.SET_NULL, null=True, blank=True, related_name="events", verbose_name=_("review")
    )
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False, db_index=True)
    what = models.CharField(_("what"), max_length=40)
    subject = models.CharField(_("subject"), max_length=255, blank=True)
    before = models.JSONField(_("before"), null=True, blank=True)
    after = models.JSONField(_("after"), null=True, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"
