from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from extraction.errors import GalleyError
from extraction.services.samples import store_samples


class Command(BaseCommand):
    help = "Adds a team with sample documents, which the workers read. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            documents = store_samples()
        except GalleyError as exc:
            raise CommandError(f"the samples could not be stored: {exc}") from exc
        self.stdout.write(f"The team Demo has {len(documents)} sample documents.")
