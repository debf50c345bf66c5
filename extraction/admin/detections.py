from __future__ import annotations

from django.contrib import admin

from extraction.admin.base import DocumentActions, LookOnlyAdmin
from extraction.models import Detection


@admin.register(Detection)
class DetectionAdmin(DocumentActions, LookOnlyAdmin):
    document_path = "parse__document"
    list_display = ["document", "template", "state", "error_class", "created_at", "finished_at"]
    list_filter = ["state", "template", "parse__document__team"]
    list_select_related = ["parse__document", "template"]
    search_fields = ["parse__document__name", "template__name", "error_class"]
    date_hierarchy = "created_at"

    @admin.display(ordering="parse__document__name")
    def document(self, detection: Detection) -> str:
        return str(detection.parse.document)
