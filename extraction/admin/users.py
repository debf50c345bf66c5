from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import (
    AdminUserCreationForm,
    ReadOnlyPasswordHashField,
    ReadOnlyPasswordHashWidget,
    UserChangeForm,
)
from django.contrib.auth.hashers import is_password_usable
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from extraction.admin.base import LookOnlyAdmin
from extraction.admin.teams import MembershipInline
from extraction.models import SignInFailure, User

_THEMES = [("", _("The system's")), ("light", _("Light")), ("dark", _("Dark"))]


class PasswordState(ReadOnlyPasswordHashWidget):
    """Says whether there is a password; nothing of its hash is shown."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        known = value and is_password_usable(value)
        return format_html(
            '<div><strong>{}</strong><p><a role="button" class="button" href="../password/">{}</a></p></div>',
            gettext("A password is set.") if known else gettext("No password is set."),
            gettext("Set another password") if known else gettext("Set a password"),
        )


class LowerEmail:
    """Addresses are kept in lower case, as the sign-in looks for them."""

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class UserForm(LowerEmail, UserChangeForm):
    password = ReadOnlyPasswordHashField(label=_("Password"), widget=PasswordState)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("The browser's")), *settings.LANGUAGES]
    )
    theme = forms.ChoiceField(
        label=_("Colours"),
        required=False,
        choices=_THEMES,
    )

    class Meta:
        model = User
        fields = "__all__"
        field_classes: dict[str, Any] = {}


class NewUserForm(LowerEmail, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]
        field_classes: dict[str, Any] = {}


class UserMembershipInline(MembershipInline):
    autocomplete_fields = ["team"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    form = UserForm
    add_form = NewUserForm
    list_display = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login", "created_at"]
    list_filter = ["is_active", "is_staff", "is_superuser", "teams"]
    search_fields = ["email", "name"]
    date_hierarchy = "created_at"
    ordering = ["email"]
    readonly_fields = ["last_login", "created_at"]
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        (_("Preferences"), {"fields": ["language", "theme"]}),
        (_("Permissions"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("Dates"), {"fields": ["last_login", "created_at"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]
    inlines = [UserMembershipInline]

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People stay in the history: take `active` away instead."""
        return False


@admin.register(SignInFailure)
class SignInFailureAdmin(LookOnlyAdmin):
    """Deleting rows lets a person who mistyped try again at once."""

    list_display = ["at", "short_key"]
    date_hierarchy = "at"
    fields = ["at", "short_key"]
    readonly_fields = fields

    @admin.display(description=_("hash of the address or e-mail"))
    def short_key(self, failure: SignInFailure) -> str:
        return failure.key[:12]

    def has_delete_permission(self, request: HttpRequest, obj: SignInFailure | None = None) -> bool:
        return request.user.has_perm("extraction.delete_signinfailure")
