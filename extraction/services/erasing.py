"""Records that a caller erases: their content goes, the audit keeps who did it and when."""

from __future__ import annotations

from django.db import transaction

from extraction.models import Extraction, ReviewEvent, User
from extraction.services.documents import delete_document
from extraction.services.idempotency import forget_answers
from extraction.services.learning import forget
from extraction.services.teams import lock_team


def erase_record(*, extraction: Extraction, by: User | None) -> None:
    """The extraction with what was read and corrected; a document that has no other record goes with it."""
    document = extraction.parse.document
    with transaction.atomic():
        lock_team(document.team_id)
        listed = Extraction.objects.filter(parse__document=document, listed_at__isnull=False)
        if listed.exclude(pk=extraction.pk).exists():
            _erase(extraction, by)
        else:
            delete_document(document=document, by=by)


def _erase(extraction: Extraction, by: User | None) -> None:
    document = extraction.parse.document
    ReviewEvent.objects.filter(review__extraction=extraction).update(before=None, after=None)
    ReviewEvent.objects.create(
        team_id=document.team_id,
        document=document,
        who=by,
        what="extraction_deleted",
        subject=f"{document.name}: {extraction.public_id}"[:255],
    )
    forget_answers(document.team, extractions=[extraction.public_id])
    forget(reviews=extraction.reviews.values_list("pk", flat=True))
    extraction.delete()
