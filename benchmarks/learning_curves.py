"""Learning curves of the field engine: recall of printed fields before and after documents were corrected.

    uv run benchmarks/learning_curves.py --readings DIR --truth TRUTH.jsonl --template T.json

DIR holds JSON as `manage.py read` writes it, TRUTH is JSONL: {"file", "group", "fields": {name: {"accept"}}}; documents
of one group come from one issuer. *Same layout* learns from as many documents of the document's own group, *mixed* from
all documents that came before it in a shuffled order, whatever their group.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.decisions import is_equal, read
from extraction.engine.fields import extract, learn, lesson_of, locate
from extraction.types import Approved, DocumentReading, ExtractRequest, FieldSpec, Learned, Lesson, ReadValue
from extraction.wire.template_json import load

SIZES = (1, 2, 5, 20)


@dataclass(frozen=True, slots=True)
class Case:
    """A document with its truth, what the engine reads of it by itself, and what it teaches once corrected."""

    file: str
    group: str
    reading: DocumentReading
    accept: dict[str, list[str]]
    alone: tuple[int, int]
    lesson: Lesson


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readings", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--shuffles", type=int, default=2)
    args = parser.parse_args()
    fields = load(json.loads(args.template.read_text(encoding="utf-8"))).fields
    cases = [case_of(row, args.readings, fields) for row in rows_of(args.truth)]
    print(f"documents {len(cases)}, zero-shot recall {share([case.alone for case in cases]):.3f}")
    for size in SIZES:
        report(f"same layout, {size} corrected", same_layout(cases, fields, size))
    for seed in range(args.shuffles):
        report(f"mixed, order {seed}", mixed(cases, fields, seed))


def rows_of(truth: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]


def case_of(row: dict[str, Any], readings: Path, fields: Sequence[FieldSpec]) -> Case:
    reading = read(readings / f"{row['file']}.json")
    accept = {name: wanted["accept"] for name, wanted in row["fields"].items()}
    values = {value.name: value for value in extract(ExtractRequest(reading, tuple(fields)))}
    specs = {spec.name: spec for spec in fields}
    approved = [approved_of(specs[name], values[name], wanted, reading) for name, wanted in accept.items()]
    return Case(row["file"], row["group"], reading, accept, score(values, accept), lesson_of(reading, fields, approved))


def approved_of(spec: FieldSpec, value: ReadValue, accept: list[str], reading: DocumentReading) -> Approved:
    """As a person would leave the field: confirmed where it is right, else typed and looked for on the page."""
    if not accept:
        return Approved(spec.name)
    if is_right(value, accept):
        return Approved(spec.name, value.value, value.spans)
    return next(
        (Approved(spec.name, text, spans[:1]) for text in accept if (spans := locate(reading, text, type=spec.type))),
        Approved(spec.name, accept[0]),
    )


def is_right(value: ReadValue, accept: list[str]) -> bool:
    return value.value is not None and any(is_equal(value.value, text) for text in accept)


def score(values: dict[str, ReadValue], accept: dict[str, list[str]]) -> tuple[int, int]:
    """Fields that are right, and fields that are printed."""
    printed = {name: wanted for name, wanted in accept.items() if wanted}
    return sum(is_right(values[name], wanted) for name, wanted in printed.items()), len(printed)


def taught(case: Case, fields: Sequence[FieldSpec], learned: Learned) -> tuple[int, int]:
    values = extract(ExtractRequest(case.reading, tuple(fields), learned=learned))
    return score({value.name: value for value in values}, case.accept)


type Pairs = list[tuple[tuple[int, int], tuple[int, int]]]
"""Before and after, by document."""


def same_layout(cases: Sequence[Case], fields: Sequence[FieldSpec], size: int) -> Pairs:
    """Every document after the ones before it in its group, the last before the first."""
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.group].append(case)
    pairs: Pairs = []
    for group in groups.values():
        if len(group) <= size:
            continue
        for place, case in enumerate(group):
            before = [group[(place - back) % len(group)] for back in range(size, 0, -1)]
            pairs.append((case.alone, taught(case, fields, learn([one.lesson for one in before]))))
    return pairs


def mixed(cases: Sequence[Case], fields: Sequence[FieldSpec], seed: int) -> Pairs:
    order = random.Random(seed).sample(cases, len(cases))
    learned, pairs = Learned(), []
    for place, case in enumerate(order):
        if place % 10 == 0 or len(order) <= 60:
            learned = learn([one.lesson for one in order[:place]])
        pairs.append((case.alone, taught(case, fields, learned)))
    return pairs


def report(title: str, pairs: Pairs) -> None:
    if not pairs:
        return
    better = sum(after[0] > before[0] for before, after in pairs)
    worse = sum(after[0] < before[0] for before, after in pairs)
    before, after = share([pair[0] for pair in pairs]), share([pair[1] for pair in pairs])
    print(f"{title}: {len(pairs)} documents, recall {before:.3f} -> {after:.3f}, {better} better, {worse} worse")


def share(scores: Sequence[tuple[int, int]]) -> float:
    return sum(right for right, _ in scores) / max(1, sum(printed for _, printed in scores))


if __name__ == "__main__":
    main()
