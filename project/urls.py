from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from extraction.api.galley_docs import api_docs

urlpatterns = [
    path("admin/", admin.site.urls),
    path("galley/v1/docs", api_docs, name="api-docs"),
    path("", include("extraction.web.urls")),
]
