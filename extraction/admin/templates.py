from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, ForeignKey, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from extraction.admin.base import LookOnlyAdmin, LookOnlyInline
from extraction.choices import Kind, VersionState, sentence_of
from extraction.models import LearnedExample, LearnedVersion, Template, TemplateField, TemplateVersion
from extraction.services.templates import specs_from
from extraction.types import InvalidRule


class VersionInline(LookOnlyInline):
    model = TemplateVersion
    fields = ["number", "state", "created_by", "created_at", "published_at"]
    readonly_fields = fields


@admin.register(Template)
class TemplateAdmin(admin.ModelAdmin):
    """New templates are made in the editor, which gives them a first version."""

    list_display = ["name", "slug", "team", "language", "is_archived", "document_count", "created_at"]
    list_filter = ["team", "is_archived", "language"]
    list_select_related = ["team"]
    search_fields = ["name", "slug"]
    date_hierarchy = "created_at"
    fields = ["name", "slug", "team", "language", "is_archived", "created_at"]
    readonly_fields = ["slug", "team", "created_at"]
    inlines = [VersionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Template]:
        return super().get_queryset(request).annotate(documents_in_all=Count("documents"))

    @admin.display(description=_("documents"), ordering="documents_in_all")
    def document_count(self, template: Template) -> int:
        return template.documents_in_all

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Template | None = None) -> bool:
        return False


_LONG = ["description", "labels", "options"]


class FieldRowForm(forms.ModelForm):
    """Refuses what nobody could read again: lists that are none, a type that the field's rules do not go with."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for key in ("labels", "options"):
            data[key] = data.get(key) or []
            if not isinstance(data[key], list) or not all(isinstance(text, str) for text in data[key]):
                told = {"variable": data.get("name", ""), "key": key}
                self.add_error(key, sentence_of("variable_key_not_texts", told))
        if not self.errors and not self._goes_with_rules(data):
            self.add_error("type", sentence_of("rule_not_of_this_type"))
        return data

    def _goes_with_rules(self, data: dict[str, Any]) -> bool:
        if data["type"] == Kind.TABLE:
            return not self.instance.rules
        said = {key: data[key] for key in ("name", "type", "items", "options")}
        try:
            specs_from([TemplateField(pk=0, rules=self.instance.rules, **said)])
        except InvalidRule:
            return False
        return True


class FieldInline(admin.TabularInline):
    """The fields of a draft can be changed; a published version is frozen."""

    model = TemplateField
    form = FieldRowForm
    extra = 0
    fields = ["position", "parent", "name", "label", "group", "type", "items", "required", *_LONG]
    ordering = ["parent_id", "position"]

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        version = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        if db_field.name == "parent":
            kwargs["queryset"] = TemplateField.objects.filter(version=version, type=Kind.TABLE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: TemplateVersion | None = None) -> bool:
        return _is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: TemplateVersion | None = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: TemplateVersion | None = None) -> bool:
        return _is_draft(obj) and super().has_delete_permission(request, obj)


def _is_draft(version: TemplateVersion | None) -> bool:
    return version is None or version.state == VersionState.DRAFT


@admin.register(TemplateVersion)
class TemplateVersionAdmin(admin.ModelAdmin):
    list_display = ["template", "team", "number", "state", "field_count", "created_by", "created_at", "published_at"]
    list_filter = ["state", "template__team"]
    list_select_related = ["template__team", "created_by"]
    search_fields = ["template__name", "template__slug"]
    date_hierarchy = "created_at"
    fields = ["template", "number", "state", "created_by", "created_at", "published_at"]
    readonly_fields = fields
    inlines = [FieldInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TemplateVersion]:
        fields = Count("fields", filter=Q(fields__parent=None))
        return super().get_queryset(request).annotate(fields_in_all=fields)

    @admin.display(description=_("fields"), ordering="fields_in_all")
    def field_count(self, version: TemplateVersion) -> int:
        return version.fields_in_all

    @admin.display(ordering="template__team")
    def team(self, version: TemplateVersion) -> str:
        return str(version.template.team)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TemplateVersion | None = None) -> bool:
        return False


@admin.register(TemplateField)
class TemplateFieldAdmin(LookOnlyAdmin):
    list_display = ["name", "label", "version", "parent", "type", "required", "position"]
    list_filter = ["type", "required", "version__template__team", "version__template"]
    list_select_related = ["version__template", "parent"]
    search_fields = ["name", "label", "version__template__name"]


@admin.register(LearnedExample)
class LearnedExampleAdmin(LookOnlyAdmin):
    list_display = ["template", "review", "layout", "failed", "created_at"]
    list_filter = ["failed", "template__team", "template"]
    list_select_related = ["template", "review__extraction__parse__document", "review__extraction__version__template"]
    search_fields = ["template__name", "review__extraction__parse__document__name"]
    date_hierarchy = "created_at"


@admin.register(LearnedVersion)
class LearnedVersionAdmin(LookOnlyAdmin):
    list_display = ["template", "number", "is_active", "created_at"]
    list_filter = ["is_active", "template__team", "template"]
    list_select_related = ["template"]
    search_fields = ["template__name"]
    date_hierarchy = "created_at"
