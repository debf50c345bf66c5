"""What reading costs: CPU seconds a page, pages a second with two workers, memory.

    uv run benchmarks/speed.py [FILE or FOLDER…] [--times N]

Without arguments our own samples are read, ten times. Files whose first page has a text layer count as born digital,
the others as scans. Printed are a parser child's start; for born-digital files reading without and with the page
images (1240 and 160 pixels wide, JPEG); for scans everything; each a page, with pages a second of two processes that
read all files side by side, and the most memory of one process and its children (what they share counted once).
CPU seconds are user and system, children included; pages a second mean something only where nothing else runs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from benchmarks.reading import Peak, family, print_columns  # noqa: E402
from extraction.engine.picture_files import jpeg_files  # noqa: E402
from extraction.engine.raw import Pixels  # noqa: E402
from extraction.engine.read.kind import sniff  # noqa: E402
from extraction.engine.sandbox.forking import end_server  # noqa: E402
from extraction.engine.sandbox.parser import Parser  # noqa: E402
from extraction.errors import GalleyError, InvalidUpload  # noqa: E402
from extraction.providers.embedded import EmbeddedParser  # noqa: E402
from extraction.types import FileKind, ParseRequest  # noqa: E402

SAMPLES = ROOT / "extraction" / "samples"
SAMPLE_TIMES = 10
STARTS = 100
WORKERS = 2
WIDTHS = {"thumb": 160, "image": 1240}


@dataclass(frozen=True)
class Job:
    """What each of some processes does, and how often; `starts` only opens the first file, so often."""

    files: list[Path]
    times: int = 1
    starts: int = 0
    images: bool = True


@dataclass(frozen=True)
class Cost:
    """Of one process with its children, once they are warm."""

    pages: int
    cpu: float
    seconds: float
    memory: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, metavar="FILE or FOLDER")
    parser.add_argument("--times", type=int, help="how often every file is read")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.job:
        work(Job(**json.loads(asked.job) | {"files": asked.paths}))
        return
    files = known_files(asked.paths or [SAMPLES])
    times = asked.times or (1 if asked.paths else SAMPLE_TIMES)
    digital = [path for path in files if has_text(path)]
    scans = [path for path in files if path not in digital]
    end_server()
    rows = [["", "pages", "CPU-s/page", "MiB", "pages/s of two"]]
    # laying out a DOCX takes a program of its own, and seconds
    forked = [path for path in files if kind_of(path) is not FileKind.DOCX]
    if forked:
        rows.append(row("a child's start", Job(forked[:1], starts=STARTS)))
    if digital:
        rows.append(row("born digital", Job(digital, times, images=False)))
        rows.append(row("the same with images", Job(digital, times)))
    if scans:
        rows.append(row("scans with images", Job(scans, times)))
    print_columns(rows)


def known_files(paths: Sequence[Path]) -> list[Path]:
    """Those, of all in the folders too, that the engine reads."""
    inside = [sorted(path.iterdir()) if path.is_dir() else [path] for path in paths]
    return [path for files in inside for path in files if path.is_file() and kind_of(path)]


def kind_of(path: Path) -> FileKind | None:
    try:
        with path.open("rb") as file:
            return sniff(file)
    except InvalidUpload:
        return None


def parser_of(path: Path) -> Parser:
    return Parser(path, request_for(path).kind, max_pages=None)


def request_for(path: Path) -> ParseRequest:
    kind = kind_of(path)
    if kind is None:
        raise SystemExit(f"{path} is nothing that the engine reads")
    return ParseRequest(path, kind, path.name, max_pages=None)


def has_text(path: Path) -> bool:
    try:
        with parser_of(path) as parser:
            first = next(parser.read_pages([1], image_width=None))
    except GalleyError:
        return False
    return first.page is not None and first.page.source == "text"


def row(name: str, job: Job) -> list[str]:
    (alone,), pair = costs(job, 1), costs(job, WORKERS)
    rate = sum(cost.pages for cost in pair) / max(cost.seconds for cost in pair)
    return [name, str(alone.pages), f"{alone.cpu / alone.pages:.4f}", f"{alone.memory:.0f}", f"{rate:.2f}"]


def costs(job: Job, count: int) -> list[Cost]:
    """Of so many processes that do the job side by side; they begin together, once all are warm."""
    plain = json.dumps({"times": job.times, "starts": job.starts, "images": job.images})
    command = [sys.executable, __file__, "--job", plain, *map(str, job.files)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
    ]
    peaks = [Peak(process.pid) for process in processes]
    for process in processes:
        line_of(process)
    for process in processes:
        tell(process)
    told = [json.loads(line_of(process)) for process in processes]
    memory = [peak.end() for peak in peaks]
    for process in processes:
        process.communicate()
    return [Cost(pages, cpu, seconds, peak) for (pages, cpu, seconds), peak in zip(told, memory, strict=True)]


def line_of(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise SystemExit("a process ended early")
    return line


def tell(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        process.stdin.write("\n")
        process.stdin.flush()


def work(job: Job) -> None:
    """In a process of its own: get warm, say so, wait for a line, then do the job and print its cost."""
    with EmbeddedParser() as engine:
        read(engine, job.files[0], images=job.images)
        print("warm", flush=True)
        sys.stdin.readline()
        before, start = cpu_seconds(), time.monotonic()
        if job.starts:
            pages = sum(opened(job.files[0]) for _ in range(job.starts))
        else:
            pages = sum(read(engine, path, images=job.images) for _ in range(job.times) for path in job.files)
        print(json.dumps([pages, cpu_seconds() - before, time.monotonic() - start]), flush=True)


def opened(path: Path) -> int:
    with parser_of(path) as parser:
        parser.probe()
    return 1


def read(engine: EmbeddedParser, path: Path, *, images: bool) -> int:
    """The pages that were read, or failed."""

    def on_image(number: int, pixels: Pixels) -> None:
        jpeg_files(pixels, WIDTHS)

    try:
        reading = engine.run(request_for(path), lambda page: None, on_image=on_image if images else None)
    except GalleyError as exc:
        print(f"{path.name}: {exc}", file=sys.stderr)
        return 0
    return len(reading.pages) + len(reading.failed)


def cpu_seconds() -> float:
    """Of this process and all below it, those included that have ended."""
    return sum(map(_ticks, family(os.getpid()))) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    try:
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    except OSError:
        return 0


if __name__ == "__main__":
    main()
