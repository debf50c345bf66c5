"""`Idempotency-Key`: the same key and body get the answer of the first call, for a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from extraction.errors import CallUnderWay, KeyUsedBefore
from extraction.models import IdempotencyKey, Team

KEPT = timedelta(hours=24)
# a call that has said nothing for so long died with its process
LONGEST_CALL = timedelta(minutes=5)
MOST_LETTERS = 255


@dataclass(slots=True)
class Memory:
    """What a first call answered: `status` None when this is the first, or when nobody gave a key."""

    row: IdempotencyKey | None = None
    status: int | None = None
    answer: Any = None

    def keep(self, status: int, answer: Any) -> None:
        """Give this again to whoever comes with the same key; only what was taken is kept, no refusal.

        Best in the transaction that writes what was taken: then a death cannot come between the two.
        """
        if self.row is not None:
            IdempotencyKey.objects.filter(pk=self.row.pk).update(status=status, answer=answer)
        self.status, self.answer = status, answer


def forget_unfinished() -> None:
    """At the start of everything: the calls that were at work are gone, and come again."""
    IdempotencyKey.objects.filter(status=None).delete()


def forget_answers(team: Team, *, documents: Iterable[int] = (), extractions: Iterable[str] = ()) -> None:
    """In the transaction that deletes them: answers about them tell values, and go too."""
    places = [f"/documents/{pk}/" for pk in documents] + [f"/extractions/{public_id}/" for public_id in extractions]
    for place in places:
        IdempotencyKey.objects.filter(team=team, path__contains=place).delete()


@contextmanager
def remembered(team: Team, path: str, key: str, body_sha256: str) -> Iterator[Memory]:
    """The memory of this key, forgotten again unless something is kept in it; without a key an empty one.

    Raises KeyUsedBefore where it came with another body, CallUnderWay while the first call is at work.
    """
    if not key:
        yield Memory()
        return
    memory = _begin(team, path, key, body_sha256)
    is_kept = False
    try:
        yield memory
        is_kept = memory.status is not None
    finally:
        if not is_kept and memory.row is not None:
            # what was kept in a transaction that failed is as unfinished as what was not
            IdempotencyKey.objects.filter(pk=memory.row.pk, status=None).delete()


def _begin(team: Team, path: str, key: str, body_sha256: str) -> Memory:
    now = timezone.now()
    IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()
    mine = IdempotencyKey.objects.filter(team=team, path=path, key=key)
    mine.filter(status=None, created_at__lt=now - LONGEST_CALL).delete()
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(team=team, path=path, key=key, body_sha256=body_sha256)
        return Memory(row)
    except IntegrityError:
        return _recalled(mine.first(), body_sha256)


def _recalled(row: IdempotencyKey | None, body_sha256: str) -> Memory:
    if row is not None and row.body_sha256 != body_sha256:
        raise KeyUsedBefore("another body")
    if row is None or row.status is None:
        raise CallUnderWay("the first call is at work")
    return Memory(row, row.status, row.answer)
