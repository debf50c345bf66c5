"""Which accounts a template's documents go to: looked up, and kept when every one of them can do its part."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from extraction.choices import EXTRACTORS, READERS
from extraction.errors import StepNotAllowed
from extraction.models import ProviderChoice, ReviewEvent, Template, User

ACCOUNTS = {
    "parse_account": READERS,
    "parse_fallback": READERS,
    "extract_account": EXTRACTORS,
    "extract_fallback": EXTRACTORS,
}
_PLAIN = ("parse_options", "docmap_template", "docmap_names", "sends_images", "instructions")


def provider_choice(template: Template) -> ProviderChoice:
    """The template's, or one that leaves everything to the team and is not stored yet."""
    found = ProviderChoice.objects.filter(template=template).select_related(*ACCOUNTS).first()
    return found or ProviderChoice(template=template)


@transaction.atomic
def save_provider_choice(*, choice: ProviderChoice, by: User | None) -> ProviderChoice:
    """Raise StepNotAllowed for an account of another team, or one that cannot do what it is chosen for."""
    Template.objects.select_for_update().get(pk=choice.template_id)
    for name, able in ACCOUNTS.items():
        account = getattr(choice, name)
        if account is not None and (account.team_id != choice.template.team_id or account.provider not in able):
            raise StepNotAllowed(f"account {account.pk} cannot be {name}")
    before = ProviderChoice.objects.filter(template=choice.template).select_related(*ACCOUNTS).first()
    if before is not None:
        choice.pk, choice._state.adding = before.pk, False
    choice.save()
    ReviewEvent.objects.create(
        team_id=choice.template.team_id,
        who=by,
        what="providers_chosen",
        subject=choice.template.name,
        before=_told(before) if before else None,
        after=_told(choice),
    )
    return choice


def _told(choice: ProviderChoice) -> dict[str, Any]:
    """What the history keeps; accounts by name."""
    accounts = {name: str(getattr(choice, name) or "") for name in ACCOUNTS}
    return accounts | {name: getattr(choice, name) for name in _PLAIN}
