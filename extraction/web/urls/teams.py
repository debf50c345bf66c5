from __future__ import annotations

from django.urls import path

from extraction.web.views import teams

# /teams/…
urlpatterns = [
    path("teams/switch/", teams.team_switch, name="team-switch"),
    path("teams/<int:pk>/", teams.team_detail, name="team-detail"),
    path("teams/<int:pk>/settings/", teams.team_settings, name="team-settings"),
    path("teams/<int:pk>/members/", teams.member_add, name="member-add"),
    path("teams/<int:pk>/members/<int:member>/role/", teams.member_role, name="member-role"),
    path("teams/<int:pk>/members/<int:member>/remove/", teams.member_remove, name="member-remove"),
]
