from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from extraction.admin.base import DocumentActions, LookOnlyAdmin, LookOnlyInline
from extraction.choices import JobState
from extraction.models import Blob, Document, Page, PageImages, Parse
from extraction.services.documents import delete_document

_FIXED = ["team", "blob", "readable", "template", "page_count", "source", "run_id", "uploaded_by", "created_at"]


class ParseInline(LookOnlyInline):
    model = Parse
    fields = ["state", "provider", "error_class", "created_at", "started_at", "finished_at"]
    readonly_fields = fields


@admin.register(Document)
class DocumentAdmin(DocumentActions, admin.ModelAdmin):
    list_display = ["name", "team", "template", "reading", "page_count", "source", "uploaded_by", "created_at"]
    list_filter = ["team", "source", "template", "blob__kind"]
    list_select_related = ["team", "template", "uploaded_by"]
    list_per_page = 50
    search_fields = ["name", "run_id", "blob__sha256", "uploaded_by__email"]
    date_hierarchy = "created_at"
    fields = ["name", *_FIXED, "delete_after"]
    readonly_fields = _FIXED
    inlines = [ParseInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        parses = Parse.objects.filter(document=OuterRef("pk"), is_trial=False).order_by("-pk")
        return super().get_queryset(request).annotate(parse_state=Subquery(parses.values("state")[:1]))

    @admin.display(description=_("reading"), ordering="parse_state")
    def reading(self, document: Document) -> str:
        return str(JobState(document.parse_state).label) if document.parse_state else "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list[str], dict[str, int], set[str], Any]:
        """Everything read from a document goes with it; its history stays, emptied."""
        names = [str(document) for document in objs]
        return names, {str(Document._meta.verbose_name_plural): len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Document) -> None:
        delete_document(document=obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Document]) -> None:
        for document in queryset:
            delete_document(document=document, by=request.user)


@admin.register(Blob)
class BlobAdmin(LookOnlyAdmin):
    list_display = ["sha256", "team", "kind", "size", "created_at"]
    list_filter = ["kind", "team"]
    list_select_related = ["team"]
    search_fields = ["sha256"]
    date_hierarchy = "created_at"


@admin.register(Page)
class PageAdmin(LookOnlyAdmin):
    list_display = ["document", "number", "has_thumb", "has_image", "has_large"]
    list_filter = ["document__team"]
    list_select_related = ["document"]
    search_fields = ["document__name"]

    @admin.display(boolean=True, description=_("thumb"))
    def has_thumb(self, page: Page) -> bool:
        return bool(page.thumb)

    @admin.display(boolean=True, description=_("image"))
    def has_image(self, page: Page) -> bool:
        return bool(page.image)

    @admin.display(boolean=True, description=_("large"))
    def has_large(self, page: Page) -> bool:
        return bool(page.large)


@admin.register(PageImages)
class PageImagesAdmin(DocumentActions, LookOnlyAdmin):
    document_path = "document"
    actions = ["cancel"]
    list_display = ["document", "state", "progress_done", "progress_total", "failures", "crashes", "created_at"]
    list_filter = ["state", "document__team"]
    list_select_related = ["document"]
    search_fields = ["document__name", "error_class"]
    date_hierarchy = "created_at"
