"""How far the field engine's confidence can be trusted, on documents that it was not fitted to.

    uv run benchmarks/calibration.py --set NAME READINGS TRUTH TEMPLATE [--set …] [--rows NAME READINGS FOLDER]
                                     [--only-fit NAME …] [--shipped] [--json FILE]

Sets are those of `decisions.py`. Out of fold: the weights are fitted ten times, each time without a tenth of the groups
(issuers, layouts), whose decisions they are then asked about; no document and no group stands on both sides. With
`--shipped` the weights that ship are asked instead, which is honest for sets they were not fitted to only. Every
decision counts, absent answers too, and a missing confidence is 0. Intervals are 95 %, by drawing documents again.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.decisions import Example, FieldSet, RowSet, add_set_arguments, examples_of, sets_of
from benchmarks.fit_confidence import fit
from extraction.engine.fields.confidence import Weights, confidence_of, shipped_weights

PRECISION = 0.98
_FOLDS, _BINS, _DRAWS = 10, 10, 1000
_THRESHOLDS = (0.8, 0.85, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer, an absence or a cell with its confidence; `group` says which of these it is."""

    confidence: float
    right: bool
    document: str
    set: str = ""
    path: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Bin:
    """Decisions of about the same confidence."""

    count: int
    confidence: float
    right: float


def decisions_out_of_fold(
    sets: Sequence[FieldSet | RowSet], *, only_fit: Sequence[FieldSet | RowSet] = (), with_variants: bool = False
) -> list[Decision]:
    """The decisions of `sets`; those of `only_fit` are in the fit alone.

    So are those of the sets' variants (taught, misread, without blocks) unless asked for.
    """
    known = examples_of([*sets, *only_fit])
    asked = {one.name for one in sets}
    folds = _folds(known)
    decisions = []
    for fold in range(_FOLDS):
        weights = fit([example for example in known if folds[example.group] != fold])
        for example in known:
            is_asked = (example.set.split(",")[0] if with_variants else example.set) in asked
            if is_asked and folds[example.group] == fold:
                decisions.append(_decision(example, weights))
    return decisions


def decisions_as_shipped(sets: Sequence[FieldSet | RowSet]) -> list[Decision]:
    asked = {one.name for one in sets}
    return [_decision(one, shipped_weights()) for one in examples_of(sets, with_taught=False) if one.set in asked]


def _folds(examples: Sequence[Example]) -> dict[str, int]:
    """A fold for each group, the folds about as large as one another."""
    loads, folds = [0] * _FOLDS, {}
    counts = Counter(example.group for example in examples)
    for group, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        folds[group] = loads.index(min(loads))
        loads[folds[group]] += count
    return folds


def _decision(example: Example, weights: Weights) -> Decision:
    known = confidence_of(example.signs, weights) if example.signs else None
    group = example.signs.group if example.signs else ""
    return Decision(known or 0.0, example.right, example.document, example.set, example.path, group)


def reliability(decisions: Sequence[Decision]) -> list[Bin]:
    """By tenths of confidence, empty ones left out."""
    tenths: dict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        tenths[min(_BINS - 1, int(decision.confidence * _BINS))].append(decision)
    return [_bin(tenths[tenth]) for tenth in sorted(tenths)]


def _bin(decisions: Sequence[Decision]) -> Bin:
    count = len(decisions)
    mean = sum(decision.confidence for decision in decisions) / count
    return Bin(count, mean, sum(decision.right for decision in decisions) / count)


def calibration_error(decisions: Sequence[Decision]) -> float:
    """ECE: the mean distance of confidence and truth over the tenths."""
    return sum(one.count * abs(one.confidence - one.right) for one in reliability(decisions)) / max(1, len(decisions))


def coverage(decisions: Sequence[Decision], precision: float = PRECISION) -> float:
    """The largest share that can be accepted unseen, from the surest, with so many of them right."""
    return threshold(decisions, precision)[1]


def threshold(decisions: Sequence[Decision], precision: float = PRECISION) -> tuple[float, float]:
    """The confidence from which decisions are accepted at the precision, and their share; 1 and 0 for none."""
    ranked = sorted(decisions, key=lambda decision: -decision.confidence)
    best, right = (1.0, 0.0), 0
    for count, decision in enumerate(ranked, start=1):
        right += decision.right
        is_last = count == len(ranked) or ranked[count].confidence < decision.confidence
        if is_last and right >= precision * count:
            best = decision.confidence, count / len(ranked)
    return best


def accepted(decisions: Sequence[Decision], least: float) -> tuple[float, float]:
    """The share that is at least so sure, and how much of it is right; (0, 1) for none."""
    sure = [decision.right for decision in decisions if decision.confidence >= least]
    return (len(sure) / len(decisions), sum(sure) / len(sure)) if sure else (0.0, 1.0)


def interval(figure: Callable[[Sequence[Decision]], float], decisions: Sequence[Decision]) -> tuple[float, float]:
    """95 %, by drawing the documents again; the same decisions give the same interval."""
    by_document: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_document[decision.document].append(decision)
    documents, chance = list(by_document.values()), random.Random(1)
    drawn = (chance.choices(documents, k=len(documents)) for _ in range(_DRAWS))
    found = sorted(figure([decision for own in draw for decision in own]) for draw in drawn)
    return found[int(0.025 * _DRAWS)], found[int(0.975 * _DRAWS) - 1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_set_arguments(parser)
    parser.add_argument("--only-fit", nargs="*", default=[], metavar="NAME", help="sets that are not asked about")
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    given = sets_of(args)
    asked = [one for one in given if one.name not in args.only_fit]
    others = [one for one in given if one.name in args.only_fit]
    decisions = decisions_as_shipped(asked) if args.shipped else decisions_out_of_fold(asked, only_fit=others)
    report(decisions)
    if args.json:
        rows = [[one.confidence, one.right, one.document, one.set, one.path, one.group] for one in decisions]
        args.json.write_text(json.dumps(rows), encoding="utf-8")


def report(decisions: Sequence[Decision]) -> None:
    plain = [decision for decision in decisions if "[" not in decision.path]
    by_set: dict[str, list[Decision]] = {"all": list(decisions), "all but cells and items": plain}
    for decision in decisions:
        by_set.setdefault(decision.set, []).append(decision)
        by_set.setdefault(f"all: {decision.group or 'no confidence'}", []).append(decision)
    print(f"{'':28} {'n':>6} {'right':>6}  ECE                  coverage at {PRECISION:.0%} right")
    for name, own in sorted(by_set.items()):
        right = sum(decision.right for decision in own) / len(own)
        print(f"{name:28} {len(own):6} {right:6.3f}  {_said(calibration_error, own)}  {_said(coverage, own)}"
              f"  from {threshold(own)[0]:.3f}")  # fmt: skip
    print("without cells and items:")
    for one in reliability(plain):
        print(f"confidence {one.confidence:.3f}: {one.right:.3f} right of {one.count}")
    for least in _THRESHOLDS:
        share, right = accepted(plain, least)
        print(f"at least {least:.0%} sure: {share:.3f} of all, {right:.3f} right")


def _said(figure: Callable[[Sequence[Decision]], float], decisions: Sequence[Decision]) -> str:
    low, high = interval(figure, decisions)
    return f"{figure(decisions):.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
