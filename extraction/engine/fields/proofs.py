"""Arithmetic that speaks for an amount: subtotal plus tax, cash less change, a value printed again."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from decimal import Decimal

from extraction.engine.fields.anchors import Anchor
from extraction.engine.fields.candidates import Candidate, Typed
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import ZERO_MALUS, Scored

_PARTS = ("tax_amount", "rounding", "service_charge", "discount", "change", "paid", "subtotal")
_CENT = Decimal("0.011")


class Sums:
    """The document's amounts by what their labels say of them."""

    def __init__(self, typed: Typed, anchors: tuple[Anchor, ...], around: Surroundings) -> None:
        self.amounts = [c for c in typed.numbers if c.decimals == 2 and isinstance(c.value, Decimal)]
        self._in_segment: dict[int, list[Candidate]] = {}
        for candidate in self.amounts:
            self._in_segment.setdefault(id(candidate.segment), []).append(candidate)
        self._in_words = {c.value for c in self.amounts if not any(map(str.isdecimal, _printed(c)))}
        self.counts = Counter(c.value for c in self.amounts)
        self._values = sorted({c.value for c in self.amounts if isinstance(c.value, Decimal)})
        self.labelled: dict[str, set[Decimal]] = {key: set() for key in _PARTS}
        speaking = [(anchor, key) for anchor in anchors for key in _PARTS if anchor.says.get(key, 0.0) >= 0.85]
        for anchor, key in speaking:
            value = self._beside(anchor, around)
            if value is not None:
                self.labelled[key].add(abs(value))
        paid, change = self.labelled["paid"], self.labelled["change"]
        self._paid = sorted({cash - back for cash in paid for back in change})

    def _beside(self, anchor: Anchor, around: Surroundings) -> Decimal | None:
        best, best_score = None, 0.55
        level = [c for other in around.row_of(anchor.segment) for c in self._in_segment.get(id(other), ())]
        for candidate in level:
            relation = around.relation(anchor, candidate.segment, candidate.start, candidate.box)
            if relation.score > best_score and isinstance(candidate.value, Decimal):
                best, best_score = candidate.value, relation.score
        return best

    def prove(self, profile: Profile, scored: list[Scored]) -> list[Scored]:
        if profile.kind != "amount" or not scored:
            return scored
        return [self._proven(profile, entry) for entry in scored]

    def _proven(self, profile: Profile, entry: Scored) -> Scored:
        value = entry.candidate.value
        if not isinstance(value, Decimal) or value < 0:
            return entry
        if value == 0:
            return self._proven_zero(profile, entry)
        proof = self._proof(profile.concept, value)
        again = min(3, self.counts[entry.candidate.value] - 1)
        bonus = 0.14 * proof + (0.02 * max(0, again) if profile.concept in ("total", "gross_total") else 0.0)
        return replace(entry, score=entry.score + bonus, features={**entry.features, "proven": float(proof)})

    def _proven_zero(self, profile: Profile, entry: Scored) -> Scored:
        """No tax, where the subtotal is printed again as the total."""
        again = any(self.counts[subtotal] > 1 for subtotal in self.labelled["subtotal"])
        if profile.concept != "tax_amount" or entry.label is None or not again:
            return entry
        features = {**entry.features, "proven": 1.0}
        return replace(entry, score=entry.score + ZERO_MALUS + 0.14, features=features)

    def _proof(self, concept: str, value: Decimal) -> int:
        """How many sums come out right with the value in the place that its field has in them."""
        taxes = {tax for tax in self.labelled["tax_amount"] if 0 < tax < value}
        if concept in ("total", "gross_total"):
            sums = any(self._has(value - tax) for tax in taxes) + _holds(self._paid, value)
            return sums + (value in self._in_words)
        if concept == "subtotal":
            return int(any(self._has(value + tax) for tax in taxes))
        if concept == "tax_amount":
            return int(any(self._has(subtotal + value) for subtotal in self.labelled["subtotal"]))
        return 0

    def _has(self, value: Decimal) -> bool:
        return value > 0 and _holds(self._values, value)


def _printed(candidate: Candidate) -> str:
    return candidate.segment.text[candidate.start : candidate.end]


def _holds(ordered: list[Decimal], value: Decimal) -> bool:
    """Whether one of the ordered numbers is the value, up to a cent."""
    place = bisect_right(ordered, value - _CENT)
    return place < len(ordered) and ordered[place] < value + _CENT
