from __future__ import annotations

from django.urls import path

from extraction.web.views import compare

# /documents/…/compare/…
urlpatterns = [
    path("documents/<int:pk>/compare/", compare.document_compare, name="document-compare"),
    path("documents/<int:pk>/compare/start/", compare.compare_start, name="compare-start"),
    path("documents/<int:pk>/compare/trials/", compare.compare_trials, name="compare-trials"),
    path("documents/<int:pk>/compare/place/", compare.compare_place, name="compare-place"),
    path("documents/<int:pk>/compare/<int:trial>/use/", compare.compare_use, name="compare-use"),
    path("documents/<int:pk>/compare/<int:trial>/discard/", compare.compare_discard, name="compare-discard"),
]
