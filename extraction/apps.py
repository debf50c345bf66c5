from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created


class ExtractionConfig(AppConfig):
    name = "extraction"
    verbose_name = "Galley"

    def ready(self) -> None:
        import_module("extraction.checks")
        connection_created.connect(_compile_no_queries)


def _compile_no_queries(connection: Any, **_told: Any) -> None:
    """PostgreSQL compiles what it takes for long, which takes seconds: counts of many documents nest their queries."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")


class ConsoleConfig(AdminConfig):
    default_site = "extraction.admin.site.Console"

    def ready(self) -> None:
        super().ready()
        import_module("extraction.admin.console")
