from __future__ import annotations

from django.urls import path

from extraction.web.views import exports

urlpatterns = [
    path("documents/<int:pk>/export.<str:format>", exports.document_export, name="document-export"),
    path("exports/documents.<str:format>", exports.export_list, name="export-list"),
]
