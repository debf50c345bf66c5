"""The joint choice: each field its best candidate, one candidate for one field, sums and orders respected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import Scored

LEAST = {"date": 0.42, "number": 0.5, "org": 0.4, "address": 0.4, "title": 0.4, "currency": 0.4}
"""What a candidate must reach, by kind; below it the field is absent."""

_LEAST_OTHERWISE = 0.45


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen candidate, None for absent, and the others from the best.

    `again` are other places of the chosen value, `rivals` counts the other values that could have been chosen.
    """

    chosen: Scored | None
    others: tuple[Scored, ...]
    least: float
    again: tuple[Scored, ...] = ()
    rivals: int = 0


def choose(profiles: list[Profile], scored: Mapping[str, list[Scored]]) -> dict[str, Choice]:
    ranked = {profile.name: _ranked(scored[profile.name]) for profile in profiles}
    kinds = {profile.name: profile.kind for profile in profiles}
    taken: dict[str, Scored] = {}
    for name, entry in _by_score(ranked):
        if name in taken or entry.score < least(kinds[name]):
            continue
        rivals = [other for rival, other in taken.items() if kinds[rival] != "currency"]
        if kinds[name] != "currency" and any(_is_same_place(entry, other) for other in rivals):
            continue
        taken[name] = entry
    return {name: _choice(taken.get(name), ranked[name], least(kinds[name])) for name in ranked}


def least(kind: str) -> float:
    return LEAST.get(kind, _LEAST_OTHERWISE)


def _ranked(entries: list[Scored]) -> list[Scored]:
    return sorted(entries, key=lambda entry: -entry.score)


def _by_score(ranked: Mapping[str, list[Scored]]) -> list[tuple[str, Scored]]:
    pairs = [(name, entry) for name, entries in ranked.items() for entry in entries[:12]]
    return sorted(pairs, key=lambda pair: -pair[1].score)


def _is_same_place(left: Scored, right: Scored) -> bool:
    a, b = left.candidate, right.candidate
    return a.segment is b.segment and a.start < b.end and b.start < a.end


def _choice(chosen: Scored | None, ranked: list[Scored], needed: float) -> Choice:
    others: list[Scored] = []
    values = {chosen.candidate.value} if chosen else set()
    for entry in ranked:
        if entry.candidate.value not in values and len(others) < 3:
            values.add(entry.candidate.value)
            others.append(entry)
    again = tuple(s for s in ranked if chosen and s is not chosen and s.candidate.value == chosen.candidate.value)
    rivals = {s.candidate.value for s in ranked if s.score >= needed} - ({chosen.candidate.value} if chosen else set())
    return Choice(chosen, tuple(others), needed, again, len(rivals))
