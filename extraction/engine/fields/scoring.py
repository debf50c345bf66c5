"""Candidates of a field with their scores: label times relation, then small signs of the value itself."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from extraction.engine.fields.anchors import Anchor
from extraction.engine.fields.candidates import Candidate, Typed
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.profiles import Profile

LEAST_LABEL = 0.5
ZERO_MALUS = 0.3
"""What an amount of zero loses, as columns are full of them."""

type Labels = dict[int, list[tuple[Anchor, float]]]
"""A field's labels by page, each with its score."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate for a field: `score` ranks, `features` explain, `label` is the anchor that spoke for it."""

    candidate: Candidate
    score: float
    label: Anchor | None = None
    method: str = ""
    features: dict[str, float] = field(default_factory=dict)


def score_typed(
    profile: Profile,
    typed: Typed,
    anchors: list[Anchor],
    around: Surroundings,
    closings: Container[Candidate] = (),
) -> list[Scored]:
    labels: Labels = {}
    for anchor in anchors:
        labels.setdefault(anchor.segment.page, []).append((anchor, anchor.score(profile)))
    if profile.kind == "date":
        return [s for c in typed.dates if (s := _score_date(profile, c, labels, around))]
    amounts = [c for c in typed.numbers if not c.is_percent or profile.kind == "number"]
    if profile.kind == "amount":
        return [s for c in amounts if (s := _score_amount(profile, c, labels, around, closings))]
    return [s for c in amounts if (s := _labelled(c, labels, around))]


def _labelled(candidate: Candidate, labels: Labels, around: Surroundings) -> Scored | None:
    best: Scored | None = None
    for anchor, label in labels.get(candidate.segment.page, ()):
        relation = around.relation(anchor, candidate.segment, candidate.start, candidate.box)
        score = label * relation.score
        if score > 0.05 and (best is None or score > best.score):
            features = {"label": label, "relation": relation.score}
            best = Scored(candidate, score, anchor, relation.kind, features)
    return best


def _score_date(profile: Profile, candidate: Candidate, labels: Labels, around: Surroundings) -> Scored | None:
    best = _labelled(candidate, labels, around)
    if best is None:
        return None
    if not profile.end:
        return best
    factor = {profile.end: 1.1, "": 0.8}.get(candidate.end_of_range, 0.3)
    return Scored(candidate, best.score * factor, best.label, best.method, best.features)


def _score_amount(
    profile: Profile, candidate: Candidate, labels: Labels, around: Surroundings, closings: Container[Candidate]
) -> Scored | None:
    best = _labelled(candidate, labels, around)
    crossing = _crossing(profile, candidate, around, closes=candidate in closings)
    if crossing and (best is None or crossing.score > best.score):
        best = crossing
    if best is None:
        return None
    bonus = 0.06 * (candidate.decimals == 2) + 0.03 * bool(candidate.currency) - 0.25 * (candidate.decimals == 0)
    bonus += 0.25 * bool(candidate.currency) * (candidate.decimals == 0)
    bonus += 0.06 * min(1.0, candidate.segment.height / around.sheets[candidate.segment.page].line_height - 1)
    bonus -= ZERO_MALUS * (candidate.value in (0, True))
    return Scored(candidate, best.score + bonus, best.label, best.method, {**best.features, "bonus": bonus})


def _crossing(profile: Profile, candidate: Candidate, around: Surroundings, *, closes: bool) -> Scored | None:
    """A cell under a header that names the field, in a row of totals or `closes` as the column's sum."""
    header = around.header_of(candidate.segment, candidate.box)
    if header is None or any(c.isdigit() for c in header.segment.text[header.end :]):
        return None
    label = max(header.score(profile), _net_column(profile, header, around))
    if label < LEAST_LABEL:
        return None
    totals = (
        0.95 if closes else max((a.says.get("total", 0.0) for a in around.row_labels(candidate.segment)), default=0.0)
    )
    score = label * (0.55 + 0.45 * totals if totals >= 0.6 else 0.45)
    return Scored(candidate, score, header, "column", {"label": label, "relation": score / label})


def _net_column(profile: Profile, header: Anchor, around: Surroundings) -> float:
    """Whether amounts before tax stand under the header: the tax has a column of its own beside it."""
    if profile.concept != "subtotal" or header.says.get("amount", 0.0) < 0.9:
        return 0.0
    beside = (a for other in around.row_of(header.segment) for a in around.labels(other))
    return 0.95 if any(anchor.says.get("tax_amount", 0.0) >= 0.9 for anchor in beside) else 0.0
