"""Runs of the field engine and of others over a set: answers as JSON lines, and what they cost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.decisions import FieldSet
from benchmarks.learning_curves import rows_of
from benchmarks.reading import timed
from benchmarks.speed import cpu_seconds, request_for
from extraction.engine.fields import extract
from extraction.providers.embedded import EmbeddedParser
from extraction.types import DocumentReading, ExtractRequest
from extraction.wire.results import dump_result, load_reading
from extraction.wire.template_json import TemplateDefinition, load

PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".gif")

type Cost = dict[str, float]
"""Milliseconds a document: `p50` and `p95` of the clock, `cpu` mean."""


def template_of(one: FieldSet) -> TemplateDefinition:
    return load(json.loads(one.template.read_text(encoding="utf-8")))


def files_of(one: FieldSet) -> list[str]:
    """Those of the truth that were read."""
    return [row["file"] for row in rows_of(one.truth) if (one.readings / f"{row['file']}.json").exists()]


def reading_of(one: FieldSet, file: str) -> DocumentReading:
    return load_reading(json.loads((one.readings / f"{file}.json").read_text(encoding="utf-8")))


def extract_all(one: FieldSet, out: Path) -> Cost:
    """Every document's line, as `manage.py extract` writes it."""
    template, times = template_of(one), []
    with out.open("w", encoding="utf-8") as lines:
        for file in files_of(one):
            reading = reading_of(one, file)
            clock, cpu = time.perf_counter(), time.process_time()
            values = extract(request(template, reading))
            times.append((time.perf_counter() - clock, time.process_time() - cpu))
            lines.write(json.dumps(dump_result(file, values, template.fields), ensure_ascii=False) + "\n")
    return cost(times)


def request(template: TemplateDefinition, reading: DocumentReading) -> ExtractRequest:
    return ExtractRequest(reading, template.fields, template.language, notation=template.notation)


def read_and_extract(one: FieldSet, folder: Path, *, most: int) -> tuple[float, Cost]:
    """The first documents that are no pictures, one after the other by one worker: pages and cost each."""
    template, pages, times = template_of(one), 0, []
    files = [folder / file for file in files_of(one) if Path(file).suffix.lower() not in PICTURES][:most]
    with EmbeddedParser() as engine:
        for number, path in enumerate([*files[:1], *files]):
            clock, cpu = time.perf_counter(), cpu_seconds()
            reading = engine.run(request_for(path), lambda page: None)
            extract(request(template, reading))
            # the first is read once more: the first time warms up
            if number:
                times.append((time.perf_counter() - clock, cpu_seconds() - cpu))
                pages += len(reading.pages)
    return pages / max(1, len(times)), cost(times)


def cost(times: Sequence[tuple[float, float]]) -> Cost:
    clocks = [1000 * clock for clock, _ in times]
    if len(clocks) < 2:
        return {}
    p95 = quantiles(clocks, n=20, method="inclusive")[-1]
    return {"p50": median(clocks), "p95": p95, "cpu": 1000 * sum(cpu for _, cpu in times) / len(times)}


def run_peer(one: FieldSet, command: Sequence[str], out: Path, folder: Path | None, *, work: Path) -> Cost:
    """`out` gets its answers. Of pictures, and where the files are not given, it gets our reading's text."""
    inputs = list(_inputs(one, out.parent / "texts", folder))
    run = timed([*command, str(out), str(one.template.resolve()), *map(str, inputs)], work)
    each = 1000 / max(1, len(inputs))
    return {"mean": run.seconds * each, "cpu": run.cpu * each}


def _inputs(one: FieldSet, texts: Path, folder: Path | None) -> Iterator[Path]:
    texts.mkdir(exist_ok=True)
    for file in files_of(one):
        if folder and Path(file).suffix.lower() == ".pdf" and not _is_scan(reading_of(one, file)):
            yield folder / file
            continue
        path = texts / f"{file}.txt"
        path.write_text(text_of(reading_of(one, file)), encoding="utf-8")
        yield path


def _is_scan(reading: DocumentReading) -> bool:
    return any(word.confidence is not None for page in reading.pages for word in page.words)


def text_of(reading: DocumentReading) -> str:
    """Line by line, words far from one another apart, as `pdftotext -layout` writes it."""
    lines = [line for page in reading.pages for line in _lines(page.words)]
    return "\n".join(lines) + "\n"


def _lines(words: Sequence[Any]) -> Iterator[str]:
    rows: list[list[Any]] = []
    for word in sorted(words, key=lambda word: word.bbox.centre[1]):
        if rows and word.bbox.centre[1] < rows[-1][0].bbox.y1:
            rows[-1].append(word)
        else:
            rows.append([word])
    for row in rows:
        row.sort(key=lambda word: word.bbox.x0)
        gaps = [b.bbox.x0 - a.bbox.x1 > b.bbox.height for a, b in pairwise(row)]
        spaces = ["   " if is_wide else " " for is_wide in gaps]
        yield row[0].text + "".join(space + word.text for space, word in zip(spaces, row[1:], strict=True))
