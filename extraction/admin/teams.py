from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from extraction.models import Membership, Team, Template
from extraction.services.templates import install_ready_made


class TeamForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(zone, zone) for zone in sorted(zoneinfo.available_timezones())], initial="UTC"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "default_template" in self.fields:
            self.fields["default_template"].queryset = Template.objects.filter(team=self.instance.pk, is_archived=False)


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    form = TeamForm
    list_display = ["name", "slug", "language", "time_zone", "default_template", "member_count", "created_at"]
    list_filter = ["language"]
    list_select_related = ["default_template"]
    search_fields = ["name", "slug"]
    date_hierarchy = "created_at"
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {"fields": ["name", "slug", "language", "time_zone", "default_template", "detects_template", "keep_days"]},
        ),
        (
            _("Limits of the interfaces"),
            {"fields": ["calls_per_minute", "calls_at_once", "monthly_pages", "monthly_extractions", "long_polling"]},
        ),
    ]
    inlines = [MembershipInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return super().get_queryset(request).annotate(members_in_all=Count("memberships"))

    @admin.display(description=_("members"), ordering="members_in_all")
    def member_count(self, team: Team) -> int:
        return team.members_in_all

    def has_delete_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        """A team's history stays."""
        return False

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            install_ready_made(obj)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ["user", "team", "role", "created_at"]
    list_filter = ["role", "team"]
    list_select_related = ["user", "team"]
    search_fields = ["user__email", "user__name", "team__name"]
    autocomplete_fields = ["user", "team"]
    date_hierarchy = "created_at"
