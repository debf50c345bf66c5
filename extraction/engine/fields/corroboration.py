"""A model's values beside the embedded engine's own: agreement gives a confidence, disagreement an alternative.

A model does not know how sure it is. Where the engine reads the same value by itself, its fitted confidence is the
least that a reviewer would confirm it with; elsewhere the confidence stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from extraction.types import Alternative, ReadValue, Value

_MOST = 3


def corroborate(said: Sequence[ReadValue], own: Sequence[ReadValue]) -> tuple[ReadValue, ...]:
    """`own` is what the engine reads in the same document."""
    by_name = {value.name: value for value in own}
    return tuple(_beside(value, by_name.get(value.name)) for value in said)


def _beside(said: ReadValue, own: ReadValue | None) -> ReadValue:
    if own is None:
        return said
    if said.rows:
        return _rows_beside(said, own)
    if said.is_absent and own.is_absent:
        if said.flag:
            return replace(said, label=own.label)
        return replace(said, reason=own.reason, confidence=own.confidence, label=own.label)
    if said.value is not None and said.value == own.value:
        return _agreed(said, own)
    return replace(said, label=own.label, alternatives=_with(said.alternatives, own))


def _agreed(said: ReadValue, own: ReadValue) -> ReadValue:
    """Where the model's value is not printed but derived, as EUR from €, the engine says from what."""
    spans, text = (said.spans, said.text) if said.spans else (own.spans, own.text)
    if not spans:
        return said
    return replace(
        said, spans=spans, text=text, confidence=own.confidence, label=own.label, flag="", alternatives=own.alternatives
    )


def _with(alternatives: Sequence[Alternative], own: ReadValue) -> tuple[Alternative, ...]:
    if own.value is None or not own.spans:
        return tuple(alternatives)
    other = Alternative(own.value, own.text or "", own.spans, own.confidence)
    return (*alternatives, other)[:_MOST]


def _rows_beside(said: ReadValue, own: ReadValue) -> ReadValue:
    """Cell by cell: the same value in the same column at the same place."""
    cells: dict[tuple[str, Value], list[ReadValue]] = {}
    for row in own.rows:
        for cell in row:
            if cell.value is not None:
                cells.setdefault((cell.name, cell.value), []).append(cell)
    rows = tuple(tuple(_cell_beside(cell, cells) for cell in row) for row in said.rows)
    return replace(said, rows=rows, label=own.label)


def _cell_beside(said: ReadValue, cells: Mapping[tuple[str, Value], Sequence[ReadValue]]) -> ReadValue:
    alike = cells.get((said.name, said.value), ()) if said.value is not None else ()
    same = next((cell for cell in alike if _is_same_place(said, cell)), None)
    return replace(said, confidence=same.confidence) if same else said


def _is_same_place(said: ReadValue, own: ReadValue) -> bool:
    return any(
        mine.page == other.page and mine.bbox.overlap(other.bbox) > 0 for mine in said.spans for other in own.spans
    )
