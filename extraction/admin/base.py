"""What the console's pages share: looking without changing, and the three actions on documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from extraction.errors import GalleyError
from extraction.models import Document
from extraction.services.extractions import extract_again
from extraction.services.parses import cancel_document, read_again


class LookOnly:
    """Rows that services write: shown, never added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LookOnlyAdmin(LookOnly, admin.ModelAdmin):
    list_per_page = 50
    show_full_result_count = False


class LookOnlyInline(LookOnly, admin.TabularInline):
    extra = 0
    can_delete = False
    show_change_link = True


class DocumentActions:
    """`read again`, `extract again` and `cancel` for rows that lead to documents by `document_path`."""

    document_path = "pk"
    actions = ["read_again", "extract_again", "cancel"]

    def has_rerun_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("extraction.change_document")

    @admin.action(description=_("Read again"), permissions=["rerun"])
    def read_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._each(request, queryset, lambda document: read_again(document=document, by=request.user))

    @admin.action(description=_("Extract again"), permissions=["rerun"])
    def extract_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._each(request, queryset, lambda document: extract_again(document=document, by=request.user))

    @admin.action(description=_("Cancel"), permissions=["rerun"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._each(request, queryset, lambda document: cancel_document(document=document, by=request.user))

    def _each(self, request: HttpRequest, queryset: QuerySet[Any], work: Callable[[Document], object]) -> None:
        """Do it for every document; those that are not in a state for it are named."""
        keys = queryset.order_by().values_list(self.document_path, flat=True)
        done, refused = 0, []
        for document in Document.objects.filter(pk__in=list(keys)).select_related("template"):
            try:
                work(document)
                done += 1
            except GalleyError:
                refused.append(document.name)
        self._tell(request, done, refused)

    def _tell(self, request: HttpRequest, done: int, refused: list[str]) -> None:
        if done:
            text = ngettext("Done for %(count)s document.", "Done for %(count)s documents.", done) % {"count": done}
            messages.success(request, text)
        if refused:
            names = ", ".join(refused[:10])
            messages.warning(request, _("Not possible in their present state: %(names)s") % {"names": names})
