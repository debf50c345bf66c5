"""What a fragment has shown, so that a poll can be answered with nothing new."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import get_language

from extraction.queries.progress import DocumentProgress


def digest(shown_rows: Any) -> str:
    """The same for what looks the same on the screen."""
    return hashlib.sha256(repr((get_language(), shown_rows)).encode()).hexdigest()[:16]


def shown(progress: DocumentProgress) -> tuple[Any, ...]:
    numbers = (progress.pages_done, progress.pages_total, progress.field_count, progress.to_check)
    waiting = (progress.waiting_code, progress.waiting_until, progress.account_name, progress.is_sent)
    again = (progress.pages_again, progress.page_again, progress.pages_unread)
    return (progress.step, progress.error_code, progress.is_pending, bool(progress.review), *waiting, *numbers, *again)
