"""The field engine in one run: quality, learning, calibration, seconds, and others on the same files.

    uv run benchmarks/fields.py --set NAME READINGS TRUTH TEMPLATE [--set …] [--files NAME FOLDER …]
        [--rows NAME READINGS FOLDER …] [--scorer score_fields.py] [--peers invoice2data] [--out DIR]
        [--parts quality curves calibration seconds]

A set is a folder of JSON as `manage.py read` writes it, a truth in JSONL ({"file", "group", "fields": {name: {"type",
"accept"}}}; documents of one group have one layout) and a template; `--files` says where its files are, `--rows` names
a set as `samples/items_set.py` makes it, for calibration. DIR (default `data/benchmarks/fields`) gets `fields.json`,
`reliability.svg`, `learning.svg` and every engine's answers. Quality is told by the scorer where one is given, else by
our own count of the same measures. *Curves*: recall after 0, 1, 5 and 20 corrected documents of the same layout, and
after 1 to 40 of any, each document paired with itself. *Calibration* is out of fold (`calibration.py`). *Seconds* are
of the first `--read` files that are no pictures, read without page images. Peers run offline in an environment of their
own and are given what their script in `peers/` says; for scans they get the text of our reading.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from benchmarks.calibration import (  # noqa: E402
    Decision,
    calibration_error,
    coverage,
    decisions_out_of_fold,
    interval,
    reliability,
)
from benchmarks.decisions import FieldSet, add_set_arguments, sets_of  # noqa: E402
from benchmarks.field_curves import Point, mixed_curve, same_curve  # noqa: E402
from benchmarks.field_pictures import Line, curves_picture, reliability_picture  # noqa: E402
from benchmarks.field_runs import extract_all, files_of, read_and_extract, run_peer, template_of  # noqa: E402
from benchmarks.field_scores import MEASURES, scored  # noqa: E402
from benchmarks.learning_curves import case_of, rows_of, share  # noqa: E402
from benchmarks.reading import environment, print_columns  # noqa: E402

PEERS = {"invoice2data": ("invoice2data==1.0.1",)}
PARTS = ("quality", "curves", "calibration", "seconds")


def main() -> None:
    asked = arguments()
    sets = [one for one in sets_of(asked) if isinstance(one, FieldSet)]
    parts: dict[str, Callable[[], Any]] = {
        "quality": lambda: quality(sets, asked),
        "curves": lambda: curves(sets, asked),
        "calibration": lambda: calibration(asked),
        "seconds": lambda: seconds(sets, asked),
    }
    found: dict[str, Any] = {}
    for name in asked.parts:
        found[name] = parts[name]() | {"load": os.getloadavg()[0]}
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    (asked.out / "fields.json").write_text(text, encoding="utf-8")
    print(f"\n{asked.out / 'fields.json'}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_set_arguments(parser)
    parser.add_argument("--files", nargs=2, action="append", default=[], metavar=("NAME", "FOLDER"))
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=[])
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--only-fit", nargs="*", default=[], metavar="NAME", help="sets that only teach the confidence")
    parser.add_argument("--shuffles", type=int, default=5)
    parser.add_argument("--most", type=int, default=60, help="documents read after the corrections of each shuffle")
    parser.add_argument("--read", type=int, default=20)
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "benchmarks" / "fields")
    asked = parser.parse_args()
    asked.out = asked.out.resolve()
    asked.out.mkdir(parents=True, exist_ok=True)
    asked.scorer = asked.scorer.resolve() if asked.scorer else None
    asked.files = {name: Path(folder).resolve() for name, folder in asked.files}
    return asked


def quality(sets: Sequence[FieldSet], asked: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    commands = {name: environment(name, PEERS[name], asked.out) for name in asked.peers}
    for one in sets:
        folder = asked.out / one.name
        folder.mkdir(exist_ok=True)
        answers = folder / "galley.jsonl"
        cost = extract_all(one, answers)
        found[one.name] = {"galley": scored(answers, one.truth.resolve(), asked.scorer) | {"ms": cost}}
        for name, command in commands.items():
            if command:
                answers = folder / f"{name}.jsonl"
                cost = run_peer(one, command, answers, asked.files.get(one.name), work=asked.out)
                found[one.name][name] = scored(answers, one.truth.resolve(), asked.scorer) | {"ms": cost}
    for title, engines in found.items():
        _print_quality(title, engines)
    return found


def _print_quality(title: str, engines: dict[str, Any]) -> None:
    rows = [[title, *MEASURES, "ms/document", "p95", "CPU"]]
    for engine, said in engines.items():
        times = [said["ms"].get(key) for key in ("p50" if "p50" in said["ms"] else "mean", "p95", "cpu")]
        rows += [
            [engine, *_shares(said["fields"]["all fields"]), *("-" if ms is None else f"{ms:.0f}" for ms in times)]
        ]
        if engine == "galley":
            own = ((name, line) for name, line in said["fields"].items() if name != "all fields")
            rows += [[f"  {name}", *_shares(line), "", "", ""] for name, line in own]
    print()
    print_columns(rows)
    others = {key: value for key, value in engines["galley"].items() if isinstance(value, float)}
    print("; ".join(f"{name} {value:.3f}" for name, value in others.items()))


def _shares(line: dict[str, Any]) -> list[str]:
    return ["-" if line[name] is None else f"{line[name]:.3f}" for name in MEASURES]


def curves(sets: Sequence[FieldSet], asked: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {}
    lines: list[Line] = []
    for one in sets:
        fields, read = template_of(one).fields, set(files_of(one))
        cases = [case_of(row, one.readings, fields) for row in rows_of(one.truth) if row["file"] in read]
        alone = share([case.alone for case in cases])
        own = {
            "same layout": same_curve(cases, fields),
            "any layout": mixed_curve(cases, fields, shuffles=asked.shuffles, most=asked.most),
        }
        print(f"\n{one.name}: {len(cases)} documents, zero-shot recall {alone:.3f}")
        for title, points in own.items():
            _print_curve(title, points)
            # each point has documents of its own: what is drawn is their gain
            gains = [(point.corrected, alone + point.after - point.before) for point in points]
            lines.append((f"{one.name}, {title}", [(0, alone), *gains]))
        told = {title: [asdict(point) for point in points] for title, points in own.items()}
        found[one.name] = {"documents": len(cases), "zero_shot": alone} | told
    picture = curves_picture(lines, title="Recall of printed fields after corrections")
    (asked.out / "learning.svg").write_text(picture, encoding="utf-8")
    return found


def _print_curve(title: str, points: Sequence[Point]) -> None:
    rows = [[title, "documents", "without", "with", "better", "worse", "p of harm: signs", "sizes", ""]]
    for point in points:
        shares = [f"{point.before:.3f}", f"{point.after:.3f}"]
        chances = [f"{point.sign_p:.3f}", f"{point.permutation_p:.3f}"]
        said = "HARM" if point.is_harmful else "below" if point.after < point.before else ""
        counts = [str(point.documents), *shares, str(point.better), str(point.worse)]
        rows.append([f"  {point.corrected} corrected", *counts, *chances, said])
    print_columns(rows)


def calibration(asked: argparse.Namespace) -> dict[str, Any]:
    given = sets_of(asked)
    others = [one for one in given if one.name in asked.only_fit]
    decisions = decisions_out_of_fold([one for one in given if one.name not in asked.only_fit], only_fit=others)
    bins = [(one.count, one.confidence, one.right) for one in reliability(decisions)]
    found: dict[str, Any] = {"decisions": len(decisions), "bins": bins}
    found["ece"] = _with_interval(calibration_error, decisions)
    found["coverage_at_98"] = _with_interval(coverage, decisions)
    print(f"\n{len(decisions)} decisions out of fold, absent answers among them")
    for name in ("ece", "coverage_at_98"):
        value, low, high = found[name]
        print(f"{name} {value:.3f}, 95 % from {low:.3f} to {high:.3f}")
    found["sets"] = {}
    for name in sorted({one.set for one in decisions}):
        own = [one for one in decisions if one.set == name]
        found["sets"][name] = {"decisions": len(own), "ece": calibration_error(own), "coverage_at_98": coverage(own)}
        print(f"  {name}: {len(own)} decisions, ECE {calibration_error(own):.3f}, coverage {coverage(own):.3f}")
    title = f"Reliability of {len(decisions)} decisions out of fold: ECE {found['ece'][0]:.3f}"
    (asked.out / "reliability.svg").write_text(reliability_picture(bins, title=title), encoding="utf-8")
    return found


def _with_interval(figure: Callable[[Sequence[Decision]], float], decisions: Sequence[Decision]) -> list[float]:
    return [figure(decisions), *interval(figure, decisions)]


def seconds(sets: Sequence[FieldSet], asked: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {}
    rows = [["read and extracted", "pages each", "ms p50", "p95", "CPU ms"]]
    for one in (one for one in sets if one.name in asked.files):
        pages, cost = read_and_extract(one, asked.files[one.name], most=asked.read)
        if cost:
            found[one.name] = cost | {"pages": pages}
            rows.append([one.name, f"{pages:.1f}", *(f"{cost[key]:.0f}" for key in ("p50", "p95", "cpu"))])
    print()
    print_columns(rows)
    return found


if __name__ == "__main__":
    main()
