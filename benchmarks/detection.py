"""Score the choice of a template by itself: right, wrong, and unfamiliar.

    uv run benchmarks/detection.py --template extraction/ready_made/*.json --set 'READINGS/invoice-*.json=invoice' \\
        --set 'RECEIPTS=receipt' --unfamiliar PAPERS [--unfamiliar …] [--approved 3] [--errors 10] [--json FILE]

Readings are JSON as `manage.py read` writes it: a folder, or a pattern. A template goes by the name of its file. Every
set is judged with all the templates given; *left out* judges it with all but its own, so that each of its documents is
unfamiliar. Behind a comma stand other templates for the same kind of document, which are left out with it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from glob import glob
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

from extraction.engine.detecting import PAGES, detect
from extraction.engine.fields import learn, lesson_of
from extraction.types import Detection, DocumentReading, TemplateCandidate
from extraction.wire.results import load_reading
from extraction.wire.template_json import load


@dataclass(slots=True)
class Score:
    """Documents of a set by what was said of them; `unfamiliar` also where that is right."""

    right: int = 0
    wrong: int = 0
    unfamiliar: int = 0
    pages: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    @property
    def documents(self) -> int:
        return self.right + self.wrong + self.unfamiliar

    def add(self, other: Score) -> None:
        for name in ("right", "wrong", "unfamiliar", "pages", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def main() -> None:
    options = _options()
    candidates = {path.stem: _candidate(key, path) for key, path in enumerate(options.template)}
    sets = [_Set(name, candidates) for name in options.set]
    for known in sets:
        known.teach(candidates, options.approved)
    every = [*candidates.values()]
    scores = {known.name: _judge(known.files, every, candidates[known.own[0]].key) for known in sets}
    left_out = {f"{known.name} left out": _judge(known.files, known.others(candidates), None) for known in sets}
    strange = {name: _judge(_files(name), every, None) for name in options.unfamiliar}
    totals = {"KNOWN": _sum(scores), "LEFT OUT": _sum(left_out), "UNFAMILIAR": _sum(strange)}
    for name, score in (scores | left_out | strange | totals).items():
        _print(name, score, options.errors)
    if options.json:
        told = {name: asdict(score) for name, score in (scores | left_out | strange | totals).items()}
        options.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--template", nargs="+", type=Path, required=True)
    parser.add_argument("--set", action="append", default=[], metavar="READINGS=TEMPLATE")
    parser.add_argument("--unfamiliar", action="append", default=[], metavar="READINGS")
    parser.add_argument("--approved", type=int, default=0, help="documents of each set whose layouts are known already")
    parser.add_argument("--errors", type=int, default=0, help="documents to print of each set that were judged wrongly")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


class _Set:
    """Readings of one kind; `own` are the templates for it, the wanted one first."""

    def __init__(self, name: str, candidates: Mapping[str, TemplateCandidate]) -> None:
        where, wanted = name.rsplit("=", 1)
        self.name, self.files, self.own = name, _files(where), wanted.split(",")
        if unknown := set(self.own) - set(candidates):
            sys.exit(f"{name}: no template {', '.join(sorted(unknown))}")

    def teach(self, candidates: dict[str, TemplateCandidate], approved: int) -> None:
        """The first documents are approved ones: they teach their layout, and are not judged."""
        taught, self.files = self.files[:approved], self.files[approved:]
        if taught:
            own = candidates[self.own[0]]
            lessons = [lesson_of(_reading(path), own.fields, ()) for path in taught]
            candidates[self.own[0]] = replace(own, learned=learn(lessons))

    def others(self, candidates: Mapping[str, TemplateCandidate]) -> list[TemplateCandidate]:
        return [candidate for stem, candidate in candidates.items() if stem not in self.own]


def _sum(scores: Mapping[str, Score]) -> Score:
    total = Score()
    for score in scores.values():
        total.add(score)
    return total


def _candidate(key: int, path: Path) -> TemplateCandidate:
    template = load(json.loads(path.read_text(encoding="utf-8")))
    return TemplateCandidate(key, template.name, template.fields)


def _files(where: str) -> list[Path]:
    path = Path(where)
    found = path.glob("*.json") if path.is_dir() else map(Path, glob(where))
    return sorted(found)


def _reading(path: Path) -> DocumentReading:
    return load_reading(json.loads(path.read_text(encoding="utf-8")))


def _judge(files: Sequence[Path], candidates: Sequence[TemplateCandidate], wanted: int | None) -> Score:
    score = Score()
    for path in files:
        reading = _reading(path)
        start = process_time()
        found = detect(reading, candidates)
        score.seconds += process_time() - start
        score.pages += min(PAGES, len(reading.pages))
        if found.template == wanted and wanted is not None:
            score.right += 1
            continue
        if found.template is None:
            score.unfamiliar += 1
        else:
            score.wrong += 1
        if found.template != wanted:
            score.errors.append(_told(path, found, candidates))
    return score


def _told(path: Path, found: Detection, candidates: Sequence[TemplateCandidate]) -> str:
    names = {candidate.key: candidate.name for candidate in candidates}
    fits = [f"{names[f.key]} {f.score:.2f} {f.labels_found}/{f.labels} {f.title!r}" for f in found.fits[:3]]
    return f"{path.name[:40]:40} {'; '.join(fits)}"


def _print(name: str, score: Score, errors: int) -> None:
    n = max(1, score.documents)
    ms = 1000 * score.seconds / max(1, score.pages)
    print(
        f"{name[-60:]:60} {score.documents:4} right {score.right / n:5.1%} wrong {score.wrong / n:5.1%} "
        f"unfamiliar {score.unfamiliar / n:6.1%}  {ms:4.0f} ms a page"
    )
    for line in score.errors[:errors]:
        print("    ", line)


if __name__ == "__main__":
    main()
