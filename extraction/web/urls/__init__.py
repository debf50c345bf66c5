from __future__ import annotations

from extraction.web.urls import (
    accounts,
    compare,
    dashboard,
    documents,
    exports,
    keys,
    pages,
    preferences,
    reviews,
    signin,
    teams,
    templates,
    upload,
    webhooks,
)

urlpatterns = [
    *signin.urlpatterns,
    *preferences.urlpatterns,
    *teams.urlpatterns,
    *accounts.urlpatterns,
    *keys.urlpatterns,
    *webhooks.urlpatterns,
    *dashboard.urlpatterns,
    *upload.urlpatterns,
    *documents.urlpatterns,
    *compare.urlpatterns,
    *pages.urlpatterns,
    *reviews.urlpatterns,
    *templates.urlpatterns,
    *exports.urlpatterns,
]
