from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand

from extraction.management.batch import Batch
from extraction.management.outputs import labels, make_folder, output_names, whole_file
from extraction.management.sources import find_template, load_reading_of, read_file
from extraction.providers.embedded import EmbeddedExtractor, EmbeddedParser
from extraction.types import DocumentReading, ExtractRequest
from extraction.wire.results import dump_result
from extraction.wire.template_json import TemplateDefinition


class Command(BaseCommand):
    help = (
        "Extract a template's fields from documents with the embedded engine, a line of JSON each; needs no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--template", required=True, help="a template's JSON file, or the name of a ready-made one")
        parser.add_argument("--out", required=True, type=Path, metavar="RESULTS.jsonl")
        parser.add_argument("--readings", type=Path, metavar="DIR", help="take the JSON of `read` instead of reading")

    def handle(self, *, files: list[Path], template: str, out: Path, readings: Path | None, **options: Any) -> None:
        definition = find_template(template)
        make_folder(out.parent)
        batch = Batch(files, self.stderr)
        with EmbeddedParser() as parser, whole_file(out) as lines:

            def fresh(place: int) -> DocumentReading:
                return read_file(files[place], parser=parser, progress=batch.progress)

            read = fresh if readings is None else _readings(files, readings)
            results = Results(labels(files), definition, read=read, lines=lines)
            batch.run(results.extract, results.fail)
        batch.exit()


def _readings(files: list[Path], folder: Path) -> Callable[[int], DocumentReading]:
    written = [folder / name for name in output_names(files, ending=".json")]
    return lambda place: load_reading_of(files[place], written[place])


class Results:
    """Lines of JSON, one a file; `read` gives the reading of the file at a place in the list."""

    def __init__(
        self,
        names: list[str],
        template: TemplateDefinition,
        *,
        read: Callable[[int], DocumentReading],
        lines: TextIO,
    ) -> None:
        self.names = names
        self.template = template
        self.read = read
        self.lines = lines
        self.extractor = EmbeddedExtractor()

    def extract(self, place: int, path: Path) -> None:
        template = self.template
        request = ExtractRequest(self.read(place), template.fields, template.language, notation=template.notation)
        self._write(dump_result(self.names[place], self.extractor.run(request), self.template.fields))

    def fail(self, place: int, words: str) -> None:
        self._write(dump_result(self.names[place], (), self.template.fields, error=words))

    def _write(self, result: dict[str, Any]) -> None:
        self.lines.write(json.dumps(result, ensure_ascii=False) + "\n")
