"""Keys to the interfaces: made here too, shown once in the message, and revoked; what was counted is only shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from extraction.admin.base import LookOnlyAdmin
from extraction.choices import Scope, sentence_of
from extraction.errors import StepNotAllowed
from extraction.models import ApiKey, CallCount, IdempotencyKey, TeamUsage
from extraction.services.keys import create_key, revoke_key


class ApiKeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope.choices, initial=[Scope.RUN], widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ApiKey
        fields = ["team", "name", "scopes", "expires_at"]


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    form = ApiKeyForm
    list_display = ["name", "team", "prefix", "scope_words", "created_by", "last_used_at", "expires_at", "revoked_at"]
    list_filter = ["team"]
    list_select_related = ["team", "created_by"]
    search_fields = ["name", "prefix", "team__name"]
    date_hierarchy = "created_at"
    actions = ["revoke"]

    @admin.display(description=_("scopes"))
    def scope_words(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """A key is made or revoked, never changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Revoked keys stay as history."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("extraction.change_apikey")

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        try:
            row, key = create_key(
                team=obj.team, name=obj.name, scopes=obj.scopes, by=request.user, expires_at=obj.expires_at
            )
        except StepNotAllowed as refusal:
            messages.error(request, sentence_of(refusal.code, refusal.params))
            return
        obj.pk = row.pk
        messages.warning(request, _("The key, shown only now: %(key)s") % {"key": key})

    def log_addition(self, request: HttpRequest, obj: ApiKey, message: Any) -> Any:
        return super().log_addition(request, obj, message) if obj.pk else None

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> Any:
        return self.response_post_save_add(request, obj)

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for key in queryset.filter(revoked_at=None):
            revoke_key(key=key, by=request.user)
        messages.success(request, _("Revoked: these keys open nothing any more."))


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(LookOnlyAdmin):
    list_display = ["key", "path", "team", "status", "created_at"]
    list_select_related = ["team"]
    list_filter = ["team"]
    search_fields = ["key", "path"]
    date_hierarchy = "created_at"


@admin.register(TeamUsage)
class TeamUsageAdmin(LookOnlyAdmin):
    list_display = ["team", "month", "documents", "pages", "extractions", "calls"]
    list_select_related = ["team"]
    list_filter = ["month", "team"]
    search_fields = ["team__name", "month"]


@admin.register(CallCount)
class CallCountAdmin(LookOnlyAdmin):
    list_display = ["key", "minute", "calls"]
    list_filter = ["key__team"]
    list_select_related = ["key"]
    search_fields = ["key__name"]
