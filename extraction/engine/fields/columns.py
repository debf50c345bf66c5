"""Columns of amounts that end in their sum, whatever stands beside it."""

from __future__ import annotations

from decimal import Decimal

from extraction.engine.fields.candidates import Candidate, Typed
from extraction.engine.fields.geometry import Surroundings

_CENT = Decimal("0.011")
_MOST = 2000
"""Amounts in a document; longer lists are read as tables, and page by page here would cost too much."""


class Closings:
    """The amounts that are the sum of all above them under the same header."""

    def __init__(self, typed: Typed, around: Surroundings) -> None:
        columns: dict[int, list[Candidate]] = {}
        amounts = [c for c in typed.numbers if c.decimals == 2 and isinstance(c.value, Decimal)]
        for amount in amounts if len(amounts) <= _MOST else ():
            header = around.header_of(amount.segment, amount.box)
            if header:
                columns.setdefault(id(header), []).append(amount)
        self._closing = {_key(last) for column in columns.values() if (last := _last_sum(column))}

    def __contains__(self, candidate: object) -> bool:
        return isinstance(candidate, Candidate) and _key(candidate) in self._closing


def _key(candidate: Candidate) -> tuple[int, int]:
    return id(candidate.segment), candidate.start


def _last_sum(column: list[Candidate]) -> Candidate | None:
    total, found = Decimal(), None
    for candidate in sorted(column, key=lambda c: (c.segment.page, c.segment.bbox.centre[1])):
        assert isinstance(candidate.value, Decimal)
        if total and abs(total - candidate.value) < _CENT:
            found = candidate
        total += candidate.value
    return found
