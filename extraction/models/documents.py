from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extraction.choices import Source
from extraction.models.jobs import Job
from extraction.models.teams import Team


class Blob(models.Model):
    """Bytes in the store, found by their hash; gone with the last document that needs them."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="blobs", verbose_name=_("team"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))
    kind = models.CharField(_("kind"), max_length=10)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("blob")
        verbose_name_plural = _("blobs")
        constraints = [models.UniqueConstraint(fields=["team", "sha256"], name="blob_once_per_team")]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


class Document(models.Model):
    """One upload.

    `readable` is the copy to read when it is not the upload itself: decrypted, or an Office document laid out.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="documents", verbose_name=_("team"))
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="documents", verbose_name=_("blob"))
    readable = models.ForeignKey(
        Blob, models.PROTECT, null=True, blank=True, related_name="readable_for", verbose_name=_("readable copy")
    )
    name = models.CharField(_("name"), max_length=255)
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.DASHBOARD)
    run_id = models.CharField(_("run id"), max_length=200, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    template = models.ForeignKey(
        "Template", models.SET_NULL, null=True, blank=True, related_name="documents", verbose_name=_("template")
    )
    page_count = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False, db_index=True)
    delete_after = models.DateTimeField(_("delete after"), null=True, blank=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["team", "-created_at"], name="document_team_newest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="document_source_known"),
            models.CheckConstraint(
                condition=models.Q(page_count=None) | models.Q(page_count__gte=1), name="document_has_pages"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("document-detail", args=[self.pk])


class Page(models.Model):
    """Images of a document's page by the hash of their bytes; empty until they are drawn."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="pages", verbose_name=_("document"))
    number = models.PositiveIntegerField(_("number"))
    thumb = models.CharField(_("thumb, 160 px"), max_length=64, blank=True)
    image = models.CharField(_("image, 1240 px"), max_length=64, blank=True)
    large = models.CharField(_("image, 2000 px"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["document", "number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="page_once_per_document"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="page_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.document} · {self.number}"


class PageImages(Job):
    """Draws the page images that the reading has not drawn."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="image_jobs", verbose_name=_("document"))

    class Meta:
        verbose_name = _("page images")
        verbose_name_plural = _("page images")

    def __str__(self) -> str:
        return f"{self.document} · {self.get_state_display()}"
