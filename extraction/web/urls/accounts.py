from __future__ import annotations

from django.urls import path, register_converter

from extraction.choices import Provider
from extraction.web.views import accounts


class ProviderConverter:
    """Those that a team has accounts at: everybody has the embedded engine."""

    regex = "|".join(provider for provider in Provider.values if provider != Provider.EMBEDDED)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ProviderConverter, "provider")

# /teams/<pk>/accounts/…
urlpatterns = [
    path("teams/<int:pk>/accounts/", accounts.account_list, name="account-list"),
    path("teams/<int:pk>/accounts/new/", accounts.account_new, name="account-new"),
    path("teams/<int:pk>/accounts/new/<provider:provider>/", accounts.account_add, name="account-add"),
    path("teams/<int:pk>/accounts/<int:account>/", accounts.account_edit, name="account-edit"),
    path("teams/<int:pk>/accounts/<int:account>/test/", accounts.account_test, name="account-test"),
    path("teams/<int:pk>/accounts/<int:account>/pause/", accounts.account_pause, name="account-pause"),
    path("teams/<int:pk>/accounts/<int:account>/resume/", accounts.account_resume, name="account-resume"),
    path("teams/<int:pk>/accounts/<int:account>/delete/", accounts.account_delete, name="account-delete"),
]
