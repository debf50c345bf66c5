from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from extraction.models import ProviderAccount, Webhook
from extraction.services.secrets import rotate_secrets


class Command(BaseCommand):
    help = (
        "Encrypt the keys of all provider accounts and the secrets of all webhooks with the present "
        "GALLEY_PROVIDER_KEY. Give the former one as GALLEY_PROVIDER_KEY_OLD; afterwards it can be taken away."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done, unreadable = rotate_secrets()
        self.stdout.write(f"{done} keys are encrypted with the present GALLEY_PROVIDER_KEY.")
        if unreadable:
            names = ", ".join(f"{_name(row)} ({row.team})" for row in unreadable)
            raise CommandError(
                f"The keys of these accounts or webhooks cannot be read with GALLEY_PROVIDER_KEY or "
                f"GALLEY_PROVIDER_KEY_OLD; enter or make them anew in their settings: {names}"
            )


def _name(row: ProviderAccount | Webhook) -> str:
    """The address of a webhook can hold a key."""
    return row.host if isinstance(row, Webhook) else row.name
