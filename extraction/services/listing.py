"""When an extraction is listed: whole milliseconds, no two alike within a team, so that a list can go on after one."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from extraction.models import Extraction, Parse, Team
from extraction.models.extractions import new_extraction_id
from extraction.services.teams import lock_team

MILLISECOND = timedelta(milliseconds=1)


def next_listing(team: Team) -> datetime:
    """Now, or a millisecond after the team's last one; holds the team's row."""
    lock_team(team.pk)
    now = timezone.now().astimezone(UTC)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    later = Extraction.objects.filter(parse__document__team=team, listed_at__gte=now).order_by("-listed_at")
    last = later.values_list("listed_at", flat=True).first()
    return now if last is None else last + MILLISECOND


def hand_over_extraction(before: Extraction, after: Extraction) -> None:
    """Whoever asks for the one by its public id gets the other, in its place of the list."""
    public_id, listed_at = before.public_id, before.listed_at
    before.public_id, before.listed_at = new_extraction_id(), None
    before.save(update_fields=["public_id", "listed_at"])
    after.public_id, after.listed_at = public_id, listed_at
    after.save(update_fields=["public_id", "listed_at"])


def hand_over_parse(before: Parse, after: Parse) -> None:
    """As with an extraction; what an interface asked of the one it gets from the other."""
    public_id = before.public_id
    before.public_id = uuid.uuid4()
    before.save(update_fields=["public_id"])
    after.public_id, after.asked = public_id, before.asked
    after.save(update_fields=["public_id", "asked"])
