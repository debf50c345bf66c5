from __future__ import annotations

from django.contrib import admin

from extraction.admin.base import DocumentActions, LookOnlyAdmin, LookOnlyInline
from extraction.models import Correction, Review, ReviewEvent


class CorrectionInline(LookOnlyInline):
    model = Correction
    fields = ["kind", "field_value", "row", "text", "by", "at", "review_version", "undone"]
    readonly_fields = fields


@admin.register(Review)
class ReviewAdmin(DocumentActions, LookOnlyAdmin):
    document_path = "extraction__parse__document"
    actions = ["read_again", "extract_again"]
    list_display = [
        "document",
        "state",
        "to_check",
        "field_count",
        "assignee",
        "locked_by",
        "created_at",
        "finished_at",
        "finished_by",
    ]
    list_filter = ["state", "extraction__parse__document__team", "extraction__version__template", "assignee"]
    list_select_related = [
        "extraction__parse__document",
        "extraction__version__template",
        "assignee",
        "locked_by",
        "finished_by",
    ]
    search_fields = ["extraction__parse__document__name", "extraction__public_id", "party"]
    date_hierarchy = "created_at"
    inlines = [CorrectionInline]

    @admin.display(ordering="extraction__parse__document__name")
    def document(self, review: Review) -> str:
        return str(review.extraction.parse.document)


@admin.register(Correction)
class CorrectionAdmin(LookOnlyAdmin):
    list_display = ["at", "kind", "field_value", "text", "by", "review_version", "undone"]
    list_filter = ["kind", "undone", "by"]
    list_select_related = ["field_value", "by"]
    search_fields = ["text", "field_value__key", "review__extraction__public_id"]
    date_hierarchy = "at"


@admin.register(ReviewEvent)
class ReviewEventAdmin(LookOnlyAdmin):
    list_display = ["at", "what", "who", "team", "document", "subject"]
    list_filter = ["what", "team", "who"]
    list_select_related = ["who", "team", "document"]
    search_fields = ["subject", "document__name", "who__email"]
    date_hierarchy = "at"
