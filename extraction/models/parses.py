from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extraction.choices import JobState, PageState, Provider
from extraction.models.documents import Document
from extraction.models.jobs import Job


class Parse(Job):
    """One reading of a document by one provider; its page ranges do the work.

    `turn` is its place among the documents of all teams while it waits to be laid out, None otherwise.
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="parses", verbose_name=_("document"))
    provider = models.CharField(_("provider"), max_length=20, choices=Provider, default=Provider.EMBEDDED)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    warnings = models.JSONField(_("warnings"), default=list, blank=True)
    is_trial = models.BooleanField(_("for comparison only"), default=False)
    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, editable=False, unique=True)
    asked = models.JSONField(_("as an interface asked"), default=dict, blank=True)
    turn = models.PositiveBigIntegerField(_("turn"), null=True, blank=True)

    class Meta:
        verbose_name = _("parse")
        verbose_name_plural = _("parses")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(state__in=JobState.values), name="parse_state_known")]

    def __str__(self) -> str:
        return f"{self.document} · {self.get_provider_display()}"


class PageRange(Job):
    """Some pages of a parse, first to last, claimed and fenced on their own.

    With an account it is sent to the provider from the remote lane; its raw reply then waits in the cpu lane for the
    words under it. `pictures` are the hashes of the images that the reply names, by address. `turn` orders
    the documents of all teams (services.turns).
    """

    parse = models.ForeignKey(Parse, models.CASCADE, related_name="ranges", verbose_name=_("parse"))
    first = models.PositiveIntegerField(_("first page"))
    last = models.PositiveIntegerField(_("last page"))
    version = models.PositiveIntegerField(_("version of its pages"), default=1)
    pictures = models.JSONField(_("pictures by address"), default=dict, blank=True)
    turn = models.PositiveBigIntegerField(_("turn"), default=0)

    class Meta:
        verbose_name = _("page range")
        verbose_name_plural = _("page ranges")
        ordering = ["parse", "first"]
        indexes = [models.Index(fields=["state", "turn"], name="page_range_turn")]
        constraints = [
            models.CheckConstraint(condition=Q(first__gte=1, last__gte=F("first")), name="page_range_in_order"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="page_range_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.parse} · {self.first}–{self.last}"


class ParsedPage(models.Model):
    """One page of a parse; `content` is the page's JSON (wire.results.dump_page), compressed by zlib.

    Reading a page again makes a new version; the latest that could be read is shown. A failed page has no content
    and no size.
    """

    parse = models.ForeignKey(Parse, models.CASCADE, related_name="pages", verbose_name=_("parse"))
    number = models.PositiveIntegerField(_("number"))
    version = models.PositiveIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=PageState, default=PageState.DONE)
    error_class = models.CharField(_("error"), max_length=60, blank=True)
    error_params = models.JSONField(_("error values"), default=dict, blank=True)
    width = models.FloatField(_("width"), null=True, blank=True)
    height = models.FloatField(_("height"), null=True, blank=True)
    rotation = models.PositiveSmallIntegerField(_("rotation"), default=0)
    continues_previous = models.BooleanField(_("continues the page before"), default=False)
    block_count = models.PositiveIntegerField(_("blocks"), default=0)
    content = models.BinaryField(_("content"), null=True, blank=True)
    created_at = models.DateTimeField(_("read"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("parsed page")
        verbose_name_plural = _("parsed pages")
        ordering = ["parse", "number", "version"]
        constraints = [
            models.UniqueConstraint(fields=["parse", "number", "version"], name="parsed_page_version_once"),
            models.CheckConstraint(
                condition=Q(state=PageState.FAILED, content=None) | Q(state=PageState.DONE, width__gt=0, height__gt=0),
                name="parsed_page_has_size_unless_failed",
            ),
            models.CheckConstraint(condition=Q(number__gte=1, version__gte=1), name="parsed_page_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.parse} · {self.number}"
