"""The joint choice: each field its best candidate, one candidate for one field, sums and orders respected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations, product

from extraction.engine.fields.constraints import Constraint, constraints_of
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import Scored

LEAST = {"date": 0.42, "number": 0.5, "org": 0.4, "address": 0.4, "title": 0.4, "currency": 0.4}
"""What a candidate must reach, by kind; below it the field is absent."""

_LEAST_OTHERWISE = 0.45
_TRIED = 5
"""Of each field's candidates so many are tried against a constraint."""

_HOLDING = {True: 0.3, False: 0.2}
"""What the scores of all together may lose for a constraint to hold, by whether it is exact."""

_DECIDED = 0.25
"""What a candidate must reach that an exact constraint decides for."""


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
    for constraint in constraints_of(profiles):
        taken |= _held(constraint, ranked, taken)
    return {name: _choice(taken.get(name), ranked[name], least(kinds[name])) for name in ranked}


def _held(constraint: Constraint, ranked: Mapping[str, list[Scored]], taken: Mapping[str, Scored]) -> dict[str, Scored]:
    """Its fields' candidates that meet the constraint and lose the least; none if that would cost too much.

    One field that was left absent is filled where the others and an exact constraint say its value.
    """
    absent = [name for name in constraint.names if name not in taken]
    if len(absent) > constraint.exact:
        return {}
    free = [entry for name, entry in taken.items() if name not in constraint.names]
    tried = [_tried(ranked[name], taken.get(name), free) for name in constraint.names]
    met = [entries for entries in product(*tried) if _meets(constraint, entries)]
    best = max(met, key=_sum_of_scores, default=None)
    if best is None:
        return {}
    chosen = dict(zip(constraint.names, best, strict=True))
    if any(chosen[name].score < _DECIDED for name in absent):
        return {}
    lost = sum(taken[name].score - chosen[name].score for name in chosen if name in taken)
    if lost > _HOLDING[constraint.exact]:
        return {}
    return {name: _proven(entry) if constraint.exact else entry for name, entry in chosen.items()}


def _tried(ranked: list[Scored], taken: Scored | None, free: list[Scored]) -> list[Scored]:
    """The best ones, what was taken before them, without those that stand where other fields have theirs."""
    others = [entry for entry in ranked[:_TRIED] if not any(_is_same_place(entry, other) for other in free)]
    return [taken, *(entry for entry in others if entry is not taken)] if taken else others


def _meets(constraint: Constraint, entries: tuple[Scored, ...]) -> bool:
    if any(_is_same_place(left, right) for left, right in combinations(entries, 2)):
        return False
    return constraint.holds([entry.candidate.value for entry in entries])


def _sum_of_scores(entries: tuple[Scored, ...]) -> float:
    return sum(entry.score for entry in entries)


def _proven(entry: Scored) -> Scored:
    return replace(entry, features={**entry.features, "proven": max(1.0, entry.features.get("proven", 0.0))})


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
