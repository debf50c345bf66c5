from __future__ import annotations

from django.contrib import admin

from extraction.admin.base import DocumentActions, LookOnlyAdmin, LookOnlyInline
from extraction.models import Extraction, FieldRow, FieldValue, Span


@admin.register(Extraction)
class ExtractionAdmin(DocumentActions, LookOnlyAdmin):
    document_path = "parse__document"
    list_display = ["public_id", "document", "version", "provider", "state", "error_class", "created_at", "finished_at"]
    list_filter = ["state", "provider", "lane", "error_class", "version__template", "parse__document__team"]
    list_select_related = ["parse__document", "version__template"]
    search_fields = ["public_id", "parse__document__name", "error_class", "remote_id"]
    date_hierarchy = "created_at"

    @admin.display(ordering="parse__document__name")
    def document(self, extraction: Extraction) -> str:
        return str(extraction.parse.document)


@admin.register(FieldRow)
class FieldRowAdmin(LookOnlyAdmin):
    list_display = ["public_id", "extraction", "field", "position", "added", "removed"]
    list_filter = ["added", "removed", "extraction__version__template"]
    list_select_related = ["extraction__parse__document", "extraction__version__template", "field"]
    search_fields = ["public_id", "extraction__public_id", "extraction__parse__document__name"]


class SpanInline(LookOnlyInline):
    model = Span
    fields = ["page", "x0", "y0", "x1", "y1", "text", "block", "precision"]
    readonly_fields = fields


@admin.register(FieldValue)
class FieldValueAdmin(LookOnlyAdmin):
    list_display = ["key", "text", "confidence", "reason", "method", "extraction"]
    list_filter = ["reason", "method", "extraction__version__template", "extraction__parse__document__team"]
    list_select_related = ["extraction__parse__document", "extraction__version__template"]
    search_fields = ["key", "text", "extraction__public_id", "extraction__parse__document__name"]
    inlines = [SpanInline]


@admin.register(Span)
class SpanAdmin(LookOnlyAdmin):
    list_display = ["value", "page", "x0", "y0", "x1", "y1", "text", "precision"]
    list_filter = ["precision"]
    list_select_related = ["value"]
    search_fields = ["text", "value__key", "value__extraction__public_id"]
