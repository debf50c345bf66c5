from __future__ import annotations

from django.urls import path

from extraction.web.views import preferences

# /preferences/…
urlpatterns = [
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/language/", preferences.language, name="language"),
]
