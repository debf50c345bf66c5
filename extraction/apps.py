from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ExtractionConfig(AppConfig):
    name = "extraction"
    verbose_name = "Galley"

    def ready(self) -> None:
        import_module("extraction.checks")


class ConsoleConfig(AdminConfig):
    default_site = "extraction.admin.site.Console"

    def ready(self) -> None:
        super().ready()
        import_module("extraction.admin.console")
