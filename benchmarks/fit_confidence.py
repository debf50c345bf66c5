"""Fit the weights of the field engine's confidence: a logistic for each kind of value, by Newton's method.

    uv run benchmarks/fit_confidence.py --set READINGS TRUTH TEMPLATE [--set …] --out weights.json

READINGS is a folder of JSON as `manage.py read` writes it, TRUTH is JSONL:
{"file", "fields": {name: {"type", "accept"}}}.
"""

from __future__ import annotations

import argparse
import json
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from extraction.engine.dates import find_dates
from extraction.engine.fields.confidence import features_of, groups_of
from extraction.engine.fields.reader import choices_of
from extraction.engine.numbers import fold, parse_number
from extraction.types import BBox, DocumentReading, ExtractRequest, PageReading, Word
from extraction.wire.template_json import load

_RIDGE = 1.0
_LEAST_EXAMPLES = 150

type Example = tuple[tuple[str, ...], list[float], bool]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=3, action="append", required=True, metavar=("READINGS", "TRUTH", "TEMPLATE"))
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    examples = [example for paths in args.set for example in examples_of(*map(Path, paths))]
    by_kind: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        for group in example[0]:
            by_kind[group].append(example)
    weights = {kind: fit(rows) for kind, rows in sorted(by_kind.items()) if len(rows) >= _LEAST_EXAMPLES}
    args.out.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    for kind, rows in by_kind.items():
        print(f"{kind}: {len(rows)} answers, {sum(right for _, _, right in rows) / len(rows):.3f} right")


def examples_of(readings: Path, truth: Path, template: Path) -> Iterator[Example]:
    fields = load(json.loads(template.read_text(encoding="utf-8"))).fields
    for line in truth.read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        path = readings / f"{document['file']}.json"
        if not path.exists():
            continue
        for profile, choice in choices_of(ExtractRequest(read(path), fields)):
            wanted = document["fields"].get(profile.name)
            if choice.chosen is None or wanted is None:
                continue
            features = features_of(choice.chosen, choice.others[0] if choice.others else None)
            value = choice.chosen.candidate.value
            yield (
                groups_of(profile.kind, choice.chosen),
                list(features.values()),
                any(is_equal(value, text) for text in wanted["accept"]),
            )


def read(path: Path) -> DocumentReading:
    pages = json.loads(path.read_text(encoding="utf-8"))["pages"]
    return DocumentReading(tuple(page_of(page) for page in pages))


def page_of(page: dict[str, Any]) -> PageReading:
    words = tuple(Word(word["text"], BBox(*word["bbox"])) for word in page["words"])
    return PageReading(page["page_num"] + 1, page["page_size"]["w"], page["page_size"]["h"], words=words)


def is_equal(value: object, text: str) -> bool:
    if letters(str(value)) == letters(text):
        return True
    days = {found.value for day_first in (True, False) for found in find_dates(fold(text), day_first=day_first)}
    number = parse_number(text)
    return str(value) in days or (number is not None and parse_number(str(value)) == number)


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def fit(examples: list[Example]) -> dict[str, float]:
    """Weights by name; a feature that would speak against the value it supports is left out."""
    kept = list(range(len(FEATURES)))
    while True:
        weights = newton(examples, kept)
        wrong = [feature for feature, weight in zip(kept, weights[1:], strict=True) if weight < 0]
        if not wrong:
            named = {FEATURES[feature]: weight for feature, weight in zip(kept, weights[1:], strict=True)}
            return {name: round(float(weight), 3) for name, weight in {"bias": weights[0], **named}.items()}
        kept = [feature for feature in kept if feature not in wrong]


def newton(examples: list[Example], kept: list[int]) -> np.ndarray:
    inputs = np.array([[1.0, *(features[index] for index in kept)] for _, features, _ in examples])
    answers = np.array([float(right) for _, _, right in examples])
    weights = np.zeros(inputs.shape[1])
    penalty = np.diag([0.01, *[_RIDGE] * len(kept)])
    for _ in range(30):
        chances = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (answers - chances) - penalty @ weights
        bend = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + penalty
        weights += np.linalg.solve(bend, slope)
    return weights


FEATURES = ("score", "margin", "label", "relation", "proven")

if __name__ == "__main__":
    main()
