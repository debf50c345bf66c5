"""How good extracted fields are: by a scorer that is given, else by our own count of the same measures."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.learning_curves import is_equal, rows_of

MEASURES = ("recall", "precision", "absent_right", "accuracy")


def scored(results: Path, truth: Path, scorer: Path | None) -> dict[str, Any]:
    """{"fields": {name: {measure: share or None}}} with a line `all fields`, and what else the scorer says."""
    if scorer is None:
        return {"fields": counted(results, truth)}
    out = results.with_suffix(".scores.json")
    command = [sys.executable, scorer.name, "--truth", str(truth), "--pred", str(results), "--json", str(out)]
    subprocess.run(command, cwd=scorer.parent, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def counted(results: Path, truth: Path) -> dict[str, dict[str, float | None]]:
    """An answer is right where it equals an accepted one; what is not there is right where nothing is given."""
    given = {line["file"]: line["extractedData"] for line in rows_of(results) if line["status"] == "completed"}
    counts: dict[str, Counter[str]] = {}
    for document in rows_of(truth):
        data = given.get(document["file"])
        for name, wanted in document["fields"].items():
            counts.setdefault(name, Counter()).update(_counts(data, name, wanted["accept"]))
    shares = {name: _shares(count) for name, count in counts.items()}
    return shares | {"all fields": _shares(sum(counts.values(), Counter()))}


def _counts(data: dict[str, Any] | None, name: str, accept: list[str]) -> Iterable[str]:
    value = (data or {}).get(name)
    is_given = value not in (None, "", [], {})
    is_right = is_given and any(is_equal(value, text) for text in accept)
    told = {"true": bool(accept), "answered": is_given, "right": is_right, "absent": not accept}
    # a document without a result earns nothing
    told["absent_right"] = not accept and not is_given and data is not None
    return [key for key, holds in told.items() if holds]


def _shares(count: Counter[str]) -> dict[str, float | None]:
    def share(part: int, whole: int) -> float | None:
        return part / whole if whole else None

    right = count["right"] + count["absent_right"]
    return {
        "true": count["true"],
        "answered": count["answered"],
        "absent": count["absent"],
        "recall": share(count["right"], count["true"]),
        "precision": share(count["right"], count["answered"]),
        "absent_right": share(count["absent_right"], count["absent"]),
        "accuracy": share(right, count["true"] + count["absent"]),
    }
