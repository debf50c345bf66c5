"""How often a key calls: counted in this process, and told to the others through the database once a second."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from django.db.models import F, Sum

from extraction.models import ApiKey, CallCount
from extraction.services.usage import count_team_usage

SHARE_SECONDS = 1.0
KEPT_MINUTES = 5


@dataclass(slots=True)
class _Window:
    minute: int
    others: int = 0
    ours: int = 0
    unshared: int = 0
    shared_at: float = 0.0


class CallRates:
    """Of all keys that call this process; a count is at most a second behind what other processes see."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[int, _Window] = {}

    def take(self, key: ApiKey, *, limit: int) -> float | None:
        """Count a call; the seconds to wait where the key has made its calls of this minute, else None."""
        now = time.time()
        minute = int(now // 60)
        with self._lock:
            window = self._windows.get(key.pk)
            if window is None or window.minute != minute:
                late = window.unshared if window else 0
                window = self._windows[key.pk] = _Window(minute, unshared=late)
            if window.others + window.ours >= limit:
                return 60 - now % 60
            window.ours += 1
            window.unshared += 1
            is_due = now - window.shared_at >= SHARE_SECONDS
            if is_due:
                window.shared_at = now
                unshared, window.unshared = window.unshared, 0
        if is_due:
            self._share(key, window, unshared)
        return None

    def _share(self, key: ApiKey, window: _Window, unshared: int) -> None:
        row, made = CallCount.objects.get_or_create(key=key, minute=window.minute, defaults={"calls": unshared})
        if made:
            CallCount.objects.filter(minute__lt=window.minute - KEPT_MINUTES).delete()
        else:
            CallCount.objects.filter(pk=row.pk).update(calls=F("calls") + unshared)
        count_team_usage(key.team, calls=unshared)
        total = CallCount.objects.filter(key=key, minute=window.minute).aggregate(calls=Sum("calls"))["calls"] or 0
        with self._lock:
            window.others = max(0, total - (window.ours - window.unshared))


RATES = CallRates()
