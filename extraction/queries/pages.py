"""Pages of a parse as they stand now; `services.readings.page_reading` gives what is inside one."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from extraction.choices import PageState
from extraction.models import Parse, ParsedPage


def parsed_pages(parse: Parse) -> QuerySet[ParsedPage]:
    """Every page that was read or tried, by number: its latest version that could be read, else its latest."""
    newer = Q(state=OuterRef("state"), version__gt=OuterRef("version"))
    read_before = Q(state=PageState.DONE) & ~Q(state=OuterRef("state"))
    better = ParsedPage.objects.filter(newer | read_before, parse=OuterRef("parse"), number=OuterRef("number"))
    return ParsedPage.objects.filter(~Exists(better), parse=parse).order_by("number")


def newest_version(parse: Parse, number: int) -> int:
    """Of the tries at a page; 0 before the first."""
    versions = ParsedPage.objects.filter(parse=parse, number=number).order_by("-version")
    return versions.values_list("version", flat=True).first() or 0
