from __future__ import annotations

from django.contrib import admin

from extraction.admin.base import DocumentActions, LookOnlyAdmin, LookOnlyInline
from extraction.models import PageRange, Parse, ParsedPage


class PageRangeInline(LookOnlyInline):
    model = PageRange
    fields = ["first", "last", "version", "state", "progress_done", "failures", "crashes", "error_class"]
    readonly_fields = fields


@admin.register(Parse)
class ParseAdmin(DocumentActions, LookOnlyAdmin):
    document_path = "document"
    list_display = ["document", "team", "provider", "state", "error_class", "created_at", "started_at", "finished_at"]
    list_filter = ["state", "provider", "lane", "error_class", "document__team"]
    list_select_related = ["document__team"]
    search_fields = ["document__name", "error_class", "remote_id"]
    date_hierarchy = "created_at"
    inlines = [PageRangeInline]

    @admin.display(ordering="document__team")
    def team(self, parse: Parse) -> str:
        return str(parse.document.team)


@admin.register(PageRange)
class PageRangeAdmin(DocumentActions, LookOnlyAdmin):
    document_path = "parse__document"
    actions = ["cancel"]
    list_display = [
        "parse",
        "first",
        "last",
        "version",
        "state",
        "progress_done",
        "fence",
        "failures",
        "crashes",
        "lease_until",
        "wake_at",
        "error_class",
    ]
    list_filter = ["state", "error_class", "parse__document__team"]
    list_select_related = ["parse__document"]
    search_fields = ["parse__document__name", "error_class"]
    date_hierarchy = "created_at"


@admin.register(ParsedPage)
class ParsedPageAdmin(LookOnlyAdmin):
    list_display = ["parse", "number", "version", "state", "block_count", "rotation", "error_class", "created_at"]
    list_filter = ["state", "rotation", "error_class", "parse__document__team"]
    list_select_related = ["parse__document"]
    search_fields = ["parse__document__name", "error_class"]
    date_hierarchy = "created_at"
    exclude = ["content"]
