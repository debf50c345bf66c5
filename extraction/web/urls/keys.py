from __future__ import annotations

from django.urls import path

from extraction.web.views import keys

# /teams/<pk>/keys/… and /teams/<pk>/usage/
urlpatterns = [
    path("teams/<int:pk>/keys/", keys.key_list, name="key-list"),
    path("teams/<int:pk>/keys/new/", keys.key_create, name="key-create"),
    path("teams/<int:pk>/keys/<int:key>/revoke/", keys.key_revoke, name="key-revoke"),
    path("teams/<int:pk>/usage/", keys.team_usage, name="team-usage"),
]
