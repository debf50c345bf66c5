"""Answers about what has ended, kept in this process: programs ask for them more often than they change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from django.http import HttpResponse

MOST = 256
# a result of hundreds of pages is asked for once
LARGEST_BYTES = 64 * 1024


class KeptAnswers:
    """By a stamp that changes with whatever an answer depends on; the ones that nobody asks for go first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: OrderedDict[Hashable, bytes] = OrderedDict()

    def answer(self, stamp: Hashable | None, make: Callable[[], HttpResponse]) -> HttpResponse:
        """Without a stamp it is made anew."""
        if stamp is None:
            return make()
        with self._lock:
            body = self._bodies.get(stamp)
            if body is not None:
                self._bodies.move_to_end(stamp)
        if body is not None:
            return HttpResponse(body, content_type="application/json")
        made = make()
        if made.status_code == 200 and len(made.content) <= LARGEST_BYTES:
            with self._lock:
                self._bodies[stamp] = made.content
                if len(self._bodies) > MOST:
                    self._bodies.popitem(last=False)
        return made


KEPT = KeptAnswers()
