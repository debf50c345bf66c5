"""Our engine beside others on the same files, in one run: quality by the scorers, time and memory.

    uv run benchmarks/reading.py BENCH [--sets docbank tables] [--peers liteparse pymupdf] [--runs 3] [--work DIR]

BENCH is a folder with the scorers and, in `data/`, the sets `docbank`, `tables`, `publaynet` and `sroie`. Every engine
reads each set `--runs` times, in turns; medians are printed: CPU seconds (user and system, children included) a page,
pages a second, the most memory of all its processes. Each peer gets an environment of its own in DIR (default
`data/benchmarks`), made with uv from PyPI: peers are yardsticks, some under the AGPL, and never dependencies. One that
cannot be installed or run is named with the reason. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PEERS = Path(__file__).parent / "peers"
OWN = "galley"
LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Peer:
    """A package with what else it wants, the script that runs it, and the sets that it can read."""

    packages: tuple[str, ...]
    sets: tuple[str, ...]


@dataclass(frozen=True)
class Set:
    """Files below `data/`, their scorer with its options, and what to show of the scorer's JSON."""

    files: str
    scorer: tuple[str, ...]
    figures: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Run:
    seconds: float
    cpu: float
    memory: float


PDF_SETS = ("docbank", "tables")
PEERS_BY_NAME = {
    "liteparse": Peer(("liteparse==2.18.0",), PDF_SETS),
    "opendataloader": Peer(("opendataloader-pdf==2.5.16", "pypdfium2"), PDF_SETS),
    "pymupdf": Peer(("pymupdf==2.0", "pymupdf4llm==2.0"), PDF_SETS),
    "pdfplumber": Peer(("pdfplumber==0.11.10",), ("tables",)),
    "rapidlayout": Peer(("rapid-layout==1.2.1", "onnxruntime", "pillow"), ("publaynet",)),
    "rapidocr": Peer(("rapidocr==3.10.0", "onnxruntime", "pillow"), ("sroie",)),
}
LIKE_TEXT = [f"--same={name}=text" for name in ("caption", "footnote", "equation")]
SETS = {
    "docbank": Set(
        "docbank/*.pdf",
        ("score_classes.py", "--truth", "data/docbank/truth.jsonl"),
        {"macro F1": ("macro_f1",), "NID": ("nid",), "uncovered": ("uncovered",)},
    ),
    "tables": Set(
        "tables/*.pdf",
        ("score_tables.py", "--truth", "data/tables"),
        {"recall": ("recall",), "precision": ("precision",), "F1": ("f1",)},
    ),
    "publaynet": Set(
        "publaynet/*.jpg",
        ("score_boxes.py", "--truth", "data/publaynet/truth.jsonl", *LIKE_TEXT, "--ignore=header", "--ignore=footer"),
        {"boxes F1": ("any_class", "f1"), "class-matched F1": ("class_matched", "f1")},
    ),
    "sroie": Set(
        "sroie/images/*.jpg",
        ("score_text.py", "--truth", "data/sroie/text.jsonl", "--ignore-case"),
        {"recall": ("recall",), "precision": ("precision",), "NID": ("nid",)},
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--sets", nargs="*", choices=SETS, default=list(SETS))
    parser.add_argument("--peers", nargs="*", choices=PEERS_BY_NAME, default=list(PEERS_BY_NAME))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", type=Path, default=ROOT / "data" / "benchmarks")
    options = parser.parse_args()
    work = options.work.resolve()
    pythons = {OWN: [sys.executable, str(ROOT / "manage.py"), "read"]}
    for name in options.peers:
        if any(wanted in PEERS_BY_NAME[name].sets for wanted in options.sets):
            command = environment(name, PEERS_BY_NAME[name].packages, work)
            pythons |= {name: command} if command else {}
    for name in options.sets:
        compare(name, options.bench.resolve(), work, pythons, options.runs)


def environment(name: str, packages: Sequence[str], work: Path) -> list[str] | None:
    """The peer's command in an environment with its packages; None, told with the reason, where it cannot be made."""
    folder = work / "environments" / name
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            _uv("venv", "--quiet", "--python", "3.12", str(folder))
        _uv("pip", "install", "--quiet", "--python", str(python), *packages)
    except (OSError, subprocess.CalledProcessError) as exc:
        reason = getattr(exc, "stderr", "") or str(exc)
        print(f"{name} is left out, it cannot be installed: {reason.strip().splitlines()[-1]}")
        return None
    return [str(python), str(PEERS / f"{name}_peer.py")]


def _uv(*words: str) -> None:
    subprocess.run([shutil.which("uv") or "uv", *words], check=True, capture_output=True, text=True)


def compare(name: str, bench: Path, work: Path, commands: dict[str, list[str]], runs: int) -> None:
    chosen = SETS[name]
    files = sorted(str(path) for path in (bench / "data").glob(chosen.files))
    if not files:
        print(f"\n{name}: no files below {bench / 'data'}")
        return
    able = [engine for engine in commands if engine == OWN or name in PEERS_BY_NAME[engine].sets]
    measured: dict[str, list[Run]] = {engine: [] for engine in able}
    failed: dict[str, str] = {}
    for _ in range(runs):
        for engine in able:
            if engine in failed:
                continue
            out = work / "readings" / name / engine
            out.mkdir(parents=True, exist_ok=True)
            try:
                measured[engine].append(timed(command_for(engine, commands[engine], out, files), work))
            except RuntimeError as exc:
                failed[engine] = str(exc)
    show(name, bench, work, measured, failed)


def command_for(engine: str, command: list[str], out: Path, files: list[str]) -> list[str]:
    return [*command, *files, "--out", str(out)] if engine == OWN else [*command, str(out), *files]


def timed(command: Sequence[str], work: Path) -> Run:
    """Raise RuntimeError with the last line that the command said where it fails."""
    environment = {**os.environ, "GALLEY_DATA": str(work / "data"), "OMP_NUM_THREADS": "1"}
    (work / "data").mkdir(parents=True, exist_ok=True)
    log = work / "last.log"
    with log.open("wb") as said:
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
        peak = Peak(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    memory = peak.end()
    if process.returncode:
        lines = log.read_text(errors="replace").strip().splitlines()
        raise RuntimeError(lines[-1] if lines else f"exit {process.returncode}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, memory)


class Peak:
    """Watches the memory of a process and of all below it, pages that they share counted once (Linux)."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> float:
        """MiB."""
        self._ended.set()
        self._thread.join()
        return self._peak / 1024

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self._peak = max(self._peak, sum(map(_proportional, family(self._pid))))


def family(pid: int) -> list[int]:
    members = [pid]
    for member in members:
        for children in Path("/proc").glob(f"{member}/task/*/children"):
            with contextlib.suppress(OSError):
                members += [int(child) for child in children.read_text().split()]
    return members


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def show(name: str, bench: Path, work: Path, measured: dict[str, list[Run]], failed: dict[str, str]) -> None:
    header = [name, *SETS[name].figures, "CPU-s/page", "pages/s", "MiB"]
    rows = []
    for engine, runs in measured.items():
        if engine in failed or not runs:
            continue
        folder = work / "readings" / name / engine
        pages = sum(len(json.loads(path.read_text())["pages"]) for path in folder.glob("*.json"))
        scores = scored(name, bench, folder, work)
        cpu = statistics.median(run.cpu for run in runs)
        seconds = statistics.median(run.seconds for run in runs)
        memory = statistics.median(run.memory for run in runs)
        times = [f"{cpu / pages:.3f}", f"{pages / seconds:.1f}", f"{memory:.0f}"]
        rows.append([engine, *(f"{score:.3f}" for score in scores), *times])
    print()
    print_columns([header, *rows])
    for engine, reason in failed.items():
        print(f"{engine} failed: {reason}")


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        print("  ".join([first.ljust(widths[0]), *cells]))


def scored(name: str, bench: Path, folder: Path, work: Path) -> list[float]:
    scorer, *options = SETS[name].scorer
    result = work / f"{name}.json"
    command = [sys.executable, str(bench / scorer), *options, "--pred", str(folder), "--json", str(result)]
    subprocess.run(command, cwd=bench, check=True, capture_output=True)
    score = json.loads(result.read_text())
    return [float(_at(score, path)) for path in SETS[name].figures.values()]


def _at(score: Any, path: Sequence[str]) -> Any:
    for key in path:
        score = score[key]
    return score


if __name__ == "__main__":
    main()
